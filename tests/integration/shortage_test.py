# SPDX-License-Identifier: Apache-2.0
"""Out of descriptors or processes: accepting pauses and goes on by itself, with one line each, and nobody is lost.
A huge limit of descriptors costs nothing."""

import collections
import contextlib
import os
import pathlib
import re
import resource
import subprocess
import threading

from porterd_harness import Case, ask, eventually, main, need, tcp, victim
from porterd_harness.paths import skip
from porterd_harness.wait import FACTOR


IS_SANITIZED = FACTOR > 1


class Shortage(Case):
    def crowd(self, count, port, answers):
        """That many clients at once, each reading to the end of file; what they read comes into `answers`."""
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(tcp(port, timeout=60)) for _ in range(count)]
            for client in clients:
                answers[client.read_all()] += 1

    def assert_alternate(self, daemon):
        """Each pause is told once and has its end."""
        def told():
            return [record.event for record in daemon.records() if record.event in ("paused", "resumed")]

        eventually("all is well at last", lambda: told()[-1:] == ["resumed"])
        self.assertEqual(told(), ["paused", "resumed"] * (len(told()) // 2))

    def test_64_descriptors_lose_nobody_of_500_clients_at_once(self):
        daemon = self.start(f"""
            service: hello
            listen: [7001]
            server: {victim("hello")}
            """, limits={"nofile": 64})
        answers = collections.Counter()
        self.crowd(500, 7001, answers)
        self.assertEqual(answers, {b"hello\n": 500})
        daemon.wait_for("end", count=500, service="hello", status=0)

    def test_64_descriptors_do_not_limit_the_servers(self):
        """A connection takes none of porterd's while it is served."""
        daemon = self.start(f"""
            service: linger
            listen: [7001]
            server: {victim("linger")}
            """, limits={"nofile": 64})
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(tcp(7001, timeout=60)) for _ in range(300)]
            for client in clients:
                self.assertTrue(client.read_line().startswith(b"lingering"))
            self.assertEqual(len(daemon.children()), 300)
            self.assertEqual(daemon.records("paused"), [])

    def test_no_free_descriptor_pauses_and_resumes(self):
        """The limit is lowered, while it runs, to what is open already."""
        if IS_SANITIZED:
            return  # UndefinedBehaviorSanitizer takes a descriptor of porterd's whenever it looks at a type
        daemon = self.start(f"""
            service: hello
            listen: [7001]
            server: {victim("hello")}
            """, quiet_end=False)
        free = 3
        while free in daemon.descriptors():
            free += 1
        old = resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, (free, 20000))
        answers = collections.Counter()
        crowd = threading.Thread(target=self.crowd, args=(20, 7001, answers))
        crowd.start()
        self.assertIn("Too many open files", daemon.wait_for("paused")["msg"])
        before = cpu_ticks(daemon.pid)
        with self.assertRaises(AssertionError):
            daemon.wait_for("resumed", timeout=1)
        self.assertLess(cpu_ticks(daemon.pid) - before, os.sysconf("SC_CLK_TCK") / 4, "it does not spin")
        resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, old)
        crowd.join()
        self.assertEqual(answers, {b"hello\n": 20})
        self.assert_alternate(daemon)

    def test_a_reload_that_removes_the_service_meanwhile_loses_nobody(self):
        daemon = self.start_with_processes(3)
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(tcp(7001, timeout=60)) for _ in range(5)]
            daemon.wait_for("paused")
            self.reload(daemon, f"service: renamed\nlisten: [7001]\nserver: {victim('linger')}\n", "defaults: {}")
            daemon.wait_for("reloaded")
            for client in clients:
                self.assertTrue(client.read_line().startswith(b"lingering"))
                self.assertEqual(client.finish().read_all(), b"bye\n")
        daemon.wait_for("end", count=3, service="linger")
        daemon.wait_for("end", count=2, service="renamed")

    def start_with_processes(self, count):
        """porterd as a user of its own that may have so many processes; root would not be limited."""
        user = 50_000 + os.getpid() % 10_000
        return self.start(f"""
            service: linger
            listen: [7001]
            server: {victim("linger")}
            """, "defaults: {}", wrapper=["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups",
                                          "prlimit", f"--nproc={count}"])

    def test_out_of_processes_pauses_and_resumes(self):
        daemon = self.start_with_processes(6)
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(tcp(7001, timeout=60)) for _ in range(20)]
            paused = daemon.wait_for("paused")
            self.assertIn("Resource temporarily unavailable", paused["msg"])
            for client in clients:
                self.assertTrue(client.read_line().startswith(b"lingering"))
                self.assertEqual(client.finish().read_all(), b"bye\n")
        daemon.wait_for("end", count=20, service="linger", status=0)
        self.assert_alternate(daemon)

    def test_a_reload_meanwhile_loses_nobody(self):
        daemon = self.start_with_processes(3)
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(tcp(7001, timeout=60)) for _ in range(5)]
            daemon.wait_for("paused")
            mark = daemon.mark()
            self.reload(daemon, settings="defaults: {}")
            daemon.wait_for("reloaded", since=mark)
            for client in clients:
                self.assertTrue(client.read_line().startswith(b"lingering"))
                self.assertEqual(client.finish().read_all(), b"bye\n")


class HugeLimit(Case):
    def test_nothing_is_done_for_each_possible_descriptor(self):
        """2^30, as container engines set it, or as near to it as this machine lets us."""
        limit = self.largest_limit()
        trace = self.folder / "trace"
        daemon = self.start(f"""
            service: hello
            listen: [7001]
            server: {victim("hello")}
            """, limits={"nofile": limit}, wrapper=[need("strace"), "-D", "-o", str(trace)],
            env={"ASAN_OPTIONS": "detect_leaks=0"})  # which cannot be done beside strace
        self.assertEqual(ask(7001), b"hello\n")
        self.assertEqual(resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE)[0], limit)
        daemon.stop()
        eventually("the trace is whole", lambda: "+++ exited" in trace.read_text())
        calls = re.findall(r"^(?:close|close_range|fcntl|fstat|dup\d?|getdents64)\(", trace.read_text(), re.MULTILINE)
        self.assertGreater(len(calls), 3)
        self.assertLess(len(calls), 400)

    def largest_limit(self):
        """The kernel's own bound is for the whole machine: it is raised for as long as the test runs, if we may."""
        bound = pathlib.Path("/proc/sys/fs/nr_open")
        before = bound.read_text()
        try:
            bound.write_text(str(1 << 30))
            self.addCleanup(bound.write_text, before)
        except OSError as error:
            print(f"fs.nr_open stays at {before.strip()}: {error.strerror}")
        wanted = int(bound.read_text())
        if subprocess.run(["prlimit", f"--nofile={wanted}", "true"], stderr=subprocess.DEVNULL, check=False).returncode:
            wanted = resource.getrlimit(resource.RLIMIT_NOFILE)[1]  # no CAP_SYS_RESOURCE
        return wanted if wanted >= 4096 else skip(f"only {wanted} descriptors are allowed")


def cpu_ticks(pid):
    words = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(words[11]) + int(words[12])


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    main()
