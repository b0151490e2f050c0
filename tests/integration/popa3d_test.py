# SPDX-License-Identifier: Apache-2.0
"""popa3d: a mail that lies in /var/mail is fetched and deleted over POP3 with a password."""

import os
import pathlib
import poplib

from porterd_harness import ACCOUNT_PASSWORD, Case, add_account, main, need, private_folder

MAIL = """\
From sender@example.org Thu Jan  1 00:00:00 2026
From: sender@example.org
To: porter@example.org
Subject: a door

Somebody is at it.
"""


class Popa3d(Case):
    def test_a_mail_is_fetched_and_deleted(self):
        add_account(self, "porter", self.folder)
        private_folder(self, "/var/mail", "1777")
        box = pathlib.Path("/var/mail/porter")
        box.write_text(MAIL)
        os.chown(box, 7001, 7001)
        box.chmod(0o600)
        daemon = self.start(f"""
            service: pop3
            listen: [110]
            server: {need("popa3d")}
            """)

        pop = poplib.POP3("127.0.0.1", 110, timeout=20)
        pop.user("porter")
        pop.pass_(ACCOUNT_PASSWORD)
        self.assertEqual(pop.stat()[0], 1)
        _, lines, _ = pop.retr(1)
        self.assertIn(b"Somebody is at it.", lines)
        pop.dele(1)
        pop.quit()
        daemon.wait_for("end", service="pop3", status=0)
        self.assertNotIn("Somebody", box.read_text())


if __name__ == "__main__":
    main()
