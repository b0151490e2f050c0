# SPDX-License-Identifier: Apache-2.0
"""Machines whose process 1 is runit's or s6's: porterd's run files have it started, logged, reloaded, started again
after a crash, let finish what runs when it is told to stop, and started at boot."""

import unittest

from machine import SOURCE, Case, eventually

SLOW = """
listen: "127.0.0.1:7002"
server: /bin/sh
server_args: ['-c', 'echo begun; sleep 3; echo done']
user: nobody
"""


class Supervised:
    """What holds for both; `folder` is where their services are, the commands are those of their manuals."""

    files: tuple
    folder: str
    reload: tuple
    stop: tuple
    start: tuple

    def pid(self):
        return self.machine.run("pidof", "-s", "porterd", check=False).strip()

    def own_files(self):
        """What cmake --install --component puts there, with the paths of a package."""
        for name in self.files:
            text = (SOURCE / "packaging" / self.init / name).read_text()
            path = f"{self.folder}/porterd/{name.removesuffix('.in')}"
            self.machine.write(path, text.replace("@CMAKE_INSTALL_FULL_SBINDIR@", "/usr/sbin"))
            if "run" in name:
                self.machine.run("chmod", "755", path)

    def log(self):
        return self.machine.run("cat", "/var/log/porterd/current", check=False)

    def test_00_installed_and_started(self):
        self.machine.install("porterd")
        self.machine.run("/etc/init.d/porterd", "stop")
        self.machine.run("update-rc.d", "porterd", "remove")
        self.own_files()
        self.machine.hello()
        self.machine.run("sh", "-c", self.enable)
        self.machine.answers(7001, "Hello, 127.0.0.1.")
        parent = self.machine.run("ps", "-o", "comm=", "--ppid", "1").split()
        self.assertIn(self.supervisor, parent)

    def test_01_its_log_is_kept(self):
        self.machine.answers(7001, "Hello")
        eventually("an end in the log", lambda: " end service=hello " in self.log())

    def test_02_reload(self):
        before = self.pid()
        self.machine.run("sed", "-i", "s/7001\"/7003\"/", "/etc/porterd/conf.d/hello.yaml")
        self.machine.run(*self.reload)
        self.machine.answers(7003, "Hello")
        self.assertEqual(self.pid(), before)

    def test_03_a_crash(self):
        before = self.pid()
        self.machine.run("kill", "-SEGV", before)
        eventually("another porterd", lambda: self.pid() not in ("", before))
        self.machine.answers(7003, "Hello")

    def test_04_a_session_may_finish_when_it_is_stopped(self):
        self.machine.write("/etc/porterd/conf.d/slow.yaml", SLOW)
        self.machine.run(*self.reload)
        stop = " ".join(self.stop)
        said = eventually("it answers", lambda: self.machine.run(
            "bash", "-c", f"exec 2>/dev/null 3</dev/tcp/127.0.0.1/7002 && read line <&3 && {stop} >&2 && cat <&3",
            check=False))
        self.assertIn("done", said)
        eventually("it is gone", lambda: self.pid() == "")
        self.machine.run("rm", "/etc/porterd/conf.d/slow.yaml")
        self.machine.run(*self.start)
        self.machine.answers(7003, "Hello")

    def test_05_a_boot(self):
        self.machine.reboot()
        self.machine.answers(7003, "Hello")


class Runit(Supervised, Case):
    init = "runit"
    supervisor = "runsvdir"
    files = ("run.in", "log/run")
    folder = "/etc/sv"
    enable = "ln -s /etc/sv/porterd /etc/service/"
    reload = ("sv", "hup", "porterd")
    stop = ("sv", "down", "porterd")
    start = ("sv", "up", "porterd")


class S6(Supervised, Case):
    init = "s6"
    supervisor = "s6-supervise"
    files = ("run.in", "timeout-kill", "log/run")
    folder = "/etc/s6/sv"
    enable = "s6-svscanctl -a /etc/s6/sv"
    reload = ("s6-svc", "-h", "/etc/s6/sv/porterd")
    stop = ("s6-svc", "-d", "/etc/s6/sv/porterd")
    start = ("s6-svc", "-u", "/etc/s6/sv/porterd")


if __name__ == "__main__":
    unittest.main(verbosity=2)
