# SPDX-License-Identifier: Apache-2.0
"""Connections that launch a service each: hello, /bin/cat, and hello with everything in force."""

from ..load import HELLO
from ..peers import Porterd, floor
from ..peers.peer import Peer
from ..samples import Samples
from ..service import Service
from ..setup import Setup

KEPT = ("rate", "p50", "p99", "max", "cpu", "daemon", "errors")


def clients_case(count: int) -> str:
    return f"{count} client{'s' if count > 1 else ''}"


def measure(setup: Setup, samples: Samples, case: str, peer: Peer, port: int, clients: int, **options) -> dict:
    """One measurement of connections, added to the samples."""
    options.setdefault("seconds", setup.seconds)
    found = setup.load.run("connections", peer, port, clients=clients, **options)
    samples.add(case, peer.name, **{name: found[name] for name in KEPT})
    if not peer.is_alive():
        samples.note(f"{peer.name} has died: {case}")
    return found


def _compare(setup: Setup, samples: Samples, classes, service: Service, counts, **options):
    with setup.running(samples, classes, [service]) as running:
        for peer in running:  # files read, memory touched: not what is measured
            setup.load.run("connections", peer, service.port, clients=2, count=50, **options)
        for clients in counts:
            for turn in setup.for_rounds(running):
                for peer in turn:
                    measure(setup, samples, clients_case(clients), peer, service.port, clients, **options)


def hello(setup: Setup, samples: Samples):
    classes = [floor.VFORK, floor.VFORK_EPOLL, floor.CLONE_VM, Porterd, *setup.others(samples, "tcp")]
    _compare(setup, samples, classes, setup.hello_service(), (1, 8, 64), expect=HELLO)


def cat(setup: Setup, samples: Samples):
    text = "x" * 64
    classes = [floor.VFORK, Porterd, *setup.others(samples, "tcp")]
    _compare(setup, samples, classes, Service(port=7001, program="/bin/cat"), (1, 8), send=text, expect=text,
             half_close=True)


class PorterdEverything(Porterd):
    name = "porterd, everything in force"
    note = "user with 10 groups, 15 limits, records, 1,000 prefixes, per_source, cps, cps_per_source"


def in_force(setup: Setup, samples: Samples):

    def services(cls):
        return [setup.hello_service(everything=cls is PorterdEverything)]

    with setup.running(samples, [floor.VFORK_EPOLL, Porterd, PorterdEverything], services) as running:
        for clients in (1, 8, 64):
            for turn in setup.for_rounds(running):
                for peer in turn:
                    measure(setup, samples, clients_case(clients), peer, 7001, clients, expect=HELLO)


def burst(setup: Setup, samples: Samples):
    """256 connections begun at the same moment."""
    with setup.running(samples, [Porterd, *setup.others(samples, "tcp")], [setup.hello_service()]) as running:
        for turn in setup.for_rounds(running):
            for peer in turn:
                found = setup.load.run("connections", peer, 7001, clients=256, count=256, seconds=4, expect=HELLO)
                samples.add("256 at once", peer.name, longest=found["max"] / 1000, refused=found["errors"],
                            p50=found["p50"], rate=found["rate"])
