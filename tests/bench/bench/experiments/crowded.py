# SPDX-License-Identifier: Apache-2.0
"""One busy service among many that are idle, or beside thousands of children of another one; and limits that are high."""

import resource

from .. import machine
from ..load import HELLO
from ..peers import Porterd, floor
from ..samples import Samples
from ..service import Service
from ..setup import Setup
from . import idle
from .connections import measure

SERVICES = (1, 1_000, idle.MANY)
CHILDREN = (0, 1_000, 5_000)
CLIENTS = 8


def among_services(setup: Setup, samples: Samples):
    for count in SERVICES:
        classes = [floor.CLONE_FILES, Porterd, *setup.others(samples, "tcp", services=count)]
        classes = [cls for cls in classes if cls.serves_many]
        with setup.running(samples, classes, idle.services(setup, count)) as running:
            for peer in running:
                setup.load.run("connections", peer, idle.FIRST, clients=2, count=50, expect=HELLO)
            for turn in setup.for_rounds(running):
                for peer in turn:
                    measure(setup, samples, idle.case_of(count), peer, idle.FIRST, CLIENTS, expect=HELLO)


def children_case(count: int) -> str:
    return f"{count:,} live children"


def beside_children(setup: Setup, samples: Samples):
    """All serve `hold`, which ends when its client has said that nothing more comes; single-service peers have it once,
    the others in two services, one of which keeps its children."""
    held, busy = (Service(port=port, program=setup.hold) for port in (7002, 7001))

    def services(cls):
        return [busy, held] if cls.serves_many else [busy]

    classes = [floor.CLONE_FILES_ONE, Porterd, *setup.others(samples, "tcp")]
    with setup.running(samples, classes, services) as running:
        for peer in running:
            setup.load.run("connections", peer, 7001, clients=8, count=200, send="x", half_close=True, expect=HELLO)
        for turn in list(setup.for_rounds(running))[:2 if setup.is_quick else 5]:
            for peer in turn:
                for count in CHILDREN:
                    _beside(setup, samples, peer, count)


def _beside(setup: Setup, samples: Samples, peer, count: int):
    case = children_case(count)
    options = {"send": "x", "half_close": True, "expect": HELLO}
    if count == 0:
        measure(setup, samples, case, peer, 7001, CLIENTS, **options)
        return
    before = peer.private_bytes()
    with setup.load.hold(peer, 7002 if peer.serves_many else 7001, count) as held:
        peer.settle()
        grown = peer.private_bytes() - before if peer.serves_many else float("nan")
        samples.add(case, peer.name, served=held["alive"], opening_p99=held.get("p99", 0),
                    bytes_each=grown / max(1, held["alive"]))
        measure(setup, samples, case, peer, 7001, CLIENTS, **options)
    peer.settle(timeout=30)


class PorterdFewDescriptors(Porterd):
    name = "porterd, 1,024"
    note = "RLIMIT_NOFILE is 1,024"


class PorterdManyDescriptors(Porterd):
    name = "porterd, 2^30"
    note = "RLIMIT_NOFILE is 2^30"


def descriptor_limits(setup: Setup, samples: Samples):
    with machine.descriptor_bound(1 << 30) as bound:
        if bound < 1 << 30:
            samples.note(f"RLIMIT_NOFILE is {bound} instead of 2^30: more is not permitted here")
        for _ in range(setup.rounds):
            for cls, limit in ((PorterdFewDescriptors, 1024), (PorterdManyDescriptors, bound)):
                with setup.running(samples, [cls], [setup.hello_service()],
                                   limits={resource.RLIMIT_NOFILE: limit}) as running:
                    for peer in running:
                        peer.settle(quiet=0.1)
                        samples.add("start", peer.name, start_ms=peer.cpu_seconds() * 1e3)
                        measure(setup, samples, f"{CLIENTS} clients", peer, 7001, CLIENTS, expect=HELLO)
