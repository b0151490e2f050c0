# SPDX-License-Identifier: Apache-2.0
"""porterd with files in conf.d, with an xinetd.conf, and with everything in force."""

from ..service import Service
from .peer import Peer
from .xinetd import xinetd_conf

_MAIN = """include: [conf.d/*.yaml]
log_type: file {folder}/log
log_level: warning
pid_file: none
penalty_file: none
dump_file: none
"""
_EVERYTHING = """user: nobody
groups: [{groups}]
{limits}
only_from: [{prefixes}]
per_source: 100000
instances: 100000
cps: 1000000/s
cps_per_source: 1000000/s
log_type: file {folder}/records
"""
_LIMITS = {"as": "1G", "core": "0", "cpu": "1h", "data": "1G", "fsize": "1G", "files": "256", "memlock": "64K",
           "msgqueue": "64K", "nice": "0", "nproc": "10000", "rss": "1G", "rtprio": "0", "rttime": "1s",
           "sigpending": "1000", "stack": "8M"}
_PER_FILE = 10  # services in a file of conf.d, where it does not matter


def prefixes(count: int):
    """That many IPv4 networks, none of which has a loopback address and no two of which are neighbours."""
    for number in range(count):
        block = number * 2 + (1 << 16)
        yield f"{block >> 16}.{block >> 8 & 255}.{block & 255}.0/24"


class Porterd(Peer):
    name = "porterd"
    note = "conf.d in YAML; no records of connections"
    can = frozenset({"tcp", "udp", "refuse", "prefixes", "builtin", "redirect", "reload"})
    services_in_a_file = _PER_FILE

    @classmethod
    def program(cls, setup) -> str:
        return setup.porterd

    def write(self, services: list[Service]):
        (self.folder / "porterd.yaml").write_text(_MAIN.format(folder=self.folder))
        folder = self.folder / "conf.d"
        folder.mkdir(exist_ok=True)
        step = self.services_in_a_file
        for first in range(0, len(services), step):
            text = "---\n".join(map(self._service, services[first:first + step]))
            (folder / f"s{services[first].port}.yaml").write_text(text)

    def _service(self, service: Service) -> str:
        lines = [f"service: s{service.port}{'u' if service.is_udp else ''}", f'listen: "{self.host}:{service.port}"']
        if service.builtin:
            lines += [f"builtin: {service.builtin}"]
        elif service.redirect:
            lines += [f'redirect: "127.0.0.1:{service.redirect}"']
        else:
            lines += [f"server: {service.program}"]
            lines += [f"server_args: [{', '.join(service.arguments)}]"] if service.arguments else []
        if service.is_udp:
            lines += ["socket_type: dgram", *([] if service.builtin else ["wait: yes"])]
        if service.everything:
            lines += [self._everything()]
        else:
            lines += [*([] if service.builtin or service.redirect else ["user: root"]),
                      "log_on_success: none", "log_on_failure: none"]
        if service.is_refused:
            lines += [f"only_from: [{','.join(prefixes(service.prefixes))}]"]
        return "\n".join(lines) + "\n"

    def _everything(self) -> str:
        limits = "\n".join(f"rlimit_{name}: {value}" for name, value in _LIMITS.items())
        listed = ", ".join(["127.0.0.0/8", *prefixes(999)])
        return _EVERYTHING.format(groups=", ".join(map(str, range(2001, 2011))), limits=limits, prefixes=listed,
                                  folder=self.folder)

    def arguments(self, services: list[Service]) -> list[str]:
        return [self.program(self.setup), "--config", str(self.folder / "porterd.yaml")]

    def last_words(self) -> str:
        log = self.folder / "log"
        return super().last_words() + (log.read_text()[-300:] if log.exists() else "")


class PorterdFiles(Porterd):
    name = "porterd, a file each"
    note = "as porterd, with each service in a file of its own"
    services_in_a_file = 1


class PorterdXinetd(Porterd):
    name = "porterd, xinetd.conf"
    note = "porterd --xinetd with the xinetd.conf that xinetd gets"

    def write(self, services: list[Service]):
        (self.folder / "porterd.yaml").write_text(_MAIN.format(folder=self.folder))
        (self.folder / "xinetd.conf").write_text(xinetd_conf(self, services))

    def arguments(self, services: list[Service]) -> list[str]:
        return [*super().arguments(services), "--xinetd", str(self.folder / "xinetd.conf")]
