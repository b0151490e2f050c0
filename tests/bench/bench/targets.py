# SPDX-License-Identifier: Apache-2.0
"""The rows of the comparison: what is measured, against what, and what it is to be."""

import dataclasses
import math
from collections.abc import Callable

from .experiments import connections, crowded, idle, passing, refusing, reloading
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
    experiment: Callable[[Setup, Samples], None]
    checks: tuple[Check, ...]


def _each(cases, metric: str, bound: float, **options) -> tuple[Check, ...]:
    return tuple(Check(metric, case, bound, **options) for case in cases)


_CLIENTS = [connections.clients_case(count) for count in (1, 8, 64)]
_PREFIXES = [refusing.case_of(count) for count in refusing.COUNTS]
_LIVE = crowded.children_case(5_000)
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
    Target("services", "one busy service among 10,000, CPU", "CLONE_FILES at 10,000", "≤ 1.2 ×, and ≤ 1.2 × itself at 1",
           crowded.among_services,
           (Check("cpu", _MANY, 1.2, to=("", floor.CLONE_FILES.name), label="to the floor"),
            Check("cpu", _MANY, 1.2, to=(idle.case_of(1), ""), label="to itself at 1"))),
    Target("live", "one busy service while 5,000 children of another live, CPU", "CLONE_FILES + pidfd at 5,000", "≤ 1.2 ×",
           crowded.beside_children, (Check("cpu", _LIVE, 1.2, to=("", floor.CLONE_FILES.name)),)),
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
    Target("reload", "reload of 1,000 services under load, one added: how much longer the longest wait is, lost clients",
           "-", "≤ 10 ms more than without, none lost", reloading.reload,
           (Check("more_ms", reloading.CASE, 10, unit=" ms", label="longer"),
            Check("lost", reloading.CASE, 0, label="lost"))),
    Target("children", "5,000 connections, each with a live child: served, daemon memory for each", "-",
           "all served, ≤ 300 bytes", crowded.beside_children,
           (Check("served", _LIVE, 5_000, at_least=True, label="served"),
            Check("bytes_each", _LIVE, 300, unit=" B", label="memory"))),
    Target("dgram", "dgram wait, one after the other: median, lost ones", "own loop without a daemon", "≤ 1.2 ×, none lost",
           passing.datagrams,
           (Check("p50", passing.WAIT_CASE, 1.2, to=("", floor.WAIT.name)),
            Check("lost", passing.WAIT_CASE, 0, label="lost"))),
    Target("builtin", "built-in echo and daytime: MB/s, round trips, packets, connections a second", "epoll loop", "≥ 0.9 ×",
           passing.builtins,
           (Check("mb_s", passing.ECHO, 0.9, to=("", floor.ECHO.name), at_least=True, label="MB/s"),
            Check("rate", passing.ROUND_TRIPS, 0.9, to=("", floor.ECHO.name), at_least=True, label="round trips"),
            Check("rate", passing.PACKETS, 0.9, to=("", floor.ECHO_DATAGRAMS.name), at_least=True, label="packets"),
            Check("rate", passing.DAYTIME, 0.9, to=("", floor.ANSWER.name), at_least=True, label="daytime"))),
    Target("redirect", "redirect: CPU for a GB, CPU for a connection of 100 bytes", "splice loop", "≤ 1.1 × CPU for a GB",
           passing.redirect,
           (Check("cpu_gb", passing.BULK, 1.1, to=("", floor.RELAY.name), label="a GB"),
            Check("cpu", passing.SMALL, math.inf, to=("", floor.RELAY.name), label="a connection"))),
    Target("nofile", "RLIMIT_NOFILE = 2^30: CPU at the start and for a connection", "porterd at 1,024", "1.0 ×",
           crowded.descriptor_limits,
           (Check("start_ms", "start", 1.1, to=("", crowded.PorterdFewDescriptors.name),
                  peer=crowded.PorterdManyDescriptors.name, label="start"),
            Check("cpu", "8 clients", 1.1, to=("", crowded.PorterdFewDescriptors.name),
                  peer=crowded.PorterdManyDescriptors.name, label="a connection"))),
]
