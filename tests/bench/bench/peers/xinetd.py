# SPDX-License-Identifier: Apache-2.0
"""xinetd, as Debian ships it (with libwrap) and as cheap as it can be configured."""

from ..service import Service
from .packages import unpacked
from .peer import Peer

_DEFAULTS = """defaults
{{
 instances = UNLIMITED
 per_source = UNLIMITED
 cps = 1000000 1
 log_type = FILE {folder}/records
}}
"""


def _service(peer: Peer, service: Service, more: list[str]) -> str:
    name = service.builtin or f"s{service.port}"
    lines = [f"type = {'INTERNAL ' if service.builtin else ''}UNLISTED",
             f"id = {name}-{service.port}{'u' if service.is_udp else ''}",
             "disable = no", f"bind = {peer.host}", f"port = {service.port}",
             f"socket_type = {'dgram' if service.is_udp else 'stream'}",
             f"protocol = {'udp' if service.is_udp else 'tcp'}", f"wait = {'yes' if service.is_udp else 'no'}",
             "user = root", *more]
    if service.redirect:
        lines += [f"redirect = 127.0.0.1 {service.redirect}"]
    elif not service.builtin:
        lines += [f"server = {service.program}"]
        lines += [f"server_args = {' '.join(service.arguments)}"] if service.arguments else []
    if service.is_refused:
        lines += ["only_from = 10.0.0.0/8"]
    return f"service {name}\n{{\n " + "\n ".join(lines) + "\n}\n"


def xinetd_conf(peer: Peer, services: list[Service], more: tuple[str, ...] = ("groups = yes",)) -> str:
    return _DEFAULTS.format(folder=peer.folder) + "".join(_service(peer, service, list(more)) for service in services)


class Xinetd(Peer):
    name = "xinetd"
    note = "groups = yes, libwrap on, no records, its backlog of 64"
    can = frozenset({"tcp", "udp", "refuse", "builtin", "redirect", "reload"})
    more: tuple[str, ...] = ("groups = yes",)

    @classmethod
    def program(cls, setup) -> str:
        return unpacked(setup, "usr/sbin/xinetd")

    def write(self, services: list[Service]):
        (self.folder / "conf").write_text(xinetd_conf(self, services, self.more))

    def arguments(self, services: list[Service]) -> list[str]:
        return [self.program(self.setup), "-dontfork", "-stayalive", "-f", f"{self.folder}/conf",
                "-filelog", f"{self.folder}/log", "-pidfile", f"{self.folder}/pid"]


class XinetdCheapest(Xinetd):
    name = "xinetd, groups = no, NOLIBWRAP"
    note = "its cheapest way"
    more = ("groups = no", "flags = NOLIBWRAP")
