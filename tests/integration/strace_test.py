# SPDX-License-Identifier: Apache-2.0
"""One connection as strace(1) sees it: in porterd no lookup, no allocation, and no byte of the client's; in the child,
between clone and exec, the calls that its plan needs and no other."""

import re

from porterd_harness import Case, ask, eventually, main, need, victim

_CALL = re.compile(r"^(\w+)\((.*)\)\s+= (-?\w+)")


class Trace:
    """The calls of one process: (name, arguments, result)."""

    def __init__(self, path):
        found = (_CALL.match(line) for line in path.read_text().splitlines())
        self.calls = [match.groups() for match in found if match]

    def to_exec(self):
        """What a child did up to its exec."""
        names = [name for name, _, _ in self.calls]
        return self.calls[:names.index("execve") + 1]


class Strace(Case):
    def serve(self, attributes="", settings="", count=1, answers=4):
        """Serves one connection after the other; gives the traces of porterd and of each child."""
        services = "\n---\n".join(f"service: s{number}\nlisten: [\"127.0.0.1:{7000 + number}\"]\nserver: {victim('hello')}\n{attributes}"
                                  for number in range(count))
        prefix = self.folder / "trace"
        daemon = self.start(services, settings, wrapper=[need("strace"), "-D", "-ff", "-s", "64", "-o", str(prefix)])
        for number in range(1, answers + 1):
            self.assertTrue(ask(7000, b"what a client says\n").startswith(b"hello"))
            daemon.wait_for("end", count=number, timeout=30)
        daemon.stop()
        children = [int(record["pid"]) for record in daemon.records("start")]
        path = self.folder / f"trace.{daemon.pid}"
        eventually("the trace is whole", lambda: "+++ exited" in path.read_text())
        return Trace(path), [Trace(self.folder / f"trace.{pid}") for pid in children]

    def connections(self, trace):
        """The calls of each connection: from an accept that succeeded up to the next one."""
        starts = [index for index, (name, _, result) in enumerate(trace.calls) if name == "accept4" and result != "-1"]
        return [trace.calls[start:end] for start, end in zip(starts, starts[1:])]

    def signal_descriptors(self, trace):
        """Those that porterd reads signals from: as signalfd4 made them, or moved up."""
        made = {result for name, _, result in trace.calls if name == "signalfd4"}
        moved = {result for name, arguments, result in trace.calls
                 if name == "fcntl" and "F_DUPFD_CLOEXEC" in arguments and arguments.split(",")[0] in made}
        return moved or made

    def test_porterd_makes_few_calls_and_none_that_looks_up_allocates_or_reads(self):
        trace, _ = self.serve("user: nobody")
        signals = self.signal_descriptors(trace)
        connections = self.connections(trace)
        self.assertEqual(len(connections), 3)
        for calls in connections[1:]:  # the first may touch memory for the first time
            connection = calls[0][2]
            names = [name for name, _, _ in calls]
            self.assertLessEqual(set(names), {"accept4", "clone", "close", "write", "writev", "epoll_wait", "read", "wait4",
                                              "recvmsg", "getrusage", "poll", "epoll_ctl"}, "and nothing else")
            self.assertLessEqual(len(names), 16)
            self.assertEqual(names[:3], ["accept4", "clone", "close"], "closed at once: else the client sees no end")
            self.assertEqual(calls[2][1], connection)
            self.assertEqual(names.count("clone"), 1)
            for name, arguments, _ in calls[1:2] + calls[3:]:
                self.assertNotEqual(arguments.split(",")[0], connection, f"{name}({arguments})")
            self.assertLessEqual({arguments.split(",")[0] for name, arguments, _ in calls if name == "read"}, signals)
            self.assertNotIn("what a client says", str(calls))

    def child_calls(self, attributes="", **how):
        _, children = self.serve(attributes, answers=1, **how)
        return [(name, arguments) for name, arguments, _ in children[0].to_exec()]

    def test_the_child_of_a_simple_plan(self):
        self.assertEqual([name for name, _ in self.child_calls("user: nobody\ngroups: no")], [
            "setsid", "dup2", "dup2", "dup2", "setgroups", "setresgid", "setresuid", "rt_sigprocmask", "execve"])

    def test_the_child_of_a_full_plan(self):
        calls = self.child_calls("user: nobody\ngroup: daemon\ngroups: [mail, 4711]\nnice: 5\numask: 077\nworking_directory: /tmp\n"
                                 "rlimit_core: 0\nrlimit_cpu: 10:20\nstderr: socket\nserver_args: [word]\nargv0: greeter")
        self.assertEqual([name for name, _ in calls], [
            "setsid", "dup2", "dup2", "dup2", "prlimit64", "prlimit64", "umask", "setpriority", "setgroups", "setresgid",
            "setresuid", "chdir", "rt_sigprocmask", "execve"])
        by_name = dict(calls)
        self.assertEqual(by_name["setgroups"], "2, [8, 4711]")
        self.assertEqual(by_name["setresgid"], "1, 1, 1")
        self.assertEqual(by_name["setresuid"], "65534, 65534, 65534")
        self.assertIn('["greeter", "word"]', by_name["execve"])

    def test_with_many_listeners_the_table_of_descriptors_is_shared_and_a_small_one_detached(self):
        trace, children = self.serve("user: nobody\ngroups: no", count=1000, answers=2)
        clone = next(arguments for name, arguments, _ in trace.calls if name == "clone")
        self.assertIn("CLONE_VM|CLONE_FILES", clone)
        for child in children:
            names = [name for name, _, _ in child.to_exec()]
            self.assertEqual(names[0], "close_range")
            self.assertIn("CLOSE_RANGE_UNSHARE", child.calls[0][1])
            names.remove("close_range")
            if "write" in names:  # porterd sleeps already and is told that it may close its copy
                names.remove("write")
            self.assertEqual(names, ["setsid", "dup2", "dup2", "dup2", "setgroups", "setresgid", "setresuid",
                                     "rt_sigprocmask", "execve"])

    def test_fork_makes_the_same_calls(self):
        names = [name for name, _ in self.child_calls("user: nobody\ngroups: no", settings="launch: fork")]
        self.assertEqual([name for name in names if name != "set_robust_list"], [
            "setsid", "dup2", "dup2", "dup2", "setgroups", "setresgid", "setresuid", "rt_sigprocmask", "execve"])


if __name__ == "__main__":
    main()
