# SPDX-License-Identifier: Apache-2.0
"""SIGHUP with one service more, while clients come and go."""

import time

from .. import machine
from ..load import HELLO, result_of, wait_until
from ..peers import Porterd
from ..samples import Samples
from ..setup import Setup
from .idle import FIRST, services

COUNT = 990  # as many as the inetds with select(2) can have
CASE = "1,000 services"


def reload(setup: Setup, samples: Samples):
    classes = [Porterd, *setup.others(samples, "reload", services=COUNT)]
    for _ in range(setup.rounds):
        for cls in classes:
            with setup.running(samples, [cls], services(setup, COUNT)) as running:
                for peer in running:
                    _reload_once(setup, samples, peer)


def _longest(setup: Setup, peer, meanwhile) -> dict:
    process = setup.load.start("connections", peer, FIRST, clients=8, seconds=1.2, expect=HELLO)
    time.sleep(0.5)  # it is under load when it is told to reload
    meanwhile()
    return result_of(process)


def _reload_once(setup: Setup, samples: Samples, peer):
    quiet = _longest(setup, peer, lambda: None)
    more = services(setup, COUNT + 1)
    times = {}

    def reload_now():
        peer.write(more)
        begin, before = time.monotonic(), peer.daemon_seconds()
        peer.reload(more)
        wait_until(f"{peer.name} listens at the new port",
                   lambda: more[-1].port in machine.listening(peer.host), timeout=10, pause=0.005)
        times.update(ready=(time.monotonic() - begin) * 1e3, cpu=(peer.daemon_seconds() - before) * 1e3)

    try:
        busy = _longest(setup, peer, reload_now)
    except RuntimeError as error:
        samples.note(str(error))
        return
    samples.add(CASE, peer.name, more_ms=(busy["max"] - quiet["max"]) / 1e3, longest_ms=busy["max"] / 1e3,
                quiet_longest_ms=quiet["max"] / 1e3, lost=busy["errors"], ready_ms=times["ready"])
