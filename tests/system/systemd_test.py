# SPDX-License-Identifier: Apache-2.0
"""apt-get install on a clean Debian 12 with systemd gives a porterd that runs and answers after one file; systemd
starts, reloads, restarts and watches it; an upgrade keeps, and purging leaves nothing."""

import json
import re
import unittest

from machine import APT, Case, eventually

DROP_IN = "/etc/systemd/system/porterd.service.d/50-test.conf"


class Systemd(Case):
    def show(self, name):
        return self.machine.run("systemctl", "show", "--value", f"--property={name}", "porterd").strip()

    def main_pid(self):
        pid = self.show("MainPID")
        self.assertNotEqual(pid, "0", "porterd runs")
        return pid

    def active(self):
        eventually("porterd is active", lambda: self.show("ActiveState") == "active")

    def drop_in(self, text):
        """For this test."""
        self.machine.write(DROP_IN, text)
        self.addCleanup(self.machine.run, "systemctl", "restart", "porterd")
        self.addCleanup(self.machine.run, "systemctl", "daemon-reload")
        self.addCleanup(self.machine.run, "rm", "-f", DROP_IN)
        self.machine.run("systemctl", "daemon-reload")
        self.machine.run("systemctl", "restart", "porterd")

    def test_00_the_package_is_installed_and_runs(self):
        type(self).before = self.machine.files()
        self.old_package()
        self.machine.run(*APT, "install", "/packages/old/porterd.deb")
        self.assertEqual(self.show("ActiveState"), "active")
        self.assertEqual(self.show("UnitFileState"), "enabled")
        self.assertIn("0 services", self.machine.run("porterd", "--check"))

    def old_package(self):
        """The same package with a smaller version, to upgrade from."""
        self.machine.run("sh", "-ec", "mkdir /packages/old && cd /packages/old && dpkg-deb -R ../porterd_*.deb tree && "
                                      "sed -i 's/^Version: .*/Version: 0.0.9-1/' tree/DEBIAN/control && "
                                      "dpkg-deb -b tree porterd.deb")

    def test_01_one_file_and_a_reload_make_a_service(self):
        self.machine.hello()
        self.machine.motto()
        self.machine.run("systemctl", "reload", "porterd")
        self.machine.answers(7001, "Hello, 127.0.0.1.")
        self.machine.answers(7017, "From the worker.")
        self.assertEqual(self.machine.users_of("porterd-worker"), {"porterd-worker"})
        self.assertIn("active (running)", self.machine.run("systemctl", "status", "porterd"))

    def test_02_an_upgrade_keeps_what_was_written(self):
        self.machine.write("/etc/porterd/porterd.yaml", "log_type: journal\n")
        before = self.main_pid()
        self.machine.install("porterd")
        self.active()
        self.assertNotEqual(self.show("MainPID"), before)
        self.assertEqual(self.machine.run("cat", "/etc/porterd/porterd.yaml"), "log_type: journal\n")
        self.machine.answers(7001, "Hello")

    def test_03_the_journal_has_fields(self):
        self.machine.answers(7001, "Hello")
        lines = eventually("an end in the journal", lambda: [
            entry for line in self.machine.run("journalctl", "-u", "porterd", "-o", "json", "--no-pager").splitlines()
            if line.startswith("{") for entry in [json.loads(line)] if "end service=hello" in str(entry.get("MESSAGE"))
            or entry.get("PORTERD_EVENT") == "end"])
        print("journal fields:", *sorted(name for name in lines[-1] if not name.startswith("_")))
        self.assertIn("PORTERD_SERVICE", lines[-1])

    def test_04_a_restart_by_hand(self):
        before = self.main_pid()
        self.machine.run("systemctl", "restart", "porterd")
        self.assertNotEqual(self.show("MainPID"), before)
        self.machine.answers(7001, "Hello")

    def test_05_a_crash_is_followed_by_a_start(self):
        before = self.main_pid()
        self.machine.run("kill", "-SEGV", before)
        eventually("another porterd", lambda: self.show("MainPID") not in (before, "0"))
        self.active()
        self.machine.answers(7001, "Hello")

    def test_06_the_watchdog_ends_what_hangs(self):
        self.drop_in("[Service]\nWatchdogSec=2\nTimeoutAbortSec=2\n")
        before = self.main_pid()
        self.machine.run("kill", "-STOP", before)
        eventually("another porterd", lambda: self.show("MainPID") not in (before, "0"))
        self.active()
        self.assertIn("Watchdog timeout", self.machine.run("journalctl", "-u", "porterd", "--no-pager"))
        self.machine.answers(7001, "Hello")

    def test_07_a_configuration_that_cannot_be_used_is_not_tried_again(self):
        self.addCleanup(self.machine.run, "systemctl", "start", "porterd")
        self.addCleanup(self.machine.write, "/etc/porterd/porterd.yaml", "log_type: journal\n")
        self.machine.write("/etc/porterd/porterd.yaml", "log_type: [\n")
        self.assertNotEqual(self.machine.status("systemctl", "restart", "porterd"), 0)
        self.assertEqual(self.show("ActiveState"), "failed")
        self.assertEqual(self.show("ExecMainStatus"), "2")

    def test_08_sockets_stay_over_a_restart(self):
        example = self.machine.run("cat", "/usr/share/doc/porterd/examples/systemd/porterd.socket")
        unit = re.sub(r"ListenStream=.*\nListenStream=.*", "ListenStream=127.0.0.1:7001", example)
        self.machine.write("/etc/systemd/system/porterd.socket", unit)
        self.machine.run("systemctl", "daemon-reload")
        self.machine.run("systemctl", "stop", "porterd")
        self.machine.run("systemctl", "start", "porterd.socket", "porterd.service")
        self.machine.answers(7001, "Hello")
        self.machine.run("systemctl", "stop", "porterd.service")
        self.assertTrue(self.machine.ask(7001).startswith("Hello"), "the connection starts porterd")
        self.machine.run("systemctl", "stop", "porterd.socket", "porterd.service")
        self.machine.run("rm", "/etc/systemd/system/porterd.socket")
        self.machine.run("systemctl", "daemon-reload")
        self.machine.run("systemctl", "start", "porterd")

    def test_09_a_session_may_finish_when_porterd_is_stopped(self):
        self.machine.write("/etc/porterd/conf.d/slow.yaml", 'listen: "127.0.0.1:7002"\nserver: /bin/sh\nuser: nobody\n'
                           "server_args: ['-c', 'echo begun; sleep 3; echo done']\n")
        self.machine.run("systemctl", "reload", "porterd")
        said = eventually("it answers", lambda: self.machine.run(
            "bash", "-c", "exec 2>/dev/null 3</dev/tcp/127.0.0.1/7002 && read line <&3 && "
            "systemctl restart porterd && cat <&3", check=False))
        self.assertIn("done", said)
        self.machine.run("rm", "/etc/porterd/conf.d/slow.yaml")
        self.machine.run("systemctl", "reload", "porterd")

    def score(self):
        said = self.machine.run("systemd-analyze", "security", "--no-pager", "porterd.service", check=False)
        return float(re.search(r"Overall exposure level.*?: ([0-9.]+)", said)[1])

    def test_10_scores_of_systemd_analyze(self):
        print("systemd-analyze security, as installed:", self.score())
        self.drop_in(self.machine.run("cat", "/usr/share/doc/porterd/examples/systemd/no-logins.conf"))
        print("systemd-analyze security, no-logins.conf:", self.score())
        self.assertLess(self.score(), 5)
        self.machine.answers(7001, "Hello")
        self.machine.answers(7017, "From the worker.")
        said = self.machine.run("journalctl", "-u", "porterd", "--no-pager")
        print("what the worker could not give up here:", *sorted(set(re.findall(r"worker_sandbox.*", said))))

    def test_11_without_root(self):
        hello = self.machine.run("cat", "/etc/porterd/conf.d/hello.yaml")
        self.addCleanup(self.machine.write, "/etc/porterd/conf.d/hello.yaml", hello)
        low = hello.replace("user: nobody", "").replace("127.0.0.1:7001", "127.0.0.1:71")
        self.machine.write("/etc/porterd/conf.d/hello.yaml", low)
        self.drop_in(self.machine.run("cat", "/usr/share/doc/porterd/examples/systemd/unprivileged.conf"))
        print("systemd-analyze security, unprivileged.conf:", self.score())
        self.assertLess(self.score(), 2)
        self.machine.answers(71, "Hello")
        self.machine.answers(7017, "From the worker.")
        self.assertEqual(self.machine.users_of("porterd-worker"), self.machine.users_of("porterd"))

    def test_12_it_is_there_after_a_boot(self):
        self.machine.reboot()
        self.machine.answers(7001, "Hello")

    def test_90_purging_leaves_nothing(self):
        self.machine.run("apt-get", "-q", "-y", "purge", "porterd")
        self.assertEqual(self.machine.status("pidof", "porterd"), 1)
        self.machine.run("apt-get", "-q", "-y", "autoremove", "--purge")
        left = {path for path in self.machine.files() - self.before if "porterd" in path}
        self.assertEqual(left, set())
        self.assertEqual(self.machine.run("find", "/etc", "/var/lib/systemd", "/run", "-name", "*porterd*"), "")


if __name__ == "__main__":
    unittest.main(verbosity=2)
