# SPDX-License-Identifier: Apache-2.0
"""A Debian 12 of its own, made by debootstrap and booted in namespaces by systemd-nspawn, with whichever init is asked
for as its process 1, a network of nothing but lo, and the built packages in /packages."""

import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import time
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
FOLDER = pathlib.Path(os.environ.get("PORTERD_SYSTEM_FOLDER", SOURCE / "build" / "system"))
DEBS = pathlib.Path(os.environ.get("PORTERD_DEBS", SOURCE / "build" / "deb"))
MIRROR = os.environ.get("PORTERD_MIRROR", "").split()  # none: that of debootstrap
INITS = {"sysvinit": ["sysvinit-core", "systemd-standalone-sysusers", "systemd-"],
         "openrc": ["sysvinit-core", "openrc", "bsdutils", "systemd-standalone-sysusers", "systemd-"],
         "runit": ["runit-init", "systemd-standalone-sysusers", "systemd-"],
         "s6": ["sysvinit-core", "s6", "systemd-standalone-sysusers", "systemd-"]}
PROCESS_1 = {"s6": ["/usr/bin/s6-svscan", "/etc/s6/sv"]}
BOOTED = {"systemd": "systemctl is-active multi-user.target",
          "sysvinit": "runlevel | grep ' 2$' && ! pgrep -x 'rc|startpar'",
          "openrc": "rc-status --runlevel | grep -x default && ! pgrep -x openrc",
          "runit": "pgrep -x runsvdir",
          "s6": "test -p /etc/s6/sv/.s6-svscan/control"}
APT = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y", "--no-install-recommends"]
# What the tests install later, in a machine without a network.
LATER = ["libevent-core-2.1-7", "libevent-extra-2.1-7", "libfmt9", "libyaml-cpp0.7", "libwrap0", "libtirpc3",
         "libseccomp2", "systemd-standalone-sysusers", "tcpd", "update-inetd", "fingerd", "finger", "nullidentd", "tang-xinetd"]


def shell(*words, check=True, **more):
    done = subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          stdin=subprocess.DEVNULL, check=False, **more)
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, words))}: status {done.returncode}\n{done.stdout}")
    return done.stdout


def eventually(what, predicate, seconds=30):
    """The first true answer of `predicate`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = predicate()
        if answer:
            return answer
        time.sleep(0.1)  # of another machine, as it were: there is nothing to wait on
    raise AssertionError(f"not within {seconds} s: {what}")


def base(init):
    """The folder of a clean system with that init, made once and kept."""
    folder = FOLDER / f"base-{init}"
    if folder.exists():
        return folder
    making = FOLDER / f"making-{init}"
    shutil.rmtree(making, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    if init == "systemd":
        shell("debootstrap", "--variant=minbase", "--include=systemd,systemd-sysv,dbus,procps,ca-certificates",
              "bookworm", making, *MIRROR)
    else:
        shell("cp", "-a", base("systemd"), making)
        shell("chroot", making, *APT, "install", "--allow-remove-essential", *INITS[init])
        (making / "etc/s6/sv").mkdir(parents=True, exist_ok=True)
    shell("chroot", making, *APT, "update")
    shell("rm", "-f", making / "etc/apt/apt.conf.d/docker-clean")
    shell("chroot", making, *APT, "install", "--download-only", *LATER)
    making.rename(folder)
    return folder


class Machine:
    """`with Machine("systemd") as machine:` — booted; gone afterwards."""

    def __init__(self, init):
        self.init = init
        self.root = FOLDER / f"{init}-{os.getpid()}"
        self.leader = 0

    def __enter__(self):
        shell("cp", "-a", base(self.init), self.root)
        (self.root / "packages").mkdir()
        for deb in DEBS.glob("*.deb"):
            shutil.copy(deb, self.root / "packages")
        (self.root / "etc/hostname").write_text("machine\n")
        try:
            self.boot()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.halt()
        shutil.rmtree(self.root, ignore_errors=True)
        os.rename(f"{self.root}.console", FOLDER / f"{self.init}.console")

    def boot(self):
        self.console = open(f"{self.root}.console", "ab")
        self.nspawn = subprocess.Popen(
            ["systemd-nspawn", "--register=no", "--keep-unit", "--quiet", "--private-network",
             f"--directory={self.root}", *PROCESS_1.get(self.init, ["/sbin/init"])],
            stdin=subprocess.DEVNULL, stdout=self.console, stderr=subprocess.STDOUT)
        self.leader = eventually("a process 1", self.process_1)
        eventually(f"{self.init} has booted", lambda: self.status("sh", "-c", BOOTED[self.init]) == 0, 90)

    def process_1(self):
        """nspawn's child that is process 1 of namespaces of its own; another one makes those and ends."""
        for pid in pathlib.Path(f"/proc/{self.nspawn.pid}/task/{self.nspawn.pid}/children").read_text().split():
            with contextlib.suppress(FileNotFoundError):
                if re.search(r"^NSpid:.*\t1$", pathlib.Path(f"/proc/{pid}/status").read_text(), re.MULTILINE):
                    return int(pid)
        return None

    def halt(self):
        """Without grace: what is on the disk is not looked at again."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.leader or self.nspawn.pid, 9)
        try:
            self.nspawn.wait(10)
        except subprocess.TimeoutExpired:
            self.nspawn.kill()
            self.nspawn.wait(10)
        self.console.close()

    def reboot(self):
        self.halt()
        self.boot()

    def words(self, *words):
        return ["nsenter", f"--target={self.leader}", "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup",
                "--root", "--wd", "--", "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "TERM=dumb",
                "LC_ALL=C.UTF-8", *map(str, words)]

    def run(self, *words, check=True):
        """In the machine, as its root; standard output and error together."""
        return shell(*self.words(*words), check=check)

    def status(self, *words):
        return subprocess.run(self.words(*words), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False).returncode

    def install(self, *packages):
        """apt-get install, with the built packages by their names."""
        files = {path.name.partition("_")[0]: path.name for path in (self.root / "packages").glob("*.deb")}
        return self.run(*APT, "install", *[f"/packages/{files[name]}" if name in files else name for name in packages])

    def write(self, path, text):
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def ask(self, port, data=""):
        """What the service at that port of 127.0.0.1 answers; nothing when nobody listens."""
        script = f"exec 2>/dev/null 3<>/dev/tcp/127.0.0.1/{port} && printf %b \"$1\" >&3 && cat <&3"
        return self.run("timeout", "10", "bash", "-c", script, "bash", data.encode("unicode_escape").decode(),
                        check=False)

    def answers(self, port, start, data=""):
        return eventually(f"port {port} answers {start!r}", lambda: self.ask(port, data).startswith(start))

    def files(self):
        """All paths that a package could have left behind."""
        skip = ("/proc", "/sys", "/dev", "/run", "/tmp", "/var/cache", "/var/lib/apt", "/var/lib/dpkg", "/var/log",
                "/packages", "/var/lib/systemd", "/var/tmp")
        return {line for line in self.run("find", "/", "-xdev").splitlines() if not line.startswith(skip)}

    def hello(self):
        """The one file of README's first minute."""
        self.run("cp", "/usr/share/doc/porterd/examples/conf.d/hello.yaml", "/etc/porterd/conf.d/")

    def motto(self):
        """A service of the worker, at port 7017."""
        self.write("/etc/porterd/conf.d/motto.yaml",
                   'listen: "127.0.0.1:7017"\nbuiltin: qotd\nanswer: From the worker.\n')

    def users_of(self, name):
        """The users whose processes of that name run."""
        return set(self.run("ps", "-C", name, "-o", "user:32=", check=False).split())


class Case(unittest.TestCase):
    """One machine with `init` for all tests of the class, which run in the order of their names."""

    init = "systemd"

    @classmethod
    def setUpClass(cls):
        cls.machine = cls.enterClassContext(Machine(cls.init))
