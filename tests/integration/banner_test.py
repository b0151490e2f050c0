# SPDX-License-Identifier: Apache-2.0
"""Banners of any size up to the bound reach a client, whole and before its server's first word; one that reads slowly, or
not at all, holds nobody up and is not waited for beyond its time."""

import contextlib
import os
import pathlib
import signal
import socket
import time

from porterd_harness import Case, ask, eventually, main, run_porterd, tcp, victim

MEBIBYTE = 1 << 20


def text(letter: str, size: int) -> str:
    return (letter * 63 + "\n") * (size // 64)


def slow_client(port, source=None):
    """With a receive buffer as small as the kernel makes it."""
    sock = socket.socket()
    sock.settimeout(30)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    if source:
        sock.bind((source, 0))
    sock.connect(("127.0.0.1", port))
    return sock


def read_slowly(sock) -> bytes:
    pieces = []
    with contextlib.suppress(ConnectionResetError):
        while data := sock.recv(700):
            pieces.append(data)
    return b"".join(pieces)


class Banners(Case):
    def setUp(self):
        super().setUp()
        # Else the kernel keeps megabytes for a client that does not read.
        pathlib.Path("/proc/sys/net/ipv4/tcp_wmem").write_text("4096 16384 65536")

    def serve(self, size, *more, server=None, **how):
        self.always = text("a", size)
        self.success = text("s", size)
        self.fail = text("f", size)
        lines = ["service: it", "listen: [7001]", f"server: {server or victim('hello')}", "no_access: [127.0.0.2]", *more]
        for name, content in (("banner", self.always), ("banner_success", self.success), ("banner_fail", self.fail)):
            lines.append(f"{name}: {self.write(name, content)}")
        return self.start("\n".join(lines) + "\n", **how)

    def test_large_ones_are_whole(self):
        self.serve(MEBIBYTE)
        self.assertEqual(ask(7001).decode(), self.always + self.success + "hello\n")
        self.assertEqual(ask(7001, source="127.0.0.2").decode(), self.always + self.fail)

    def test_small_ones_need_no_worker(self):
        daemon = self.serve(1024)
        self.assertEqual(ask(7001).decode(), self.always + self.success + "hello\n")
        self.assertEqual(ask(7001, source="127.0.0.2").decode(), self.always + self.fail)
        daemon.wait_for("end")
        self.assertEqual(daemon.children(), set())

    def test_a_client_with_a_tiny_buffer(self):
        daemon = self.serve(256 * 1024, server="/bin/cat")
        for source, expected in ((None, self.always + self.success), ("127.0.0.2", self.always + self.fail)):
            with slow_client(7001, source) as sock:
                sock.sendall(b"bye\n")
                sock.shutdown(socket.SHUT_WR)
                answer = read_slowly(sock).decode()
                self.assertEqual(answer, expected + ("" if source else "bye\n"), "what it said early is for the server")
        daemon.wait_for("refused", reason="address")

    def test_a_client_that_never_reads(self):
        daemon = self.serve(MEBIBYTE * 3 // 4, "banner_timeout: 1s", "instances: 1")
        with slow_client(7001), slow_client(7001, "127.0.0.2"):
            daemon.wait_for("refused", reason="address")
            time_before = time.monotonic()
            refused = daemon.wait_for("refused", reason="banner")
            self.assertEqual(refused["detail"], "too_late")
            self.assertLess(time.monotonic() - time_before, 5)
        self.assertEqual(daemon.records("start"), [])
        self.assertTrue(ask(7001).endswith(b"hello\n"), "its place is free again")

    def test_one_that_reads_now_and_then_gets_no_more_time(self):
        daemon = self.serve(MEBIBYTE // 2, "banner_timeout: 1s")
        with slow_client(7001) as sock:
            def has_ended():
                sock.recv(1)
                return daemon.records("refused", reason="banner")
            eventually("it is given up", has_ended)

    def test_a_client_that_goes_away(self):
        daemon = self.serve(MEBIBYTE // 2)
        with slow_client(7001) as sock:
            sock.recv(1)
        self.assertEqual(daemon.wait_for("refused", reason="banner")["detail"], "client_broke")
        with slow_client(7001, "127.0.0.2"):
            daemon.wait_for("refused", reason="address")
        self.assertTrue(ask(7001).endswith(b"hello\n"))

    def test_others_do_not_wait_for_it(self):
        daemon = self.serve(MEBIBYTE // 2)
        others = [slow_client(7001) for _ in range(20)]
        for _ in range(20):
            self.assertTrue(ask(7001).endswith(b"hello\n"))
        for sock in others:
            sock.close()
        daemon.wait_for("refused", reason="banner")

    def test_refused_clients_that_never_read_are_a_bounded_number(self):
        daemon = self.serve(MEBIBYTE // 2, "banner_timeout: 2s", limits={"nofile": 2000})
        clients = [slow_client(7001, "127.0.0.2") for _ in range(300)]
        eventually("those that are too many are closed", lambda: sum(has_end(sock) for sock in clients) >= 300 - 256)
        (worker,) = daemon.children()
        pages = int(pathlib.Path(f"/proc/{worker}/statm").read_text().split()[1])
        self.assertLess(pages, 10_000, "one text is enough for all of them")
        for sock in clients:
            sock.close()

    def test_what_a_worker_serves_and_what_is_asked_for_by_tcpmux(self):
        banner = self.write("large", text("x", MEBIBYTE // 4))
        daemon = self.start(f"""
            service: echo
            listen: [7001]
            builtin: echo
            banner: {banner}
            ---
            service: tcpmux
            listen: [7002]
            builtin: tcpmux
            ---
            service: hello
            server: {victim("hello")}
            tcpmux: plus
            banner: {banner}
            """)
        self.assertEqual(ask(7001, b"hello"), banner.read_bytes() + b"hello")
        self.assertEqual(ask(7002, b"hello\r\n"), b"+Go\r\n" + banner.read_bytes() + b"hello\n")
        self.assertTrue(ask(7002, b"other\r\n").startswith(b"-"))
        daemon.wait_for("end", service="hello")

    def test_the_worker_that_sends_dies(self):
        daemon = self.serve(MEBIBYTE // 2, quiet_end=False)
        with slow_client(7001) as sock:
            sock.recv(1)
            (worker,) = daemon.children()
            os.kill(worker, signal.SIGKILL)
            self.assertEqual(daemon.wait_for("refused", reason="banner")["detail"], "worker_died")

    def test_porterd_stops_when_all_was_said(self):
        daemon = self.serve(MEBIBYTE // 2)
        with slow_client(7001) as sock:
            sock.recv(1)
            daemon.send(signal.SIGTERM)
            daemon.wait_for("stopping")
            self.assertTrue(read_slowly(sock).endswith(b"hello\n"))
        self.assertEqual(daemon.wait(), 0)

    def test_what_is_beyond_the_bound_is_an_error(self):
        self.write("too_large", text("x", MEBIBYTE) + "x")
        path = self.write("it.yaml", f"service: it\nlisten: [7001]\nserver: /bin/true\nuser: root\nbanner: {self.folder}/too_large\n")
        main_file = self.write("main.yaml", f"include: [{path}]\n")
        checked = run_porterd("--check", "--config", main_file)
        self.assertNotEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        said = checked.stdout + checked.stderr
        self.assertIn("too_large is too large to be sent to every client\n", said)
        self.assertIn("at most 1048576 bytes", said)
        self.assertIn("it.yaml:5:", said)


def has_end(sock) -> bool:
    """Whether its last byte, or the end, is at the far side already; reads nothing that others want."""
    state = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
    return state != 1  # TCP_ESTABLISHED


if __name__ == "__main__":
    main()
