# SPDX-License-Identifier: Apache-2.0
"""Every form of `listen`: addresses, names, devices and UNIX sockets, and addresses that are not there yet."""

import os
import socket
import stat

from porterd_harness import Case, add_address, ask, bind_over, local, main, run, shown, tcp, udp, veth, victim


def service(listen, program="hello", more="", name="hello"):
    return f"service: {name}\nlisten: {listen}\nserver: {victim(program)}\n{more}\n---\n"


def listening(kind="-tl"):
    """Address and options of each socket that listens here."""
    return {line.split()[3]: line for line in run("ss", "-Hne", kind).splitlines()}


class Internet(Case):
    def test_a_port_is_two_sockets_and_no_address_is_mapped(self):
        self.start(service("[7001]", "show"))
        self.assertEqual(set(listening()), {"0.0.0.0:7001", "[::]:7001"})
        self.assertIn("v6only:1", listening()["[::]:7001"])
        self.assertEqual(shown(ask(7001))["env.REMOTE_ADDR"], "127.0.0.1")
        self.assertEqual(shown(ask(7001, host="::1"))["env.REMOTE_ADDR"], "::1")

    def test_protocol_chooses_one_family(self):
        self.start(service("[7001]", more="protocol: tcp4") + service("[7002]", more="protocol: tcp6", name="six"))
        self.assertEqual(set(listening()), {"0.0.0.0:7001", "[::]:7002"})

    def test_addresses(self):
        self.start(service('["127.0.0.1:7001", "[::1]:7002", "127.0.0.2:7001"]'))
        self.assertEqual(set(listening()), {"127.0.0.1:7001", "[::1]:7002", "127.0.0.2:7001"})
        for host, port in (("127.0.0.1", 7001), ("::1", 7002), ("127.0.0.2", 7001)):
            self.assertEqual(ask(port, host=host), b"hello\n")

    def test_bind_is_for_places_without_an_address(self):
        self.start(service('[7001, "[::1]:7002"]', more="bind: 127.0.0.5"))
        self.assertEqual(set(listening()), {"127.0.0.5:7001", "[::1]:7002"})

    def test_names_come_from_services(self):
        bind_over(self, "/etc/services", self.write("services", "greeting 7091/tcp\nsalute 7092/tcp hi\nsalute 7093/udp\n"))
        self.start(service("[greeting]") + service('["127.0.0.1:hi"]', name="second")
                   + f"service: salute\nsocket_type: dgram\nwait: yes\nserver: {victim('udp_once')}\n")
        self.assertEqual(set(listening()), {"0.0.0.0:7091", "[::]:7091", "127.0.0.1:7092"})
        self.assertEqual(set(listening("-ul")), {"0.0.0.0:7093", "[::]:7093"})
        self.assertEqual(ask(7091), b"hello\n")

    def test_udp_is_two_sockets(self):
        self.start(service("[7001]", "udp_once", "socket_type: dgram\nwait: yes"))
        self.assertIn("v6only:1", listening("-ul")["[::]:7001"])
        for host in ("127.0.0.1", "::1"):
            with udp(7001, host) as client:
                self.assertIn(b"hello", client.say(b"hello").read_some())

    def test_the_backlog_is_the_kernels_unless_configured(self):
        self.start(service("[7001]") + service("[7002]", more="backlog: 12", name="second"))
        with open("/proc/sys/net/core/somaxconn", encoding="ascii") as file:
            largest = file.read().strip()
        self.assertEqual({address: line.split()[2] for address, line in listening().items()},
                         {"0.0.0.0:7001": largest, "[::]:7001": largest, "0.0.0.0:7002": "12", "[::]:7002": "12"})

    def test_options_reach_the_connection(self):
        self.start(service("[7001]", "linger", "keepalive: yes\nnodelay: yes", "linger"))
        with tcp(7001) as client:
            client.read_line()
            self.assertIn("timer:(keepalive", run("ss", "-Hnto", "sport = :7001"))
            client.finish().read_all()

    def test_a_port_in_use_degrades_and_the_rest_is_served(self):
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as other:
            other.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            other.bind(("::", 7001))
            other.listen()
            daemon = self.start(service("[7001]") + service("[7002]", name="second"), quiet_end=False)
            degraded = daemon.wait_for("degraded", service="hello")
            self.assertIn("[::]:7001: Address already in use", degraded["msg"])
            self.assertEqual(daemon.wait_for("ready")["degraded"], "1")
            self.assertEqual((ask(7001), ask(7002)), (b"hello\n", b"hello\n"))


class Later(Case):
    def test_an_address_that_is_not_there_is_bound_when_it_appears(self):
        veth("lan0", "192.0.2.1/24")
        daemon = self.start(service('["192.0.2.7:7001", "127.0.0.1:7001"]'), quiet_end=False)
        degraded = daemon.wait_for("degraded", service="hello")
        self.assertIn("192.0.2.7:7001", degraded["msg"])
        self.assertIn("waiting for it to appear", degraded["msg"])
        self.assertEqual(ask(7001), b"hello\n")
        add_address("lan0", "192.0.2.8/24")
        add_address("lan0", "192.0.2.7/24")
        daemon.wait_for("restored", service="hello")
        self.assertEqual(ask(7001, host="192.0.2.7"), b"hello\n")
        self.assertEqual(len(daemon.records("degraded")), 1, "told once")

    def test_an_ipv6_address_too(self):
        daemon = self.start(service('["[2001:db8::7]:7001"]'), quiet_end=False)
        daemon.wait_for("degraded", service="hello")
        add_address("lo", "2001:db8::7/128")
        daemon.wait_for("restored", service="hello")
        self.assertEqual(ask(7001, host="2001:db8::7"), b"hello\n")

    def test_freebind_does_not_wait(self):
        veth("lan0")
        daemon = self.start(service('["192.0.2.7:7001", "[2001:db8::7]:7001"]', more="freebind: yes"))
        self.assertEqual(daemon.wait_for("ready")["degraded"], "0")
        add_address("lan0", "192.0.2.7/24")
        add_address("lo", "2001:db8::7/128")
        self.assertEqual((ask(7001, host="192.0.2.7"), ask(7001, host="2001:db8::7")), (b"hello\n", b"hello\n"))

    def test_a_device_that_is_not_there_is_bound_when_it_appears(self):
        daemon = self.start(service('["%late0:7001"]'), quiet_end=False)
        self.assertIn("late0", daemon.wait_for("degraded", service="hello")["msg"])
        veth("late0", "192.0.2.1/24")
        daemon.wait_for("restored", service="hello")
        self.assertEqual({address for address in listening()}, {"0.0.0.0%late0:7001", "[::]%late0:7001"})

    def test_only_what_comes_by_the_device_is_served(self):
        veth("lan0", "192.0.2.1/24")
        self.start(service('["%lan0:7001"]') + service('["%lo:7002"]', name="second"))
        self.assertIn("0.0.0.0%lan0:7001", listening())
        with self.assertRaises(ConnectionRefusedError):
            tcp(7001).close()  # by lo
        self.assertEqual(ask(7002), b"hello\n")

    def test_an_address_is_waited_for_over_a_reload(self):
        veth("lan0", "192.0.2.1/24")
        waiting = service('["192.0.2.7:7001"]')
        daemon = self.start(waiting, quiet_end=False)
        daemon.wait_for("degraded", service="hello")
        self.reload(daemon, waiting + service("[7002]", name="second"))
        self.assertEqual(daemon.wait_for("reloaded")["degraded"], "1")
        add_address("lan0", "192.0.2.7/24")
        daemon.wait_for("restored", service="hello")
        self.assertEqual(ask(7001, host="192.0.2.7"), b"hello\n")


class Unix(Case):
    def path(self, name="s.sock"):
        return self.folder / name

    def say_hello(self, path, kind=socket.SOCK_STREAM):
        with local(path, kind) as client:
            self.assertEqual(client.read_all(), b"hello\n")

    def test_owner_group_and_mode(self):
        self.start(service(f"[{{path: {self.path()}, owner: nobody, group: daemon, mode: 0640}}]"))
        status = self.path().stat()
        self.assertEqual((status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)), (65534, 1, 0o640))
        self.say_hello(self.path())

    def test_the_default_mode_is_for_everybody(self):
        self.start(service(f"[{self.path()}]"))
        self.assertEqual(stat.S_IMODE(self.path().stat().st_mode), 0o666)

    def test_a_stale_path_is_taken_over(self):
        with socket.socket(socket.AF_UNIX) as old:
            old.bind(str(self.path()))
            old.listen()
        self.start(service(f"[{self.path()}]"))
        self.say_hello(self.path())

    def test_a_path_that_is_served_is_left_to_its_owner(self):
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(str(self.path()))
            other.listen()
            daemon = self.start(service(f"[{self.path()}]") + service("[7001]", name="second"), quiet_end=False)
            self.assertIn("Address already in use", daemon.wait_for("degraded", service="hello")["msg"])
            self.assertEqual(ask(7001), b"hello\n")
            with local(self.path()):
                other.accept()[0].close()

    def test_a_file_that_is_no_socket_is_left_alone(self):
        path = self.write("s.sock", "precious")
        daemon = self.start(service(f"[{path}]"), quiet_end=False)
        daemon.wait_for("degraded", service="hello")
        daemon.stop()
        self.assertEqual(path.read_text(), "precious")

    def test_the_path_goes_with_porterd(self):
        daemon = self.start(service(f"[{self.path()}]"))
        daemon.stop()
        self.assertFalse(self.path().exists())

    def test_abstract_names(self):
        self.start(service('["@porterd-test"]'))
        self.say_hello("@porterd-test")

    def test_seqpacket(self):
        self.start(service(f"[{self.path()}]", more="socket_type: seqpacket"))
        self.say_hello(self.path(), socket.SOCK_SEQPACKET)

    def test_dgram(self):
        self.start(service(f"[{self.path()}]", "udp_once", "socket_type: dgram\nwait: yes"))
        with local(self.path(), socket.SOCK_DGRAM) as client:
            for word in (b"one", b"two", b"three"):
                self.assertTrue(client.say(word).read_some().endswith(b": " + word))

    def test_the_record_says_who_it_was(self):
        daemon = self.start(service(f"[{self.path()}]"))
        self.say_hello(self.path())
        start = daemon.wait_for("start")
        self.assertIn(str(os.getpid()), start["peer"])
        self.assertEqual(start["local"], str(self.path()))


if __name__ == "__main__":
    main()
