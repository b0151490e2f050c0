# SPDX-License-Identifier: Apache-2.0
"""What the tests of the installation share: cmake --install into a folder, programs that may be absent, unittest's main
with CTest's status for a test that was skipped."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["PORTERD_SOURCE"])
BUILD = pathlib.Path(os.environ["PORTERD_BUILD"])
PREFIX = os.environ["PREFIX"]
PORTERD = BUILD / "src" / "programs" / "porterd"


def run(*words, status=0, env=None):
    """Standard output and error together; fails unless the command ends with `status`."""
    done = subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env={**os.environ, **(env or {})}, check=False)
    if done.returncode != status:
        raise AssertionError(f"{' '.join(map(str, words))}: status {done.returncode}, not {status}:\n{done.stdout}")
    return done.stdout


def need(program):
    """The program's path. Without it the test is skipped; in CI it must be there."""
    path = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if path is None:
        if os.environ.get("CI"):
            raise AssertionError(f"{program} is not installed: run packaging/dependencies test")
        raise unittest.SkipTest(f"{program} is not installed")
    return path


class Installed(unittest.TestCase):
    """Has `root`: the tree that cmake --install makes, with all inits if the class says `all_inits`."""

    all_inits = False

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="porterd-install-")  # pylint: disable=consider-using-with
        cls.addClassCleanup(folder.cleanup)
        cls.root = pathlib.Path(folder.name)
        for component in [""] + (["sysv", "runit", "s6", "upstart"] if cls.all_inits else []):
            cls.install(component)

    @classmethod
    def install(cls, component=""):
        more = ["--component", component] if component else []
        return run(os.environ["CMAKE"], "--install", BUILD, *more, env={"DESTDIR": str(cls.root), "LC_ALL": "C"})

    def path(self, name):
        """A path of the installed tree; `name` may begin with PREFIX."""
        return self.root / name.replace("PREFIX", PREFIX, 1).lstrip("/")


def main():
    result = unittest.main(exit=False, verbosity=2).result
    all_skipped = result.testsRun > 0 and len(result.skipped) == result.testsRun
    sys.exit(1 if not result.wasSuccessful() else 77 if all_skipped else 0)
