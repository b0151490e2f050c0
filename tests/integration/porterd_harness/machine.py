# SPDX-License-Identifier: Apache-2.0
"""A network and a mount table of the test's own, so that it can have any port, any interface and any /etc.

Namespaces belong to a thread: call these from the main one. What a test mounts, only it and its children see."""

import ctypes
import os
import pathlib
import socket
import subprocess
import tempfile

from .paths import skip
from .wait import DEFAULT, FACTOR, eventually

_libc = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWNS, _CLONE_NEWNET = 0x00020000, 0x40000000
_MS_BIND, _MS_REC, _MS_PRIVATE = 0x1000, 0x4000, 0x40000
_PR_SET_CHILD_SUBREAPER = 36

# The hash of ACCOUNT_PASSWORD, crypt(5) sha512crypt.
ACCOUNT_PASSWORD = "porter-secret"
_HASH = "$6$portertest$g2qmFfzz5GOClUM9soRi92bdGQAtWrTdiXDQ4FtuGd7Q8fVdSi9RxqfKvSlUHjhXGnosoAJTOpIxbZviTG3QT0"


def _check(result: int, what: str):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)


def run(*words: str, env=None, timeout: float = 60) -> str:
    """The standard output of a command that must succeed. `env` is added to the test's environment."""
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
                              env=os.environ | {name: str(value) for name, value in (env or {}).items()},
                              timeout=timeout * FACTOR)
    except subprocess.TimeoutExpired:
        raise AssertionError(f"{' '.join(words)}: not done within {timeout} s") from None
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(words)}: status {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def enter():
    """Moves the test into fresh namespaces, with lo up, and makes it the parent of what its children leave behind."""
    if os.geteuid() != 0:
        skip("needs root, for a network namespace of its own")
    _check(_libc.unshare(_CLONE_NEWNET | _CLONE_NEWNS), "unshare")
    _check(_libc.mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None), "mount --make-rprivate /")
    _check(_libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "prctl")
    run("ip", "link", "set", "lo", "up")


def veth(name: str, *addresses: str):
    """Makes interface NAME (its other end is NAME-peer), up, with these addresses in CIDR form."""
    run("ip", "link", "add", name, "type", "veth", "peer", "name", f"{name}-peer")
    for end in (name, f"{name}-peer"):
        run("ip", "link", "set", end, "up")
    eventually(f"{name} has its carrier", lambda: "state UP" in run("ip", "link", "show", "dev", name))
    for address in addresses:
        add_address(name, address)


def add_address(device: str, address: str):
    """Gives the device an address in CIDR form; it can be reached when this returns."""
    run("ip", "address", "add", address, "dev", device, *(["nodad"] if ":" in address else []))
    host = address.partition("/")[0]
    eventually(f"{host} can be reached", lambda: _has_route(host))  # IPv6 routes come a moment later


def _has_route(host: str) -> bool:
    done = subprocess.run(["ip", "route", "get", host], capture_output=True, text=True, check=False)
    return done.stdout.startswith("local ")


def bind_over(case, path: str, source):
    """Puts file or folder `source` in the place of `path`, until the test ends."""
    _check(_libc.mount(os.fsencode(source), os.fsencode(path), None, _MS_BIND, None), f"mount over {path}")
    case.addCleanup(_libc.umount2, os.fsencode(path), 2)


def private_folder(case, path: str, mode: str = "0755"):
    """Puts an empty folder in the place of `path` (which must be there), until the test ends."""
    _check(_libc.mount(b"none", os.fsencode(path), b"tmpfs", 0, f"mode={mode}".encode()), f"tmpfs on {path}")
    case.addCleanup(_libc.umount2, os.fsencode(path), 2)


def private_dev(case):
    """A /dev of the test's own, with the usual devices, terminals and shared memory, and no log."""
    new = pathlib.Path(tempfile.mkdtemp(prefix="dev-", dir=case.folder))
    private_folder(case, str(new))
    for device in ("null", "zero", "full", "random", "urandom", "tty"):
        old = os.stat(f"/dev/{device}")
        os.mknod(new / device, old.st_mode, old.st_rdev)
        os.chmod(new / device, old.st_mode & 0o777)
    for folder in ("pts", "shm"):
        (new / folder).mkdir()
        bind_over(case, str(new / folder), f"/dev/{folder}")
    os.symlink("pts/ptmx", new / "ptmx")
    os.symlink("/proc/self/fd", new / "fd")
    _check(_libc.mount(os.fsencode(new), b"/dev", None, _MS_BIND | _MS_REC, None), "mount over /dev")
    case.addCleanup(_libc.umount2, b"/dev", 2)


def receiver(case, path: str) -> socket.socket:
    """A bound UNIX datagram socket, such as syslogd's /dev/log (after private_dev()) or journald's
    /run/systemd/journal/socket (after private_folder("/run"))."""
    pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    case.addCleanup(sock.close)
    sock.settimeout(DEFAULT * FACTOR)
    sock.bind(path)
    os.chmod(path, 0o666)
    return sock


def add_account(case, name: str, home, shell: str = "/bin/sh", uid: int = 7001):
    """An account of the test's own with ACCOUNT_PASSWORD, and a group of the same name and number."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="accounts-", dir=case.folder))
    lines = {"passwd": f"{name}:x:{uid}:{uid}:Porter Test:{home}:{shell}\n",
             "shadow": f"{name}:{_HASH}:20000:0:99999:7:::\n", "group": f"{name}:x:{uid}:\n"}
    for file, line in lines.items():
        old = pathlib.Path("/etc", file)
        new = folder / file
        new.write_text(old.read_text().rstrip("\n") + "\n" + line)
        os.chmod(new, old.stat().st_mode & 0o7777)
        os.chown(new, old.stat().st_uid, old.stat().st_gid)
        bind_over(case, str(old), new)
