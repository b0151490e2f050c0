# SPDX-License-Identifier: Apache-2.0
"""The same package under sysvinit: its script starts, reloads, restarts and stops porterd, at boot too."""

import unittest

from machine import Case, eventually

SCRIPT = "/etc/init.d/porterd"


class Sysvinit(Case):
    init = "sysvinit"

    def pid(self):
        return self.machine.run("cat", "/run/porterd.pid", check=False).strip()

    def test_00_the_package_is_installed_and_runs(self):
        self.machine.install("porterd")
        self.machine.run(SCRIPT, "status")

    def test_01_one_file_and_a_reload(self):
        self.machine.hello()
        self.machine.run("service", "porterd", "reload")
        self.machine.answers(7001, "Hello, 127.0.0.1.")

    def test_02_a_second_start_changes_nothing(self):
        before = self.pid()
        self.machine.run(SCRIPT, "start")
        self.assertEqual(self.pid(), before)

    def test_03_restart_stop_and_status(self):
        before = self.pid()
        self.machine.run(SCRIPT, "restart")
        self.assertNotEqual(self.pid(), before)
        self.machine.answers(7001, "Hello")
        self.machine.run(SCRIPT, "stop")
        self.assertEqual(self.machine.status(SCRIPT, "status"), 3)
        self.machine.run(SCRIPT, "try-restart")
        self.assertEqual(self.machine.status(SCRIPT, "status"), 3)
        self.machine.run(SCRIPT, "force-reload")
        self.machine.answers(7001, "Hello")

    def test_04_an_address_that_is_not_there_is_no_failure(self):
        self.machine.write("/etc/porterd/conf.d/later.yaml",
                           'listen: "192.0.2.9:7009"\nserver: /bin/true\nuser: nobody\n')
        self.assertIn("192.0.2.9", self.machine.run(SCRIPT, "restart"))
        self.machine.answers(7001, "Hello")
        self.machine.run("rm", "/etc/porterd/conf.d/later.yaml")

    def test_05_a_boot(self):
        self.machine.reboot()
        self.machine.answers(7001, "Hello")
        links = self.machine.run("sh", "-c", "ls /etc/rc2.d /etc/rc6.d")
        self.assertRegex(links, r"S[0-9]+porterd")
        self.assertRegex(links, r"K[0-9]+porterd")

    def test_06_compat_and_update_inetd(self):
        self.machine.install("porterd-compat", "fingerd", "finger")
        eventually("finger answers", lambda: "Login: root" in self.machine.ask(79, "root\r\n"))

    def test_90_purging(self):
        self.machine.run("apt-get", "-q", "-y", "purge", "fingerd", "porterd-compat", "porterd")
        self.assertEqual(self.machine.status("pidof", "porterd"), 1)
        self.assertEqual(self.machine.run("find", "/etc", "/run", "-name", "*porterd*"), "")


if __name__ == "__main__":
    unittest.main(verbosity=2)
