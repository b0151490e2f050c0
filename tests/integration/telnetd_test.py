# SPDX-License-Identifier: Apache-2.0
"""telnetd takes a real login: name, password, a shell on a terminal, a command, and out again."""

from porterd_harness import ACCOUNT_PASSWORD, Case, add_account, main, need, private_folder
from porterd_harness.telnet import Telnet


class Telnetd(Case):
    def test_a_user_logs_in_and_runs_a_command(self):
        home = self.folder / "home"
        home.mkdir()
        add_account(self, "porter", home)
        private_folder(self, "/var/log")  # wtmp and lastlog
        private_folder(self, "/run")  # utmp
        daemon = self.start(f"""
            service: telnet
            listen: [23]
            server: {need("telnetd")}
            """)

        with Telnet(23) as terminal:
            terminal.read_until(b"login: ")
            terminal.say(b"porter\r\n")
            terminal.read_until(b"Password: ")
            terminal.say(ACCOUNT_PASSWORD.encode() + b"\r\n")
            terminal.read_until(b"$ ")
            terminal.say(b"echo result-$((6 * 7)) from $(tty)\r\n")
            self.assertIn(b"from /dev/pts/", terminal.read_until(b"result-42 from /dev/pts/"))
            terminal.say(b"exit\r\n")
            terminal.read_all()
        daemon.wait_for("end", service="telnet")


if __name__ == "__main__":
    main()
