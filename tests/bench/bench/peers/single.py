# SPDX-License-Identifier: Apache-2.0
"""Servers that have one process for each service."""

import os
import subprocess

from ..service import Service
from .packages import libraries, unpacked
from .peer import Peer


class Tcpserver(Peer):
    name = "tcpserver"
    note = "-H -R -l 0 -c 20000, its backlog of 20"
    serves_many = False
    most_services = 1
    can = frozenset({"tcp", "refuse"})
    backlog: tuple[str, ...] = ()

    @classmethod
    def program(cls, setup) -> str:
        return unpacked(setup, "usr/bin/tcpserver")

    def _rules(self) -> list[str]:
        rules = f"{self.folder}/rules.cdb"
        subprocess.run([unpacked(self.setup, "usr/bin/tcprules"), rules, rules + ".new"], input=b"10.:allow\n:deny\n",
                       check=True)
        return ["-x", rules]

    def arguments(self, services: list[Service]) -> list[str]:
        service = services[0]
        rules = self._rules() if service.is_refused else []
        return [self.program(self.setup), "-H", "-R", "-l", "0", "-c", "20000", *self.backlog, *rules, self.host,
                str(service.port), *service.words]


class TcpserverBacklog(Tcpserver):
    name = "tcpserver -b 1024"
    note = "as tcpserver, with a longer backlog"
    backlog = ("-b", "1024")


class Tcpsvd(Peer):
    name = "tcpsvd"
    note = "-l 0 -c 20000 -b 1024"
    serves_many = False
    most_services = 1
    can = frozenset({"tcp", "refuse"})

    @classmethod
    def program(cls, setup) -> str:
        return unpacked(setup, "usr/bin/tcpsvd")

    def _rules(self) -> list[str]:
        folder = self.folder / "rules"
        folder.mkdir()
        (folder / "0").touch()
        os.chmod(folder / "0", 0)  # ipsvd-instruct(5): an empty file without permissions refuses
        return ["-i", str(folder)]

    def arguments(self, services: list[Service]) -> list[str]:
        service = services[0]
        rules = self._rules() if service.is_refused else []
        return [self.program(self.setup), "-l", "0", "-c", "20000", "-b", "1024", *rules, self.host, str(service.port),
                *service.words]


class Socat(Peer):
    name = "socat"
    note = "TCP4-LISTEN,fork,backlog=1024 EXEC:…,nofork"
    serves_many = False
    most_services = 1
    can = frozenset({"tcp", "refuse", "redirect"})

    @classmethod
    def program(cls, setup) -> str:
        return unpacked(setup, "usr/bin/socat")

    def arguments(self, services: list[Service]) -> list[str]:
        service = services[0]
        place = f"TCP4-LISTEN:{service.port},bind={self.host},reuseaddr,fork,backlog=1024"
        target = f"TCP4:127.0.0.1:{service.redirect}" if service.redirect else f"EXEC:{' '.join(service.words)},nofork"
        return [self.program(self.setup), place + (",range=10.0.0.0/8" if service.is_refused else ""), target]


class Ncat(Peer):
    name = "ncat"
    note = "-l -k -m 10000 -e"
    serves_many = False
    most_services = 1
    can = frozenset({"tcp", "refuse"})

    @classmethod
    def program(cls, setup) -> str:
        return unpacked(setup, "usr/bin/ncat")

    def environment(self) -> dict[str, str]:
        return libraries(self.setup, self.program(self.setup))

    def arguments(self, services: list[Service]) -> list[str]:
        service = services[0]
        rules = ["--allow", "10.0.0.0/8"] if service.is_refused else []
        return [self.program(self.setup), "-l", "-k", "-n", "-m", "10000", *rules, "-e", " ".join(service.words),
                self.host, str(service.port)]


class SocketActivate(Peer):
    name = "systemd-socket-activate"
    note = "--accept --inetd"
    serves_many = False
    most_services = 1

    @classmethod
    def program(cls, setup) -> str:
        return "/usr/bin/systemd-socket-activate"

    def environment(self) -> dict[str, str]:
        return {"SYSTEMD_LOG_LEVEL": "emerg"}

    def arguments(self, services: list[Service]) -> list[str]:
        service = services[0]
        return [self.program(self.setup), "--accept", "--inetd", "-l", f"{self.host}:{service.port}", *service.words]


class SocketProxyd(Peer):
    name = "systemd-socket-proxyd"
    note = "started by systemd-socket-activate at the first connection"
    serves_many = False
    most_services = 1
    can = frozenset({"redirect"})
    proxy = "/lib/systemd/systemd-socket-proxyd"

    @classmethod
    def program(cls, setup) -> str:
        return "/usr/bin/systemd-socket-activate"

    @classmethod
    def lacks(cls, setup) -> str:
        return super().lacks(setup) or ("" if os.access(cls.proxy, os.X_OK) else f"no {cls.proxy}")

    def environment(self) -> dict[str, str]:
        return {"SYSTEMD_LOG_LEVEL": "emerg"}

    def arguments(self, services: list[Service]) -> list[str]:
        service = services[0]
        return [self.program(self.setup), "-l", f"{self.host}:{service.port}", self.proxy, "-c", "1000",
                f"127.0.0.1:{service.redirect}"]
