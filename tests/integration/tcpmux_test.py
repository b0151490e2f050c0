# SPDX-License-Identifier: Apache-2.0
"""Clients of tcpmux (RFC 1078) name a service and get it, with its own credentials, and no other than they may have."""

from porterd_harness import Case, ask, main, tcp, victim

SERVICES = f"""
service: tcpmux
listen: [7001]
builtin: tcpmux
---
service: hello
server: {victim("hello")}
user: nobody
tcpmux: plus
---
service: show
server: {victim("show")}
user: nobody
group: daemon
groups: no
tcpmux: yes
---
service: secret
listen: [7002]
server: {victim("hello")}
"""


class Tcpmux(Case):
    def test_a_name_leads_to_its_service(self):
        daemon = self.start(SERVICES)
        self.assertEqual(ask(7001, b"hello\r\n"), b"+Go\r\nhello\n")
        mux = daemon.wait_for("end", service="tcpmux")
        end = daemon.wait_for("end", service="hello")
        self.assertEqual(end["conn"], mux["conn"], "it is one connection")
        self.assertEqual(mux["in"], "7")

    def test_a_name_may_come_in_pieces_and_in_any_case(self):
        self.start(SERVICES)
        client = tcp(7001)
        for piece in (b"HE", b"lLo", b"\r", b"\n"):
            client.say(piece)
        self.assertEqual(client.read_all(), b"+Go\r\nhello\n")

    def test_the_server_has_its_own_credentials_and_what_follows_the_line(self):
        daemon = self.start(SERVICES)
        self.assertIn(b"uid", ask(7001, b"show\r\n"))
        start = daemon.wait_for("start", service="show")
        self.assertTrue(start["peer"].startswith("127.0.0.1:"))

    def test_help_lists_what_can_be_had(self):
        self.start(SERVICES)
        self.assertEqual(ask(7001, b"help\r\n"), b"hello\r\nshow\r\n")

    def test_a_service_that_is_not_marked_cannot_be_had(self):
        daemon = self.start(SERVICES)
        self.assertTrue(ask(7001, b"secret\r\n").startswith(b"-"))
        daemon.wait_for("refused", service="tcpmux", reason="unknown_service")
        self.assertTrue(ask(7001, b"tcpmux\r\n").startswith(b"-"))
        self.assertTrue(ask(7001, b"nothing\r\n").startswith(b"-"))
        self.assertEqual(daemon.records("start", service="secret"), [])

    def test_the_gate_is_that_of_the_service(self):
        daemon = self.start(SERVICES.replace("tcpmux: plus", "tcpmux: plus\nonly_from: [192.0.2.1]"))
        self.assertTrue(ask(7001, b"hello\r\n").startswith(b"-"))
        daemon.wait_for("refused", service="hello", reason="address")

    def test_what_is_no_name_ends_the_connection(self):
        daemon = self.start(SERVICES)
        self.assertTrue(ask(7001, b"x" * 1000 + b"\r\n").startswith(b"-"))
        daemon.wait_for("end", service="tcpmux", reason="malformed")


if __name__ == "__main__":
    main()
