# SPDX-License-Identifier: Apache-2.0
"""Connections are passed on to a target: whole, in both directions, and without porterd reading a byte."""

import hashlib
import os
import socket
import threading

from porterd_harness import Case, ask, main, tcp


class Target:
    """Accepts one connection after the other and gives each to `serve`."""

    def __init__(self, case, serve, family=socket.AF_INET, address=("127.0.0.1", 0)):
        self.listener = socket.socket(family)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(address)
        self.listener.listen(16)
        self.serve = serve
        threading.Thread(target=self._run, daemon=True).start()
        case.addCleanup(self.listener.close)

    @property
    def port(self):
        return self.listener.getsockname()[1]

    def _run(self):
        try:
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self._one, args=(client,), daemon=True).start()
        except OSError:
            pass

    def _one(self, client):
        with client:
            self.serve(client)


def echo(client):
    while data := client.recv(65536):
        client.sendall(data)
    client.sendall(b"end")


def service(*targets, more=""):
    return f"service: relay\nlisten: [7001]\nredirect: [{', '.join(map(repr, targets))}]\n{more}"


class Redirect(Case):
    def test_what_a_client_says_after_its_end_of_file_is_still_answered(self):
        target = Target(self, echo)
        daemon = self.start(service(f"127.0.0.1:{target.port}"))
        self.assertEqual(ask(7001, b"hello"), b"helloend")
        end = daemon.wait_for("end", service="relay")
        self.assertEqual((end["in"], end["out"]), ("5", "8"))
        self.assertNotIn("reason", end)

    def test_much_comes_through_unchanged(self):
        size, sums = 256 << 20, []
        def serve(client):
            digest = hashlib.blake2b()
            while data := client.recv(1 << 20):
                digest.update(data)
            sums.append(digest.digest())
            client.sendall(b"done")
        target = Target(self, serve)
        daemon = self.start(service(f"127.0.0.1:{target.port}"))
        block, digest = os.urandom(1 << 20), hashlib.blake2b()
        client = tcp(7001)
        for _ in range(size >> 20):
            client.say(block)
            digest.update(block)
        client.finish()
        self.assertEqual(client.read_all(), b"done")
        self.assertEqual(sums, [digest.digest()])
        self.assertEqual(daemon.wait_for("end", service="relay")["in"], str(size))

    def test_a_unix_socket_is_a_target(self):
        path = self.folder / "target.sock"
        Target(self, echo, socket.AF_UNIX, str(path))
        os.chmod(path, 0o666)
        self.start(service(str(path)))
        self.assertEqual(ask(7001, b"x"), b"xend")

    def test_ipv4_and_ipv6_go_to_one_another(self):
        target = Target(self, echo, socket.AF_INET6, ("::1", 0))
        self.start(service(f"[::1]:{target.port}"))
        self.assertEqual(ask(7001, b"x"), b"xend")

    def test_a_name_is_looked_up(self):
        target = Target(self, echo)
        daemon = self.start(service(f"localhost:{target.port}"))
        self.assertEqual(ask(7001, b"x"), b"xend")
        self.assertEqual(daemon.records("worker_died"), [])

    def test_targets_are_tried_in_turn(self):
        target = Target(self, echo)
        self.start(service("127.0.0.1:9", f"127.0.0.1:{target.port}"))
        self.assertEqual(ask(7001, b"x"), b"xend")

    def test_without_any_target_the_record_says_so(self):
        daemon = self.start(service("127.0.0.1:9"))
        self.assertEqual(ask(7001, b""), b"")
        end = daemon.wait_for("end", service="relay", reason="no_target")
        self.assertIn("refused", end["error"])

    def test_the_target_is_told_who_the_client_is(self):
        seen = []
        def serve(client):
            seen.append(client.recv(28))
        target = Target(self, serve)
        self.start(service(f"127.0.0.1:{target.port}", more="redirect_proxy: yes\n"))
        with tcp(7001) as client:
            port = client.sock.getsockname()[1]
            client.read_all()
        self.assertEqual(seen[0][:12], b"\r\n\r\n\0\r\nQUIT\n")
        self.assertEqual(seen[0][24:28], port.to_bytes(2, "big") + (7001).to_bytes(2, "big"))


if __name__ == "__main__":
    main()
