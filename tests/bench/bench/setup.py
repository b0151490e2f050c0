# SPDX-License-Identifier: Apache-2.0
"""What one run was asked for, and what all experiments need."""

import contextlib
import dataclasses
import pathlib
import subprocess

from . import peers
from .load import Load
from .samples import Samples
from .service import Service


@dataclasses.dataclass
class Setup:
    programs: pathlib.Path  # folder of load, floor, hello, hold, reply
    porterd: str
    cache: pathlib.Path     # unpacked packages
    folder: pathlib.Path    # for configurations and logs; gone after the run
    is_quick: bool
    rounds: int
    seconds: float          # of one measurement
    only: list[str]         # parts of names of peers; nothing is all

    def __post_init__(self):
        self.load = Load(self.programs / "load")
        self.hello = str(self.programs / "hello")
        self.hold = str(self.programs / "hold")
        self.reply = str(self.programs / "reply")

    def others(self, samples: Samples, *needs: str, services: int = 1, among=None) -> list[type[peers.Peer]]:
        """The peers besides porterd that can do this and are to be measured; `among` instead of all."""
        chosen = among if among is not None else peers.MAIN if self.is_quick else peers.ALL
        found = []
        for peer in chosen:
            if not set(needs) <= peer.can or services > peer.most_services or not self.is_wanted(peer.name):
                continue
            if lack := peer.lacks(self):
                samples.note(f"{peer.name} is left out: {lack}")
                continue
            found.append(peer)
        return found

    def is_wanted(self, name: str) -> bool:
        return not self.only or any(part in name for part in self.only)

    def for_rounds(self, running: list):
        """Each round's order of peers: all of them, another one first each time."""
        for number in range(self.rounds):
            at = number % len(running) if running else 0
            yield running[at:] + running[:at]

    @contextlib.contextmanager
    def running(self, samples: Samples, classes: list[type[peers.Peer]], services, **options):
        """Starts all, with these services (a list, or a function of the class), and stops them; those that do not
        start are noted and left out."""
        with contextlib.ExitStack() as stack:
            started = []
            for cls in classes:
                peer = cls(self)
                stack.callback(peer.stop)
                try:
                    peer.start(services(cls) if callable(services) else services, **options)
                    started.append(peer)
                except (OSError, RuntimeError, subprocess.SubprocessError) as error:
                    samples.note(f"{peer.name} is left out: {error}")
            yield started

    def hello_service(self, port: int = 7001, **options) -> Service:
        return Service(port=port, program=self.hello, **options)
