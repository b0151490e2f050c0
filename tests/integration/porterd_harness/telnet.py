# SPDX-License-Identifier: Apache-2.0
"""As much of a telnet client as a login needs (RFC 854, 855): every option but ECHO and SUPPRESS-GO-AHEAD is refused."""

import contextlib

from .clients import Client, tcp

_IAC, _DONT, _DO, _WONT, _WILL, _SB, _SE = 255, 254, 253, 252, 251, 250, 240
_ACCEPTED = {1, 3}


class Telnet(Client):
    def __init__(self, port: int, host: str = "127.0.0.1", timeout: float = 20):
        super().__init__(tcp(port, host, timeout=timeout).sock)
        self._raw = b""

    def read_until(self, mark: bytes) -> bytes:
        while mark not in self._rest:
            if not self._receive():
                raise AssertionError(f"end of file before {mark!r}, after {self._rest!r}")
        return super().read_until(mark)

    def read_all(self) -> bytes:
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            while self._receive():
                pass
        found, self._rest = self._rest, b""
        return found

    def _receive(self) -> bool:
        data = self.sock.recv(4096)
        self._raw += data
        while self._take():
            pass
        return bool(data)

    def _take(self) -> bool:
        """Moves what is complete at the head of _raw: text, or one command."""
        start = self._raw.find(_IAC)
        if start != 0:
            text = self._raw if start < 0 else self._raw[:start]
            self._rest, self._raw = self._rest + text, self._raw[len(text):]
            return bool(text)
        size = self._command_size()
        if size == 0:
            return False
        command, self._raw = self._raw[:size], self._raw[size:]
        self._obey(command)
        return True

    def _command_size(self) -> int:
        if len(self._raw) < 2:
            return 0
        if self._raw[1] == _SB:
            return self._raw.find(bytes([_IAC, _SE])) + 2 if bytes([_IAC, _SE]) in self._raw else 0
        size = 3 if self._raw[1] in (_DO, _DONT, _WILL, _WONT) else 2
        return size if len(self._raw) >= size else 0

    def _obey(self, command: bytes):
        if command[1] == _IAC:
            self._rest += b"\xff"
        elif command[1] == _DO:
            self.say(bytes([_IAC, _WONT, command[2]]))
        elif command[1] == _WILL:
            self.say(bytes([_IAC, _DO if command[2] in _ACCEPTED else _DONT, command[2]]))
