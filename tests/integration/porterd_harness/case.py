# SPDX-License-Identifier: Apache-2.0
"""The class that test classes are made from, and main()."""

import os
import pathlib
import shutil
import signal
import sys
import tempfile
import textwrap
import unittest

from . import machine
from .daemon import Porterd, children_of
from .paths import IN_CI, PORTERD
from .wait import eventually


class Case(unittest.TestCase):
    """Each test has `self.folder` and namespaces of its own; what it starts is stopped and examined after it."""

    longMessage = True
    maxDiff = None

    def run(self, result=None):
        self._daemons: list[Porterd] = []
        result = result if result is not None else self.defaultTestResult()
        troubles = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > troubles:
            self._show_logs()
        return result

    def _show_logs(self):
        for daemon in self._daemons:
            text = daemon.log.text()
            print(f"--- {self.id()}: log of porterd {daemon.pid} ---\n{text[-20000:]}\n---", file=sys.stderr)

    def setUp(self):
        self.assertTrue(PORTERD, "PORTERD must name the built daemon; run the tests with ctest")
        machine.enter()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="porterd-test-"))
        self.folder.chmod(0o755)
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.addCleanup(self._sweep)

    def write(self, name: str, text: str, mode: int = 0o644) -> pathlib.Path:
        """A file in the test's folder, its text without common indentation. Nobody sees half of it."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(path.name + ".new")
        new.write_text(textwrap.dedent(text))
        new.chmod(mode)
        new.replace(path)
        return path

    def configure(self, services: str = "", settings: str = "") -> pathlib.Path:
        """Writes porterd.yaml (`settings`) and conf.d/test.yaml (`services`: documents between ---).

        Servers run as root unless they say otherwise, or the settings have `defaults` of their own; state dumps stay in
        the test's folder."""
        (self.folder / "conf.d").mkdir(exist_ok=True)
        if services:
            self.write("conf.d/test.yaml", services)
        settings = textwrap.dedent(settings)
        if "defaults:" not in settings:
            settings += "\ndefaults: {user: root}\n"
        # A test's worker must not stay longer than the test.
        if "worker_idle:" not in settings:
            idle = "worker_idle: 100ms\n"
            settings = idle + settings if "---" in settings else f"{settings}\n{idle}"
        if "dump_file:" not in settings and "---" not in settings:
            settings += f"\ndump_file: {self.folder}/state.dump\n"
        return self.write("porterd.yaml", settings)

    def start(self, services: str = "", settings: str = "", *, args=(), env=None, limits=None, ready: bool = True,
              quiet_end: bool = True, wrapper=(), pass_fds=()) -> Porterd:
        """A porterd with this configuration. `limits`: prlimit(1)'s names. `wrapper`: words before its own.

        ready: wait until everything is bound. quiet_end: at the test's end it must come to have no child and no
        descriptor more than when it was ready, before it is told to stop."""
        config = self.configure(services, settings)
        daemon = Porterd(["--config", config, *args], env, limits, wrapper, pass_fds)
        self._daemons.append(daemon)
        self.addCleanup(daemon.kill)
        self.addCleanup(daemon.finish, quiet_end)
        if ready:
            daemon.wait_ready()
        return daemon

    def reload(self, daemon: Porterd, services: str = "", settings: str = ""):
        """Writes a new configuration and sends SIGHUP. The test waits for what it expects."""
        self.configure(services, settings)
        daemon.send(signal.SIGHUP)

    def strays(self) -> set[int]:
        """What porterd's children left behind: orphans become children of the test."""
        return children_of(os.getpid()) - {daemon.pid for daemon in self._daemons if daemon.is_running()}

    def _sweep(self):
        """After porterd has gone nothing of it may be left; what is left is ended all the same."""
        def gone():
            _reap(self.strays())
            return not self.strays()
        try:
            eventually("no process is left behind", gone, 5)
        finally:
            for pid in self.strays():
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def _reap(pids):
    for pid in pids:
        try:
            os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            pass


def main():
    """Runs the file's tests. Exit status 77 when all were skipped, which CTest shows; 1 for any skip in CI."""
    program = unittest.main(module="__main__", exit=False, verbosity=2)
    result = program.result
    if not result.wasSuccessful() or (IN_CI and result.skipped):
        sys.exit(1)
    if result.testsRun == 0:
        sys.exit("no test ran")
    sys.exit(77 if len(result.skipped) == result.testsRun else 0)
