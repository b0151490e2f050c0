# SPDX-License-Identifier: Apache-2.0
"""Clients that a test can drive step by step. Every read has a deadline."""

import contextlib
import socket

from .wait import DEFAULT, FACTOR


class Client:
    """A connected socket. `with` closes it."""

    def __init__(self, sock: socket.socket):
        self.sock = sock
        self._rest = b""

    def say(self, data: bytes):
        self.sock.sendall(data)
        return self

    def finish(self):
        """Says that nothing more will come; reading goes on."""
        self.sock.shutdown(socket.SHUT_WR)
        return self

    def read_until(self, mark: bytes) -> bytes:
        """All up to and with `mark`."""
        while mark not in self._rest:
            data = self.sock.recv(65536)
            if not data:
                raise AssertionError(f"end of file before {mark!r}, after {self._rest!r}")
            self._rest += data
        end = self._rest.index(mark) + len(mark)
        found, self._rest = self._rest[:end], self._rest[end:]
        return found

    def read_line(self) -> bytes:
        """One line without its line end."""
        return self.read_until(b"\n").rstrip(b"\r\n")

    def read_some(self, size: int = 65536) -> bytes:
        """What is there, at least one byte; nothing at end of file. On a datagram socket, one datagram."""
        if self._rest:
            found, self._rest = self._rest[:size], self._rest[size:]
            return found
        return self.sock.recv(size)

    def read_all(self) -> bytes:
        """All up to end of file. A reset counts as the end."""
        with contextlib.suppress(ConnectionResetError):
            while data := self.sock.recv(65536):
                self._rest += data
        found, self._rest = self._rest, b""
        return found

    def name(self) -> str:
        """The client's own address as porterd writes it: `peer` of its records."""
        host, port = self.sock.getsockname()[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def close(self):
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def _client(family, kind, address, source, timeout) -> Client:
    sock = socket.socket(family, kind | socket.SOCK_CLOEXEC)
    try:
        sock.settimeout(timeout * FACTOR)
        if source is not None:
            sock.bind(source)
        sock.connect(address)
    except BaseException:
        sock.close()
        raise
    return Client(sock)


def _family(host):
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def tcp(port: int, host: str = "127.0.0.1", source: str | None = None, timeout: float = DEFAULT) -> Client:
    return _client(_family(host), socket.SOCK_STREAM, (host, port), source and (source, 0), timeout)


def udp(port: int, host: str = "127.0.0.1", source: str | None = None, timeout: float = DEFAULT) -> Client:
    return _client(_family(host), socket.SOCK_DGRAM, (host, port), source and (source, 0), timeout)


def local(path, kind: int = socket.SOCK_STREAM, timeout: float = DEFAULT) -> Client:
    """A UNIX socket; a path that begins with "@" is an abstract name."""
    path = str(path)
    source = "" if kind == socket.SOCK_DGRAM else None  # autobind: an answer needs somewhere to go
    return _client(socket.AF_UNIX, kind, "\0" + path[1:] if path.startswith("@") else path, source, timeout)


def ask(port: int, data: bytes = b"", host: str = "127.0.0.1", **how) -> bytes:
    """Connects, says `data`, closes its side, and gives all that came back."""
    with tcp(port, host, **how) as client:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError, OSError):
            client.say(data).finish()
        return client.read_all()


def shown(answer: bytes) -> dict[str, str]:
    """What the victim "show" said, by key."""
    return dict(line.split("=", 1) for line in answer.decode().splitlines())
