# SPDX-License-Identifier: Apache-2.0
"""OpenRC with porterd's own script: supervised, reloaded, restarted after a crash, there after a boot."""

import unittest

from machine import SOURCE, Case, eventually


class Openrc(Case):
    init = "openrc"

    def own_script(self):
        """What cmake --install --component openrc puts there, with the paths of a package."""
        template = (SOURCE / "packaging/openrc/porterd.in").read_text()
        self.machine.write("/etc/init.d/porterd", template.replace("@CMAKE_INSTALL_FULL_SBINDIR@", "/usr/sbin"))
        self.machine.run("chmod", "755", "/etc/init.d/porterd")

    def pid(self):
        return self.machine.run("pidof", "-s", "porterd", check=False).strip()

    def test_00_installed_and_started(self):
        self.machine.install("porterd")
        self.machine.run("/etc/init.d/porterd", "stop")
        self.own_script()
        self.machine.run("rc-update", "add", "porterd", "default")
        self.machine.hello()
        self.machine.run("rc-service", "porterd", "start")
        self.machine.answers(7001, "Hello, 127.0.0.1.")
        self.machine.run("rc-service", "porterd", "status")

    def test_01_reload(self):
        before = self.pid()
        self.machine.run("sed", "-i", "s/7001\"/7003\"/", "/etc/porterd/conf.d/hello.yaml")
        self.machine.run("rc-service", "porterd", "reload")
        self.machine.answers(7003, "Hello")
        self.assertEqual(self.pid(), before)

    def test_02_checkconfig(self):
        self.assertIn("1 services", self.machine.run("rc-service", "porterd", "checkconfig"))

    def test_03_a_crash(self):
        before = self.pid()
        self.machine.run("kill", "-SEGV", before)
        eventually("another porterd", lambda: self.pid() not in ("", before))
        self.machine.answers(7003, "Hello")

    def test_04_restart_and_stop(self):
        self.machine.run("rc-service", "porterd", "restart")
        self.machine.answers(7003, "Hello")
        self.machine.run("rc-service", "porterd", "stop")
        eventually("it is gone", lambda: self.pid() == "")

    def test_05_a_boot(self):
        self.machine.reboot()
        self.machine.answers(7003, "Hello")


if __name__ == "__main__":
    unittest.main(verbosity=2)
