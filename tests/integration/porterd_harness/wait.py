# SPDX-License-Identifier: Apache-2.0
"""Waiting with a deadline. Sanitized builds are slower: their deadlines are longer."""

import os
import time

FACTOR = float(os.environ.get("PORTERD_TEST_PATIENCE", "1"))
DEFAULT = 10.0


class Deadline:
    """A moment, `seconds` (times FACTOR) from now."""

    def __init__(self, seconds: float = DEFAULT):
        self._end = time.monotonic() + seconds * FACTOR

    def left(self) -> float:
        return max(0.0, self._end - time.monotonic())

    def passed(self) -> bool:
        return self.left() == 0.0


def eventually(what: str, predicate, timeout: float = DEFAULT):
    """The first true value of predicate(). Only for what nobody announces, such as /proc: it polls."""
    deadline = Deadline(timeout)
    while True:
        value = predicate()
        if value:
            return value
        if deadline.passed():
            raise AssertionError(f"{what}: not within {timeout} s")
        time.sleep(0.005)
