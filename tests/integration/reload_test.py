# SPDX-License-Identifier: Apache-2.0
"""SIGHUP: what is new is served, what is gone is closed, what is unchanged does not notice, and a bad file changes
nothing. No client is lost."""

import contextlib
import signal
import socket
import threading

from porterd_harness import Case, ask, eventually, local, main, run, tcp, veth, victim


def hello(port, *words, name=None, more=""):
    words = ", ".join(f'"{word}"' for word in words)
    listen = port if isinstance(port, str) else f"[{port}]"
    return (f"service: {name or 'hello'}\nlisten: {listen}\nserver: {victim('hello')}\n"
            f"server_args: [{words}]\n{more}\n---\n")


def linger(port):
    return f"service: linger\nlisten: [{port}]\nserver: {victim('linger')}\n---\n"


class Reload(Case):
    def listening(self):
        """Local address → inode of each TCP socket that listens in this network."""
        found = {}
        for line in run("ss", "-Htlne").splitlines():
            words = line.split()
            found[words[3]] = next(word for word in words if word.startswith("ino:"))
        return found

    def reloaded(self, daemon, services, settings=""):
        mark = daemon.mark()
        self.reload(daemon, services, settings)
        return daemon.wait_for("reloaded", since=mark)

    def assert_closed(self, port):
        with self.assertRaises(ConnectionRefusedError):
            tcp(port).close()

    def test_services_are_added_changed_and_removed(self):
        daemon = self.start(hello(7001, "one") + hello(7002, "two", name="second"), quiet_end=False)
        record = self.reloaded(daemon, hello(7001, "changed") + hello(7003, "three", name="third"))
        self.assertEqual((record["added"], record["removed"], record["changed"]), ("1", "1", "1"))
        self.assertEqual(ask(7001), b"hello changed\n")
        self.assertEqual(ask(7003), b"hello three\n")
        self.assert_closed(7002)

    def test_unchanged_sockets_stay_the_same(self):
        daemon = self.start(hello(7001, "one") + hello(7002, "two", name="second"), quiet_end=False)
        before = self.listening()
        self.assertEqual(len(before), 4)
        self.reloaded(daemon, hello(7001, "one more") + hello(7003, "three", name="third"))
        after = self.listening()
        for address in ("0.0.0.0:7001", "[::]:7001"):
            self.assertEqual(after[address], before[address])
        self.reloaded(daemon, hello(7001, "one", name="renamed"))
        self.assertEqual(self.listening(), {address: inode for address, inode in before.items() if address.endswith(":7001")})
        self.assertEqual(ask(7001), b"hello one\n")

    def test_settings_of_a_socket_change_while_it_stays(self):
        daemon = self.start(hello(7001, "one"), quiet_end=False)
        before = self.listening()
        self.reloaded(daemon, hello(7001, "one", more="backlog: 7\nkeepalive: yes"))
        self.assertEqual(self.listening(), before)
        backlogs = {line.split()[3]: line.split()[2] for line in run("ss", "-Htln").splitlines()}
        self.assertEqual(set(backlogs.values()), {"7"})

    def test_sessions_go_on_under_the_plan_they_began_with(self):
        daemon = self.start(linger(7001) + linger(7002).replace("linger\n", "second\n", 1))
        with tcp(7001) as kept, tcp(7002) as removed:
            kept.read_line()
            removed.read_line()
            self.reloaded(daemon, hello(7001, name="linger"))
            self.assert_closed(7002)
            for client in (kept, removed):
                self.assertEqual(client.finish().read_all(), b"bye\n")
        daemon.wait_for("end", service="second", status=0)
        daemon.wait_for("end", service="linger", status=0)
        self.assertEqual(ask(7001), b"hello\n")

    def test_counts_live_on(self):
        limited = linger(7001).replace("---", "instances: 1\nbanner_fail: " + str(self.write("full", "full\n")) + "\n---")
        daemon = self.start(limited)
        with tcp(7001) as client:
            client.read_line()
            self.reloaded(daemon, limited)
            self.assertEqual(ask(7001), b"full\n")
            daemon.wait_for("refused", service="linger", reason="instances")

    def test_a_bad_file_changes_nothing(self):
        daemon = self.start(hello(7001, "one"))
        before = self.listening()
        for bad in ("service: [", "\t\t- {", "services: &a [*a]\nservices: 1"):
            mark = daemon.mark()
            self.write("porterd.yaml", bad)
            daemon.send(signal.SIGHUP)
            daemon.wait_for("reload_failed", since=mark)
            daemon.wait_for("config", since=mark)
            self.assertEqual(self.listening(), before)
            self.assertEqual(ask(7001), b"hello one\n")
        self.reloaded(daemon, hello(7001, "two"))
        self.assertEqual(ask(7001), b"hello two\n")

    def test_a_service_that_has_become_bad_goes_on_as_it_was_and_the_others_change(self):
        daemon = self.start(hello(7001, "one") + hello(7002, "two", name="second"))
        mark = daemon.mark()
        self.reloaded(daemon, hello(7001, "new") + hello(7002, "2", name="second", more="instances: many"))
        self.assertIn("test.yaml:", daemon.wait_for("config", since=mark)["where"])
        self.assertEqual((ask(7001), ask(7002)), (b"hello new\n", b"hello two\n"))

    def test_a_new_service_that_is_bad_is_left_out(self):
        daemon = self.start(hello(7001, "one"))
        mark = daemon.mark()
        self.reloaded(daemon, hello(7001, "new") + hello(7002, "two", name="second", more="instances: many"))
        self.assertIn("instances", daemon.wait_for("config", since=mark)["msg"])
        self.assertEqual(ask(7001), b"hello new\n")
        self.assert_closed(7002)

    def test_strict_makes_a_bad_service_keep_the_old(self):
        daemon = self.start(hello(7001, "one") + hello(7002, "two", name="second"), args=["--strict"])
        mark = daemon.mark()
        self.reload(daemon, hello(7001, "new") + hello(7002, "two", name="second", more="instances: many"))
        daemon.wait_for("reload_failed", since=mark)
        self.assertEqual((ask(7001), ask(7002)), (b"hello one\n", b"hello two\n"))

    def test_a_listener_moves_from_every_address_to_one(self):
        veth("lan0", "192.0.2.1/24")
        daemon = self.start(hello(7001, "all"), quiet_end=False)
        record = self.reloaded(daemon, hello('["127.0.0.1:7001"]', "one"))
        self.assertEqual(record["degraded"], "0")
        self.assertEqual(set(self.listening()), {"127.0.0.1:7001"})
        self.assertEqual(ask(7001), b"hello one\n")
        with self.assertRaises(ConnectionRefusedError):
            tcp(7001, "192.0.2.1").close()
        record = self.reloaded(daemon, hello(7001, "all"))
        self.assertEqual(record["degraded"], "0")
        self.assertEqual(ask(7001, host="192.0.2.1"), b"hello all\n")

    def test_a_port_moves_to_another_service_with_its_socket(self):
        daemon = self.start(hello(7001, "one") + hello(7002, "two", name="second"))
        before = self.listening()
        self.reloaded(daemon, hello(7002, "one") + hello(7001, "two", name="second"))
        self.assertEqual(self.listening(), before)
        self.assertEqual((ask(7001), ask(7002)), (b"hello two\n", b"hello one\n"))

    def test_a_unix_path_stays_and_goes_with_its_service(self):
        path = self.folder / "hello.sock"
        daemon = self.start(hello(f"[{path}]"), quiet_end=False)
        inode = path.stat().st_ino
        self.reloaded(daemon, hello(f"[{path}]", "again"))
        self.assertEqual(path.stat().st_ino, inode)
        with local(path) as client:
            self.assertEqual(client.read_all(), b"hello again\n")
        self.reloaded(daemon, hello(7001))
        self.assertFalse(path.exists())

    def test_a_unix_path_that_was_removed_is_made_again(self):
        path = self.folder / "hello.sock"
        daemon = self.start(hello(f"[{path}]"))
        path.unlink()
        self.reloaded(daemon, hello(f"[{path}]"))
        with local(path) as client:
            self.assertEqual(client.read_all(), b"hello\n")

    def test_a_unix_path_that_is_anothers_by_now_is_left_alone(self):
        path = self.folder / "hello.sock"
        daemon = self.start(hello(f"[{path}]"), quiet_end=False)
        path.unlink()
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(str(path))
            other.listen()
            path.chmod(0o600)
            self.assertEqual(self.reloaded(daemon, hello(f"[{path}]"))["degraded"], "1")
            self.assertEqual(daemon.stop(), 0)
            self.assertEqual(path.stat().st_mode & 0o777, 0o600)

    def test_a_client_that_waits_in_the_backlog_is_served(self):
        """Nothing is accepted while the service holds back; the reload that lets it go on finds the client there."""
        daemon = self.start(hello(7001, "one", more="cps: {rate: 1, burst: 1}"))
        self.assertEqual(ask(7001), b"hello one\n")
        with contextlib.ExitStack() as stack:
            waiting = [stack.enter_context(tcp(7001)) for _ in range(5)]
            self.reloaded(daemon, hello(7001, "two"))
            self.assertTrue(all(client.read_all() in (b"hello one\n", b"hello two\n") for client in waiting))

    def test_a_wait_server_goes_on_and_its_listener_is_not_served_twice(self):
        def greeter(more=""):
            return (f"service: greeter\nlisten: [7001]\nwait: yes\nprotocol: tcp4\nserver: {victim('listen_fds')}\n"
                    f"server_args: [\"500\"]\n{more}\n---\n")

        daemon = self.start(greeter())
        first = ask(7001).split()[0]
        self.reloaded(daemon, greeter("nice: 1") + hello(7003))
        self.assertEqual(ask(7001).split()[0], first)
        self.assertEqual(len(daemon.records("start", service="greeter")), 1)
        daemon.wait_for("end", service="greeter")
        self.assertNotEqual(ask(7001).split()[0], first)
        self.reloaded(daemon, greeter())

    def test_drop_ins_are_read_again(self):
        daemon = self.start(hello(7001, "one"), quiet_end=False)
        mark = daemon.mark()
        self.write("conf.d/hello.d/more.yaml", "server_args: [dropped, in]\n")
        daemon.send(signal.SIGHUP)
        daemon.wait_for("reloaded", since=mark)
        self.assertEqual(ask(7001), b"hello dropped in\n")

    def test_nothing_grows_over_many_reloads(self):
        both = hello(7001, "one") + linger(7002)
        daemon = self.start(both)
        for number in range(50):
            self.reloaded(daemon, both if number % 2 else hello(7001, "two") + hello(7003, name="third"))
        self.reloaded(daemon, both)
        # The harness compares descriptors at the end.

    def test_many_signals_at_once_are_one_state(self):
        daemon = self.start(hello(7001, "0"))
        for number in range(1, 21):
            self.reload(daemon, hello(7001, number))
        eventually("the last one is in force", lambda: ask(7001) == b"hello 20\n")


class UnderLoad(Case):
    def clients(self, port, stop, answers, troubles):
        while not stop.is_set():
            try:
                with tcp(port) as client:
                    answers.append(client.read_all())
            except OSError as error:
                troubles.append(error)
                return

    def load(self, daemon, change, times):
        stop, answers, troubles = threading.Event(), [], []
        threads = [threading.Thread(target=self.clients, args=(7001, stop, answers, troubles)) for _ in range(8)]
        for thread in threads:
            thread.start()
        try:
            for number in range(times):
                mark, before = daemon.mark(), len(answers)
                change(number)
                daemon.wait_for("reloaded", since=mark)
                eventually("clients go on", lambda before=before: len(answers) > before + 20 or troubles)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        self.assertEqual(troubles, [])
        return answers

    def test_no_connection_is_lost(self):
        def services(number):
            return hello(7001, number) + hello(7100 + number, name=f"other{number}")

        daemon = self.start(services(0), quiet_end=False)
        answers = self.load(daemon, lambda number: self.reload(daemon, services(number)), 20)
        wanted = {b"hello %d\n" % number for number in range(20)}
        self.assertEqual(set(answers) - wanted, set(), "each client had one whole answer")
        self.assertGreater(len(answers), 400)

    def test_no_connection_is_lost_when_the_port_changes_hands(self):
        def services(number):
            return hello(7001, number, name=f"name{number}")

        daemon = self.start(services(0))
        answers = self.load(daemon, lambda number: self.reload(daemon, services(number)), 20)
        self.assertEqual(set(answers) - {b"hello %d\n" % number for number in range(20)}, set())

    def test_no_connection_is_lost_with_bad_files_in_between(self):
        daemon = self.start(hello(7001, "good"))

        def change(number):
            if number % 2 == 0:
                mark = daemon.mark()
                self.write("porterd.yaml", "]")
                daemon.send(signal.SIGHUP)
                daemon.wait_for("reload_failed", since=mark)
            self.reload(daemon, hello(7001, "good"))

        answers = self.load(daemon, change, 10)
        self.assertEqual(set(answers), {b"hello good\n"})


if __name__ == "__main__":
    main()
