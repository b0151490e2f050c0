# SPDX-License-Identifier: Apache-2.0
"""The root directory for containers has programs that need nothing else: porterd runs in it as process 1 of namespaces
of its own, finds accounts, serves, reloads, and ends when told."""

import os
import signal
import subprocess
import tempfile
import unittest

from machine import SOURCE, eventually, shell

SERVICE = """
listen: "127.0.0.1:7001"
server: /usr/sbin/porterd
server_args: [--version]
user: nobody
"""


class Root(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="porterd-root-"))
        os.chmod(cls.root, 0o755)
        shell(SOURCE / "packaging/container-root", cls.root)
        with open(f"{cls.root}/etc/porterd/conf.d/version.yaml", "w", encoding="utf-8") as file:
            file.write(SERVICE)

    def test_programs_need_no_library(self):
        for name in ("usr/sbin/porterd",):
            self.assertRegex(shell("file", f"{self.root}/{name}"), "static-pie linked|statically linked")

    def test_the_configuration_is_good(self):
        self.assertIn("1 services", shell("chroot", self.root, "/usr/sbin/porterd", "--check"))

    def test_it_serves_as_process_1(self):
        started = subprocess.Popen(["unshare", "--net", "--pid", "--fork", "--kill-child", "--mount", "chroot", self.root,
                                    "/usr/sbin/porterd"], stderr=subprocess.PIPE, text=True)
        self.addCleanup(started.kill)
        self.addCleanup(started.stderr.close)
        for line in started.stderr:
            if "ready " in line:
                break
        inner = eventually("a child", lambda: shell("pgrep", "-P", started.pid, check=False).split())[0]
        enter = ["nsenter", "--net", f"--target={inner}"]
        shell(*enter, "ip", "link", "set", "lo", "up")
        ask = [*enter, "bash", "-c", "cat </dev/tcp/127.0.0.1/7001"]
        self.assertRegex(shell(*ask), "^porterd [0-9.]+\n$")
        os.kill(int(inner), signal.SIGHUP)
        self.assertTrue(any("reloaded " in line for line in started.stderr))
        os.kill(int(inner), signal.SIGTERM)
        self.assertEqual(started.wait(20), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
