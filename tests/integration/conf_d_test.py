# SPDX-License-Identifier: Apache-2.0
"""Every file of conf.d loads without a word, and its service, switched on by a drop-in, answers a real client."""

import os
import pathlib
import poplib
import shutil

from porterd_harness import (ACCOUNT_PASSWORD, SOURCE, Case, add_account, ask, main, need, private_folder, run,
                             run_porterd, tcp, veth)
from porterd_harness.telnet import Telnet

CONF_D = SOURCE / "conf.d"
SETTINGS = (CONF_D / "porterd.yaml.example").read_text()


class ConfD(Case):
    def setUp(self):
        super().setUp()
        shutil.copytree(CONF_D, self.folder / "conf.d")
        for path in (self.folder / "conf.d").iterdir():
            path.chmod(0o644)

    def switch_on(self, name, more=""):
        """porterd with the drop-in that the file's comment tells to write, and `more` lines in it."""
        self.write(f"conf.d/{name}.d/50-local.yaml", f"disable: no\n{more}")
        return self.start(settings=SETTINGS)

    def test_all_files_load_and_nobody_has_anything_to_say_about_them(self):
        config = self.configure(settings=SETTINGS)
        for path in (self.folder / "conf.d").glob("*.yaml"):
            self.write(f"conf.d/{path.stem}.d/50-local.yaml", "disable: no\n")
        checked = run_porterd("--check", "--config", config)
        self.assertEqual(checked.stderr, "")
        self.assertEqual(checked.returncode, 0)

    def test_only_hello_is_on(self):
        daemon = self.start(settings=SETTINGS)
        self.assertEqual(daemon.records("ready")[0]["services"], "1")
        self.assertEqual(daemon.records("ready")[0]["listeners"], "1")

    def test_every_file_has_a_test_here(self):
        for path in CONF_D.glob("*.yaml"):
            self.assertTrue(hasattr(self, f"test_{path.stem}"), f"{path.name} has no test")

    def test_hello(self):
        self.start(settings=SETTINGS)
        self.assertTrue(ask(7001).startswith(b"Hello, 127.0.0.1. I am process "))

    def test_finger(self):
        add_account(self, "porter", self.folder)
        need("in.fingerd")
        self.switch_on("finger")
        self.assertIn("Porter Test", run(need("finger"), "porter@127.0.0.1"))

    def test_telnet(self):
        home = self.folder / "home"
        home.mkdir()
        add_account(self, "porter", home)
        private_folder(self, "/var/log")
        private_folder(self, "/run")
        need("telnetd")
        self.switch_on("telnet")
        with Telnet(23) as terminal:
            terminal.read_until(b"login: ")
            terminal.say(b"porter\r\n")
            terminal.read_until(b"Password: ")
            terminal.say(ACCOUNT_PASSWORD.encode() + b"\r\n")
            terminal.read_until(b"$ ")
            terminal.say(b"exit\r\n")
            terminal.read_all()

    def test_pop3(self):
        add_account(self, "porter", self.folder)
        private_folder(self, "/var/mail", "1777")
        box = pathlib.Path("/var/mail/porter")
        box.write_text("From x@example.org Thu Jan  1 00:00:00 2026\nSubject: a door\n\nSomebody is at it.\n")
        os.chown(box, 7001, 7001)
        box.chmod(0o600)
        need("popa3d")
        self.switch_on("pop3")
        pop = poplib.POP3("127.0.0.1", 110, timeout=20)
        pop.user("porter")
        pop.pass_(ACCOUNT_PASSWORD)
        self.assertIn(b"Somebody is at it.", pop.retr(1)[1])
        pop.quit()

    def test_tftp(self):
        veth("lan0", "192.0.2.1/24")  # the client takes only addresses of families that some interface but lo has
        private_folder(self, "/srv/tftp")
        pathlib.Path("/srv/tftp/greeting").write_text("hello over tftp\n")
        need("in.tftpd")
        daemon = self.switch_on("tftp", "only_from+: [192.0.2.0/24]\n"
                                        "server_args: [--timeout, '1', --user, tftp, --secure, /srv/tftp]\n")
        run(need("tftp"), "-4", "192.0.2.1", "69", "-c", "get", "greeting", str(self.folder / "fetched"))
        self.assertEqual((self.folder / "fetched").read_text(), "hello over tftp\n")
        daemon.wait_for("end", service="tftp")

    def test_rsync(self):
        config = self.write("rsyncd.conf", f"""
            use chroot = no
            log file = /dev/null
            [pub]
            path = {self.folder}/pub
            """)
        self.write("pub/file", "kept in step\n")
        need("rsync")
        self.switch_on("rsync", f"server_args: [--daemon, --config={config}]\n")
        run(need("rsync"), "rsync://127.0.0.1/pub/file", f"{self.folder}/copy")
        self.assertEqual((self.folder / "copy").read_text(), "kept in step\n")

    def test_git(self):
        self.make_repository()
        self.switch_on("git", f"server_args: [daemon, --inetd, --base-path={self.folder}/git]\n")
        self.git("clone", "-q", "git://127.0.0.1/project.git", f"{self.folder}/copy")
        self.assertEqual((self.folder / "copy" / "file").read_text(), "kept in git\n")

    def git(self, *words):
        return run(need("git"), "-c", "user.name=p", "-c", "user.email=p@p", *words,
                   env={"HOME": self.folder, "GIT_CONFIG_NOSYSTEM": "1"})

    def make_repository(self):
        work, bare = self.folder / "work", self.folder / "git" / "project.git"
        self.git("init", "-q", str(work))
        self.write("work/file", "kept in git\n")
        self.git("-C", str(work), "add", "file")
        self.git("-C", str(work), "commit", "-q", "-m", "one")
        self.git("clone", "-q", "--bare", str(work), str(bare))
        (bare / "git-daemon-export-ok").touch()
        run("chown", "-R", "nobody:", str(bare))

    def test_ssh(self):
        home = self.folder / "home"
        home.mkdir()
        add_account(self, "porter", home)
        private_folder(self, "/var/log")
        private_folder(self, "/run")
        os.mkdir("/run/sshd", 0o755)
        for name in ("host_key", "user_key"):
            run(need("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", f"{self.folder}/{name}")
        config = self.write("sshd_config", f"""
            HostKey {self.folder}/host_key
            AuthorizedKeysFile {self.folder}/user_key.pub
            StrictModes no
            PasswordAuthentication no
            UsePAM no
            """)
        need("sshd")
        self.switch_on("ssh", f"server_args: [-i, -f, {config}]\n")
        answer = run(need("ssh"), "-F", "none", "-T", "-i", f"{self.folder}/user_key", "-o", "BatchMode=yes",
                     "-o", "StrictHostKeyChecking=accept-new", "-o", f"UserKnownHostsFile={self.folder}/known_hosts",
                     "porter@127.0.0.1", "id -un")
        self.assertEqual(answer, "porter\n")

    def test_echo(self):
        self.switch_on("echo")
        self.assertEqual(ask(7, b"hello"), b"hello")

    def test_discard(self):
        self.switch_on("discard")
        self.assertEqual(ask(9, b"hello"), b"")

    def test_daytime(self):
        self.switch_on("daytime")
        self.assertRegex(ask(13), rb"^\d\d [A-Z]{3} \d{4} \d\d:\d\d:\d\d ")

    def test_time(self):
        self.switch_on("time")
        self.assertEqual(len(ask(37)), 4)

    def test_chargen(self):
        self.switch_on("chargen")
        with tcp(19) as client:
            self.assertEqual(len(client.read_line()), 72)

    def test_listen_fds(self):
        daemon = self.switch_on("listen_fds", "env: {IDLE_SECONDS: 0.3}\n")
        with tcp(7080) as one, tcp(7080) as other:  # both are there, so the server is not idle in between
            greetings = [client.say(b"GET / HTTP/1.0\r\n\r\n").read_all().splitlines()[-1] for client in (one, other)]
        self.assertIn(b"Hello, 127.0.0.1. Process ", greetings[0])
        self.assertEqual(greetings[0], greetings[1], "one process served both")
        daemon.wait_for("end", service="listen_fds", status=0)


if __name__ == "__main__":
    main()
