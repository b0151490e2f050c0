# SPDX-License-Identifier: Apache-2.0
"""Datagram services that are launched, built-in services, and relays."""

import contextlib
import types

from ..peers import Porterd, Socat, SocketProxyd, Xinetd, floor
from ..samples import Samples
from ..service import Service
from ..setup import Setup
from .connections import measure

WAIT_CASE = "one after the other"


def datagrams(setup: Setup, samples: Samples):
    """A server that answers one datagram and leaves, so that each one needs another launch."""
    service = Service(port=7001, program=setup.reply, is_udp=True)
    with setup.running(samples, [floor.WAIT, Porterd, *setup.others(samples, "udp")], [service]) as running:
        for turn in setup.for_rounds(running):
            for peer in turn:
                found = setup.load.run("requests", peer, 7001, count=2000, seconds=max(1, setup.seconds), patience=0.5)
                samples.add(WAIT_CASE, peer.name, **{name: found[name] for name in ("p50", "p99", "max", "cpu", "lost")})


ECHO, ROUND_TRIPS, PACKETS, DAYTIME = ("echo, 1 connection", "round trips, 32 connections", "UDP echo, 16 in flight",
                                       "daytime, 8 clients")


def builtins(setup: Setup, samples: Samples):
    # By the ports of their names, as the inetds have no others.
    wanted = [Service(port=7, builtin="echo"), Service(port=13, builtin="daytime"),
              Service(port=7, builtin="echo", is_udp=True)]
    runs = {floor.ECHO: wanted[:1], floor.ANSWER: wanted[1:2], floor.ECHO_DATAGRAMS: wanted[2:]}
    classes = [*runs, Porterd, *setup.others(samples, "builtin")]
    with setup.running(samples, classes, lambda cls: runs.get(cls, wanted)) as running:
        for turn in setup.for_rounds(running):
            for peer in turn:
                for service in runs.get(type(peer), wanted):
                    _builtin(setup, samples, peer, service)


def _builtin(setup: Setup, samples: Samples, peer, service: Service):
    seconds = max(0.5, setup.seconds)
    if service.is_udp:
        # So many that no network of the many has more than porterd answers at once.
        found = setup.load.run("datagrams", peer, 7, clients=16, block=64, count=20_000, seconds=2)
        samples.add(PACKETS, peer.name, rate=found["rate"], cpu=found["cpu"], lost=found["lost"])
    elif service.builtin == "daytime":
        measure(setup, samples, DAYTIME, peer, 13, 8, seconds=seconds)
    else:
        found = setup.load.run("echo", peer, 7, clients=1, bytes=4_000_000_000, seconds=seconds)
        samples.add(ECHO, peer.name, mb_s=found["mb_s"], cpu_gb=_cpu_for_gigabyte(found), errors=found["errors"])
        found = setup.load.run("round-trips", peer, 7, clients=32, block=64, seconds=seconds)
        samples.add(ROUND_TRIPS, peer.name, rate=found["rate"], cpu=found["cpu"], errors=found["errors"])


def _cpu_for_gigabyte(found: dict) -> float:
    return found["cpu_seconds"] / max(1e-9, found["bytes"] / 1e9)


BULK, SMALL = "400 MB, 1 connection", "100 bytes, 8 clients"
_BULK_PORT, _SMALL_PORT = 6001, 6002
_BULK_BYTES, _SMALL_BYTES = 400_000_000, 100


@contextlib.contextmanager
def _sources(setup: Setup):
    """Servers that give each client so many bytes."""
    here = types.SimpleNamespace(host="127.0.0.1")
    processes = [setup.load.start("source", here, port, bytes=count, seconds=1800)
                 for port, count in ((_BULK_PORT, _BULK_BYTES), (_SMALL_PORT, _SMALL_BYTES))]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def redirect(setup: Setup, samples: Samples):
    services = [Service(port=7001, redirect=_BULK_PORT), Service(port=7002, redirect=_SMALL_PORT)]
    others = setup.others(samples, "redirect", among=[Xinetd, Socat, SocketProxyd])
    with _sources(setup), setup.running(samples, [floor.RELAY, Porterd, *others], services) as running:
        for turn in setup.for_rounds(running):
            for peer in turn:
                found = setup.load.run("connections", peer, 7001, clients=1, count=1, bytes=_BULK_BYTES, seconds=15,
                                       patience=15)
                samples.add(BULK, peer.name, mb_s=found["bytes"] / found["seconds"] / 1e6,
                            cpu_gb=_cpu_for_gigabyte(found), errors=found["errors"])
                measure(setup, samples, SMALL, peer, 7002, 8, bytes=_SMALL_BYTES)
