# SPDX-License-Identifier: Apache-2.0
"""Connections from an address that may not connect."""

import contextlib
import pathlib
import subprocess

from ..peers import Porterd, floor
from ..samples import Samples
from ..setup import Setup
from .connections import measure

COUNTS = (1, 1_000, 1_000_000)


def case_of(count: int) -> str:
    return f"{count:,} prefix{'es' if count > 1 else ''}"


def refused(setup: Setup, samples: Samples):
    with _closed_hosts(setup):
        for count in COUNTS:
            # Their lists do not grow with the comparison: they are measured once, with one prefix.
            others = setup.others(samples, "refuse") if count == 1 else []
            service = setup.hello_service(is_refused=True, prefixes=count)
            with setup.running(samples, [floor.REFUSE, Porterd, *others], [service], timeout=60) as running:
                for peer in running:
                    peer.settle()
                for turn in setup.for_rounds(running):
                    for peer in turn:
                        measure(setup, samples, case_of(count), peer, 7001, 8, refused=True)


@contextlib.contextmanager
def _closed_hosts(setup: Setup):
    """A hosts.deny that refuses all, which only this run sees, for the peers with libwrap."""
    with contextlib.ExitStack() as stack:
        for name, text in (("hosts.deny", "ALL: ALL\n"), ("hosts.allow", "")):
            place = f"/etc/{name}"
            if not pathlib.Path(place).exists():
                continue
            mine = setup.folder / name
            mine.write_text(text)
            subprocess.run(["mount", "--bind", str(mine), place], check=True)
            stack.callback(subprocess.run, ["umount", place], check=True)
        yield
