# SPDX-License-Identifier: Apache-2.0
"""intercept: yes. A wait server never sees whom the access list refuses, though it reads and accepts for itself; each
client's answers go back to that client, and each client has records of its own."""

import contextlib
import os
import signal

from porterd_harness import Case, ask, eventually, main, need, run, tcp, udp, veth

# Tells each client, as often as it sends, from where it seems to come and what it said; leaves after a while.
SERVER = """#!/usr/bin/python3
import select, socket
sock = socket.socket(fileno=0)
while select.select([sock], [], [], {idle})[0]:
    if sock.type == socket.SOCK_STREAM:
        one, peer = sock.accept()
        while text := one.recv(1000):
            one.sendall(("%s " % peer[0]).encode() + text)
        one.close()
    else:
        text, peer = sock.recvfrom(65536)
        sock.sendto(("%s " % peer[0]).encode() + text, peer)
"""


class Intercept(Case):
    def server(self, idle=60):
        return self.write("server.py", SERVER.replace("{idle}", str(idle)), 0o755)

    def serve(self, kind, more="", idle=1, listen='"127.0.0.1:7001", "[::1]:7001"', **how):
        return self.start(f"service: guarded\nlisten: [{listen}]\nsocket_type: {kind}\nwait: yes\nintercept: yes\n"
                          f"server: {self.server(idle)}\n{more}\n", **how)


    def end_of(self, daemon, client, **fields):
        """The record of the end of what this client had begun."""
        start = daemon.wait_for("start", service="guarded", peer=client.name())
        return daemon.wait_for("end", service="guarded", conn=start["conn"], **fields)


class Datagrams(Intercept):
    def test_each_client_gets_its_own_answers(self):
        daemon = self.serve("dgram", "intercept_idle: 1s")
        clients = [self.enterContext(udp(7001, host)) for host in ("127.0.0.1", "::1") for _ in range(20)]
        for turn in range(3):
            for number, client in enumerate(clients):
                client.say(b"%d %d" % (turn, number))
            for number, client in enumerate(clients):
                seen = b"127.0.0.1" if number < 20 else b"::1"
                self.assertEqual(client.read_some(), b"%s %d %d" % (seen, turn, number))
        names = {client.name() for client in clients}
        for client in clients:
            end = self.end_of(daemon, client)
            self.assertEqual(int(end["out"]) - int(end["in"]), 3 * (4 if client.name().startswith("[") else 10))
        self.assertEqual({record["peer"] for record in daemon.records("start") if "peer" in record}, names)
        self.assertEqual(len([record for record in daemon.records("start") if "peer" not in record]), 2, "the servers")

    def test_the_server_never_sees_who_is_refused(self):
        daemon = self.serve("dgram", "only_from: [127.0.0.1]\nintercept_idle: 1s")
        with udp(7001, source="127.0.0.2") as stranger, udp(7001) as client:
            for _ in range(3):
                stranger.say(b"let me in")
            refused = daemon.wait_for("refused", service="guarded", reason="address")
            self.assertEqual(refused["peer"], stranger.name())
            self.assertEqual(daemon.records("start"), [], "no server is started for it")
            self.assertEqual(client.say(b"hello").read_some(), b"127.0.0.1 hello")
            stranger.say(b"and now?")
            self.assertEqual(client.say(b"again").read_some(), b"127.0.0.1 again")
            stranger.sock.setblocking(False)
            self.assertRaises(BlockingIOError, stranger.sock.recv, 1)
        daemon.wait_for("end", service="guarded", count=2)

    def test_what_came_before_the_server_ran_is_not_lost(self):
        daemon = self.serve("dgram", "intercept_idle: 1s")
        with udp(7001) as client:
            for number in range(4):
                client.say(b"%d" % number)
            self.assertEqual([client.read_some() for _ in range(4)], [b"127.0.0.1 %d" % number for number in range(4)])
        daemon.wait_for("end", service="guarded", count=2)

    def test_limits_count_clients(self):
        daemon = self.serve("dgram", "per_source: 2\nintercept_idle: 2s")
        first, second, third = (self.enterContext(udp(7001)) for _ in range(3))
        for client in first, second:
            client.say(b"x").read_some()
        third.say(b"x")
        daemon.wait_for("refused", service="guarded", reason="per_source", peer=third.name())
        self.end_of(daemon, first)
        self.assertEqual(third.say(b"x").read_some(), b"127.0.0.1 x", "when the first is forgotten there is a place")

    def test_too_many_close_the_port_for_a_while(self):
        daemon = self.serve("dgram", "cps: {rate: 1, burst: 1, excess: disable, wait: 4s}\nintercept_idle: 1s",
                            listen='"127.0.0.1:7001"')
        with udp(7001) as one, udp(7001) as other:
            one.say(b"x").read_some()
            other.say(b"x")
            daemon.wait_for("refused", service="guarded", reason="cps")
            daemon.wait_for("disabled", service="guarded")
            daemon.wait_for("enabled", service="guarded")
        with udp(7001) as client:
            self.assertEqual(client.say(b"x").read_some(), b"127.0.0.1 x")

    def test_the_worker_s_death_ends_its_clients_and_the_next_one_goes_on(self):
        daemon = self.serve("dgram", "intercept_idle: 1s")
        with udp(7001) as client:
            client.say(b"one").read_some()
            worker = int(daemon.wait_for("start", service="guarded", peer=client.name())["pid"])
            os.kill(worker, signal.SIGKILL)
            self.end_of(daemon, client, reason="worker_died")
            self.assertEqual(client.say(b"two").read_some(), b"127.0.0.1 two")
        self.assertEqual(len([record for record in daemon.records("start") if "peer" not in record]), 1, "one server")

    def test_a_reload_disturbs_nobody_and_holds_for_who_comes_next(self):
        daemon = self.serve("dgram", "intercept_idle: 2s")
        with udp(7001) as client, udp(7001, source="127.0.0.2") as other:
            client.say(b"one").read_some()
            server = self.server(1)
            self.reload(daemon, f"service: guarded\nlisten: [\"127.0.0.1:7001\"]\nsocket_type: dgram\nwait: yes\n"
                                f"intercept: yes\nserver: {server}\nintercept_idle: 2s\nno_access: [127.0.0.2]\n")
            daemon.wait_for("reloaded")
            self.assertEqual(client.say(b"two").read_some(), b"127.0.0.1 two")
            other.say(b"x")
            daemon.wait_for("refused", service="guarded", peer=other.name(), reason="address")
        self.assertEqual(len([record for record in daemon.records("start") if "peer" not in record]), 1, "one server")

    def test_the_end_of_porterd_waits_for_its_clients(self):
        daemon = self.serve("dgram", idle=60)
        with udp(7001) as client:
            client.say(b"one").read_some()
            daemon.send(signal.SIGTERM)
            daemon.wait_for("stopping")
            self.assertEqual(client.say(b"two").read_some(), b"127.0.0.1 two")
            self.assertEqual(daemon.wait(), 0)
            self.assertEqual(self.end_of(daemon, client)["in"], "6")

    def test_a_real_tftpd_serves_files_though_it_answers_from_other_sockets(self):
        veth("lan0", "192.0.2.1/24")
        text = "".join(f"line {number}\n" for number in range(5000))
        self.write("root/greeting", text)
        daemon = self.start(f"""
            service: tftp
            listen: [69]
            socket_type: dgram
            wait: yes
            intercept: yes
            intercept_idle: 1s
            no_access: [127.0.0.9]
            server: {need("in.tftpd")}
            server_args: ["-t", "3", "-s", "{self.folder}/root"]
            """)
        target = self.folder / "fetched"
        run(need("tftp"), "-4", "-m", "octet", "192.0.2.1", "69", "-c", "get", "greeting", str(target))
        self.assertEqual(target.read_text(), text)
        with udp(69, "192.0.2.1") as client:
            for _ in range(2):  # as some boot loaders do, from one port
                self.assertEqual(self.fetch(client), text.encode())
        for start in [record for record in daemon.records("start", service="tftp") if "peer" in record]:
            end = daemon.wait_for("end", service="tftp", conn=start["conn"])
            self.assertGreater(int(end["out"]), len(text))
        self.assertEqual(len([record for record in daemon.records("start") if "peer" not in record]), 1, "one server")

    def fetch(self, client) -> bytes:
        """The file "greeting", RFC 1350. The request may meet the last server's end, and is made again."""
        client.sock.settimeout(1)
        packet = b""
        while not packet:
            with contextlib.suppress(TimeoutError):
                packet = client.say(b"\0\1greeting\0octet\0").read_some()
        content = b""
        while True:
            self.assertEqual(packet[:2], b"\0\3", packet)
            content += packet[4:]
            client.say(b"\0\4" + packet[2:4])
            if len(packet) < 516:
                return content
            packet = client.read_some()


class Streams(Intercept):
    def test_each_connection_is_checked_and_relayed(self):
        daemon = self.serve("stream", "only_from: [127.0.0.1, \"::1\"]\nper_source: 2\n")
        self.assertEqual(ask(7001, b"hello"), b"127.0.0.1 hello")
        self.assertEqual(ask(7001, b"hello", "::1"), b"::1 hello")
        self.assertEqual(ask(7001, b"hello", source="127.0.0.2"), b"")
        daemon.wait_for("refused", service="guarded", reason="address")
        first = self.enterContext(tcp(7001))
        second = self.enterContext(tcp(7001))
        self.assertEqual(ask(7001, b"hello"), b"")
        daemon.wait_for("refused", service="guarded", reason="per_source")
        for client in first, second:
            client.say(b"x").finish()
            self.assertEqual(client.read_all(), b"127.0.0.1 x")
        ends = [self.end_of(daemon, client) for client in (first, second)]
        self.assertEqual({(end["in"], end["out"]) for end in ends}, {("1", "11")})

    def test_who_is_refused_starts_no_server(self):
        daemon = self.serve("stream", "no_access: [127.0.0.2]")
        self.assertEqual(ask(7001, b"hello", source="127.0.0.2"), b"")
        daemon.wait_for("refused", service="guarded", reason="address")
        self.assertEqual(daemon.records("start"), [])
        self.assertEqual(daemon.children(), set())

    def test_the_end_of_porterd_waits_for_its_clients(self):
        daemon = self.serve("stream", idle=60)
        client = self.enterContext(tcp(7001))
        client.say(b"one ").read_until(b"one ")
        daemon.send(signal.SIGTERM)
        daemon.wait_for("stopping")
        client.say(b"two").read_until(b"two")
        client.finish()
        self.assertEqual(daemon.wait(), 0)
        self.end_of(daemon, client)

    def test_a_service_that_a_reload_removes_lets_its_clients_finish(self):
        daemon = self.serve("stream", idle=60)
        client = self.enterContext(tcp(7001))
        client.say(b"one ").read_until(b"one ")
        self.reload(daemon, "service: other\nlisten: [7002]\nserver: /bin/cat\n")
        daemon.wait_for("reloaded")
        client.say(b"two").read_until(b"two")
        client.finish()
        self.end_of(daemon, client)
        eventually("the server has been told to go", lambda: len(daemon.records("end", service="guarded")) == 2)

    def test_banners_and_the_names_of_xinetd_conf(self):
        banner = self.write("banner", "welcome\n")
        self.write("xinetd.conf", f"service guarded\n{{\n type = UNLISTED\n port = 7001\n socket_type = stream\n protocol = tcp\n"
                                  f" wait = yes\n user = root\n flags = INTERCEPT NOLIBWRAP IPv4\n server = {self.server(1)}\n"
                                  f" only_from = 127.0.0.1\n banner = {banner}\n}}\n")
        daemon = self.start(None, args=[f"--xinetd={self.folder}/xinetd.conf"])
        self.assertEqual(ask(7001, b"hello"), b"welcome\n127.0.0.1 hello")
        self.assertEqual(ask(7001, b"hello", source="127.0.0.3"), b"welcome\n")
        eventually("the server has left", lambda: len(daemon.children()) <= 1)


if __name__ == "__main__":
    main()
