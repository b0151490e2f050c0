# SPDX-License-Identifier: Apache-2.0
"""wait: yes. The listener itself goes to the server; nothing that arrived meanwhile is lost; a server that takes
nothing is started less and less often, and the others do not notice."""

import concurrent.futures
import contextlib
import os
import signal
import socket

from porterd_harness import Case, ask, eventually, local, main, tcp, udp, victim


WAITS = ["100ms", "200ms", "400ms", "800ms", "1s600ms"]


def assert_backs_off(case, daemon):
    """The waits double; the reason is told; no launch is without a wait before it; others are served meanwhile."""
    last = daemon.wait_for("back_off", count=len(WAITS), service="once", timeout=30)
    case.assertIn("without taking", last["msg"])
    case.assertEqual([record["wait"] for record in daemon.records("back_off", service="once")], WAITS)
    case.assertEqual(len(daemon.records("start", service="once")), len(WAITS))
    case.assertEqual(ask(7002), b"hello\n")


class Datagrams(Case):
    def serve(self, server="udp_once", more=""):
        return self.start(f"""
            service: once
            listen: ["127.0.0.1:7001"]
            socket_type: dgram
            wait: yes
            server: {victim(server)}
            {more}
            ---
            service: hello
            listen: ["127.0.0.1:7002"]
            server: {victim("hello")}
            """)

    def test_each_of_many_datagrams_is_answered_by_a_server_of_its_own(self):
        daemon = self.serve()
        with udp(7001) as client:
            for number in range(50):
                client.say(b"%d" % number)
            answers = [client.read_some() for _ in range(50)]
        self.assertEqual([answer.split(b": ")[1] for answer in answers], [b"%d" % n for n in range(50)], "in order, none lost")
        self.assertEqual(len({answer.split(b": ")[0] for answer in answers}), 50)
        daemon.wait_for("end", count=50, service="once", status=0)
        self.assertEqual(daemon.records("back_off"), [])

    def test_datagrams_of_several_clients_are_answered_to_each(self):
        daemon = self.serve()
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(udp(7001)) for _ in range(10)]
            for number, client in enumerate(clients):
                client.say(b"%d" % number)
            for number, client in enumerate(clients):
                self.assertTrue(client.read_some().endswith(b": %d" % number))
        daemon.wait_for("end", count=10, service="once", status=0)

    def test_the_record_names_the_first_client(self):
        daemon = self.serve()
        with udp(7001) as client:
            client.say(b"x").read_some()
            self.assertEqual(daemon.wait_for("end", service="once")["peer"], client.name())

    def test_a_refused_datagram_is_taken_away_and_the_next_is_served(self):
        daemon = self.serve(more="only_from: [127.0.0.1]")
        with udp(7001, source="127.0.0.2") as stranger, udp(7001) as client:
            stranger.say(b"let me in")
            refused = daemon.wait_for("refused", service="once", reason="address")
            self.assertEqual(refused["peer"], stranger.name())
            self.assertTrue(client.say(b"hello").read_some().endswith(b": hello"))
        daemon.wait_for("end", service="once")
        self.assertEqual(len(daemon.records("start", service="once")), 1)

    def test_too_many_close_the_port_for_a_while(self):
        daemon = self.serve(more="cps: {rate: 1, burst: 1, excess: disable, wait: 1s}")
        with udp(7001) as client:
            self.assertTrue(client.say(b"one").read_some().endswith(b": one"))
            client.say(b"two")
            daemon.wait_for("disabled", service="once")
            daemon.wait_for("enabled", service="once")
        with udp(7001) as client:
            self.assertTrue(client.say(b"three").read_some().endswith(b": three"))
        daemon.wait_for("end", count=2, service="once", status=0)

    def test_a_server_that_takes_nothing_is_started_less_and_less_often(self):
        daemon = self.serve("never_reads")
        with udp(7001) as client:
            client.say(b"hello")
            assert_backs_off(self, daemon)

    def test_a_server_that_crashes_is_started_less_and_less_often(self):
        daemon = self.serve("crash")
        with udp(7001) as client:
            client.say(b"hello")
            assert_backs_off(self, daemon)
        self.assertEqual(daemon.records("back_off", service="once")[0]["signal"], "11")

    def test_a_unix_datagram_that_stays_where_it_is_backs_off_too(self):
        path = self.folder / "once.sock"
        daemon = self.start(f"service: once\nlisten: [{path}]\nsocket_type: dgram\nwait: yes\nserver: {victim('never_reads')}\n---\n"
                            f"service: hello\nlisten: [7002]\nserver: {victim('hello')}\n")
        with local(path, socket.SOCK_DGRAM) as client, open(path.parent / "porterd.yaml", "rb") as file:
            before = daemon.descriptors()
            socket.send_fds(client.sock, [b"hello"], [file.fileno()])
            assert_backs_off(self, daemon)
            self.assertEqual(set(daemon.descriptors()), set(before), "what came with it is not porterd's")

    def test_a_socket_that_the_server_has_shut_down_is_bound_anew(self):
        program = self.write("server.py", "#!/usr/bin/python3\nimport socket\nsock = socket.socket(fileno=0)\n"
                                          "text, peer = sock.recvfrom(100)\nsock.sendto(text, peer)\n"
                                          "try:\n    sock.shutdown(socket.SHUT_RDWR)\nexcept OSError:\n    pass\n", 0o755)
        daemon = self.start(f"service: once\nlisten: [\"127.0.0.1:7001\"]\nsocket_type: dgram\nwait: yes\nserver: {program}\n",
                            quiet_end=False)
        for count in range(1, 4):
            with udp(7001) as client:
                self.assertEqual(client.say(b"hello").read_some(), b"hello")
            daemon.wait_for("listener", service="once", count=count)

    def test_it_recovers_when_the_server_does(self):
        switch = self.folder / "works"
        program = self.write("server.sh", f"#!/bin/sh\n[ -e {switch} ] || exit 1\nexec {victim('udp_once')}\n", 0o755)
        daemon = self.start(f"""
            service: once
            listen: ["127.0.0.1:7001"]
            socket_type: dgram
            wait: yes
            server: {program}
            """)
        with udp(7001) as client:
            client.say(b"first")
            daemon.wait_for("back_off", count=3, service="once")
            switch.touch()
            self.assertTrue(client.read_some().endswith(b": first"), "it was kept")
            self.assertTrue(client.say(b"second").read_some().endswith(b": second"))
            daemon.wait_for("end", service="once", status=0, count=2)
            mark = daemon.mark()
            switch.unlink()
            client.say(b"third")
            again = daemon.wait_for("back_off", service="once", since=mark)
            self.assertEqual(again["wait"], daemon.records("back_off")[0]["wait"], "it begins at the shortest wait again")


class Streams(Case):
    def serve(self, server, *words):
        return self.start(f"""
            service: once
            listen: ["127.0.0.1:7001"]
            wait: yes
            server: {victim(server)}
            server_args: [{", ".join(f'"{word}"' for word in words)}]
            ---
            service: hello
            listen: ["127.0.0.1:7002"]
            server: {victim("hello")}
            """)

    def test_clients_that_come_while_the_server_ends_are_served_by_the_next(self):
        daemon = self.serve("listen_fds", "1")
        answers = [ask(7001).split() for _ in range(40)]
        self.assertTrue(all(answer[1] == b"fd=0" for answer in answers))
        daemon.wait_for("end", service="once", status=0, count=len(daemon.records("start", service="once")))

    def test_a_crowd_is_served_one_after_the_other_without_a_delay(self):
        """A server that takes one client while the next comes leaves as many waiting as it found."""
        for place in "127.0.0.1:7001", f"{self.folder}/once.sock":
            with self.subTest(place):
                self.serve_a_crowd(place)

    def serve_a_crowd(self, place):
        daemon = self.start(f"""
            service: once
            listen: ["{place}"]
            wait: yes
            server: {victim("listen_fds")}
            server_args: ["1000", "1"]
            """)

        def come_again_and_again():
            for _ in range(25):
                with local(place) if place.startswith("/") else tcp(7001) as client:
                    self.assertIn(b"served=1", client.read_line())

        with concurrent.futures.ThreadPoolExecutor() as pool:
            for done in [pool.submit(come_again_and_again) for _ in range(8)]:
                done.result()
        # Until it has seen the queue move for the first time, it cannot tell.
        self.assertLessEqual(len(daemon.records("back_off")), 1)
        daemon.stop()

    def test_a_server_that_takes_nothing_is_started_less_and_less_often(self):
        daemon = self.serve("never_reads")
        with tcp(7001):
            assert_backs_off(self, daemon)

    def test_a_missing_server_is_tried_less_and_less_often_and_found_when_it_comes(self):
        server = self.folder / "later"
        daemon = self.start(f"""
            service: once
            listen: ["127.0.0.1:7001"]
            wait: yes
            server: {server}
            server_args: ["1"]
            """)
        with tcp(7001) as client:
            failed = daemon.wait_for("failed", count=3, service="once", step="exec")
            self.assertEqual(failed["error"], "No such file or directory")
            daemon.wait_for("back_off", count=3, service="once")
            os.symlink(victim("listen_fds"), server)
            self.assertIn(b"served=1", client.read_line())

    def test_a_unix_stream_listener_is_handed_over_too(self):
        daemon = self.start(f"""
            service: once
            listen: [{self.folder}/once.sock]
            wait: yes
            server: {victim("listen_fds")}
            server_args: ["1"]
            """)
        for _ in range(3):
            with local(self.folder / "once.sock") as client:
                self.assertIn(b"fd=0", client.read_line())
        daemon.wait_for("end", service="once")

    def test_a_listener_is_held_by_one_server_at_a_time_and_each_listener_has_its_own(self):
        daemon = self.start(f"""
            service: once
            listen: ["127.0.0.1:7001", "[::1]:7001"]
            wait: yes
            server: {victim("listen_fds")}
            server_args: ["500"]
            """)
        first, second = ask(7001).split()[0], ask(7001, host="::1").split()[0]
        self.assertNotEqual(first, second)
        self.assertEqual((ask(7001).split()[0], ask(7001, host="::1").split()[0]), (first, second))
        self.assertEqual(len(daemon.records("start", service="once")), 2)

    def test_the_stop_ends_the_server_that_holds_the_listener(self):
        daemon = self.serve("listen_fds", "600000")
        self.assertIn(b"served=1", ask(7001))
        eventually("one server runs", lambda: len(daemon.children()) == 1)
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(daemon.wait_for("end", service="once")["signal"], str(int(signal.SIGTERM)))
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", 7001), 5)


if __name__ == "__main__":
    main()
