# SPDX-License-Identifier: Apache-2.0
"""One running server, at an address of its own, with an account of the processor time that it and its children use."""

import itertools
import os
import pathlib
import re
import resource
import signal
import subprocess
import time

from .. import accounting, machine
from ..load import wait_until
from ..service import Service

_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
_numbers = itertools.count(2)


class Peer:
    """A peer overrides name, program(), and either arguments() or, with a file, configuration() too."""

    name = "?"
    note = ""
    serves_many = True              # services in one process; else one process each
    most_services = 1 << 30
    can = frozenset({"tcp"})        # of tcp, udp, refuse, prefixes, builtin, redirect, reload
    leaves_its_parent = False       # goes to the background by itself
    stop_signal = signal.SIGTERM

    def __init__(self, setup):
        self.setup = setup
        number = next(_numbers)
        self.host = f"127.1.{number // 250}.{number % 250 + 1}"
        self.folder = pathlib.Path(setup.folder, f"{re.sub(r'[^a-z0-9]+', '-', self.name.lower())}-{number}")
        self.folder.mkdir()
        self.pid = 0
        self._account = accounting.account()
        self._processes: list[subprocess.Popen] = []
        self._services: list[Service] = []

    # What a peer says of itself.

    @classmethod
    def program(cls, setup) -> str:
        """The path of its program; it may be missing."""
        raise NotImplementedError

    @classmethod
    def lacks(cls, setup) -> str:
        """Why it cannot be run, or nothing."""
        return "" if os.access(cls.program(setup), os.X_OK) else f"no {cls.program(setup)}"

    def write(self, services: list[Service]):
        """Writes its configuration."""

    def arguments(self, services: list[Service]) -> list[str]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return {}

    # Its life.

    def start(self, services: list[Service], limits: dict[int, int] | None = None, timeout: float = 90):
        """Returns when the first and the last service listen. `limits`: RLIMIT_… to its value."""
        self._services = services
        self.write(services)
        for group in [services] if self.serves_many else [[service] for service in services]:
            self._launch(self.arguments(group), limits or {})
        wait_until(f"{self.name} listens", lambda: self.listens_at([services[0], services[-1]]), timeout)
        self.pid = self._first_process()

    def listens_at(self, services: list[Service]) -> bool:
        if not self._processes_live():
            raise RuntimeError(f"{self.name} has ended: {self.last_words()}")
        return all(service.port in machine.listening(self.host, service.is_udp) for service in services)

    def _launch(self, words: list[str], limits: dict[int, int]):
        def prepare():
            self._account.enter()
            os.setsid()
            for which, value in limits.items():
                resource.setrlimit(which, (value, value))

        with open(self.folder / "output", "ab") as output:
            self._processes.append(subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                                    cwd="/", env={"PATH": _PATH, **self.environment()},
                                                    preexec_fn=prepare))

    def _processes_live(self) -> bool:
        return self.leaves_its_parent or all(process.poll() is None for process in self._processes)

    def _first_process(self) -> int:
        if not self.leaves_its_parent:
            return self._processes[0].pid
        self._processes[0].wait(10)
        return min(self.pids())

    def last_words(self) -> str:
        return (self.folder / "output").read_text(errors="replace").strip()[-300:]

    def is_alive(self) -> bool:
        try:
            return pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except OSError:
            return False

    def reload(self, services: list[Service]):
        self.write(services)
        os.kill(self.pid, signal.SIGHUP)

    def stop(self):
        """Ends all its processes, each by its pid."""
        if self.pid and self.is_alive():
            os.kill(self.pid, self.stop_signal)
        end = time.monotonic() + 10
        while (pids := self._left()) and time.monotonic() < end:
            for pid in pids:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            time.sleep(0.01)
        for process in self._processes:
            process.wait(10)
        machine.reap_strays()
        self._account.close()

    def _left(self) -> list[int]:
        for process in self._processes:
            process.poll()
        return self.pids()

    # What it costs.

    def pids(self) -> list[int]:
        return self._account.pids(self.pid or (self._processes[0].pid if self._processes else 0))

    def cpu_seconds(self) -> float:
        return self._account.seconds(self.pid)

    def daemon_seconds(self) -> float:
        """Of its first process alone, with all threads, in nanoseconds' steps: the clock of clock_getcpuclockid(3)."""
        try:
            return time.clock_gettime((~self.pid << 3) | 2)
        except OSError:
            return float("nan")

    def settle(self, quiet: float = 0.02, timeout: float = 5):
        """Waits until it uses no processor time any more: its last children are gone."""
        end = time.monotonic() + timeout
        used = -1.0
        while time.monotonic() < end and (now := self.cpu_seconds()) - used > 50e-6:
            used = now
            time.sleep(quiet)

    def private_bytes(self) -> int:
        """USS: what would be free without it; of all its processes if it has one for each service."""
        return sum(map(_private_bytes, [self.pid] if self.serves_many else self.pids()))


def _private_bytes(pid: int) -> int:
    lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) * 1024
