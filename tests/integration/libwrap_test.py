# SPDX-License-Identifier: Apache-2.0
"""hosts.allow and hosts.deny decide as libwrap has it: about services that ask them and no others, without a reload, with
the reason in the record, and without holding porterd up."""

import os
import pathlib
import re
import socket
import unittest

from porterd_harness import Case, add_address, ask, bind_over, main, run_porterd, tcp, udp, victim

TCPD = pathlib.Path(os.environ["PORTERD"]).with_name("porterd-tcpd")


@unittest.skipUnless(TCPD.exists(), "porterd-tcpd was not built: no libwrap")
class Libwrap(Case):
    def setUp(self):
        super().setUp()
        for name in ("allow", "deny"):
            bind_over(self, f"/etc/hosts.{name}", self.write(f"hosts.{name}", "# no rules\n", 0o644))

    def rules(self, deny: str = "", allow: str = ""):
        # In place: another file would not be the one that stands in /etc.
        (self.folder / "hosts.deny").write_text(deny + "\n")
        (self.folder / "hosts.allow").write_text(allow + "\n")

    def hello(self, more: str = "libwrap: yes", port: int = 7001, name: str = "hello"):
        return f"service: {name}\nlisten: [\"127.0.0.1:{port}\"]\nserver: {victim('hello')}\nuser: nobody\n{more}\n"

    def test_a_rule_counts_at_once_and_its_refusal_is_recorded(self):
        daemon = self.start(self.hello())
        self.assertEqual(ask(7001), b"hello\n")
        self.rules("hello: ALL")
        self.assertEqual(ask(7001), b"")
        refused = daemon.wait_for("refused", service="hello")
        self.assertEqual(refused["reason"], "libwrap")
        self.assertTrue(refused["peer"].startswith("127.0.0.1:"))
        self.rules()
        self.assertEqual(ask(7001), b"hello\n")
        self.assertEqual(len(daemon.records("refused")), 1)

    def test_an_address_that_is_allowed_is_served(self):
        add_address("lo", "127.0.0.9/8")
        self.rules("ALL: ALL", "hello: 127.0.0.9")
        daemon = self.start(self.hello())
        with tcp(7001, source="127.0.0.9") as client:
            self.assertEqual(client.read_all(), b"hello\n")
        self.assertEqual(daemon.wait_for("end", service="hello")["status"], "0")
        self.assertEqual(ask(7001), b"")
        daemon.wait_for("refused", reason="libwrap")

    def test_only_services_that_ask_are_concerned(self):
        self.rules("ALL: ALL")
        self.start(self.hello() + "---\n" + self.hello("", 7002, "free"))
        self.assertEqual(ask(7001), b"")
        self.assertEqual(ask(7002), b"hello\n")

    def test_a_service_has_the_name_that_it_is_given(self):
        self.rules("other: ALL")
        self.start(self.hello("libwrap: other") + "---\n" + self.hello("libwrap: yes\nargv0: /x/other", 7002, "two") +
                   "---\n" + self.hello("libwrap: yes", 7003, "three"))
        self.assertEqual([ask(port) for port in (7001, 7002, 7003)], [b"", b"", b"hello\n"])

    def test_the_server_starts_as_it_would_without(self):
        self.rules("other: ALL")
        script = self.write("s.sh", '#!/bin/sh\necho "$0" "$@" $PPID "$REMOTE_HOST" /proc/$$/fd/*; id -un\n', 0o755)
        entry = "service: {0}\nlisten: [\"127.0.0.1:{1}\"]\nserver: {2}\nserver_args: [a b, c]\nuser: nobody\n{3}\n"
        daemon = self.start(entry.format("one", 7001, script, "libwrap: yes") + "---\n" + entry.format("two", 7002, script, ""))
        one, two = (re.sub(rb"/proc/\d+/", b"", ask(port)) for port in (7001, 7002))
        self.assertEqual(one, two)
        self.assertEqual(daemon.wait_for("start", service="one")["pid"], daemon.wait_for("end", service="one")["pid"])

    def test_options_of_rules_are_done(self):
        self.rules("", f"hello: ALL: spawn (echo %a %d > {self.folder}/spawned; chmod 644 {self.folder}/spawned): allow")
        self.folder.chmod(0o777)
        self.start(self.hello())
        self.assertEqual(ask(7001), b"hello\n")
        self.assertEqual((self.folder / "spawned").read_text(), "127.0.0.1 hello\n")
        self.rules("", "hello: ALL: twist /bin/echo go away %a")
        self.assertEqual(ask(7001), b"go away 127.0.0.1\n")

    def test_a_rule_that_takes_its_time_holds_nobody_else_up(self):
        pipe = self.folder / "pipe"
        os.mkfifo(pipe, 0o666)
        self.folder.chmod(0o755)
        self.rules("", f"slow: ALL: spawn (cat {pipe}): allow")
        self.start(self.hello("libwrap: slow") + "---\n" + self.hello("libwrap: yes", 7002, "quick"))
        with tcp(7001) as waiting:
            self.assertEqual(ask(7002), b"hello\n")
            pipe.write_text("")
            self.assertEqual(waiting.read_all(), b"hello\n")

    def test_each_client_is_sent_the_banner_that_is_his(self):
        for name in ("welcome", "sorry"):
            self.write(name, name + "\n", 0o644)
        self.folder.chmod(0o755)
        self.start(self.hello(f"libwrap: yes\nbanner_success: {self.folder}/welcome\nbanner_fail: {self.folder}/sorry"))
        self.assertEqual(ask(7001), b"welcome\nhello\n")
        self.rules("hello: ALL")
        self.assertEqual(ask(7001), b"sorry\n")
        self.rules("other: ALL")
        self.assertEqual(ask(7001), b"welcome\nhello\n")

    def test_banners_may_be_larger_than_a_socket_buffer(self):
        pathlib.Path("/proc/sys/net/ipv4/tcp_wmem").write_text("4096 16384 65536")
        for name in ("always", "welcome", "sorry"):
            self.write(name, name * 40_000, 0o644)
        self.folder.chmod(0o755)
        self.start(self.hello(f"libwrap: yes\nbanner: {self.folder}/always\nbanner_success: {self.folder}/welcome\n"
                              f"banner_fail: {self.folder}/sorry"))
        self.assertEqual(ask(7001), b"always" * 40_000 + b"welcome" * 40_000 + b"hello\n")
        self.rules("hello: ALL")
        self.assertEqual(ask(7001), b"always" * 40_000 + b"sorry" * 40_000)

    def test_a_datagram_that_is_refused_is_discarded(self):
        self.rules("udp_once: 127.0.0.1")
        add_address("lo", "127.0.0.9/8")
        daemon = self.start(f"service: once\nlisten: [\"127.0.0.1:7001\"]\nsocket_type: dgram\nwait: yes\n"
                            f"server: {victim('udp_once')}\nuser: nobody\nlibwrap: yes\n")
        with udp(7001) as client:
            client.say(b"one")
            daemon.wait_for("refused", reason="libwrap")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.bind(("127.0.0.9", 0))
            client.settimeout(10)
            client.sendto(b"two", ("127.0.0.1", 7001))
            self.assertIn(b"two", client.recv(100))
        self.assertEqual(daemon.records("back_off"), [])

    def test_a_file_that_the_server_s_user_may_not_read_refuses(self):
        self.rules("other: ALL")
        (self.folder / "hosts.deny").chmod(0o600)
        daemon = self.start(self.hello())
        self.assertEqual(ask(7001), b"")
        daemon.wait_for("refused", reason="libwrap")

    def test_a_server_that_cannot_be_started_is_a_failure(self):
        self.rules("other: ALL")
        daemon = self.start(self.hello().replace(str(victim("hello")), "/nowhere/hello"))
        self.assertEqual(ask(7001), b"")
        failed = daemon.wait_for("failed", service="hello")
        self.assertEqual((failed["step"], failed["object"], failed["error"]), ("exec", "/nowhere/hello", "No such file or directory"))

    def test_xinetd_s_services_ask_unless_they_say_otherwise(self):
        self.rules("ALL: ALL")
        entry = ("service {0}\n{{\n\ttype = UNLISTED\n\tsocket_type = stream\n\twait = no\n\tuser = nobody\n"
                 "\tport = {1}\n\tserver = {2}\n\tlog_type = FILE {3}\n\tlog_on_failure = HOST\n{4}\n}}\n")
        log = self.folder / "log"
        path = self.write("xinetd.conf", "".join(
            entry.format(name, port, victim("hello"), log, more)
            for name, port, more in (("one", 7001, ""), ("two", 7002, "\tflags = NOLIBWRAP"), ("three", 7003, "\tlibwrap = mine"))))
        daemon = self.start("", args=("--xinetd", path))
        self.assertEqual([ask(port) for port in (7001, 7002, 7003)], [b"", b"hello\n", b""])
        self.rules("ALL EXCEPT mine: ALL")
        self.assertEqual([ask(port) for port in (7001, 7002, 7003)], [b"", b"hello\n", b"hello\n"])
        self.assertIn("FAIL: one libwrap from=", log.read_text())
        daemon.assert_quiet()

    def test_what_cannot_be_asked_is_said(self):
        path = self.write("test.yaml", "service: a\nlisten: [7001]\nwait: yes\nuser: nobody\nlibwrap: yes\nserver: /bin/cat\n")
        main_file = self.write("main.yaml", f"include: [{path}]\n")
        checked = run_porterd("--check", f"--config={main_file}")
        self.assertEqual(checked.returncode, 2)
        self.assertIn("libwrap cannot be asked with wait: yes", checked.stderr)


if __name__ == "__main__":
    main()
