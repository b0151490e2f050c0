# SPDX-License-Identifier: Apache-2.0
"""Many connections, many children, many services: nothing is left of what has ended, and nobody waits for the others."""

import contextlib
import pathlib
import resource

from porterd_harness import Case, ask, eventually, main, shown, tcp, victim
from porterd_harness.paths import skip


def kib(pid, name):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1])
    raise AssertionError(name)


def told(daemon, event, **fields):
    """How many such records there were, with those that were collapsed into one line."""
    return sum(int(record.get("repeated", 1)) for record in daemon.records(event, **fields))


def need_descriptors(count):
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if soft < count:
        skip(f"only {soft} descriptors are allowed, {count} are needed")


class Connections(Case):
    def test_a_thousand_leave_no_zombie_and_no_descriptor(self):
        daemon = self.start(f"""
            service: hello
            listen: [7001]
            server: {victim("hello")}
            """)
        before = daemon.descriptors()
        for _ in range(100):
            self.assertEqual(ask(7001), b"hello\n")
        warm = kib(daemon.pid, "VmRSS")
        for _ in range(900):
            self.assertEqual(ask(7001), b"hello\n")
        daemon.wait_for("end", count=1000, service="hello", status=0)
        self.assertEqual(daemon.children(), set())
        self.assertEqual(daemon.descriptors(), before)
        self.assertLess(kib(daemon.pid, "VmRSS") - warm, 1024, "KiB grown over 900 connections")
        self.assertEqual(len({record["conn"] for record in daemon.records("end")}), 1000)

    def test_a_thousand_that_crash_fork_away_or_cannot_start_leave_nothing(self):
        servers = {"crash": victim("crash"), "exit": victim("exit_at_once"), "away": victim("fork_away"),
                   "missing": "/nonexistent/server"}
        daemon = self.start("\n---\n".join(f"service: {name}\nlisten: [{port}]\nserver: {path}\n"
                                           for port, (name, path) in enumerate(servers.items(), 7001)))
        for _ in range(250):
            for port in range(7001, 7005):
                answer = ask(port)
                self.assertEqual(answer[:10], b"grandchild" if port == 7003 else b"")
        daemon.wait_for("end", count=250, service="crash", signal=11)
        daemon.wait_for("end", count=250, service="exit", status=0)
        daemon.wait_for("end", count=250, service="away", status=0)
        eventually("all failures are told", lambda: told(daemon, "failed", service="missing", step="exec") == 250)


class Children(Case):
    COUNT = 5000

    def test_five_thousand_at_once_are_all_served(self):
        need_descriptors(self.COUNT + 100)
        daemon = self.start(f"""
            service: linger
            listen: [7001]
            server: {victim("linger")}
            """)
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(tcp(7001, timeout=120)) for _ in range(self.COUNT)]
            pids = {client.read_line() for client in clients}
            self.assertEqual(len(pids), self.COUNT)
            self.assertEqual(len(daemon.children()), self.COUNT)
            self.assertLess(len(daemon.descriptors()), 64, "a connection that is served takes none of porterd's")
            for client in clients:
                client.finish()
            for client in clients:
                self.assertEqual(client.read_all(), b"bye\n")
        daemon.wait_for("end", count=self.COUNT, timeout=60, service="linger", status=0)
        eventually("all are reaped", lambda: not daemon.children())


class Services(Case):
    COUNT = 1000

    def services(self, victim_name, words=""):
        return "\n---\n".join(f"service: s{number}\nlisten: [\"127.0.0.1:{10000 + number}\"]\n"
                              f"server: {victim(victim_name)}\n{words}" for number in range(self.COUNT))

    def test_a_thousand_services_answer(self):
        daemon = self.start(self.services("hello"))
        self.assertEqual(daemon.wait_for("ready")["services"], str(self.COUNT))
        for number in range(self.COUNT):
            self.assertEqual(ask(10000 + number), b"hello\n")
        daemon.wait_for("end", count=self.COUNT, status=0)

    def test_a_server_among_a_thousand_listeners_has_three_descriptors(self):
        self.start(self.services("show"))
        for number in range(0, self.COUNT, 50):
            found = {name for name in shown(ask(10000 + number)) if name.startswith("fd.")}
            self.assertEqual(found, {"fd.0", "fd.1", "fd.2"})

    def test_clients_see_the_end_as_soon_as_the_service_is_done(self):
        """While others run: no copy of the connection stays open anywhere."""
        daemon = self.start(self.services("linger"))
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(tcp(10000 + number)) for number in range(100)]
            for client in clients:
                client.read_line()
            for client in clients:
                self.assertEqual(client.finish().read_all(), b"bye\n")
        daemon.wait_for("end", count=100, status=0)

    def test_a_launch_that_fails_closes_its_connection(self):
        words = "working_directory: /nonexistent\n"
        daemon = self.start(self.services("hello", words))
        for number in range(50):
            self.assertEqual(ask(10000 + number), b"")
        for number in range(50):
            daemon.wait_for("failed", service=f"s{number}", step="chdir", object="/nonexistent")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    main()
