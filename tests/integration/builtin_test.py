# SPDX-License-Identifier: Apache-2.0
"""Built-in services answer real clients, by stream and by datagram, as their RFCs say."""

import datetime
import re
import socket
import struct
import urllib.request

from porterd_harness import Case, ask, eventually, main, tcp, udp

CHARGEN_LINE = 74  # 72 characters and CRLF


def service(name: str, port: int, more: str = "") -> str:
    return f"---\nservice: {name}\nlisten: [{port}]\nbuiltin: {name}\n{more}"


class Stream(Case):
    def test_echo_returns_what_it_gets(self):
        self.start(service("echo", 7007))
        data = bytes(range(256)) * 8192
        client = tcp(7007)
        got = b""
        for start in range(0, len(data), 65536):
            client.say(data[start:start + 65536])
            while len(got) < start + 65536:
                got += client.read_some()
        client.finish()
        self.assertEqual(got + client.read_all(), data)

    def test_discard_takes_everything_and_says_nothing(self):
        daemon = self.start(service("discard", 7009))
        self.assertEqual(ask(7009, b"x" * 1_000_000), b"")
        end = daemon.wait_for("end", service="discard")
        self.assertEqual((end["in"], end["out"]), ("1000000", "0"))

    def test_chargen_sends_lines_until_the_client_leaves(self):
        daemon = self.start(service("chargen", 7019))
        client = tcp(7019)
        text = b""
        while len(text) < 100 * CHARGEN_LINE:
            text += client.read_some()
        lines = text.split(b"\r\n")
        self.assertEqual(len(lines[0]), 72)
        self.assertEqual(lines[1][:71], lines[0][1:], "each line begins a character later")
        client.close()
        daemon.wait_for("end", service="chargen")

    def test_chargen_waits_for_a_client_that_does_not_read(self):
        daemon = self.start(service("chargen", 7019))
        client = tcp(7019)
        client.read_some()
        (worker,) = daemon.children()
        before = self.resident(worker)
        self.start_reading_another()
        self.assertLess(self.resident(worker) - before, 1024, "pages")
        client.close()

    def resident(self, pid: int) -> int:
        with open(f"/proc/{pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1])

    def start_reading_another(self):
        """Time passes: another client reads ten megabytes."""
        with tcp(7019) as other:
            got = 0
            while got < 10_000_000:
                got += len(other.read_some())

    def test_daytime_is_the_time(self):
        self.start(service("daytime", 7013), "")
        answer = ask(7013).decode()
        self.assertRegex(answer, r"^\d\d [A-Z]{3} \d{4} \d\d:\d\d:\d\d \S+\r\n$")

    def test_daytime_of_the_inetds_is_that_of_ctime(self):
        self.start(service("daytime", 7013, "daytime_form: inetd\n"))
        told = datetime.datetime.strptime(ask(7013).decode().strip(), "%a %b %d %H:%M:%S %Y")
        self.assertLess(abs((datetime.datetime.now() - told).total_seconds()), 5)

    def test_time_is_seconds_since_1900(self):
        self.start(service("time", 7037))
        (told,) = struct.unpack("!I", ask(7037))
        self.assertLess(abs(told - 2208988800 - datetime.datetime.now().timestamp()), 5)

    def test_qotd_gives_one_of_its_quotations(self):
        quotes = self.write("quotes", "one\n%\ntwo\n")
        self.start(service("qotd", 7017, f"answer: {{file: {quotes}}}\n"))
        self.assertIn(ask(7017).strip(), (b"one", b"two"))

    def test_respond_says_its_text(self):
        self.start(service("respond", 7080, 'answer: "OK\\n"\n'))
        self.assertEqual(ask(7080, b"are you well?\n"), b"OK\n")

    def test_respond_speaks_http(self):
        self.start(service("respond", 7080, "answer: {status: 200, text: healthy}\n"))
        with urllib.request.urlopen("http://127.0.0.1:7080/health", timeout=10) as reply:
            self.assertEqual((reply.status, reply.read()), (200, b"healthy"))

    def test_admission_is_that_of_every_service(self):
        daemon = self.start(service("echo", 7007, "only_from: [192.0.2.1]\n"))
        self.assertEqual(ask(7007, b"x"), b"")
        daemon.wait_for("refused", service="echo", reason="address")
        self.assertEqual(daemon.children(), set(), "nobody has troubled a worker")

    def test_a_unix_socket_is_served_as_well(self):
        path = self.folder / "echo.sock"
        self.start(f"service: echo\nlisten: [{path}]\nbuiltin: echo\n")
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
            client.sendall(b"hello")
            self.assertEqual(client.recv(10), b"hello")


class Datagram(Case):
    def test_echo_returns_each_datagram(self):
        daemon = self.start(service("echo", 7007, "socket_type: dgram\n"))
        client = udp(7007)
        for text in (b"one", b"", b"x" * 9000):
            client.say(text)
            self.assertEqual(client.sock.recv(65536), text)
        end = daemon.wait_for("end", service="echo")
        self.assertEqual((end["in"], end["out"]), ("9003", "9003"))
        client.say(b"again")
        self.assertEqual(client.sock.recv(65536), b"again", "the socket was given back and taken again")

    def test_a_burst_is_answered_whole(self):
        self.start(service("time", 7037, "socket_type: dgram\n"))
        client = udp(7037)
        for _ in range(15):
            client.say(b"")
        self.assertEqual([len(client.sock.recv(64)) for _ in range(15)], [4] * 15)

    def test_chargen_fits_into_512_bytes(self):
        self.start(service("chargen", 7019, "socket_type: dgram\n"))
        client = udp(7019)
        client.say(b"x")
        self.assertLessEqual(len(client.sock.recv(65536)), 512)

    def test_a_port_that_would_answer_gets_none(self):
        daemon = self.start(service("echo", 7007, "socket_type: dgram\n"))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as reflector:
            reflector.bind(("127.0.0.1", 19))
            reflector.sendto(b"x", ("127.0.0.1", 7007))
            end = daemon.wait_for("end", service="echo")
            self.assertEqual((end["in"], end["out"]), ("1", "0"))

    def test_each_datagram_is_asked_about(self):
        daemon = self.start(service("echo", 7007, "socket_type: dgram\nonly_from: [127.0.0.1]\n"))
        with udp(7007) as friend, udp(7007, source="127.0.0.2") as stranger:
            friend.say(b"one")
            self.assertEqual(friend.sock.recv(10), b"one")
            stranger.say(b"two")
            friend.say(b"three")
            self.assertEqual(friend.sock.recv(10), b"three")
            end = daemon.wait_for("end", service="echo")
            self.assertEqual((end["in"], end["out"]), ("11", "8"))

    def test_a_reload_takes_the_socket_back(self):
        daemon = self.start(service("echo", 7007, "socket_type: dgram\n"), "worker_idle: 60s")
        client = udp(7007)
        client.say(b"one")
        client.sock.recv(10)
        self.reload(daemon, service("daytime", 7007, "socket_type: dgram\n"), "worker_idle: 100ms")
        daemon.wait_for("reloaded")
        daemon.wait_for("end", service="echo")
        client.say(b"two")
        self.assertTrue(re.search(rb"\d\d:\d\d:\d\d", client.sock.recv(100)))
        eventually("the worker has left", lambda: not daemon.children())


if __name__ == "__main__":
    main()
