# SPDX-License-Identifier: Apache-2.0
"""porterd that is called inetd: the command lines of the inetds, their signals, and the environment that their servers
find."""

import os
import signal
import subprocess

from porterd_harness import Case, Role, ask, eventually, has_ended, main, private_folder, run, shown, tcp, victim
from porterd_harness.paths import PORTERD

PID_FILE = "/run/inetd.pid"


def line(port, server="hello", wait="nowait", transport="tcp4"):
    return f"{port} stream {transport} {wait} root {victim(server)} {server}\n"


def variables(port):
    """The server's environment, without what porterd's own needs."""
    return {key.removeprefix("env."): value for key, value in shown(ask(port)).items()
            if key.startswith("env.") and not key.endswith("SAN_OPTIONS")}


def is_served(port):
    try:
        return ask(port) != b""
    except (ConnectionRefusedError, ConnectionResetError):
        return False


class InPlaceOfInetd(Case):
    def setUp(self):
        super().setUp()
        private_folder(self, "/run")

    def conf(self, text, name="inetd.conf"):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path

    def foreground(self, name, *words, port=9001, env=None):
        process = Role(self, name, env).start("-d", *words)
        eventually("it serves", lambda: is_served(port))
        return process

    def end(self, process):
        process.terminate()
        self.assertEqual(process.wait(20), 0)

    def test_it_is_a_daemon_with_a_pid_file(self):
        pid = Role(self, "inetd").daemonize(PID_FILE, self.conf(line(9001)))
        self.assertEqual(ask(9001), b"hello\n")
        self.assertEqual(os.getsid(pid), pid)
        self.conf(line(9002))
        os.kill(pid, signal.SIGHUP)
        eventually("the reload", lambda: is_served(9002))
        os.kill(pid, signal.SIGTERM)
        eventually("it has gone", lambda: has_ended(pid))
        self.assertFalse(os.path.exists(PID_FILE))

    def test_its_end_leaves_the_servers_alone(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            pid = Role(self, "inetd").daemonize(PID_FILE, self.conf("9001 stream tcp nowait root /bin/cat cat\n"))
            with tcp(9001) as client:
                client.say(b"one\n")
                self.assertEqual(client.read_line(), b"one")
                os.kill(pid, number)
                eventually("it has gone", lambda: has_ended(pid))  # pylint: disable=cell-var-from-loop
                client.say(b"two\n")
                self.assertEqual(client.read_line(), b"two")
            eventually("cat has ended", lambda: all(has_ended(stray) for stray in self.strays()))

    def test_a_service_manager_that_waits_for_a_word_gets_no_child(self):
        process = Role(self, "inetd", {"NOTIFY_SOCKET": "/run/nobody-listens"}).start(self.conf(line(9001)))
        eventually("it serves", lambda: is_served(9001))
        self.assertIsNone(process.poll())
        self.end(process)

    def test_openbsds_servers_have_an_environment_without_the_login(self):
        conf = self.conf(line(9001, "show"))
        given = {"PATH": "/bin", "HOME": "/x", "LANG": "C", "TERMCAP": "y", "A": "1"}
        for role in ("inetd", "openbsd-inetd"):
            process = self.foreground(role, conf, env=given)
            self.assertEqual(variables(9001), {"LANG": "C", "A": "1"})
            self.end(process)
        process = self.foreground("inetd", "-E", conf, env=given)
        self.assertEqual(variables(9001), given)
        self.end(process)

    def test_servers_have_its_umask(self):
        process = Role(self, "inetd").start("-d", self.conf(line(9001, "show")), umask=0o002)
        eventually("it serves", lambda: is_served(9001))
        self.assertEqual(shown(ask(9001))["umask"], "0002")
        self.end(process)

    def test_gnus_servers_have_the_whole_environment(self):
        conf = self.conf(line(9001, "show"))
        process = self.foreground("inetutils-inetd", conf, env={"PATH": "/bin", "A": "1"})
        self.assertEqual(variables(9001), {"PATH": "/bin", "A": "1"})
        self.end(process)
        process = self.foreground("inetutils-inetd", "--environment", conf, env={"PATH": "/bin"})
        seen = variables(9001)
        self.assertTrue(seen.pop("TCPREMOTEPORT").isdigit())
        self.assertEqual(seen, {"PATH": "/bin", "PROTO": "TCP", "TCPLOCALIP": "127.0.0.1", "TCPLOCALPORT": "9001",
                                "TCPREMOTEIP": "127.0.0.1"})
        self.end(process)

    def test_the_rate_is_for_services_that_have_none(self):
        process = Role(self, "openbsd-inetd").start("-d", "-R", "2", self.conf(line(9001) + line(9002, wait="nowait.3")))
        eventually("it serves", lambda: is_served(9001))
        self.assertTrue(is_served(9001))
        self.assertFalse(is_served(9001))
        self.assertEqual([is_served(9002) for _ in range(4)], [True, True, True, False])
        self.end(process)

    def test_several_files_and_a_folder_of_them(self):
        self.conf(line(9002), "more/one")
        self.conf(line(9003), "more/two")
        self.conf("nonsense\n", "more/two~")
        process = self.foreground("inetutils-inetd", self.conf(line(9001)), self.folder / "more")
        self.assertEqual([is_served(port) for port in (9001, 9002, 9003)], [True] * 3)
        self.conf(line(9004), "more/three")
        process.send_signal(signal.SIGHUP)
        eventually("the reload", lambda: is_served(9004))
        self.end(process)

    def test_freebsds_limits_and_address(self):
        process = Role(self, PORTERD).start("--inetd=freebsd", "-d", "-a", "127.0.0.2", "-s", "1", "-c", "2",
                                            self.conf("9001 stream tcp nowait root /bin/cat cat\n"))
        eventually("it listens", lambda: " 127.0.0.2:9001 " in run("ss", "-ltn"))
        with self.assertRaises(ConnectionRefusedError):
            tcp(9001)
        with tcp(9001, "127.0.0.2") as one, tcp(9001, "127.0.0.2", source="127.0.0.3") as two:
            for client in (one, two):
                client.say(b"x\n")
                self.assertEqual(client.read_line(), b"x")
            for source in ("127.0.0.1", "127.0.0.4"):
                with tcp(9001, "127.0.0.2", source=source) as client:
                    self.assertEqual(client.read_all(), b"")
        self.end(process)

    def test_a_wrong_command_line_or_file_is_a_failure(self):
        for role, words in (("openbsd-inetd", ["-c", "3"]), ("inetutils-inetd", ["--bogus"]), ("inetd", ["-R", "x"]),
                            ("inetd", ["/none"])):
            done = Role(self, role).run(*words)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertNotEqual(done.stderr, "")

    def test_a_dialect_is_no_file(self):
        (self.folder / "gnu").write_text(line(9001))
        done = subprocess.run([PORTERD, "--inetd", "./gnu", "--check"], cwd=self.folder, capture_output=True, text=True,
                              check=False)
        self.assertEqual((done.returncode, done.stdout), (0, f"{self.folder}/./gnu: 1 services\n"), done.stderr)
        done = subprocess.run([PORTERD, "--inetd=gnu", "--dump", "gnu"], cwd=self.folder, capture_output=True, text=True,
                              check=False)
        self.assertIn("environment: inherit\n", done.stdout, done.stderr)


if __name__ == "__main__":
    main()
