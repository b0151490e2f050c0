# SPDX-License-Identifier: Apache-2.0
"""porterd that is called xinetd: xinetd's command line, its signals, its exit status, and what clients see at each of
its limits. Where the real xinetd is at hand it is held to the same table."""

import contextlib
import os
import pathlib
import signal
import subprocess

from porterd_harness import (Case, Role, ask, bind_over, eventually, has_ended, main, private_folder, real_xinetd, run,
                             shown, tcp, victim)
from porterd_harness.paths import PORTERD


def entry(name, port, server, *more, wait="no"):
    lines = ["type = UNLISTED", "socket_type = stream", "protocol = tcp", f"wait = {wait}", "user = root",
             "flags = NOLIBWRAP", f"port = {port}", f"server = {server}", *more]
    return f"service {name}\n{{\n" + "".join(f"\t{line}\n" for line in lines) + "}\n"


def outcome(port: int) -> str:
    """What a client sees that says nothing."""
    try:
        with tcp(port) as client:
            return client.read_all().decode()
    except ConnectionRefusedError:
        return "refused"
    except ConnectionResetError:
        return ""  # for a client it is the same as an early end


class InPlaceOfXinetd(Case):
    def setUp(self):
        super().setUp()
        private_folder(self, "/run")

    def conf(self, text):
        return self.write("xinetd.conf", text)

    def serve(self, text, *words, **env):
        """A daemon; its pid."""
        pid_file = self.folder / "pid"
        return Role(self, "xinetd", env or None).daemonize(
            pid_file, "-f", self.conf(text), "-pidfile", pid_file, "-filelog", self.folder / "log", *words)

    def log(self):
        return (self.folder / "log").read_text()

    def test_it_is_a_daemon_with_a_pid_file(self):
        pid = self.serve(entry("hello", 9001, victim("hello")))
        self.assertEqual(ask(9001), b"hello\n")
        self.assertEqual(os.getsid(pid), pid)
        self.assertEqual(os.readlink(f"/proc/{pid}/cwd"), "/")
        self.assertEqual(oct((self.folder / "pid").stat().st_mode & 0o777), "0o644")
        self.assertRegex(self.log(), rf"xinetd\[{pid}\]: NOTICE: Started working: 1 available service\n")
        os.kill(pid, signal.SIGTERM)
        eventually("it has gone", lambda: has_ended(pid))
        self.assertFalse((self.folder / "pid").exists())

    def test_servers_have_the_whole_environment_and_the_address(self):
        self.serve(entry("one", 9001, victim("show")) + entry("two", 9002, victim("show"), "passenv = A", "env = C=3") +
                   entry("three", 9003, victim("show"), "passenv ="), A="1", B="2")
        def variables(port):
            return {key: value for key, value in shown(ask(port)).items()
                    if key.startswith("env.") and not key.endswith("SAN_OPTIONS")}
        self.assertEqual(variables(9001), {"env.A": "1", "env.B": "2", "env.REMOTE_HOST": "127.0.0.1"})
        self.assertEqual(variables(9002), {"env.A": "1", "env.C": "3", "env.REMOTE_HOST": "127.0.0.1"})
        self.assertEqual(variables(9003), {"env.REMOTE_HOST": "127.0.0.1"})

    def test_a_server_that_accepts_for_itself_has_no_address(self):
        script = self.write("sh", f'#!/bin/sh\necho "$REMOTE_HOST" > {self.folder}/seen\nexec {victim("listen_fds")}\n', 0o755)
        self.serve(entry("one", 9001, script, wait="yes"))
        with tcp(9001):
            eventually("it was started", lambda: (self.folder / "seen").exists() and (self.folder / "seen").read_text())
        self.assertEqual((self.folder / "seen").read_text(), "<no address>\n")

    def test_servers_have_a_umask_of_022_at_least(self):
        conf = self.conf(entry("one", 9001, victim("show")) + entry("two", 9002, victim("show"), "umask = 007"))
        for ours, seen in ((0o002, "0022"), (0o077, "0077")):
            process = Role(self, "xinetd").start("-d", "-f", conf, umask=ours)
            eventually("it serves", lambda: outcome(9001) != "refused")
            self.assertEqual([shown(ask(port))["umask"] for port in (9001, 9002)], [seen, "0007"])
            process.terminate()
            self.assertEqual(process.wait(20), 0)

    def test_interrupts_do_nothing_and_usr2_reloads(self):
        pid = self.serve(entry("hello", 9001, victim("hello")))
        os.kill(pid, signal.SIGINT)
        self.conf(entry("hello", 9001, victim("hello")) + entry("more", 9002, victim("hello")))
        os.kill(pid, signal.SIGUSR2)
        eventually("the reload", lambda: "Reconfigured: new=1 old=1 dropped=0 (services)" in self.log())
        self.assertEqual((ask(9001), ask(9002)), (b"hello\n", b"hello\n"))

    def test_usr1_dumps_the_state(self):
        pid = self.serve(entry("hello", 9001, victim("hello")))
        os.kill(pid, signal.SIGUSR1)
        eventually("the dump", lambda: os.path.exists("/run/xinetd.dump"))
        eventually("the log says so", lambda: "generated state dump in file /run/xinetd.dump" in self.log())

    def test_quit_leaves_the_servers_alone(self):
        pid = self.serve(entry("cat", 9001, "/bin/cat"))
        with tcp(9001) as client:
            client.say(b"one\n")
            self.assertEqual(client.read_line(), b"one")
            os.kill(pid, signal.SIGQUIT)
            eventually("it has gone", lambda: has_ended(pid))
            client.say(b"two\n")
            self.assertEqual(client.read_line(), b"two")
        eventually("cat has ended", lambda: all(has_ended(stray) for stray in self.strays()))

    def test_debugging_is_in_the_foreground_and_can_be_interrupted(self):
        process = Role(self, "xinetd").start("-d", "-f", self.conf(entry("hello", 9001, victim("hello"))), "-pidfile",
                                             self.folder / "pid", stderr=subprocess.PIPE)
        eventually("it serves", lambda: outcome(9001) == "hello\n")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(20), 0)
        self.assertIn(b"Started working", process.stderr.read())
        self.assertFalse((self.folder / "pid").exists())

    def test_the_option_means_the_same_as_the_name(self):
        process = Role(self, PORTERD).start("--xinetd", "-dontfork", "-f",
                                            self.conf(entry("hello", 9001, victim("hello"))), "-filelog",
                                            self.folder / "log")
        eventually("it serves", lambda: outcome(9001) == "hello\n")
        process.terminate()
        self.assertEqual(process.wait(20), 0)

    def test_inetd_conf_is_read_as_well(self):
        bind_over(self, "/etc", self.etc_with("inetd.conf", f"9002 stream tcp nowait root {victim('hello')} hello\n"))
        self.serve(entry("hello", 9001, victim("hello")), "-inetd_compat")
        self.assertEqual((ask(9001), ask(9002)), (b"hello\n", b"hello\n"))

    def etc_with(self, name, text):
        """A copy of what /etc has that anybody asks for here, and one file more."""
        for file in ("passwd", "group", "services", "protocols", "nsswitch.conf"):
            if os.path.exists(f"/etc/{file}"):
                self.write(f"etc/{file}", pathlib.Path("/etc", file).read_text(encoding="utf-8"))
        self.write(f"etc/{name}", text)
        return self.folder / "etc"

    def test_a_process_limit(self):
        self.serve("defaults\n{\n\tlog_type = FILE " + str(self.folder / "services") + "\n\tlog_on_failure = HOST\n}\n" +
                   entry("one", 9001, "/bin/cat") + entry("two", 9002, victim("hello")), "-limit", "1")
        with tcp(9001) as client:
            client.say(b"here\n")
            self.assertEqual(client.read_line(), b"here")
            self.assertEqual(outcome(9002), "")
            self.assertRegex((self.folder / "services").read_text(), r"FAIL: two process_limit from=::ffff:127\.0\.0\.1\n")
        eventually("a place is free", lambda: outcome(9002) == "hello\n")

    def test_a_start_without_services(self):
        done = Role(self, "xinetd").run("-f", self.conf(""), "-filelog", self.folder / "log")
        self.assertEqual(done.returncode, 1)
        self.assertIn("there is no service to serve", done.stderr)
        self.assertIn("there is no service to serve", self.log())
        self.serve("", "-stayalive")

    def test_a_check_and_a_dump_are_of_the_same_command_line(self):
        conf = self.conf(entry("hello", 9001, victim("hello")))
        done = Role(self, "xinetd").run("--check", "-f", conf, "-bogus")
        self.assertEqual((done.returncode, done.stdout), (0, f"{conf}: 1 services\n"), done.stderr)
        self.assertIn("-bogus", done.stderr)
        self.assertIn("connection_env: remote_host\n", Role(self, "xinetd").run("-f", conf, "--dump").stdout)
        self.assertEqual(Role(self, "xinetd").run("--check", "-f", self.conf("")).returncode, 2)

    # Command line, porterd's status, xinetd's. xinetd has left the terminal before it reads what it then cannot read.
    STATUS = (
        (["-version"], 0, 0),
        (["-f"], 1, 1),
        (["-limit", "many"], 1, 1),
        (["-cc", "x"], 1, 1),
        (["-syslog", "daemon", "-filelog", "/run/log"], 1, 1),
        (["xinetd.conf"], 1, 1),
        (["-dontfork", "-f", "/none"], 1, 1),
        (["-f", "/none"], 1, 0),
    )

    def test_the_exit_status(self):
        for words, status, _ in self.STATUS:
            with self.subTest(words):
                done = Role(self, "xinetd").run(*words)
                self.assertEqual(done.returncode, status, done.stderr)
                self.assertNotEqual(done.stderr, "")

    def test_the_exit_status_of_xinetd(self):
        xinetd = real_xinetd()
        for words, _, status in self.STATUS:
            with self.subTest(words):
                self.assertEqual(Role(self, xinetd).run(*words).returncode, status)

    def test_unknown_options_are_passed_over(self):
        pid_file = self.folder / "pid"
        done = Role(self, "xinetd").run("-f", self.conf(entry("hello", 9001, victim("hello"))), "-pidfile", pid_file,
                                        "-inetd_ipv6", "-cc", "60", "-filelog", self.folder / "log")
        self.assertEqual(done.returncode, 0)
        pid = int(pid_file.read_text())
        self.addCleanup(lambda: (os.kill(pid, signal.SIGTERM), eventually("its end", lambda: has_ended(pid))))
        self.assertIn("-inetd_ipv6: not an option of xinetd; passed over", done.stderr)
        self.assertEqual(ask(9001), b"hello\n")

    # What a service has besides, and what four clients see one after the other. "": the connection ends at once.
    LIMITS = (
        (["cps = 2 30"], ["hello\n", "hello\n", "", "refused"]),
        (["access_times = " + "TIMES"], ["", "", "", ""]),
        (["no_access = 127.0.0.1"], ["", "", "", ""]),
        (["only_from = 192.0.2.1"], ["", "", "", ""]),
        (["only_from ="], ["", "", "", ""]),
        (["max_load = 0.000001"], ["", "", "", ""]),
        (["instances = UNLIMITED", "per_source = 1"], ["hello\n"] * 4),
    )

    def times(self):
        """Two hours of the day that are not now."""
        hour = (int(run("date", "+%H")) + 11) % 22
        return f"{hour}:00-{hour + 1}:00"

    def check_limits(self, role):
        for number, (more, expected) in enumerate(self.LIMITS):
            port = 9100 + number
            path = self.write(f"limit{number}.conf", entry("hello", port, victim("hello"),
                                                           *(line.replace("TIMES", self.times()) for line in more)))
            with self.subTest(more, program=role.program):
                process = role.start("-dontfork", "-f", path, "-filelog", self.folder / f"limit{number}.log")
                eventually("it listens", lambda: f":{port} " in run("ss", "-ltn"))
                seen = []
                for _ in range(4):
                    seen.append(outcome(port))
                    eventually("the server has ended", lambda: not self.children_of(process.pid))
                self.assertEqual(seen, expected)
                process.terminate()
                process.wait(20)

    @staticmethod
    def children_of(pid):
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return file.read().split()

    def test_what_clients_see_at_each_limit(self):
        self.check_limits(Role(self, "xinetd"))

    def test_what_clients_of_xinetd_see_at_each_limit(self):
        self.check_limits(Role(self, real_xinetd()))

    def check_counts(self, role, port):
        path = self.write("counts.conf", entry("two", port, "/bin/cat", "instances = 2", f"banner_fail = {self.write('no', 'no')}") +
                          entry("one", port + 1, "/bin/cat", "per_source = 1"))
        process = role.start("-dontfork", "-f", path, "-filelog", self.folder / "counts.log")
        eventually("it listens", lambda: f":{port} " in run("ss", "-ltn"))
        for limit, at, said in ((2, port, "no"), (1, port + 1, "")):
            with contextlib.ExitStack() as clients:
                for client in [clients.enter_context(tcp(at)) for _ in range(limit)]:
                    client.say(b"x\n")
                    self.assertEqual(client.read_line(), b"x")
                self.assertEqual(outcome(at), said)
        process.terminate()
        process.wait(20)

    def test_what_clients_see_at_each_count(self):
        self.check_counts(Role(self, "xinetd"), 9201)

    def test_what_clients_of_xinetd_see_at_each_count(self):
        self.check_counts(Role(self, real_xinetd()), 9201)


if __name__ == "__main__":
    main()
