# SPDX-License-Identifier: Apache-2.0
"""What services cost that nobody uses: memory, and processor time at the start."""

from ..peers import Porterd, PorterdFiles, PorterdXinetd, floor
from ..samples import Samples
from ..service import Service
from ..setup import Setup

MANY = 10_000
FIRST = 20_000


def services(setup: Setup, count: int) -> list[Service]:
    return [setup.hello_service(FIRST + number) for number in range(count)]


def case_of(count: int) -> str:
    return f"{count:,} service{'s' if count > 1 else ''}"


def memory(setup: Setup, samples: Samples):
    one: dict[str, float] = {}
    for count in (1, 100, 1_000, MANY):
        classes = [Porterd, PorterdFiles, PorterdXinetd, *setup.others(samples, "tcp", services=count)]
        for cls in classes:
            with setup.running(samples, [cls], services(setup, count)) as running:
                for peer in running:
                    peer.settle(quiet=0.2)
                    used = peer.private_bytes()
                    samples.add(case_of(count), peer.name, uss_kb=used / 1024)
                    if count == 1:
                        one[peer.name] = used
                    elif peer.name in one:
                        samples.add(case_of(count), peer.name, bytes_per_service=(used - one[peer.name]) / (count - 1))


def start(setup: Setup, samples: Samples):
    """Processor time until all listen and nothing is done any more, less that of a start with one service."""
    classes = [floor.VFORK_EPOLL, PorterdXinetd, PorterdFiles, Porterd, *setup.others(samples, "tcp", services=MANY)]
    for _ in range(min(3, setup.rounds)):
        for cls in classes:
            seconds = {}
            for count in (1, MANY):
                with setup.running(samples, [cls], services(setup, count)) as running:
                    for peer in running:
                        peer.settle(quiet=0.1)
                        seconds[count] = peer.cpu_seconds()
            if len(seconds) == 2:
                samples.add(case_of(MANY), cls.name, start_ms=seconds[MANY] * 1e3, one_ms=seconds[1] * 1e3,
                            start_us=seconds[MANY] / MANY * 1e6)
