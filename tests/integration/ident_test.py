# SPDX-License-Identifier: Apache-2.0
"""Ident servers (RFC 1413) are asked for the log without holding a service up, and for ident_only before it; whatever they
answer, or do not, harms nobody."""

import contextlib
import os
import pathlib
import pwd
import signal
import socket
import subprocess
import threading

from porterd_harness import Case, add_address, ask, eventually, local, main, need, tcp


class Ident:
    """A server at port 113 that says what it is told to: the questions stand in `asked`, their sources in `sources`."""

    def __init__(self, case, answer, host="0.0.0.0"):
        self.answer, self.asked, self.sources, self.open = answer, [], [], []
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.listener = socket.create_server((host, 113), family=family, backlog=1000)
        threading.Thread(target=self._accept, daemon=True).start()
        case.addCleanup(self.close)

    def close(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)  # the thread that accepts has it, too
        for sock in [self.listener, *self.open]:
            sock.close()

    def _accept(self):
        while True:
            try:
                sock, source = self.listener.accept()
            except OSError:
                return
            self.sources.append(source[0])
            self.open.append(sock)
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        question = b""
        while not question.endswith(b"\r\n"):
            try:
                data = sock.recv(100)
            except OSError:
                return
            if not data:
                return
            question += data
        self.asked.append(question)
        if (answer := self.answer(question.strip())) is not None:
            sock.sendall(answer)
            sock.close()


def joe(ports):
    return ports + b" : USERID : UNIX : joe\r\n"


def hangs(port, *more, name="hangs"):
    return "\n".join([f"service: {name}", f"listen: [{port}]", f"server: /bin/cat", "log_on_success+: [userid]", *more]) + "\n"


class ForTheLog(Case):
    def test_the_answer_is_a_record_beside_the_start(self):
        ident = Ident(self, joe)
        daemon = self.start(hangs(7001))
        with tcp(7001) as client:
            user = daemon.wait_for("user", service="hangs")
            start = daemon.wait_for("start", service="hangs")
            self.assertEqual((user["name"], user["system"]), ("joe", "UNIX"))
            self.assertEqual((user["conn"], user["peer"]), (start["conn"], client.name()))
            self.assertEqual(ident.asked, [f"{client.sock.getsockname()[1]}, 7001\r\n".encode()])

    def test_the_question_comes_from_the_address_that_the_client_connected_to(self):
        ident = Ident(self, joe)
        daemon = self.start(hangs(7001))
        with tcp(7001, "127.0.0.7"):
            daemon.wait_for("user")
        self.assertEqual(ident.sources, ["127.0.0.7"])

    def test_ipv6(self):
        ident = Ident(self, joe, "::1")
        add_address("lo", "2001:db8::7/128")
        daemon = self.start(hangs(7001))
        with tcp(7001, "2001:db8::7", source="::1") as client:
            self.assertEqual(daemon.wait_for("user")["peer"], client.name())
        self.assertEqual(ident.sources, ["2001:db8::7"])

    def test_the_service_starts_at_once(self):
        ident = Ident(self, lambda ports: None)
        daemon = self.start(hangs(7001, "ident_timeout: 1s"))
        with tcp(7001) as client:
            client.say(b"hello")
            self.assertEqual(client.read_until(b"hello"), b"hello")
            eventually("it was asked", lambda: ident.asked)
            self.assertEqual(daemon.records("user"), [])
            self.assertEqual(daemon.wait_for("user")["error"], "too_late")

    def test_why_there_is_no_name(self):
        daemon = self.start(hangs(7001, "ident_timeout: 2s"))
        for count, (error, answer) in enumerate((
                ("unreachable", None),
                ("no_user", lambda ports: ports + b" : ERROR : HIDDEN-USER\r\n"),
                ("broke", lambda ports: b""),
                ("malformed", lambda ports: b"no\r\n"),
                ("malformed", lambda ports: b"1, 2 : USERID : UNIX : joe\r\n"),
                ("malformed", lambda ports: ports + b" : USERID : UNIX : j\x1b[31moe\r\n"),
                ("malformed", lambda ports: ports + b" : USERID : UNIX : " + b"x" * 100000),
                ("malformed", lambda ports: b"\0" * 100000)), 1):
            ident = Ident(self, answer) if answer else None
            with self.subTest(error), tcp(7001):
                self.assertEqual(daemon.wait_for("user", count=count)["error"], error)
            if ident:
                ident.close()
        self.assertEqual(daemon.records("worker_died"), [])

    def test_what_it_says_cannot_forge_a_line(self):
        Ident(self, lambda ports: ports + b' : USERID : OTHER,\xff : x" service="y\xc3\r\n')
        daemon = self.start(hangs(7001))
        with tcp(7001):
            user = daemon.wait_for("user")
        self.assertEqual(user["service"], "hangs")
        self.assertTrue(user["name"].startswith('x" service="y'), user)

    def test_who_is_refused_is_asked_about_while_it_waits(self):
        ident = Ident(self, joe)
        daemon = self.start(hangs(7001, "no_access: [127.0.0.2]", "log_on_failure+: [userid]"))
        self.assertEqual(ask(7001, source="127.0.0.2"), b"")
        refused, user = daemon.wait_for("refused"), daemon.wait_for("user")
        self.assertEqual((user["conn"], user["name"]), (refused["conn"], "joe"))
        self.assertEqual(len(ident.asked), 1)

    def test_a_refused_client_waits_no_longer_than_its_server_may_take(self):
        Ident(self, lambda ports: None)
        daemon = self.start(hangs(7001, "no_access: [127.0.0.2]", "log_on_failure+: [userid]", "ident_timeout: 500ms"))
        self.assertEqual(ask(7001, source="127.0.0.2"), b"")
        self.assertEqual(daemon.wait_for("user")["error"], "too_late")

    def test_a_bounded_number_of_questions_is_on_its_way(self):
        ident = Ident(self, lambda ports: None)
        daemon = self.start(hangs(7001))
        clients = [tcp(7001) for _ in range(150)]
        daemon.wait_for("start", count=150)
        eventually("128 are asked about", lambda: len(ident.asked) == 128)
        ident.answer = joe
        for client in clients:
            client.close()
        daemon.wait_for("end", count=150)
        for sock in ident.open:
            sock.close()
        daemon.wait_for("user", count=128, error="broke")
        with tcp(7001):
            daemon.wait_for("user", name="joe")

    def test_a_unix_socket_needs_no_ident_server(self):
        daemon = self.start(f"service: hangs\nlisten: [{self.folder}/socket]\nserver: /bin/cat\nlog_on_success+: [userid]\n")
        with local(self.folder / "socket"):
            self.assertIn("uid", daemon.wait_for("start"))
        self.assertEqual(daemon.records("user"), [])

    def test_porterd_stops_without_waiting_for_an_answer(self):
        ident = Ident(self, lambda ports: None)
        daemon = self.start(hangs(7001))
        with tcp(7001):
            eventually("it was asked", lambda: ident.asked)
        daemon.wait_for("end")
        self.assertEqual(daemon.stop(signal.SIGTERM), 0)
        self.assertEqual(daemon.records("terminating"), [])

    def test_the_worker_that_asks_dies(self):
        ident = Ident(self, lambda ports: None)
        daemon = self.start(hangs(7001), quiet_end=False)
        with tcp(7001):
            eventually("it was asked", lambda: ident.asked)
            died = next(pid for pid in daemon.children()
                        if pathlib.Path(f"/proc/{pid}/comm").read_text().startswith("porterd-worker"))
            os.kill(died, signal.SIGKILL)
            self.assertEqual(daemon.wait_for("user")["error"], "worker_died")


class ToBeLetIn(Case):
    def only(self, *more):
        return hangs(7001, "ident_only: yes", *more)

    def test_with_an_answer(self):
        Ident(self, joe)
        daemon = self.start(self.only())
        with tcp(7001) as client:
            client.say(b"hello")
            self.assertEqual(client.read_until(b"hello"), b"hello")
            self.assertEqual(daemon.wait_for("user")["name"], "joe")
        self.assertEqual(daemon.records("refused"), [])

    def test_without_one(self):
        fail = self.write("fail", "Who are you?\n")
        daemon = self.start(self.only("ident_timeout: 500ms", f"banner_fail: {fail}"))
        self.assertEqual(ask(7001), b"Who are you?\n")
        self.assertEqual(daemon.wait_for("refused", reason="ident")["detail"], "unreachable")
        silent = Ident(self, lambda ports: None)
        self.assertEqual(ask(7001), b"Who are you?\n")
        daemon.wait_for("refused", reason="ident", detail="too_late")
        silent.answer = lambda ports: ports + b" : ERROR : NO-USER\r\n"
        self.assertEqual(ask(7001), b"Who are you?\n")
        daemon.wait_for("refused", reason="ident", detail="no_user")
        self.assertEqual(daemon.records("start"), [])

    def test_the_gate_comes_first(self):
        ident = Ident(self, joe)
        daemon = self.start(self.only("no_access: [127.0.0.2]"))
        self.assertEqual(ask(7001, source="127.0.0.2"), b"")
        daemon.wait_for("refused", reason="address")
        self.assertEqual(ident.asked, [])

    def test_who_waits_for_it_counts(self):
        ident = Ident(self, lambda ports: None)
        daemon = self.start(self.only("instances: 1"))
        with tcp(7001):
            eventually("it was asked", lambda: ident.asked)
            self.assertEqual(ask(7001), b"")
            daemon.wait_for("refused", reason="instances")
            ident.open[0].close()
            daemon.wait_for("refused", reason="ident", detail="broke")
        ident.answer = joe
        with tcp(7001) as client:
            client.say(b"x")
            self.assertEqual(client.read_until(b"x"), b"x")

    def test_others_do_not_wait_meanwhile(self):
        ident = Ident(self, lambda ports: None)
        self.start(self.only() + "---\n" + hangs(7002, name="other"))
        with tcp(7001):
            eventually("it was asked", lambda: ident.asked)
            self.assertEqual(ask(7002, b"hello"), b"hello")
        eventually("both were asked about", lambda: len(ident.asked) == 2)
        for sock in ident.open:
            sock.close()

    def test_a_question_that_is_too_many_is_answered_with_no(self):
        ident = Ident(self, lambda ports: None)
        daemon = self.start(self.only())
        clients = [tcp(7001) for _ in range(130)]
        daemon.wait_for("refused", count=2, reason="ident", detail="busy")
        eventually("the others are asked about", lambda: len(ident.asked) == 128)
        for sock in ident.open:
            sock.close()
        for client in clients:
            self.assertEqual(client.read_all(), b"")
            client.close()
        daemon.wait_for("refused", reason="ident", detail="broke")
        ident.answer = joe
        self.assertEqual(ask(7001, b"hello"), b"hello")

    def test_what_a_worker_serves(self):
        Ident(self, joe)
        daemon = self.start("service: echo\nlisten: [7001]\nbuiltin: echo\nident_only: yes\n")
        self.assertEqual(ask(7001, b"hello"), b"hello")
        daemon.wait_for("end", service="echo")

    def test_what_is_removed_while_somebody_waits(self):
        ident = Ident(self, lambda ports: None)
        daemon = self.start(self.only())
        with tcp(7001) as client:
            eventually("it was asked", lambda: ident.asked)
            self.reload(daemon, hangs(7002, name="other"))
            ident.open[0].sendall(joe(ident.asked[0].strip()))
            client.say(b"hello")
            self.assertEqual(client.read_until(b"hello"), b"hello")
        daemon.wait_for("end", service="hangs")

    def test_porterd_stops_when_it_has_let_in_who_waited(self):
        ident = Ident(self, lambda ports: None)
        daemon = self.start(self.only())
        with tcp(7001) as client:
            eventually("it was asked", lambda: ident.asked)
            daemon.send(signal.SIGTERM)
            daemon.wait_for("stopping")
            ident.open[0].sendall(joe(ident.asked[0].strip()))
            client.say(b"hello").finish()
            self.assertEqual(client.read_all(), b"hello")
        self.assertEqual(daemon.wait(), 0)


class Oidentd(Case):
    """A real one."""

    def setUp(self):
        super().setUp()
        program = need("oidentd")
        self.config = self.write("oidentd.conf", 'default {\n default {\n  deny spoof\n }\n}\n')
        self.server = subprocess.Popen([program, "-i", "-S", "-C", self.config, "-u", "nobody", "-g", "nogroup"],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(self.server.wait)
        self.addCleanup(self.server.kill)

        def is_listening():
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", 113)) == 0
        eventually("oidentd listens", is_listening)

    def test_it_knows_whose_connection_it_is(self):
        daemon = self.start(hangs(7001, "ident_only: yes"))
        for count, host in ((1, "127.0.0.1"), (2, "::1")):
            with tcp(7001, host) as client:
                client.say(b"hello")
                self.assertEqual(client.read_until(b"hello"), b"hello")
                self.assertEqual(daemon.wait_for("user", count=count)["name"], pwd.getpwuid(0).pw_name)

    def test_it_knows_who_is_refused(self):
        daemon = self.start(hangs(7001, "no_access: [127.0.0.1]", "log_on_failure+: [userid]"))
        subprocess.run([need("bash"), "-c", "exec 3<>/dev/tcp/127.0.0.1/7001; read -r line <&3"], user="daemon", timeout=30)
        self.assertEqual(daemon.wait_for("user")["name"], "daemon")


class Xinetd(Case):
    def test_idonly_is_read(self):
        Ident(self, joe)
        self.write("xinetd.conf", f"""
            defaults
            {{
                log_type = FILE {self.folder}/service.log
                log_on_success = PID
            }}
            service only
            {{
                type = UNLISTED
                flags = IDONLY
                socket_type = stream
                wait = no
                user = root
                port = 7001
                server = /bin/cat
                log_on_success += USERID
            }}
            """)
        daemon = self.start("", "log_format: xinetd\n", args=("--xinetd", self.folder / "xinetd.conf"), ready=False)
        eventually("it serves", lambda: self.is_served())
        log = self.folder / "service.log"
        eventually("the user is logged", lambda: "USERID: only UNIX : joe\n" in log.read_text())
        self.assertIsNotNone(daemon)

    def is_served(self):
        try:
            return ask(7001, b"hello") == b"hello"
        except ConnectionRefusedError:
            return False


if __name__ == "__main__":
    main()
