# SPDX-License-Identifier: Apache-2.0
"""A worker serves what porterd serves itself: started when it is needed, shut in, replaced when it fails, gone when idle."""

import contextlib
import os
import pathlib
import signal
import socket

from porterd_harness import Case, ask, eventually, main, tcp, victim

ECHO = "service: echo\nlisten: [7007]\nbuiltin: echo\n"
CAT = "---\nservice: cat\nlisten: [7008]\nserver: /bin/cat\n"


def status_of(pid: int) -> dict[str, str]:
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


class Worker(Case):
    def worker_of(self, daemon) -> int:
        (pid,) = daemon.children()
        return pid

    def connect(self, daemon, port=7007):
        """A client that has got its first bytes back."""
        client = tcp(port)
        client.say(b"hello")
        self.assertEqual(client.read_until(b"hello"), b"hello")
        return client

    def test_an_echo_begins_and_ends_with_a_record(self):
        daemon = self.start(ECHO)
        self.assertEqual(daemon.children(), set(), "nobody needs a worker yet")
        self.assertEqual(ask(7007, b"hello\n"), b"hello\n")
        start = daemon.wait_for("start", service="echo")
        end = daemon.wait_for("end", service="echo")
        self.assertEqual(end["conn"], start["conn"])
        self.assertEqual((end["in"], end["out"]), ("6", "6"))
        self.assertNotIn("reason", end)
        self.assertEqual(end["pid"], start["pid"])

    def test_it_leaves_when_it_has_been_idle(self):
        daemon = self.start(ECHO)
        ask(7007, b"x")
        eventually("the worker has left", lambda: not daemon.children())
        self.assertEqual(daemon.records("worker_died"), [])
        self.assertEqual(ask(7007, b"y"), b"y", "and another one comes")

    def test_one_worker_serves_many(self):
        daemon = self.start(ECHO)
        clients = [self.connect(daemon) for _ in range(200)]
        self.worker_of(daemon)
        for client in clients:
            client.finish()
            self.assertEqual(client.read_all(), b"")
        daemon.wait_for("end", count=200)

    def test_it_is_shut_in(self):
        daemon = self.start(ECHO)
        client = self.connect(daemon)
        status = status_of(self.worker_of(daemon))
        self.assertNotIn("0", status["Uid"].split())
        self.assertNotIn("0", status["Gid"].split())
        self.assertEqual(status["Groups"], "")
        self.assertEqual(status["NoNewPrivs"], "1")
        if "PORTERD_TEST_SANITIZED" not in os.environ:
            self.assertEqual(status["Seccomp"], "2")
        for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
            self.assertEqual(int(status[name], 16), 0, name)
        self.assertEqual(daemon.records("worker_sandbox"), [])
        client.finish()

    def test_its_death_ends_its_own_connections_only(self):
        daemon = self.start(ECHO + CAT)
        other = self.connect(daemon, 7008)
        first = [self.connect(daemon) for _ in range(3)]
        worker = int(daemon.records("start", service="echo")[0]["pid"])
        os.kill(worker, signal.SIGKILL)
        for client in first:
            self.assertEqual(client.read_all(), b"")
        daemon.wait_for("end", count=3, service="echo", reason="worker_died")
        died = daemon.wait_for("worker_died")
        self.assertEqual((died["signal"], died["sessions"], died["pid"]), ("9", "3", str(worker)))
        other.say(b"still here")
        self.assertEqual(other.read_until(b"here"), b"still here")
        other.finish()
        self.assertEqual(ask(7007, b"again"), b"again", "the next one starts another worker")

    def test_places_are_given_back_when_it_dies(self):
        daemon = self.start(ECHO + "instances: 2\n")
        clients = [self.connect(daemon) for _ in range(2)]
        self.assertEqual(ask(7007, b""), b"")
        daemon.wait_for("refused", reason="instances")
        os.kill(self.worker_of(daemon), signal.SIGKILL)
        for client in clients:
            client.read_all()
        daemon.wait_for("end", count=2)
        self.assertEqual(ask(7007, b"again"), b"again")

    def test_a_worker_that_stops_is_replaced_and_nobody_else_waits_for_it(self):
        daemon = self.start(ECHO + CAT)
        client = self.connect(daemon)
        worker = self.worker_of(daemon)
        os.kill(worker, signal.SIGSTOP)
        self.assertEqual(ask(7008, b"x"), b"x")
        waiting = [tcp(7007) for _ in range(600)]
        self.assertEqual(ask(7008, b"y"), b"y", "though more wait for the worker than its channel holds")
        daemon.wait_for("worker_stuck", timeout=30)
        daemon.wait_for("worker_died", signal="9")
        self.assertEqual(client.read_all(), b"")
        last = waiting[-1]
        last.say(b"I waited")
        last.finish()
        self.assertEqual(last.read_all(), b"I waited", "who was not handed over is served by the next worker")
        for one in waiting[:-1]:
            one.finish()

    def test_several_workers_share_the_connections(self):
        daemon = self.start(ECHO, "workers: 3")
        clients = [self.connect(daemon) for _ in range(9)]
        daemon.wait_for("start", count=9)
        pids = [record["pid"] for record in daemon.records("start")]
        self.assertEqual(len(set(pids)), 3)
        self.assertEqual({pids.count(pid) for pid in pids}, {3})
        for client in clients:
            client.finish()
            client.read_all()

    def test_a_worker_that_cannot_be_started_is_said_to_be_missing(self):
        daemon = self.start(ECHO, "worker_path: /nonexistent")
        self.assertEqual(ask(7007, b""), b"")
        failed = daemon.wait_for("failed", service="porterd-worker")
        self.assertEqual((failed["step"], failed["object"]), ("exec", "/nonexistent"))
        daemon.wait_for("end", service="echo", reason="worker_died")

    def test_a_reload_disturbs_nobody(self):
        daemon = self.start(ECHO)
        client = self.connect(daemon)
        self.reload(daemon, ECHO + "instances: 5\n")
        daemon.wait_for("reloaded")
        client.say(b"more")
        self.assertEqual(client.read_until(b"more"), b"more")
        self.assertEqual(ask(7007, b"other"), b"other")
        self.worker_of(daemon)
        client.finish()
        self.assertEqual(client.read_all(), b"")

    def test_the_end_of_porterd_waits_for_its_connections(self):
        daemon = self.start(ECHO)
        client = self.connect(daemon)
        daemon.send(signal.SIGTERM)
        daemon.wait_for("stopping")
        client.say(b"last")
        self.assertEqual(client.read_until(b"last"), b"last")
        client.finish()
        self.assertEqual(daemon.wait(), 0)
        self.assertEqual(len(daemon.records("end", service="echo")), 1)

    def test_a_second_term_ends_them(self):
        daemon = self.start(ECHO)
        client = self.connect(daemon)
        daemon.send(signal.SIGTERM)
        daemon.wait_for("stopping")
        self.assertEqual(daemon.stop(signal.SIGTERM), 0)
        self.assertEqual(client.read_all(), b"")
        daemon.wait_for("end", service="echo", reason="terminated")

    def test_after_quit_it_serves_who_is_there(self):
        daemon = self.start(ECHO)
        client = self.connect(daemon)
        self.assertEqual(daemon.stop(signal.SIGQUIT), 0)
        client.say(b"last")
        self.assertEqual(client.read_until(b"last"), b"last")
        client.finish()
        self.assertEqual(client.read_all(), b"")

    if "PORTERD_TEST_SANITIZED" not in os.environ:  # there is no filter there

        def test_a_builtin_that_opens_a_file_ends_its_worker_and_nothing_else(self):
            daemon = self.start(ECHO + CAT + "---\nservice: opening\nlisten: [7009]\nbuiltin: discard\n",
                                f"workers: 2\nworker_path: {victim('worker_that_opens')}")
            other, neighbour = self.connect(daemon, 7008), self.connect(daemon)
            opening = tcp(7009)
            daemon.wait_for("start", service="opening")
            echoing = int(daemon.records("start", service="echo")[0]["pid"])
            ending = int(daemon.records("start", service="opening")[0]["pid"])
            self.assertNotEqual(echoing, ending, "a worker each")
            opening.say(b"open it")
            died = daemon.wait_for("worker_died", pid=ending)
            self.assertEqual((died["signal"], died["sessions"]), (str(int(signal.SIGSYS)), "1"))
            daemon.wait_for("end", service="opening", reason="worker_died")
            with contextlib.suppress(ConnectionResetError):
                self.assertEqual(opening.read_all(), b"")
            for client in other, neighbour:
                client.say(b"still here")
                self.assertEqual(client.read_until(b"here"), b"still here")
                client.finish()
                client.read_all()
            self.assertEqual(len(daemon.records("worker_died")), 1)

    def test_a_client_that_resets_is_told_so(self):
        daemon = self.start(ECHO)
        client = socket.create_connection(("127.0.0.1", 7007))
        client.sendall(b"x")
        client.recv(1)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        client.close()
        daemon.wait_for("end", service="echo", reason="client_broke")


if __name__ == "__main__":
    main()
