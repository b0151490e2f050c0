# SPDX-License-Identifier: Apache-2.0
"""A launch that fails is told with its step and reason, and servers that misbehave harm only themselves: porterd
lives, and the other services answer."""

import contextlib
import os
import signal

from porterd_harness import Case, ask, eventually, main, tcp, victim


class Launch(Case):
    def fails(self, attributes, step, error, object=None, **start):
        """A service with these attributes fails so, twice, and the other one answers."""
        self.daemon = self.start(f"service: broken\nlisten: [7001]\n{attributes}\n---\n"
                                 f"service: hello\nlisten: [7002]\nserver: {victim('hello')}\n", **start)
        for _ in range(2):
            with tcp(7001) as client:
                self.assertEqual(client.read_all(), b"")
                failed = self.daemon.wait_for("failed", service="broken", peer=client.name())
                self.assertEqual((failed["step"], failed["error"], failed.get("object")), (step, error, object))
            self.assertEqual(ask(7002), b"hello\n")
        self.assertEqual(self.daemon.records("end", service="broken"), [])
        self.daemon.send(signal.SIGUSR1)
        self.assertEqual(self.daemon.wait_for("state", service="broken")["failed"], "2")

    def test_a_missing_server(self):
        self.fails("server: /usr/sbin/in.missing", "exec", "No such file or directory", "/usr/sbin/in.missing")

    def test_a_server_that_is_no_program(self):
        path = self.write("text", "no program\n", 0o755)
        self.fails(f"server: {path}", "exec", "Exec format error", str(path))

    def test_a_server_that_may_not_be_executed(self):
        path = self.write("text", "#!/bin/sh\n", 0o644)
        self.fails(f"server: {path}", "exec", "Permission denied", str(path))

    def test_a_server_whose_user_may_not_reach_it(self):
        path = self.write("private/server", "#!/bin/sh\n", 0o755)
        path.parent.chmod(0o700)
        self.fails(f"server: {path}\nuser: nobody", "exec", "Permission denied", str(path))

    def test_a_missing_interpreter(self):
        path = self.write("script", "#!/nonexistent/interpreter\n", 0o755)
        self.fails(f"server: {path}", "exec", "No such file or directory", str(path))

    def test_a_missing_directory(self):
        self.fails(f"server: {victim('hello')}\nworking_directory: /nonexistent", "chdir", "No such file or directory", "/nonexistent")

    def test_a_directory_that_the_user_may_not_enter(self):
        folder = self.folder / "private"
        folder.mkdir(mode=0o700)
        self.fails(f"server: {victim('hello')}\nworking_directory: {folder}\nuser: nobody", "chdir", "Permission denied", str(folder))

    def without_root(self):
        return {"settings": "defaults: {}", "wrapper": ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]}

    def test_a_limit_beyond_the_hard_one_without_root(self):
        self.fails(f"server: {victim('hello')}\nrlimit_files: 1000:1000", "setrlimit", "Operation not permitted",
                   **self.without_root(), limits={"nofile": "256:512"})

    def test_a_better_priority_without_root(self):
        self.fails(f"server: {victim('hello')}\nnice: -5", "setpriority", "Permission denied", **self.without_root())

    def test_too_little_memory_for_the_server(self):
        """The kernel ends it: a launch that succeeded, a session that did not."""
        daemon = self.start(f"service: broken\nlisten: [7001]\nserver: /bin/sh\nserver_args: [\"-c\", \"exit 0\"]\nrlimit_as: 4K\n---\n"
                            f"service: hello\nlisten: [7002]\nserver: {victim('hello')}\n")
        self.assertEqual(ask(7001), b"")
        eventually("its end is told", lambda: daemon.records("end", service="broken") or daemon.records("failed", service="broken"))
        self.assertEqual(ask(7002), b"hello\n")

    def test_it_works_as_soon_as_the_server_is_there(self):
        server = self.folder / "server"
        daemon = self.start(f"service: late\nlisten: [7001]\nserver: {server}\n")
        self.assertIn("now", daemon.log.text())
        ask(7001)
        daemon.wait_for("failed", service="late", step="exec")
        os.symlink(victim("hello"), server)
        self.assertEqual(ask(7001), b"hello\n")


class ForkedLaunch(Launch):
    """The same with `launch: fork`, the fallback."""

    def start(self, services="", settings="", **how):
        return super().start(services, settings + "\nlaunch: fork\n", **how)


class Misbehaviour(Case):
    def serve(self, name, settings="", **how):
        return self.start(f"service: bad\nlisten: [7001]\nserver: {victim(name)}\n---\n"
                          f"service: hello\nlisten: [7002]\nserver: {victim('hello')}\n", settings, **how)

    def test_a_crash_is_told_by_its_signal(self):
        daemon = self.serve("crash")
        self.assertEqual(ask(7001), b"")
        end = daemon.wait_for("end", service="bad")
        self.assertEqual(end["signal"], "11")
        self.assertNotIn("status", end)
        self.assertEqual(ask(7002), b"hello\n")

    def test_an_exit_status_is_told(self):
        daemon = self.start(f"service: bad\nlisten: [7001]\nserver: {victim('exit_at_once')}\nserver_args: [\"42\"]\n")
        ask(7001)
        end = daemon.wait_for("end", service="bad")
        self.assertEqual(end["status"], "42")
        for name in ("duration", "user", "system"):
            self.assertGreaterEqual(float(end[name]), 0)

    def test_a_status_of_127_is_no_failed_launch(self):
        daemon = self.start(f"service: bad\nlisten: [7001]\nserver: {victim('exit_at_once')}\nserver_args: [\"127\"]\n")
        ask(7001)
        self.assertEqual(daemon.wait_for("end", service="bad")["status"], "127")
        self.assertEqual(daemon.records("failed"), [])

    def test_a_grandchild_keeps_the_connection_when_the_session_has_ended(self):
        daemon = self.serve("fork_away")
        with tcp(7001) as client:
            words = client.read_line().split()
            end = daemon.wait_for("end", service="bad", status=0)
            self.assertNotEqual(end["pid"], words[1].decode())
            self.assertEqual(daemon.children(), set())
            client.say(b"still here")
            os.kill(int(words[1]), 0)
            self.assertEqual(ask(7002), b"hello\n")
        eventually("the grandchild has gone", lambda: not self.strays() or self.collect())

    def collect(self):
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        return False

    def test_a_server_that_closes_early_goes_on_as_a_session(self):
        daemon = self.serve("close_early")
        with tcp(7001) as client:
            self.assertEqual(client.read_all(), b"", "the client sees the end while the server lives")
        start = daemon.wait_for("start", service="bad")
        self.assertEqual(daemon.children(), {int(start["pid"])})
        self.assertEqual(ask(7002), b"hello\n")
        os.kill(int(start["pid"]), signal.SIGTERM)
        self.assertEqual(daemon.wait_for("end", service="bad")["signal"], "15")

    def test_a_server_that_signals_its_group_ends_only_itself(self):
        daemon = self.start("service: bad\nlisten: [7001]\nserver: /bin/sh\nserver_args: [\"-c\", \"kill -TERM 0\"]\n---\n"
                            f"service: linger\nlisten: [7002]\nserver: {victim('linger')}\n")
        with tcp(7002) as client:
            client.read_line()
            self.assertEqual(ask(7001), b"")
            self.assertEqual(daemon.wait_for("end", service="bad")["signal"], "15")
            self.assertEqual(client.finish().read_all(), b"bye\n")

    def test_a_server_that_stops_itself_is_ended_with_porterd(self):
        daemon = self.start("service: bad\nlisten: [7001]\nserver: /bin/sh\nserver_args: [\"-c\", \"echo $$; kill -STOP $$\"]\n",
                            "drain_timeout: 50ms\nkill_timeout: 50ms")
        with tcp(7001) as client:
            client.read_line()
            self.assertEqual(daemon.stop(), 0)
        self.assertEqual(daemon.records("end")[0]["signal"], "9")

    def test_clients_that_leave_before_they_are_served_harm_nobody(self):
        daemon = self.serve("exit_at_once")
        for _ in range(200):
            tcp(7001).close()
        daemon.wait_for("end", count=200, service="bad")
        self.assertEqual(ask(7002), b"hello\n")


if __name__ == "__main__":
    main()
