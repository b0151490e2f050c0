# SPDX-License-Identifier: Apache-2.0
"""Built-in services cannot be used against others, and no client can hurt them or be cut off by them."""

import contextlib
import datetime
import http.client
import socket

from porterd_harness import Case, ask, bind_over, eventually, main, tcp, udp

NAMES = ("echo", "discard", "chargen", "daytime", "time")
PORTS = dict(zip(NAMES, range(7001, 7006)))
STREAMS = "---\n".join(f"service: {name}\nlisten: [{port}]\nbuiltin: {name}\n" for name, port in PORTS.items())
DATAGRAMS = "---\n".join(f"service: {name}\nid: {name}-dgram\nsocket_type: dgram\nlisten: [{port}]\nbuiltin: {name}\n"
                         for name, port in PORTS.items())


class BuiltinGuard(Case):
    def answer(self, port: int, request: bytes = b"", host="127.0.0.1") -> bytes:
        with udp(port, host) as client:
            return client.say(request).read_some()

    def test_the_reply_comes_from_the_address_that_was_asked(self):
        self.start(DATAGRAMS)
        for host in ("127.0.0.1", "127.0.0.5", "::1"):
            # A connected socket takes replies from that address only.
            self.assertEqual(self.answer(PORTS["echo"], b"hello", host), b"hello")

    def test_a_port_that_would_answer_in_turn_has_no_reply(self):
        self.start(DATAGRAMS)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as forged:
            forged.bind(("127.0.0.1", 19))
            forged.sendto(b"x", ("127.0.0.1", PORTS["echo"]))
            # Whoever asks afterwards is answered afterwards.
            self.assertEqual(self.answer(PORTS["echo"], b"hello"), b"hello")
            forged.setblocking(False)
            self.assertRaises(BlockingIOError, forged.recv, 100)

    def test_who_asks_too_often_has_fewer_replies(self):
        self.start(DATAGRAMS)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flood:
            flood.bind(("127.0.0.1", 0))
            for number in range(200):
                flood.sendto(b"%d" % number, ("127.0.0.1", PORTS["echo"]))
            self.assertEqual(self.answer(PORTS["echo"], b"other", "::1"), b"other")
            flood.settimeout(0.3)
            replies = 0
            try:
                while flood.recv(100):
                    replies += 1
            except TimeoutError:
                pass
            self.assertGreater(replies, 5)
            self.assertLess(replies, 60)

    def test_daytime_follows_the_zone(self):
        self.start(STREAMS, env={"TZ": "XYZ-3"})
        text = ask(PORTS["daytime"]).decode()
        self.assertTrue(text.endswith(" XYZ\r\n"), text)
        there = datetime.datetime.strptime(text.rsplit(" ", 1)[0].title(), "%d %b %Y %H:%M:%S")
        ahead = there - datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
        self.assertAlmostEqual(ahead.total_seconds(), 3 * 3600, delta=10)

    def test_an_answer_is_not_overtaken_by_a_reset(self):
        self.start("service: health\nlisten: [7010]\nbuiltin: respond\nanswer: \"fine\\n\"\n")
        with tcp(7010) as client:
            client.say(b"u" * 200_000)  # which nobody reads before the answer goes
            self.assertEqual(client.read_until(b"\n"), b"fine\n")
            self.assertEqual(client.sock.recv(1), b"", "an end, not a reset")

    def test_health_checks_speak_http(self):
        self.start("service: health\nlisten: [7010]\nbuiltin: respond\n"
                   "answer: {status: 503, text: \"down for a moment\\n\", type: text/x-test}\n")
        for method, content in (("GET", b"down for a moment\n"), ("HEAD", b""), ("POST", b"down for a moment\n")):
            connection = http.client.HTTPConnection("127.0.0.1", 7010, timeout=20)
            connection.request(method, "/health", body=b"b" * 50_000 if method == "POST" else None)
            response = connection.getresponse()
            self.assertEqual(response.read(), content)
            self.assertEqual((response.status, response.getheader("Content-Type"), response.getheader("Content-Length")),
                             (503, "text/x-test", "18"))
            connection.close()
        self.assertTrue(ask(7010, b"nonsense\r\n\r\n").startswith(b"HTTP/1.1 400 "))
        with tcp(7010) as slow:
            for letter in b"GET / HTTP/1.0\r\n\r\n":
                slow.say(bytes([letter]))
            self.assertTrue(slow.read_all().startswith(b"HTTP/1.1 503 "))

    def test_a_client_that_never_reads_is_not_read_from(self):
        self.start(STREAMS)
        with tcp(PORTS["echo"]) as client:
            client.sock.settimeout(1)
            sent = 0
            try:
                while sent < 1 << 30:
                    sent += client.sock.send(bytes(1 << 20))
            except TimeoutError:
                pass
            self.assertLess(sent, 100 << 20)
            client.sock.settimeout(20)
            client.finish()
            self.assertEqual(len(client.read_all()), sent)

    def test_access_lists_hold_for_datagrams(self):
        self.start(DATAGRAMS.replace("builtin: echo", "builtin: echo\nonly_from: [127.0.0.2]"))
        with udp(PORTS["echo"], source="127.0.0.3") as stranger, udp(PORTS["echo"], source="127.0.0.2") as friend:
            stranger.say(b"hello")
            friend.say(b"hello")
            self.assertEqual(friend.read_some(), b"hello")
            stranger.say(b"again")  # while a worker has the socket
            friend.say(b"again")
            self.assertEqual(friend.read_some(), b"again")
            stranger.sock.setblocking(False)
            self.assertRaises(BlockingIOError, stranger.sock.recv, 100)

    def test_host_names_hold_for_datagrams_with_the_addresses_that_they_have(self):
        hosts = self.write("hosts", "127.0.0.1 localhost\n127.0.0.2 friend.test\n")
        bind_over(self, "/etc/hosts", hosts)
        bind_over(self, "/etc/nsswitch.conf", self.write("nsswitch", "passwd: files\ngroup: files\nhosts: files\n"))
        self.start(DATAGRAMS.replace("builtin: echo", "builtin: echo\nonly_from: [friend.test]"), "resolve_interval: 100ms",
                   quiet_end=False)
        with udp(PORTS["echo"], source="127.0.0.2") as friend, udp(PORTS["echo"], source="127.0.0.3") as stranger:
            stranger.say(b"hello")
            self.assertEqual(friend.say(b"hello").read_some(), b"hello")
            stranger.say(b"again")  # while a worker has the socket
            self.assertEqual(friend.say(b"again").read_some(), b"again")
            stranger.sock.setblocking(False)
            self.assertRaises(BlockingIOError, stranger.sock.recv, 100)
            with hosts.open("w") as file:  # in its place: it is a mount
                file.write("127.0.0.1 localhost\n127.0.0.3 friend.test\n")

            def is_answered():
                stranger.say(b"and now?")
                with contextlib.suppress(BlockingIOError):
                    return stranger.sock.recv(100) == b"and now?"

            eventually("who has the name now is answered", is_answered)
            friend.say(b"still here?")
            friend.sock.settimeout(0.3)
            self.assertRaises(TimeoutError, friend.sock.recv, 100)


if __name__ == "__main__":
    main()
