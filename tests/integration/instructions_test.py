# SPDX-License-Identifier: Apache-2.0
"""How many instructions of its own porterd needs for a connection, from accept to reap: as many as instructions.txt says.
They are counted by valgrind, so that neither the machine nor what else runs on it matters. What is counted is porterd
itself, with launch: fork, which valgrind can follow: all of admission, of the launch but for the clone itself, of the
session and of its records."""

import pathlib
import re

from porterd_harness import Case, ask, eventually, main, need, victim

_EXPECTED = pathlib.Path(__file__).with_name("instructions.txt")
_FEW, _MANY = 5, 45  # what they differ in is counted: not the start, nor what is done once
_SERVICES = """
service: plain
listen: ["127.0.0.1:{plain}"]
server: {server}
log_on_success: none
---
service: recorded
listen: ["127.0.0.1:{recorded}"]
server: {server}
"""
_SETTINGS = """
launch: fork
defaults:
  user: nobody
  only_from: [127.0.0.0/8, 10.0.0.0/8]
  no_access: [127.0.0.2, 192.0.2.0/24]
  instances: 1000
  per_source: 100
  cps: 1000000/s
"""


def expected() -> dict[str, int]:
    lines = [line.split() for line in _EXPECTED.read_text().splitlines() if line and not line.startswith("#")]
    return {name: int(value) for name, value in lines}


class Counted:
    """A porterd whose instructions are counted, with a service `plain` and a service `recorded`."""

    def __init__(self, case: Case, number: int):
        self._case = case
        self._ports = {"plain": 7001 + 10 * number, "recorded": 7002 + 10 * number}
        self._report = case.folder / f"count-{number}"
        words = [need("valgrind"), "--tool=callgrind", f"--callgrind-out-file={case.folder}/out.%p",
                 f"--log-file={self._report}.%p"]
        services = _SERVICES.format(server=victim("hello"), **self._ports)
        self._daemon = case.start(services, _SETTINGS, wrapper=words, ready=False)
        self._daemon.wait_for("starting", timeout=30)  # its files are read, the next one may write others

    def serve(self, counts: dict[str, int]):
        self._daemon.wait_ready(timeout=30)
        for service, port in self._ports.items():
            for _ in range(counts.get(service, _FEW)):
                self._case.assertEqual(ask(port), b"hello\n")
                # The end is to come by itself, not together with the next connection.
                eventually("the server is reaped", lambda: not self._daemon.children())

    def count(self) -> int:
        self._daemon.stop(timeout=30)
        text = pathlib.Path(f"{self._report}.{self._daemon.pid}").read_text()
        return int(re.search(r"Collected : (\d+)", text).group(1))


class Instructions(Case):
    def test_a_connection_needs_as_many_as_before(self):
        runs = [Counted(self, number) for number in range(3)]  # all at once: valgrind takes its time to start
        for run, counts in zip(runs, ({}, {"plain": _MANY}, {"recorded": _MANY})):
            run.serve(counts)
        base, *more = [run.count() for run in runs]
        for (name, wanted), total in zip(expected().items(), more):
            found = round((total - base) / (_MANY - _FEW))
            print(f"{name}: {found} instructions for a connection, {wanted} expected")
            with self.subTest(name):
                self.assertLess(abs(found - wanted), wanted / 10,
                                f"{name}: {found} instructions for a connection instead of {wanted}; if that is meant, "
                                f"{_EXPECTED.name} is to say so")


if __name__ == "__main__":
    main()
