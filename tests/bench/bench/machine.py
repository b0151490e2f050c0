# SPDX-License-Identifier: Apache-2.0
"""What a run has to itself: a network with nothing but lo, a mount table, and process numbers, so that all which it
starts ends with it. And what is said of the machine in the report."""

import contextlib
import fcntl
import os
import pathlib
import platform
import resource
import socket
import struct
import subprocess
import sys

_INSIDE = "PORTERD_BENCH_INSIDE"


def is_inside() -> bool:
    """Whether this is the program that enter() started."""
    return os.environ.get(_INSIDE) == "1"


def enter():
    """Starts this program again in namespaces of its own, or, if that is done, makes the network ready."""
    if not is_inside():
        if os.geteuid() != 0:
            sys.exit("tests/bench/run needs root, for a network namespace of its own")
        os.environ[_INSIDE] = "1"
        os.execvp("unshare", ["unshare", "--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child",
                              "--propagation", "private", sys.executable, *sys.argv])
    _raise_lo()
    # Clients' ports are to be none that services are bound to.
    pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").write_text("42000 65500")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _raise_lo():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        get_flags, set_flags, up = 0x8913, 0x8914, 1
        name, flags, rest = struct.unpack("16sh14s", fcntl.ioctl(sock, get_flags, struct.pack("16sh14s", b"lo", 0, b"")))
        fcntl.ioctl(sock, set_flags, struct.pack("16sh14s", name, flags | up, rest))


@contextlib.contextmanager
def descriptor_bound(wanted: int):
    """Raises fs.nr_open, which is the whole machine's, for as long as this lasts; yields the limit that is possible,
    which without CAP_SYS_RESOURCE is our own."""
    bound = pathlib.Path("/proc/sys/fs/nr_open")
    before = bound.read_text()
    with contextlib.suppress(OSError):
        bound.write_text(str(wanted))
    try:
        possible = int(bound.read_text())
        words = ["prlimit", f"--nofile={possible}", "true"]
        if subprocess.run(words, stderr=subprocess.DEVNULL, check=False).returncode != 0:
            possible = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        yield possible
    finally:
        with contextlib.suppress(OSError):
            bound.write_text(before)


def reap_strays():
    """Takes away the ended processes whose parents have left them to us."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0] > 0:
            pass


def listening(host: str, udp: bool = False) -> set[int]:
    """The ports of this address that have a listening (or, for datagrams, a bound) socket."""
    address = socket.inet_aton(host)[::-1].hex().upper()
    with open("/proc/net/udp" if udp else "/proc/net/tcp", encoding="ascii") as table:
        lines = [line.split(maxsplit=4) for line in list(table)[1:]]
    return {int(words[1][9:], 16) for words in lines if words[1].startswith(address) and (udp or words[3] == "0A")}


def description() -> list[str]:
    """Lines about the processor, the kernel and what else runs."""
    models = [line.partition(":")[2].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
              if line.startswith("model name")]
    memory = pathlib.Path("/proc/meminfo").read_text().split()[1]
    load = pathlib.Path("/proc/loadavg").read_text().split()[:3]
    system = platform.freedesktop_os_release().get("PRETTY_NAME", "")
    return [f"{len(models)} × {models[0] if models else 'processor'}, {int(memory) / 1e6:.0f} GB",
            f"Linux {platform.release()}, {system}",
            f"load average at the end: {' '.join(load)}"]
