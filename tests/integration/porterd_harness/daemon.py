# SPDX-License-Identifier: Apache-2.0
"""One running porterd, and what must be true of it when it has gone."""

import contextlib
import fcntl
import os
import pathlib
import signal
import subprocess

from .paths import PORTERD
from .records import Record, Records
from .wait import DEFAULT, FACTOR, Deadline, eventually

_ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}


def _environment(more):
    kept = {name: os.environ[name] for name in os.environ if name.endswith("SAN_OPTIONS") or name == "TZ"}
    return _ENVIRONMENT | kept | {name: str(value) for name, value in (more or {}).items()}


def _command(args, limits):
    """prlimit(1) sets the limits and becomes porterd: {"nofile": 64} or {"nofile": "64:128"}."""
    words = [PORTERD, *map(str, args)]
    if limits:
        words = ["prlimit", *(f"--{name}={value}" for name, value in limits.items()), *words]
    return words


def run_porterd(*args, env=None, stdin: str = "", timeout: float = DEFAULT) -> subprocess.CompletedProcess:
    """porterd as a command that ends by itself (--check, --dump, …), with its output as text."""
    return subprocess.run(_command(args, None), env=_environment(env), input=stdin, text=True, capture_output=True,
                          timeout=timeout * FACTOR, check=False)


def children_of(pid: int) -> set[int]:
    """The processes whose parent is `pid`, zombies among them."""
    found = set()
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # a thread that has ended
            found |= {int(word) for word in (task / "children").read_text().split()}
    return found


class Porterd:
    """Started by Case.start(); stopped and examined when the test ends, if the test does not do so itself."""

    def __init__(self, args, env=None, limits=None, wrapper=(), pass_fds=()):
        self.process = subprocess.Popen([*wrapper, *_command(args, limits)], env=_environment(env), cwd="/",
                                        stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, pass_fds=pass_fds)
        self.pid = self.process.pid
        # porterd waits for no reader of its log: lines that do not fit are lost.
        fcntl.fcntl(self.process.stderr, fcntl.F_SETPIPE_SZ, 1 << 20)
        self.log = Records(self.process.stderr)
        self._descriptors = None

    # What it says. See Records for the arguments.

    def records(self, event: str | None = None, since: int = 0, **fields) -> list[Record]:
        return self.log.select(event, since, **fields)

    def wait_for(self, event: str, count: int = 1, timeout: float = DEFAULT, since: int = 0, **fields) -> Record:
        return self.log.wait_for(event, count, timeout, since, **fields)

    def mark(self) -> int:
        return self.log.mark()

    def wait_ready(self, timeout: float = DEFAULT):
        self.wait_for("ready", timeout=timeout)
        self._descriptors = len(self.descriptors())

    # What it is doing.

    def descriptors(self) -> dict[int, str]:
        """Its open descriptors and what they are."""
        found = {}
        for entry in os.listdir(f"/proc/{self.pid}/fd"):
            try:
                found[int(entry)] = os.readlink(f"/proc/{self.pid}/fd/{entry}")
            except FileNotFoundError:
                pass
        return found

    def children(self) -> set[int]:
        return children_of(self.pid)

    def is_running(self) -> bool:
        return self.process.poll() is None

    # What it is told.

    def send(self, number: int):
        self.process.send_signal(number)

    def stop(self, number: int = signal.SIGTERM, timeout: float = DEFAULT) -> int:
        """Sends the signal and gives the exit status as Popen.wait() does (negative: killed by a signal)."""
        if self.is_running():
            self.send(number)
        return self.wait(timeout)

    def wait(self, timeout: float = DEFAULT) -> int:
        try:
            status = self.process.wait(Deadline(timeout).left())
        except subprocess.TimeoutExpired:
            raise AssertionError(f"porterd did not exit within {timeout} s") from None
        self.log.wait_for_end()
        return status

    # What must be true at the end.

    def assert_quiet(self, timeout: float = DEFAULT):
        """No child is left, and as many descriptors are open as when it became ready."""
        eventually("porterd's last child is reaped", lambda: not self.children(), timeout)
        try:
            eventually("descriptors closed", lambda: len(self.descriptors()) <= self._descriptors, timeout)
        except AssertionError:
            raise AssertionError(f"{self._descriptors} descriptors when ready, now {self.descriptors()}") from None

    def finish(self, expect_quiet: bool):
        """The end of a test: quiet, stopped by SIGTERM, exit status 0."""
        if not self.is_running():
            self.log.wait_for_end()
            return
        if expect_quiet and self._descriptors is not None:
            self.assert_quiet()
        status = self.stop(timeout=60)
        if status != 0:
            raise AssertionError(f"porterd ended with {status} on SIGTERM")

    def kill(self):
        """Whatever happened, it is gone after this."""
        if self.is_running():
            self.process.kill()
            self.process.wait()
