# SPDX-License-Identifier: Apache-2.0
"""Who gets in: each rule of admission at a real socket, each refusal with its reason in the log."""

import contextlib
import os
import signal
import socket
import time

from porterd_harness import Case, ask, bind_over, eventually, local, main, tcp, udp, veth, victim


class Admission(Case):
    def serve(self, attributes="", program="linger", settings="", **how):
        return self.start(f"service: guarded\nlisten: [7001]\nserver: {victim(program)}\n{attributes}\n", settings, **how)

    def assert_served(self, host="127.0.0.1", source=None):
        with tcp(7001, host, source=source) as client:
            self.assertTrue(client.read_line().startswith(b"lingering"))
            client.finish().read_all()

    def assert_refused(self, daemon, reason, host="127.0.0.1", source=None):
        mark = daemon.mark()
        with tcp(7001, host, source=source) as client:
            self.assertEqual(client.read_all(), b"")
            refused = daemon.wait_for("refused", since=mark, service="guarded", reason=reason)
            self.assertEqual(refused["peer"], client.name())
        return refused


class Addresses(Admission):
    def test_only_from_admits_only_them(self):
        daemon = self.serve("only_from: [127.0.0.2, 127.0.1.0/24]")
        for source in ("127.0.0.2", "127.0.1.0", "127.0.1.255"):
            self.assert_served(source=source)
        for source in ("127.0.0.1", "127.0.0.3", "127.0.2.0"):
            self.assert_refused(daemon, "address", source=source)
        self.assert_refused(daemon, "address", "::1")
        self.assertEqual(len(daemon.records("start")), 3, "nothing is started for who is refused")

    def test_no_access_keeps_only_them_out(self):
        daemon = self.serve("no_access: [127.0.0.2, \"::1\"]")
        self.assert_served()
        self.assert_refused(daemon, "address", source="127.0.0.2")
        self.assert_refused(daemon, "address", "::1")

    def test_the_longest_prefix_decides_and_equal_ones_refuse(self):
        daemon = self.serve("only_from: [127.0.0.0/8, 127.5.5.0/24, 127.7.7.7]\nno_access: [127.5.0.0/16, 127.7.7.7, 127.5.5.5]")
        for source, is_served in (("127.0.0.1", True), ("127.5.0.1", False), ("127.5.5.1", True), ("127.5.5.5", False),
                                  ("127.7.7.7", False), ("127.7.7.8", True)):
            with self.subTest(source=source):
                if is_served:
                    self.assert_served(source=source)
                else:
                    self.assert_refused(daemon, "address", source=source)

    def test_ipv6_prefixes(self):
        veth("lan0", "2001:db8::1/64", "2001:db8::2/64")
        daemon = self.serve("only_from: [\"2001:db8::1/128\"]")
        self.assert_served("2001:db8::1", source="2001:db8::1")
        self.assert_refused(daemon, "address", "2001:db8::1", source="2001:db8::2")

    def test_an_empty_list_admits_nobody(self):
        self.assert_refused(self.serve("only_from: []"), "address")

    def test_a_unix_client_has_no_address_to_refuse(self):
        path = self.folder / "s.sock"
        self.start(f"service: hello\nlisten: [{path}]\nserver: {victim('hello')}\nonly_from: []\n")
        with local(path) as client:
            self.assertEqual(client.read_all(), b"hello\n")

    def test_host_names_are_looked_up(self):
        bind_over(self, "/etc/hosts", self.write("hosts", "127.0.0.1 localhost\n127.0.0.5 friend.test\n127.0.0.6 friend.test\n127.0.0.7 foe.test\n"))
        bind_over(self, "/etc/nsswitch.conf", self.write("nsswitch", "passwd: files\ngroup: files\nhosts: files\n"))
        daemon = self.serve("only_from: [friend.test, 127.0.0.0/28]\nno_access: [foe.test]")
        for source in ("127.0.0.5", "127.0.0.6", "127.0.0.8"):
            self.assert_served(source=source)
        self.assert_refused(daemon, "address", source="127.0.0.7")
        self.assert_refused(daemon, "address", source="127.0.0.77")

    def test_host_names_are_looked_up_again(self):
        hosts = self.write("hosts", "127.0.0.1 localhost\n127.0.0.5 friend.test\n")
        bind_over(self, "/etc/hosts", hosts)
        bind_over(self, "/etc/nsswitch.conf", self.write("nsswitch", "passwd: files\ngroup: files\nhosts: files\n"))
        daemon = self.serve("only_from: [friend.test]", settings="resolve_interval: 200ms", quiet_end=False)
        self.assert_served(source="127.0.0.5")
        with hosts.open("w") as file:  # in its place: it is a mount
            file.write("127.0.0.1 localhost\n127.0.0.6 friend.test\n")

        def is_served():
            with tcp(7001, source="127.0.0.6") as client:
                return client.finish().read_all().startswith(b"lingering")
        eventually("the new address is let in", is_served)
        self.assertEqual(ask(7001, source="127.0.0.5"), b"")

    def test_a_name_that_cannot_be_looked_up_refuses(self):
        bind_over(self, "/etc/nsswitch.conf", self.write("nsswitch", "passwd: files\ngroup: files\nhosts: files\n"))
        daemon = self.serve("no_access: [nobody-knows.test]")
        self.assert_refused(daemon, "unresolved")

    def hang_lookups(self):
        """A name server that does not answer, for what is not in the hosts file."""
        veth("lan0", "192.0.2.1/24")
        bind_over(self, "/etc/hosts", self.write("hosts", "127.0.0.1 localhost friend.test\n"))
        bind_over(self, "/etc/nsswitch.conf", self.write("nsswitch", "passwd: files\ngroup: files\nhosts: files dns\n"))
        bind_over(self, "/etc/resolv.conf", self.write("resolv.conf", "nameserver 192.0.2.2\noptions timeout:30\n"))

    def test_a_reload_does_not_hold_up_services_whose_names_were_there_before(self):
        self.hang_lookups()
        daemon = self.serve("only_from: [friend.test]", quiet_end=False)
        self.assert_served()
        self.reload(daemon, f"service: guarded\nlisten: [7001]\nserver: {victim('linger')}\nonly_from: [friend.test]\n---\n"
                            f"service: other\nlisten: [7002]\nserver: {victim('linger')}\nonly_from: [slow.test]\n")
        daemon.wait_for("reloaded")
        daemon.send(signal.SIGUSR1)
        self.assertEqual(daemon.wait_for("state", service="other")["state"], "names")
        self.assertEqual(daemon.wait_for("state", service="guarded")["state"], "listening")

    def test_nobody_waits_for_names_to_stop(self):
        self.hang_lookups()
        daemon = self.serve("only_from: [slow.test]", quiet_end=False)
        daemon.send(signal.SIGTERM)
        daemon.wait_for("stopped", timeout=5)

    def test_other_services_do_not_wait_for_names(self):
        self.hang_lookups()
        daemon = self.start(f"service: guarded\nlisten: [7001]\nserver: {victim('linger')}\nonly_from: [slow.test]\n---\n"
                            f"service: hello\nlisten: [7002]\nserver: {victim('hello')}\n", quiet_end=False)
        self.assertEqual(ask(7002), b"hello\n")
        self.assert_refused(daemon, "address")
        self.assertEqual(daemon.stop(), 0)


class Counts(Admission):
    def test_instances(self):
        daemon = self.serve("instances: 2")
        with tcp(7001) as one, tcp(7001) as two:
            one.read_line()
            two.read_line()
            self.assert_refused(daemon, "instances")
            self.assertEqual(one.finish().read_all(), b"bye\n")
            daemon.wait_for("end")
            self.assert_served()

    def test_per_source_counts_each_address(self):
        daemon = self.serve("per_source: 1")
        with tcp(7001, source="127.0.0.2") as client:
            client.read_line()
            self.assert_refused(daemon, "per_source", source="127.0.0.2")
            self.assert_served(source="127.0.0.3")
            client.finish().read_all()
        daemon.wait_for("end", count=2)
        self.assert_served(source="127.0.0.2")

    def test_per_source_counts_an_ipv6_network(self):
        veth("lan0", "2001:db8:0:1::1/64", "2001:db8:0:1::2/64", "2001:db8:0:2::1/64")
        daemon = self.serve("per_source: 1")
        with tcp(7001, "2001:db8:0:1::1", source="2001:db8:0:1::1") as client:
            client.read_line()
            self.assert_refused(daemon, "per_source", "2001:db8:0:1::1", source="2001:db8:0:1::2")
            self.assert_served("2001:db8:0:1::1", source="2001:db8:0:2::1")
            client.finish().read_all()

    def test_per_source_by_another_prefix(self):
        daemon = self.serve("per_source: {limit: 1, ipv4: 24}")
        with tcp(7001, source="127.0.1.1") as client:
            client.read_line()
            self.assert_refused(daemon, "per_source", source="127.0.1.200")
            self.assert_served(source="127.0.2.1")
            client.finish().read_all()

    def test_max_sessions_counts_all_services(self):
        daemon = self.start(f"service: guarded\nlisten: [7001]\nserver: {victim('linger')}\n---\n"
                            f"service: other\nlisten: [7002]\nserver: {victim('linger')}\n", "max_sessions: 1")
        with tcp(7002) as client:
            client.read_line()
            self.assert_refused(daemon, "max_sessions")
            client.finish().read_all()
        daemon.wait_for("end")
        self.assert_served()

    def test_a_failed_launch_gives_its_place_back(self):
        daemon = self.start("service: guarded\nlisten: [7001]\nserver: /nonexistent\ninstances: 1\nper_source: 1\n")
        for _ in range(5):
            with tcp(7001) as client:
                client.read_all()
                daemon.wait_for("failed", peer=client.name())
        self.assertEqual(daemon.records("refused"), [])


class Rate(Admission):
    def test_hold_serves_everybody_in_time(self):
        daemon = self.serve("cps: {rate: 10, burst: 5}", "hello")
        begin = time.monotonic()
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(tcp(7001)) for _ in range(15)]
            for client in clients:
                self.assertEqual(client.read_all(), b"hello\n")
        self.assertGreater(time.monotonic() - begin, 0.9, "ten beyond the burst, ten a second")
        self.assertEqual(daemon.records("refused"), [])

    def test_refuse_closes_what_is_beyond(self):
        daemon = self.serve("cps: {rate: 1, burst: 2, excess: refuse}")
        self.assert_served()
        self.assert_served()
        self.assert_refused(daemon, "cps")

    def test_a_port_that_was_taken_while_it_was_closed_is_tried_again(self):
        daemon = self.serve("cps: {rate: 1, burst: 1, excess: disable, wait: 1s}\nprotocol: tcp4", "hello", quiet_end=False)
        ask(7001)
        ask(7001)
        daemon.wait_for("disabled", service="guarded")
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            other.bind(("127.0.0.1", 7001))
            other.listen()
            daemon.wait_for("degraded", service="guarded")
        daemon.wait_for("restored", service="guarded", timeout=20)

    def test_disable_closes_the_port_for_a_while(self):
        daemon = self.serve("cps: {rate: 1, burst: 2, excess: disable, wait: 1s}", "hello", quiet_end=False)
        self.assertEqual([ask(7001), ask(7001)], [b"hello\n"] * 2)
        self.assertEqual(ask(7001), b"")
        daemon.wait_for("refused", reason="cps")
        daemon.wait_for("disabled", service="guarded")
        with self.assertRaises(ConnectionRefusedError):
            tcp(7001).close()
        daemon.wait_for("enabled", service="guarded")
        self.assertEqual(ask(7001), b"hello\n")

    def test_a_reload_does_not_open_a_disabled_port_or_lose_it(self):
        text = "cps: {rate: 1, burst: 1, excess: disable, wait: 1s}"
        daemon = self.serve(text, "hello", quiet_end=False)
        self.assertEqual([ask(7001), ask(7001)], [b"hello\n", b""])
        daemon.wait_for("disabled", service="guarded")
        self.reload(daemon, f"service: guarded\nlisten: [7001]\nserver: {victim('hello')}\n{text}\n")
        daemon.wait_for("reloaded")
        daemon.wait_for("enabled", service="guarded")
        self.assertEqual(ask(7001), b"hello\n")

    def test_datagrams_beyond_the_rate_wait(self):
        daemon = self.start(f"service: once\nlisten: [\"127.0.0.1:7001\"]\nsocket_type: dgram\nwait: yes\n"
                            f"server: {victim('udp_once')}\ncps: {{rate: 10, burst: 1}}\n")
        with udp(7001) as client:
            for number in range(5):
                client.say(b"%d" % number)
            for number in range(5):
                self.assertTrue(client.read_some().endswith(b": %d" % number))
        daemon.wait_for("end", count=5)


    def test_a_rate_that_holds_and_a_server_that_takes_nothing_do_not_stop_each_others_clock(self):
        places = ", ".join(f'"127.0.0.1:{port}"' for port in (7001, 7002, 7003))
        daemon = self.start(f"service: once\nlisten: [{places}]\nsocket_type: dgram\nwait: yes\n"
                            f"server: {victim('close_early')}\ncps: {{rate: 1, burst: 2}}\n", quiet_end=False)
        with udp(7001) as one, udp(7002) as two, udp(7003) as three:
            for client in (one, two):
                client.say(b"x")
                daemon.wait_for("start", peer=client.name())
            three.say(b"x")  # no token is left: it waits
            os.kill(int(daemon.records("start")[0]["pid"]), signal.SIGKILL)
            daemon.wait_for("back_off")
            daemon.wait_for("start", peer=three.name())


class Circumstances(Admission):
    def clock(self, hours):
        """HH:MM, so many hours from now, UTC."""
        return time.strftime("%H:%M", time.gmtime(time.time() + hours * 3600))

    def test_access_times(self):
        now, later, latest = self.clock(-1), self.clock(2), self.clock(3)
        daemon = self.start(f"service: guarded\nlisten: [7001]\nserver: {victim('linger')}\naccess_times: [\"{later}-{latest}\"]\n",
                            env={"TZ": "UTC"})
        self.assert_refused(daemon, "time")
        self.reload(daemon, f"service: guarded\nlisten: [7001]\nserver: {victim('linger')}\naccess_times: [\"{now}-{later}\"]\n")
        daemon.wait_for("reloaded")
        self.assert_served()

    def test_max_load(self):
        self.assert_refused(self.serve("max_load: 0.000001"), "load")

    def test_a_load_that_is_never_reached(self):
        self.serve("max_load: 100000")
        self.assert_served()


class Banners(Admission):
    def files(self):
        for name in ("always", "success", "fail"):
            self.write(name, f"{name}!\n")
        return (f"banner: {self.folder}/always\nbanner_success: {self.folder}/success\nbanner_fail: {self.folder}/fail\n"
                "no_access: [127.0.0.2]\n")

    def test_who_is_served_gets_two_and_who_is_refused_two_others(self):
        self.serve(self.files(), "hello")
        self.assertEqual(ask(7001), b"always!\nsuccess!\nhello\n")
        self.assertEqual(ask(7001, source="127.0.0.2"), b"always!\nfail!\n")

    def test_a_client_that_speaks_first_still_reads_its_banner(self):
        """No reset overtakes it: what the client said is not in the way."""
        daemon = self.serve(self.files(), "hello")
        for _ in range(20):
            with tcp(7001, source="127.0.0.2") as client:
                client.say(b"GET / HTTP/1.0\r\n\r\n")
                self.assertEqual(client.read_all(), b"always!\nfail!\n")
        daemon.wait_for("refused", reason="address")

    def test_a_banner_that_cannot_be_read_is_told_and_left_out(self):
        daemon = self.serve("banner: /nonexistent", "hello")
        self.assertIn("there is no /nonexistent", daemon.log.text())
        self.assertEqual(ask(7001), b"hello\n")


if __name__ == "__main__":
    main()
