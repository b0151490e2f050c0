# SPDX-License-Identifier: Apache-2.0
"""The rows of the comparison: what is measured, against what, and what it is to be."""

import dataclasses
import math
from collections.abc import Callable

from .experiments import connections, idle, refusing
from .peers import Porterd, PorterdFiles, PorterdXinetd, Xinetd, floor
from .samples import Samples
from .setup import Setup


@dataclasses.dataclass(frozen=True)
class Check:
    """One figure of `peer` in `case`, by itself or as a ratio, and its bound. `to` is the (case, peer) of the ratio; an
    empty name stands for the one that is examined."""

    metric: str
    case: str
    bound: float
    to: tuple[str, str] | None = None
    at_least: bool = False
    peer: str = Porterd.name
    unit: str = ""
    label: str = ""

    def value(self, samples: Samples, peer: str = "") -> float:
        of = (self.case, peer or self.peer)
        if self.to is None:
            return samples.median(*of, self.metric)
        return samples.ratio(self.metric, of, (self.to[0] or of[0], self.to[1] or of[1]))

    def is_met(self, samples: Samples) -> bool | None:
        """None if it was not measured."""
        value = self.value(samples)
        if math.isnan(value):
            return None
        return value >= self.bound if self.at_least else value <= self.bound


@dataclasses.dataclass(frozen=True)
class Target:
    name: str   # for --rows
    work: str
    floor: str
    wanted: str
    experiment: Callable[[Setup], Samples]
    checks: tuple[Check, ...]


def _each(cases, metric: str, bound: float, **options) -> tuple[Check, ...]:
    return tuple(Check(metric, case, bound, **options) for case in cases)


_CLIENTS = [connections.clients_case(count) for count in (1, 8, 64)]
_PREFIXES = [refusing.case_of(count) for count in refusing.COUNTS]
_MANY = idle.case_of(idle.MANY)

TARGETS = [
    Target("hello-cpu", "connect → exec hello → reply → close: CPU of daemon and child for a connection",
           "vfork with epoll and reaping", "≤ 1.15 ×", connections.hello,
           _each(_CLIENTS, "cpu", 1.15, to=("", floor.VFORK_EPOLL.name))),
    Target("hello-rate", "the same: connections a second at 64 clients", "clone(CLONE_VM)", "≥ 0.9 ×", connections.hello,
           (Check("rate", "64 clients", 0.9, to=("", floor.CLONE_VM.name), at_least=True),)),
    Target("hello-p50", "the same: median time of a connection at 1 client", "vfork", "≤ 1.15 ×", connections.hello,
           (Check("p50", "1 client", 1.15, to=("", floor.VFORK.name)),)),
    Target("in-force", "the same with everything in force, CPU", "porterd plain", "≤ 1.15 ×", connections.in_force,
           _each(_CLIENTS, "cpu", 1.15, to=("", Porterd.name), peer=connections.PorterdEverything.name)),
    Target("cat", "a dynamically linked service (/bin/cat), CPU", "vfork", "≤ 1.05 ×", connections.cat,
           _each(_CLIENTS[:2], "cpu", 1.05, to=("", floor.VFORK.name))),
    Target("refused", "a refused connection, CPU, with 1, 1,000 and 1,000,000 prefixes listed", "accept + close with epoll",
           "≤ 1.3 ×, flat", refusing.refused, _each(_PREFIXES, "cpu", 1.3, to=("", floor.REFUSE.name))),
    Target("burst", "256 connections at once: the longest, refused ones", "-", "none refused, none delayed by a "
           "retransmitted SYN (1 s)", connections.burst,
           (Check("refused", "256 at once", 0, label="refused"),
            Check("longest", "256 at once", 900, unit=" ms", label="longest"))),
    Target("memory", "idle private memory (USS) with 1 service, and for each further one, to 10,000", "-",
           "≤ 700 kB, ≤ 500 bytes", idle.memory,
           (Check("uss_kb", idle.case_of(1), 700, unit=" kB"),
            Check("bytes_per_service", _MANY, 500, unit=" B"))),
    Target("start", "start with 10,000 services: CPU for each, from an xinetd.conf", "bind + listen + epoll loop",
           "≤ 25 µs and less than xinetd; conf.d of 10,000 files ≤ 2 × that", idle.start,
           (Check("start_us", _MANY, 25, peer=PorterdXinetd.name, unit=" µs", label="xinetd.conf"),
            Check("start_us", _MANY, 1, to=("", Xinetd.name), peer=PorterdXinetd.name, label="to xinetd"),
            Check("start_us", _MANY, 2, to=("", PorterdXinetd.name), peer=PorterdFiles.name, label="conf.d to that"))),
]
