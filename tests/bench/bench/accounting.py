# SPDX-License-Identifier: Apache-2.0
"""The processor time of a daemon and of all that it started, and which processes those are.

A control group of its own knows both: version 1 (cpuacct) in nanoseconds, version 2 (cpu.stat) in microseconds. Without
control groups /proc is asked, which counts in ticks of 10 ms and knows of children only once they have been waited for."""

import itertools
import os
import pathlib

_ROOT = pathlib.Path("/sys/fs/cgroup")
_numbers = itertools.count()


class _Group:
    def __init__(self, parent: pathlib.Path):
        self._folder = parent / f"porterd-bench-{os.urandom(4).hex()}-{next(_numbers)}"
        self._folder.mkdir()

    def enter(self):
        """Called by the process that is to be accounted for."""
        (self._folder / "cgroup.procs").write_text(str(os.getpid()))

    def pids(self, _first: int) -> list[int]:
        return [int(word) for word in (self._folder / "cgroup.procs").read_text().split()]

    def close(self):
        """Once no process is left."""
        try:
            self._folder.rmdir()
        except OSError as error:
            print(f"{self._folder} stays: {error.strerror}")


class _GroupV1(_Group):
    kind = "cgroup v1 cpuacct"

    def seconds(self, _first: int) -> float:
        return int((self._folder / "cpuacct.usage").read_text()) * 1e-9


class _GroupV2(_Group):
    kind = "cgroup v2 cpu.stat"

    def seconds(self, _first: int) -> float:
        for line in (self._folder / "cpu.stat").read_text().splitlines():
            if line.startswith("usage_usec "):
                return int(line.split()[1]) * 1e-6
        raise OSError(f"{self._folder}/cpu.stat has no usage_usec")


class _Proc:
    kind = "/proc, in ticks"

    def enter(self):
        pass

    def close(self):
        pass

    def pids(self, first: int) -> list[int]:
        found = [first] if os.path.exists(f"/proc/{first}") else []
        for pid in found:
            for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
                try:
                    found += [int(word) for word in task.read_text().split()]
                except OSError:
                    pass  # has just ended
        return found

    def seconds(self, first: int) -> float:
        ticks = 0
        for pid in self.pids(first):
            try:
                words = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            ticks += sum(map(int, words[11:15] if pid == first else words[11:13]))
        return ticks / os.sysconf("SC_CLK_TCK")


def _works(make) -> bool:
    try:
        account = make()
        account.seconds(0)
        account.close()
        return True
    except OSError:
        return False


def _choose():
    for make in (lambda: _GroupV1(_ROOT / "cpuacct"), lambda: _GroupV1(_ROOT / "cpu,cpuacct"),
                 lambda: _GroupV2(_ROOT), lambda: _GroupV2(_ROOT / "unified")):
        if _works(make):
            return make
    return _Proc


_chosen = None


def account():
    """A new account: enter() in the process, seconds(pid), pids(pid), close(); its `kind` is for the report."""
    global _chosen
    _chosen = _chosen or _choose()
    return _chosen()


def account_kind() -> str:
    """How processor time is known, for the report."""
    made = account()
    made.close()
    return made.kind
