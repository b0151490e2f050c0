# SPDX-License-Identifier: Apache-2.0
"""A service as the comparison knows it; each peer says it in its own words."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Service:
    port: int
    program: str = ""
    arguments: tuple[str, ...] = ()
    is_udp: bool = False       # with wait: yes
    is_refused: bool = False   # its clients may not connect
    prefixes: int = 1          # how many are listed; only for is_refused
    redirect: int | None = None  # a port of the same host
    builtin: str | None = None   # echo or daytime
    everything: bool = False     # porterd only: all limits, checks and records in force

    @property
    def words(self) -> list[str]:
        return [self.program, *self.arguments]
