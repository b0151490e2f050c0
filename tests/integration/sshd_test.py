# SPDX-License-Identifier: Apache-2.0
"""sshd -i with a host key of its own: a key logs in and runs a command."""

import os

from porterd_harness import Case, add_account, main, need, private_folder, run


class Sshd(Case):
    def make_keys(self):
        for name in ("host_key", "user_key"):
            run(need("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", f"{self.folder}/{name}")
        public = (self.folder / "user_key.pub").read_text()
        self.write("authorized_keys", public)
        return self.write("sshd_config", f"""
            HostKey {self.folder}/host_key
            AuthorizedKeysFile {self.folder}/authorized_keys
            StrictModes no
            PasswordAuthentication no
            UsePAM no
            """)

    def test_a_key_logs_in_and_runs_a_command(self):
        home = self.folder / "home"
        home.mkdir()
        add_account(self, "porter", home)
        private_folder(self, "/var/log")
        private_folder(self, "/run")
        os.mkdir("/run/sshd", 0o755)
        config = self.make_keys()
        daemon = self.start(f"""
            service: ssh
            listen: [22]
            server: {need("sshd")}
            server_args: ["-i", "-f", "{config}"]
            """)

        answer = run(need("ssh"), "-F", "none", "-T", "-i", f"{self.folder}/user_key", "-o", "BatchMode=yes",
                     "-o", "StrictHostKeyChecking=accept-new", "-o", f"UserKnownHostsFile={self.folder}/known_hosts",
                     "porter@127.0.0.1", 'echo "$(id -un) $((6 * 7)) ${SSH_CONNECTION##* }"')
        self.assertEqual(answer, "porter 42 22\n")
        daemon.wait_for("end", service="ssh")


if __name__ == "__main__":
    main()
