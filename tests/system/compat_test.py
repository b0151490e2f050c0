# SPDX-License-Identifier: Apache-2.0
"""With porterd-compat other packages find the xinetd and inetd that they expect: those that add a line to inetd.conf
by update-inetd, those that bring a file for xinetd.d, and administrators who call the old names."""

import unittest

from machine import Case, eventually

XINETD = """
service motd
{
        type            = UNLISTED
        port            = 7011
        socket_type     = stream
        protocol        = tcp
        wait            = no
        user            = nobody
        server          = /bin/echo
        server_args     = from xinetd.d
}
"""


class Compat(Case):
    def test_00_it_is_installed_beside_a_package_that_needs_an_inetd(self):
        self.machine.write("/etc/xinetd.d/motd", XINETD)
        self.machine.install("porterd", "porterd-compat", "fingerd", "finger", "nullidentd", "tang-xinetd")
        self.assertIn("in.fingerd", self.machine.run("cat", "/etc/inetd.conf"))

    def test_01_the_line_that_update_inetd_added_is_served(self):
        said = eventually("finger answers", lambda: self.machine.run("finger", "root@127.0.0.1", check=False)
                          if "Login: root" in self.machine.run("finger", "root@127.0.0.1", check=False) else "")
        self.assertIn("Directory: /root", said)

    def test_02_the_file_of_xinetd_d_is_served(self):
        self.machine.answers(7011, "from xinetd.d")

    def test_02_real_packages_are_served(self):
        self.machine.answers(113, "1 , 1 : USERID", "1 , 1\r\n")
        self.machine.answers(8888, "HTTP/1.1 ", "GET /adv HTTP/1.0\r\n\r\n")

    def test_03_a_package_that_comes_later_is_served_too(self):
        self.machine.run("update-inetd", "--add", "7012\tstream\ttcp\tnowait\tnobody\t/bin/echo\techo later")
        self.machine.answers(7012, "later")
        self.machine.run("update-inetd", "--remove", "7012")
        eventually("it is gone", lambda: self.machine.ask(7012) == "")

    def test_04_old_names(self):
        for name in ("xinetd", "inetd"):
            path = self.machine.run("readlink", "-f", f"/usr/sbin/{name}").strip()
            self.assertEqual(path, "/usr/sbin/porterd")
            self.assertEqual(self.machine.status("test", "-e", f"/usr/share/man/man8/{name}.8.gz"), 0)
            self.assertEqual(self.machine.run("systemctl", "is-active", name).strip(), "active")
        self.machine.run("systemctl", "reload", "xinetd")

    def test_05_a_boot(self):
        self.machine.reboot()
        self.machine.answers(7011, "from xinetd.d")

    def test_90_removing_and_purging(self):
        self.machine.run("apt-get", "-q", "-y", "purge", "fingerd", "nullidentd", "tang-xinetd", "porterd-compat")
        self.assertEqual(self.machine.run("systemctl", "is-active", "porterd").strip(), "active")
        eventually("its services are gone", lambda: self.machine.ask(7011) == "")
        for path in ("/usr/sbin/inetd", "/usr/sbin/xinetd", "/etc/inetd.conf", "/etc/xinetd.conf"):
            self.assertEqual(self.machine.status("test", "-e", path), 1, path)


if __name__ == "__main__":
    unittest.main(verbosity=2)
