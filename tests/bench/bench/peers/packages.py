# SPDX-License-Identifier: Apache-2.0
"""Debian's packages of the peers: downloaded and unpacked into .cache/bench/root, never installed."""

import pathlib
import subprocess

_PACKAGES = ("xinetd", "openbsd-inetd", "inetutils-inetd", "rlinetd", "ucspi-tcp-ipv6", "ipsvd", "socat", "ncat",
             # what they need and a machine may not have
             "libwrap0", "libtirpc3", "libevent-2.1-7", "liblua5.3-0", "libpcap0.8")


def unpacked(setup, path: str) -> str:
    return str(setup.cache / "root" / path)


def libraries(setup, program: str) -> dict[str, str]:
    """The environment in which a program finds the libraries that only the unpacked packages have."""
    found = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
    folder = unpacked(setup, "usr/lib/x86_64-linux-gnu")
    return {"LD_LIBRARY_PATH": folder} if "not found" in found else {}


def fetch(cache: pathlib.Path):
    """Downloads what is not there yet. What cannot be had is named, and its peer is left out."""
    root = cache / "root"
    archives = cache / "packages"
    root.mkdir(parents=True, exist_ok=True)
    archives.mkdir(exist_ok=True)
    for package in _PACKAGES:
        mark = archives / f"{package}.unpacked"
        if mark.exists():
            continue
        done = subprocess.run(["apt-get", "download", "-q", package], cwd=archives, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)
        found = sorted(archives.glob(f"{package}_*.deb"))
        if done.returncode != 0 or not found:
            print(f"package {package} cannot be had: {(done.stderr.strip().splitlines() or ['?'])[-1]}")
            if "Failed to fetch" in done.stderr:
                return  # no network: the others would take as long to fail
            continue
        subprocess.run(["dpkg", "-x", str(found[-1]), str(root)], check=True)
        mark.touch()
