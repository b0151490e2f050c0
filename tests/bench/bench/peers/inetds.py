# SPDX-License-Identifier: Apache-2.0
"""The inetds, and rlinetd."""

import os

from ..service import Service
from .packages import unpacked
from .peer import Peer


def _inetd_conf(peer: Peer, services: list[Service]) -> str:
    lines = []
    for service in services:
        place = f"{peer.host}:{service.builtin or service.port}"
        kind = "dgram udp wait" if service.is_udp else "stream tcp nowait"
        what = "internal" if service.builtin else \
            " ".join([service.program, os.path.basename(service.program), *service.arguments])
        lines += [f"{place} {kind} root {what}\n"]
    return "".join(lines)


class OpenbsdInetd(Peer):
    name = "openbsd-inetd"
    note = "-E -i -R 1000000000, its backlog of 128, no records"
    can = frozenset({"tcp", "udp", "builtin", "reload"})
    more: tuple[str, ...] = ()

    @classmethod
    def program(cls, setup) -> str:
        return unpacked(setup, "usr/sbin/inetd")

    def write(self, services: list[Service]):
        (self.folder / "conf").write_text(_inetd_conf(self, services))

    def arguments(self, services: list[Service]) -> list[str]:
        return [self.program(self.setup), "-E", "-i", *self.more, "-R", "1000000000", f"{self.folder}/conf"]


class OpenbsdInetdWrap(OpenbsdInetd):
    name = "openbsd-inetd -l"
    note = "with -l: hosts.deny refuses all"
    can = frozenset({"tcp", "refuse"})
    more = ("-l",)


class InetutilsInetd(Peer):
    name = "inetutils-inetd"
    note = "-R 1000000000, its backlog of 10; dies at about 1,000 services"
    can = frozenset({"tcp", "udp", "builtin", "reload"})
    most_services = 1000
    leaves_its_parent = True

    @classmethod
    def program(cls, setup) -> str:
        return unpacked(setup, "usr/sbin/inetutils-inetd")

    def write(self, services: list[Service]):
        (self.folder / "conf").write_text(_inetd_conf(self, services))

    def arguments(self, services: list[Service]) -> list[str]:
        return [self.program(self.setup), "-R", "1000000000", f"-p{self.folder}/pid", f"{self.folder}/conf"]


class Rlinetd(Peer):
    name = "rlinetd"
    note = "instances 100000, backlog 1024 (its own is 5); dies at about 1,000 services"
    can = frozenset({"tcp", "udp", "reload"})
    most_services = 1000
    leaves_its_parent = True

    @classmethod
    def program(cls, setup) -> str:
        return unpacked(setup, "usr/sbin/rlinetd")

    def write(self, services: list[Service]):
        (self.folder / "conf").write_text("".join(map(self._service, services)))

    def _service(self, service: Service) -> str:
        way = "wait yes;" if service.is_udp else "instances 100000;\n backlog 1024;"
        return (f'service "s{service.port}" {{\n port {service.port};\n interface {self.host};\n'
                f' protocol {"udp" if service.is_udp else "tcp"};\n user "root";\n {way}\n'
                f' exec "{" ".join(service.words)}";\n}}\n')

    def arguments(self, services: list[Service]) -> list[str]:
        return [self.program(self.setup), "-f", f"{self.folder}/conf",
                "-p", unpacked(self.setup, "usr/lib/x86_64-linux-gnu/rlinetd/libparse.so")]
