# SPDX-License-Identifier: Apache-2.0
"""Programs that are called by a name: porterd in the place of another super-daemon, or that one itself."""

import os
import pathlib
import signal
import subprocess

from .paths import PORTERD
from .wait import DEFAULT, FACTOR, eventually

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Role:
    """`name` is a program's path, or what porterd is called by."""

    def __init__(self, case, name: str, env=None):
        self._case = case
        self.program = name
        if "/" not in name:
            link = case.folder / "called" / name
            link.parent.mkdir(exist_ok=True)
            if not link.is_symlink():
                link.symlink_to(PORTERD)
            self.program = str(link)
        kept = {key: value for key, value in os.environ.items() if key.endswith("SAN_OPTIONS")}
        self.env = {"PATH": _PATH} | kept if env is None else kept | env

    def run(self, *words) -> subprocess.CompletedProcess:
        """Runs it until it, or what it leaves in the foreground, ends."""
        return subprocess.run([self.program, *map(str, words)], env=self.env, stdin=subprocess.DEVNULL, cwd="/",
                              capture_output=True, text=True, timeout=DEFAULT * FACTOR, check=False)

    def start(self, *words, **how) -> subprocess.Popen:
        """Runs it in the foreground; it is ended with the test."""
        process = subprocess.Popen([self.program, *map(str, words)], env=self.env, stdin=subprocess.DEVNULL, cwd="/",
                                   **({"stderr": subprocess.DEVNULL} | how))
        self._case.addCleanup(_end, process)
        return process

    def daemonize(self, pid_file, *words) -> int:
        """Runs it, which must leave the terminal and write `pid_file`; its pid. It is ended with the test."""
        done = self.run(*words)
        self._case.assertEqual(done.returncode, 0, done.stderr)
        path = pathlib.Path(pid_file)
        eventually(f"{path} is written", lambda: path.exists() and path.read_text().endswith("\n"))
        pid = int(path.read_text())
        self._case.addCleanup(_end_orphan, pid)
        return pid


def _end(process):
    if process.poll() is None:
        process.kill()
    process.wait()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def _end_orphan(pid: int):
    """The test is the parent of those whose parents have gone."""
    if not has_ended(pid):
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def has_ended(pid: int) -> bool:
    """Whether an orphan has ended; it is collected then."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True
