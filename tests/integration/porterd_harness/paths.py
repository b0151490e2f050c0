# SPDX-License-Identifier: Apache-2.0
"""Where things are: the built programs, the source, and the servers of other packages."""

import os
import pathlib
import shutil
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[3]
PORTERD = os.environ.get("PORTERD", "")
VICTIMS = os.environ.get("VICTIMS", "")
IN_CI = bool(os.environ.get("CI"))

_SBIN = ":/usr/local/sbin:/usr/sbin:/sbin:/usr/lib/git-core"


def victim(name: str) -> str:
    """The path of the built program tests/victims/NAME.c."""
    path = os.path.join(VICTIMS, name)
    if not os.access(path, os.X_OK):
        raise AssertionError(f"{path} is not built")
    return path


def skip(reason: str):
    """Leaves the test: skipped on a user's machine, failed in CI."""
    if IN_CI:
        raise AssertionError(f"{reason} (would be skipped outside CI)")
    raise unittest.SkipTest(reason)


def need(program: str) -> str:
    """The path of an external program, or skip()."""
    path = shutil.which(program, path=os.environ.get("PATH", "") + _SBIN)
    if path is None:
        skip(f"{program} is not installed: run `packaging/dependencies test`")
    return path


def real_xinetd() -> str:
    """The path of the real xinetd: an installed one, or what packaging/dependencies has unpacked; or skip()."""
    path = shutil.which("xinetd", path=os.environ.get("PATH", "") + _SBIN + f":{SOURCE}/.cache")
    if path is None:
        skip("there is no xinetd to compare with: run `packaging/dependencies test`")
    return path
