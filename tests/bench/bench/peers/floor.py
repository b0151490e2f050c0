# SPDX-License-Identifier: Apache-2.0
"""The floor: loops that do no more than the kernel makes them do."""

from ..service import Service
from .peer import Peer


class Floor(Peer):
    """One mode of the program `floor`; subclasses are made by floor()."""

    can = frozenset()
    words: tuple[str, ...] = ()
    mode = ""

    @classmethod
    def program(cls, setup) -> str:
        return str(setup.programs / "floor")

    def arguments(self, services: list[Service]) -> list[str]:
        service = services[0]
        more = services[1:]
        others = ["--listeners", str(len(more)), "--first", str(more[0].port)] if more else []
        target = ["--target", str(service.redirect)] if service.redirect else []
        return [self.program(self.setup), "--host", self.host, "--port", str(service.port), *self.words, *others,
                *target, self.mode, *(service.words if service.program else [])]


def floor(name: str, mode: str, *words: str, serves_many: bool = True) -> type[Floor]:
    """`serves_many`: further services are listeners that nobody connects to; else each has a process."""
    return type("Floor", (Floor,), {"name": f"floor: {name}", "mode": mode, "words": words, "serves_many": serves_many,
                                    "note": " ".join(["floor", *words, mode])})


VFORK = floor("vfork", "vfork")
VFORK_EPOLL = floor("vfork, epoll, reaping", "vfork", "--epoll", "--reap", "wait")
CLONE_VM = floor("clone(CLONE_VM)", "clone-vm")
CLONE_FILES = floor("CLONE_FILES, pidfd", "clone-files", "--epoll", "--reap", "pidfd")
CLONE_FILES_ONE = floor("CLONE_FILES, pidfd", "clone-files", "--epoll", "--reap", "pidfd", serves_many=False)
REFUSE = floor("accept + close", "refuse", "--epoll")
ANSWER = floor("epoll, no process", "answer", "--epoll")
ECHO = floor("epoll echo", "echo")
ECHO_DATAGRAMS = floor("datagram echo", "datagrams")
RELAY = floor("splice", "relay", serves_many=False)
WAIT = floor("own wait loop", "wait")
