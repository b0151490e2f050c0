# SPDX-License-Identifier: Apache-2.0
"""The root directory for containers has programs that need nothing else: porterd runs in it as process 1 of namespaces
of its own, entered by chroot or by crun, finds accounts, serves a program and by its worker, reloads, and ends when
told. What is lost with shared libraries is refused by name."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import unittest

from machine import SOURCE, eventually, shell

VERSION = """
listen: "127.0.0.1:7001"
server: /usr/sbin/porterd
server_args: [--version]
user: nobody
"""
BUILTIN = """
listen: "127.0.0.1:7017"
builtin: qotd
answer: From the worker.
"""
WRAPPED = VERSION.replace("7001", "7002") + "libwrap: yes\n"


class Root(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="porterd-root-")))
        cls.folder.chmod(0o755)
        cls.root = cls.folder / "rootfs"
        shell(SOURCE / "packaging/container-root", cls.root)
        cls.write("version", VERSION)
        cls.write("motto", BUILTIN)

    @classmethod
    def write(cls, name, text):
        (cls.root / f"etc/porterd/conf.d/{name}.yaml").write_text(text)

    def test_programs_need_no_library(self):
        programs = [self.root / "usr/sbin/porterd", *(self.root / "usr/libexec/porterd").iterdir()]
        self.assertIn("porterd-worker", [path.name for path in programs])
        for program in programs:
            self.assertRegex(shell("file", program), "static-pie linked|statically linked")

    def test_the_configuration_is_good(self):
        self.assertIn("2 services", shell("chroot", self.root, "/usr/sbin/porterd", "--check"))

    def test_what_is_lost_is_said(self):
        self.write("wrapped", WRAPPED)
        self.addCleanup((self.root / "etc/porterd/conf.d/wrapped.yaml").unlink)
        said = shell("chroot", self.root, "/usr/sbin/porterd", "--check", check=False)
        self.assertIn("wrapped.yaml:6:1: fatal: hosts.allow and hosts.deny cannot be asked: there is no ", said)

    def start(self, *words):
        """A porterd on its way, whose standard error is read by `wait_for`."""
        started = subprocess.Popen([str(word) for word in words], stderr=subprocess.PIPE, text=True,
                                   stdin=subprocess.DEVNULL)
        self.addCleanup(started.stderr.close)
        self.addCleanup(started.kill)
        return started

    def wait_for(self, started, word):
        seen = []
        for line in started.stderr:
            seen.append(line)
            if word in line.split():
                return line
        self.fail(f"it ended without {word}: {''.join(seen)}")

    def serves(self, started, pid):
        """As process 1, which `pid` is outside: answers, reloads, ends."""
        self.assertRegex(pathlib.Path(f"/proc/{pid}/status").read_text(), r"(?m)^NSpid:.*\t1$")
        enter = ["nsenter", "--net", f"--target={pid}"]
        shell(*enter, "ip", "link", "set", "lo", "up")
        answer = {port: shell(*enter, "bash", "-c", f"cat </dev/tcp/127.0.0.1/{port}") for port in (7001, 7017)}
        self.assertRegex(answer[7001], "^porterd [0-9.]+\n$")
        self.assertIn("From the worker.", answer[7017])
        users = {re.search(r"(?m)^Uid:\t(\d+)", pathlib.Path(f"/proc/{child}/status").read_text())[1]
                 for child in shell("pgrep", "-P", pid).split()}
        self.assertEqual(users, {"900"}, "the worker has its account")
        os.kill(pid, signal.SIGHUP)
        self.assertIn("unchanged=2", self.wait_for(started, "reloaded"))
        os.kill(pid, signal.SIGTERM)
        self.wait_for(started, "stopped")
        self.assertEqual(started.wait(20), 0)

    def test_it_serves_as_process_1(self):
        (self.root / "dev/null").touch()
        script = (f"mount --bind /dev/null {self.root}/dev/null && mount -t proc proc {self.root}/proc && "
                  f"exec chroot {self.root} /usr/sbin/porterd")
        started = self.start("unshare", "--net", "--pid", "--fork", "--kill-child", "--mount", "sh", "-c", script)
        self.wait_for(started, "ready")
        self.serves(started, int(shell("pgrep", "-P", started.pid)))

    @unittest.skipUnless(shutil.which("crun"), "crun is not installed")
    def test_it_serves_in_a_container(self):
        shell("crun", "spec", cwd=self.folder)
        file = self.folder / "config.json"
        spec = json.loads(file.read_text())
        spec["process"] |= {"args": ["/usr/sbin/porterd"], "terminal": False}
        for name in ("bounding", "effective", "permitted"):
            spec["process"]["capabilities"][name] += ["CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_KILL"]
        file.write_text(json.dumps(spec))
        # A mix of both versions of control groups is nothing for crun, and they are not what this is about.
        script = ("umount -R /sys/fs/cgroup; mount -t cgroup2 none /sys/fs/cgroup && "
                  f"exec crun --cgroup-manager=disabled --root={self.folder}/state run --bundle={self.folder} porterd-test-{os.getpid()}")
        started = self.start("unshare", "--mount", "sh", "-c", script)
        self.wait_for(started, "ready")
        self.serves(started, int(eventually("its process", lambda: shell("pgrep", "-P", started.pid, check=False))))


if __name__ == "__main__":
    unittest.main(verbosity=2)
