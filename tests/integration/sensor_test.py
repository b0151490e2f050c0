# SPDX-License-Identifier: Apache-2.0
"""Who connects to a sensor is refused by all services for its time, and still is after a reload and a restart."""

import signal

from porterd_harness import Case, add_address, ask, eventually, main, tcp, udp, victim


class Sensor(Case):
    def setUp(self):
        super().setUp()
        add_address("lo", "127.0.0.9/8")

    def serve(self, sensor: str = "deny_time: forever", settings: str = "", **options):
        return self.start(f"service: trap\nlisten: [\"127.0.0.1:7001\"]\nsensor: yes\n{sensor}\n---\n"
                          f"service: hello\nlisten: [\"127.0.0.1:7002\"]\nserver: {victim('hello')}\n",
                          f"penalty_file: {self.folder}/state/penalties\n{settings}", **options)

    def hello_for(self, source: str) -> bytes:
        with tcp(7002, source=source) as client:
            return client.read_all()

    def test_who_connects_is_refused_by_all_services(self):
        daemon = self.serve("deny_time: 90m")
        self.assertEqual(self.hello_for("127.0.0.9"), b"hello\n")
        with tcp(7001, source="127.0.0.9") as client:
            self.assertEqual(client.read_all(), b"")
        self.assertEqual(daemon.wait_for("refused", service="trap")["reason"], "sensor")
        penalty = daemon.wait_for("penalty", service="trap")
        self.assertEqual((penalty["source"], penalty["time"]), ("127.0.0.9", "1h30m"))
        self.assertEqual(penalty["msg"], "Adding 127.0.0.9 to the global_no_access list for 90 minutes")
        self.assertEqual(self.hello_for("127.0.0.9"), b"")
        self.assertEqual(daemon.wait_for("refused", service="hello")["reason"], "penalty")
        self.assertEqual(ask(7002), b"hello\n")

    def test_it_outlives_a_reload_and_a_restart(self):
        daemon = self.serve()
        with tcp(7001, source="127.0.0.9") as client:
            client.read_all()
        daemon.wait_for("penalty")
        daemon.send(signal.SIGHUP)
        daemon.wait_for("reloaded")
        self.assertEqual(self.hello_for("127.0.0.9"), b"")
        self.assertEqual(daemon.stop(signal.SIGTERM), 0)
        self.assertEqual((self.folder / "state/penalties").read_text(), "127.0.0.9 forever\n")

        daemon = self.serve()
        self.assertEqual(daemon.wait_for("penalties")["sources"], "1")
        self.assertEqual(self.hello_for("127.0.0.9"), b"")
        self.assertEqual(ask(7002), b"hello\n")

    def test_it_ends(self):
        daemon = self.serve("deny_time: 1s")
        with tcp(7001, source="127.0.0.9") as client:
            client.read_all()
        daemon.wait_for("penalty")
        self.assertEqual(self.hello_for("127.0.0.9"), b"")
        eventually("the penalty is over", lambda: self.hello_for("127.0.0.9") == b"hello\n")

    def test_never_only_records(self):
        daemon = self.serve("deny_time: never")
        ask(7001)
        daemon.wait_for("refused", reason="sensor")
        self.assertEqual(ask(7002), b"hello\n")
        self.assertEqual(daemon.records("penalty"), [])

    def test_a_datagram_gives_nobody_a_penalty(self):
        daemon = self.start(f"service: trap\nlisten: [\"127.0.0.1:7001\"]\nsocket_type: dgram\nwait: yes\nsensor: yes\n---\n"
                            f"service: hello\nlisten: [\"127.0.0.1:7002\"]\nserver: {victim('hello')}\n")
        with udp(7001) as client:
            client.say(b"x")
            daemon.wait_for("refused", service="trap", reason="sensor")
        self.assertEqual(ask(7002), b"hello\n")

    def test_a_list_that_cannot_be_kept_still_counts(self):
        self.write("state", "a file where the folder should be\n")
        daemon = self.serve()
        with tcp(7001, source="127.0.0.9") as client:
            client.read_all()
        self.assertIn("not kept over a restart", daemon.wait_for("penalties")["msg"])
        self.assertEqual(self.hello_for("127.0.0.9"), b"")

    def test_xinetd_s_sensors(self):
        entry = ("service telnet\n{{\n\ttype = INTERNAL UNLISTED\n\tport = 7001\n\tsocket_type = stream\n\twait = no\n"
                 "\tuser = nobody\n\tflags = SENSOR\n\tdeny_time = 5\n}}\n"
                 "service hello\n{{\n\ttype = UNLISTED\n\tport = 7002\n\tsocket_type = stream\n\twait = no\n"
                 "\tuser = nobody\n\tserver = {0}\n}}\n")
        path = self.write("xinetd.conf", entry.format(victim("hello")))
        daemon = self.start("", f"penalty_file: {self.folder}/penalties", args=("--xinetd", path))
        with tcp(7001, source="127.0.0.9") as client:
            client.read_all()
        self.assertEqual(self.hello_for("127.0.0.9"), b"")
        self.assertEqual(ask(7002), b"hello\n")
        daemon.assert_quiet()


if __name__ == "__main__":
    main()
