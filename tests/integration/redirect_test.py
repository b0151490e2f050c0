# SPDX-License-Identifier: Apache-2.0
"""A redirected connection is passed on unchanged, whatever stands at both ends, and each end learns what the other does."""

import contextlib
import hashlib
import http.client
import os
import pathlib
import signal
import socket
import struct
import subprocess
import threading
import zlib

from porterd_harness import Case, ask, bind_over, eventually, main, need, tcp

RESET = struct.pack("ii", 1, 0)


def redirect(*targets: str, more: str = "") -> str:
    return f"service: web\nlisten: [7080]\nredirect: [{', '.join(repr(target) for target in targets)}]\n{more}"


def reset(sock: socket.socket):
    """Makes close() a reset."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    sock.close()


class Redirect(Case):
    def listener(self, address="127.0.0.1", port=0, backlog=16) -> socket.socket:
        """A target in this process, which a test accepts and drives by hand."""
        if isinstance(address, str) and ("/" in address or address.startswith("\0")):
            sock = socket.socket(socket.AF_UNIX)
            sock.bind(address)
        else:
            sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
            sock.bind((address, port))
        sock.listen(backlog)
        sock.settimeout(20)
        self.addCleanup(sock.close)
        return sock

    def accept(self, listener) -> socket.socket:
        sock, _ = listener.accept()
        sock.settimeout(20)
        self.addCleanup(sock.close)
        return sock

    def client(self, port=7080, host="127.0.0.1"):
        client = tcp(port, host)
        self.addCleanup(client.close)
        return client

    def pair(self, listener):
        """A client and its connection as the target sees it."""
        client = self.client()
        return client, self.accept(listener)

    def to(self, listener, more="", settings=""):
        return self.start(redirect(f"127.0.0.1:{listener.getsockname()[1]}", more=more), settings)

    def test_nginx_serves_through_it(self):
        nginx = need("nginx")
        (self.folder / "root").mkdir()
        content = os.urandom(1 << 20) * 64
        (self.folder / "root/large").write_bytes(content)
        (self.folder / "root/small").write_text("small\n")
        conf = self.write("nginx.conf", f"""
            daemon off; master_process off; pid {self.folder}/nginx.pid; error_log stderr crit;
            events {{}}
            http {{ access_log off; client_body_temp_path {self.folder}/body; proxy_temp_path {self.folder}/proxy;
              fastcgi_temp_path {self.folder}/fastcgi; uwsgi_temp_path {self.folder}/uwsgi;
              scgi_temp_path {self.folder}/scgi; sendfile on;
              server {{ listen 127.0.0.1:8080; root {self.folder}/root; }} }}
            """)
        server = subprocess.Popen([nginx, "-c", conf, "-p", self.folder, "-e", "stderr"])
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)
        self.start(redirect("127.0.0.1:8080"))

        def answers():
            with contextlib.suppress(OSError):
                tcp(8080).close()
                return True
        eventually("nginx answers", answers)
        connection = http.client.HTTPConnection("127.0.0.1", 7080, timeout=30)
        for _ in range(3):
            connection.request("GET", "/small")
            self.assertEqual(connection.getresponse().read(), b"small\n")
        connection.request("GET", "/large")
        self.assertEqual(hashlib.sha256(connection.getresponse().read()).digest(), hashlib.sha256(content).digest())
        connection.close()
        clients = [http.client.HTTPConnection("127.0.0.1", 7080, timeout=30) for _ in range(100)]
        for one in clients:
            one.request("GET", "/small")
        for one in clients:
            self.assertEqual(one.getresponse().read(), b"small\n")
            one.close()

    def test_gigabytes_go_through_both_ways(self):
        target = self.listener()
        daemon = self.to(target)
        client, server = self.pair(target)
        block = os.urandom(1 << 20)
        count = 1024

        def send(sock):
            sum_ = 0
            for number in range(count):
                data = number.to_bytes(8, "big") + block[8:]
                sum_ = zlib.crc32(data, sum_)
                sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)
            return sum_

        def receive(sock):
            sum_ = size = 0
            while data := sock.recv(1 << 20):
                sum_ = zlib.crc32(data, sum_)
                size += len(data)
            return sum_, size

        for sock in (client.sock, server):
            sock.settimeout(60)
        found = {}

        def run(name, work, sock):
            found[name] = work(sock)
        jobs = [("sent up", send, client.sock), ("got up", receive, server), ("sent down", send, server),
                ("got down", receive, client.sock)]
        threads = [threading.Thread(target=run, args=job) for job in jobs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(found["got up"], (found["sent up"], count << 20))
        self.assertEqual(found["got down"], (found["sent down"], count << 20))
        end = daemon.wait_for("end", service="web")
        self.assertEqual((end["in"], end["out"]), (str(count << 20), str(count << 20)))

    def test_a_unix_socket_may_be_the_target(self):
        path = f"{self.folder}/target"
        named, abstract = self.listener(path), self.listener("\0redirect-target")
        os.chmod(path, 0o666)
        self.start(redirect(path) + "---\nservice: other\nlisten: [7081]\nredirect: ['@redirect-target']\n")
        for port, target in ((7080, named), (7081, abstract)):
            client = self.client(port)
            server = self.accept(target)
            client.say(b"question").finish()
            self.assertEqual(server.recv(100), b"question")
            self.assertEqual(server.recv(100), b"")
            server.sendall(b"answer")
            server.close()
            self.assertEqual(client.read_all(), b"answer")

    def test_one_family_is_passed_to_the_other(self):
        four, six = self.listener("127.0.0.1", 9004), self.listener("::1", 9006)
        self.start("service: to6\nlisten: ['127.0.0.1:7006']\nredirect: ['[::1]:9006']\n---\n"
                   "service: to4\nlisten: ['[::1]:7004']\nredirect: ['127.0.0.1:9004']\n")
        for port, host, target in ((7006, "127.0.0.1", six), (7004, "::1", four)):
            client = self.client(port, host)
            server = self.accept(target)
            server.sendall(b"hello")
            server.close()
            self.assertEqual(client.read_all(), b"hello")

    def test_either_side_may_end_first(self):
        target = self.listener()
        daemon = self.to(target)
        client, server = self.pair(target)
        client.say(b"question").finish()
        self.assertEqual((server.recv(100), server.recv(100)), (b"question", b""))
        server.sendall(b"late answer")
        server.close()
        self.assertEqual(client.read_all(), b"late answer")

        client, server = self.pair(target)
        server.sendall(b"greeting")
        server.shutdown(socket.SHUT_WR)
        self.assertEqual(client.read_all(), b"greeting")
        client.say(b"late words")
        client.close()
        self.assertEqual((server.recv(100), server.recv(100)), (b"late words", b""))
        for number, traffic in ((1, ("8", "11")), (2, ("10", "8"))):
            end = daemon.wait_for("end", count=number)
            self.assertEqual((end["in"], end["out"]), traffic)
            self.assertNotIn("reason", end)

    def test_a_dead_target_is_passed_over(self):
        alive = self.listener()
        dead = self.listener()
        port = dead.getsockname()[1]
        dead.close()
        self.start(redirect(f"127.0.0.1:{port}", f"{self.folder}/nobody", f"127.0.0.1:{alive.getsockname()[1]}"))
        _, server = self.pair(alive)
        server.close()

    def test_without_a_target_the_client_is_told_at_once(self):
        daemon = self.start(redirect(f"{self.folder}/nobody", "127.0.0.1:9"))
        client = self.client()
        with self.assertRaises(ConnectionResetError):
            client.sock.recv(1)
        end = daemon.wait_for("end", service="web", reason="no_target")
        self.assertEqual(end["error"], "Connection refused")

    def test_a_silent_target_is_given_up(self):
        silent, alive = self.listener(backlog=0), self.listener()
        filling = [socket.socket() for _ in range(4)]
        for sock in filling:
            self.addCleanup(sock.close)
            sock.setblocking(False)
            sock.connect_ex(silent.getsockname())
        ports = [sock.getsockname()[1] for sock in (silent, alive)]
        self.start(redirect(*(f"127.0.0.1:{port}" for port in ports), more="redirect_timeout: 300ms\n"))
        client, server = self.pair(alive)
        server.sendall(b"hello")
        self.assertEqual(client.read_until(b"hello"), b"hello")

    def test_a_target_that_does_not_read_costs_no_memory(self):
        target = self.listener()
        daemon = self.to(target)
        client, server = self.pair(target)
        (worker,) = daemon.children()
        client.sock.settimeout(1)
        sent = 0
        with contextlib.suppress(TimeoutError):
            while sent < 1 << 30:
                sent += client.sock.send(bytes(1 << 20))
        self.assertLess(sent, 100 << 20)
        status = pathlib.Path(f"/proc/{worker}/status").read_text()
        (resident,) = [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")]
        self.assertLess(resident, 50_000, "KiB")
        client.finish()
        got = 0
        while data := server.recv(1 << 20):
            got += len(data)
        self.assertEqual(got, sent)

    def test_a_reset_goes_through(self):
        target = self.listener()
        daemon = self.to(target)
        client, server = self.pair(target)
        server.sendall(b"x")
        client.read_until(b"x")
        reset(server)
        with self.assertRaises(ConnectionResetError):
            client.sock.recv(1)
        daemon.wait_for("end", service="web", reason="target_broke")

        client, server = self.pair(target)
        server.sendall(b"x")
        client.read_until(b"x")
        reset(client.sock)
        with self.assertRaises(ConnectionResetError):
            server.recv(1)
        daemon.wait_for("end", service="web", reason="client_broke")

    def test_the_target_can_be_told_who_the_client_is(self):
        target = self.listener()
        self.to(target, more="redirect_proxy: yes\n")
        client, server = self.pair(target)
        client.say(b"hello")
        header = server.recv(28, socket.MSG_WAITALL)
        self.assertEqual(header[:16], b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c")
        addresses = struct.unpack("!4s4sHH", header[16:])
        self.assertEqual(addresses, (socket.inet_aton("127.0.0.1"), socket.inet_aton("127.0.0.1"),
                                     client.sock.getsockname()[1], 7080))
        self.assertEqual(server.recv(100), b"hello")

    def test_nginx_believes_the_header(self):
        nginx = need("nginx")
        conf = self.write("nginx.conf", f"""
            daemon off; master_process off; pid {self.folder}/nginx.pid; error_log stderr crit;
            events {{}}
            http {{ access_log off; client_body_temp_path {self.folder}/body; proxy_temp_path {self.folder}/proxy;
              fastcgi_temp_path {self.folder}/fastcgi; uwsgi_temp_path {self.folder}/uwsgi;
              scgi_temp_path {self.folder}/scgi;
              server {{ listen 127.0.0.1:8080 proxy_protocol;
                location / {{ return 200 "$proxy_protocol_addr:$proxy_protocol_port"; }} }} }}
            """)
        server = subprocess.Popen([nginx, "-c", conf, "-p", self.folder, "-e", "stderr"])
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)
        self.start(redirect("127.0.0.1:8080", more="redirect_proxy: yes\n"))

        def answers():
            with contextlib.suppress(OSError):
                tcp(8080).close()
                return True
        eventually("nginx answers", answers)
        connection = http.client.HTTPConnection("127.0.0.1", 7080, timeout=30, source_address=("127.0.0.9", 0))
        connection.connect()
        port = connection.sock.getsockname()[1]
        connection.request("GET", "/")
        self.assertEqual(connection.getresponse().read().decode(), f"127.0.0.9:{port}")
        connection.close()

    def test_a_target_may_have_a_name(self):
        bind_over(self, "/etc/hosts", self.write("hosts", "127.0.0.1 target.test\n"))
        target = self.listener()
        daemon = self.start(redirect(f"target.test:{target.getsockname()[1]}"))
        client, server = self.pair(target)
        server.sendall(b"by name")
        server.close()
        self.assertEqual(client.read_all(), b"by name")
        self.assertEqual(daemon.records("worker_sandbox"), [])

    def test_a_name_that_nobody_knows_is_passed_over(self):
        bind_over(self, "/etc/resolv.conf", self.write("resolv.conf", "nameserver 127.0.0.1\n"))
        target = self.listener()
        self.start(redirect("none.test:1", f"127.0.0.1:{target.getsockname()[1]}", more="redirect_timeout: 500ms\n"))
        _, server = self.pair(target)
        server.close()

    def test_the_end_of_porterd_ends_relays(self):
        target = self.listener()
        daemon = self.to(target, settings="drain_timeout: 200ms\n")
        client, server = self.pair(target)
        self.assertEqual(daemon.stop(signal.SIGTERM), 0)
        self.assertEqual(client.read_all(), b"")
        self.assertEqual(server.recv(1), b"")


if __name__ == "__main__":
    main()
