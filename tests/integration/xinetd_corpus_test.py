# SPDX-License-Identifier: Apache-2.0
"""Real files of xinetd's mean to porterd what they mean to xinetd.

For each file there is what the real xinetd made of it, written down in an environment where every server, account and
service name exists. The same environment is made here, in a chroot, and porterd's --dump=json is compared: which
services there are, where they listen, what they run as whom with which arguments, whom they admit, and their limits."""

import ipaddress
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from porterd_harness import main
from porterd_harness.paths import PORTERD

CORPUS = pathlib.Path(os.environ.get("PORTERD_CORPUS", "none"))
PROBE = """service included_probe
{
\ttype = UNLISTED
\tsocket_type = stream
\tprotocol = tcp
\tport = 64999
\twait = no
\tuser = root
\tserver = /bin/true
}
"""
SYSTEM = ["passwd.stub", "group.stub", "hosts.stub", "services", "protocols", "rpc"]
FLAGS_NOT_SERVED = {"SENSOR", "IDONLY", "LABELED", "INTERCEPT"}
TYPES_NOT_SERVED = {"INTERNAL", "RPC", "TCPMUX", "TCPMUXPLUS"}

LOG_DEFAULTS = {"log_on_success": ["pid", "host", "exit", "duration", "traffic"], "log_on_failure": ["host"]}

# Cases where the original uses memory that it never set.
UNINITIALISED = ("206-",)

# Where porterd differs on purpose: the beginning of the file's name, the run, and why.
TWICE = "the second of two services with one place to listen is left out; xinetd fails to bind it"
NO_NAME = "a host name is looked up in the background, and matches nobody until it has an address"
DEPARTURES = {
    ("166-", "enabled"): TWICE,
    ("025-", "edge"): NO_NAME,
    ("066-", "edge"): "a line may be of any length",
    ("103-", "edge"): "a bad limit in defaults leaves out who inherits it; xinetd ends, but goes on with -d",
    ("117-", "edge"): "a file that includes itself is not read again; xinetd crashes",
    ("123-", "edge"): TWICE,
    ("126-", "edge"): TWICE,
    ("128-", "edge"): TWICE,
    ("131-", "edge"): "ids are unique: the second service is called x-2",
    ("143-", "edge"): "instances = 0 leaves the service out instead of refusing everybody",
    ("145-", "edge"): "a number that does not fit is an error; xinetd wraps it",
    ("201-", "edge"): "an octet above 255 is an error; xinetd carries it over",
    ("207-", "edge"): "a v4-mapped address is that IPv4 address",
    ("209-", "edge"): "domains are not taken, because a client chooses the name of its own address",
    ("212-", "edge"): NO_NAME,
    ("249-", "edge"): "TRAFFIC counts for every service; xinetd disables those without redirect",
    ("258-", "edge"): "a directory is no server; xinetd fails at each connection",
    ("259-", "edge"): "a relative path is shown as the absolute one that it means",
    ("267-", "edge"): "NAMEINARGS works wherever it stands; xinetd starts nothing",
    ("311-", "edge"): "dgram with tcp is an error at once; xinetd fails to make the socket",
    ("314-", "edge"): "port 0 is no port",
    ("337-", "edge"): "the host of a redirection is looked up when a client comes",
    ("358-", "edge"): "an IPv4 address is bound by an IPv4 socket",
    ("360-", "edge"): "a user's number is shown as it was written, and its group with it",
    ("368-", "edge"): "a group's number is shown as it was written",
    ("383-", "edge"): "nice values that the kernel would bring near are shown so",
}


def read(path) -> str:
    return pathlib.Path(path).read_bytes().decode("latin-1")


class World:
    """The chroot."""

    def __init__(self, root: pathlib.Path, texts):
        self.root = root
        for name in ["etc", "case", "bin", "dev", "tmp"]:
            (root / name).mkdir(parents=True)
        for name in SYSTEM:
            shutil.copy(CORPUS / "env" / name, root / "etc" / name.split(".")[0])
        (root / "etc/nsswitch.conf").write_text(
            "".join(f"{name}: files\n" for name in ["passwd", "group", "hosts", "services", "protocols", "networks"]))
        (root / "dev/null").touch()
        self.services = (root / "etc/services").read_text()
        self._copy_program()
        for path in (CORPUS / "env/servers.txt").read_text().split("\n"):
            self._stub(path)
        for path in ["/bin/true", "/bin/false", "/bin/sh"]:
            self._stub(path)
        for directory in {found for text in texts for found in re.findall(r"^\s*includedir\s+(/\S+)", text, re.M)}:
            self.add(f"{directory}/probe", PROBE)

    def _copy_program(self):
        listing = subprocess.run(["ldd", PORTERD], capture_output=True, text=True, check=True).stdout
        shutil.copy(PORTERD, self.root / "porterd")
        for library in re.findall(r"(/\S+) \(0x", listing):
            target = self.root / library.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(os.path.realpath(library), target)

    def _stub(self, path: str):
        target = pathlib.Path(os.path.normpath(f"{self.root}/{path}"))
        if not path.startswith("/") or path.endswith("/") or self.root not in target.parents or target.exists():
            return
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text("#!/bin/sh\n")
            target.chmod(0o755)
        except OSError:
            pass

    def add(self, path: str, text: str):
        target = self.root / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode("latin-1"))

    def run(self, text: str, services=()) -> subprocess.CompletedProcess:
        """porterd's reading of `text`."""
        more = "".join(f"{name} {port}/{protocol}\n" for name, port, protocol in services)
        (self.root / "etc/services").write_text(self.services + more)
        self.add("/case/conf", text)
        return subprocess.run(["/porterd", "--dump=json", "--xinetd", "/case/conf"], capture_output=True, timeout=60,
                              preexec_fn=lambda: (os.chroot(self.root), os.chdir("/")),
                              env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/", "LANG": "C", "TERM": "dumb"},
                              check=False)


def is_served(service: dict) -> bool:
    """Whether it is of a kind that porterd serves by now."""
    return (not set(service["type"]) & TYPES_NOT_SERVED and not service["redirect"]
            and not set(service["flags"]) & FLAGS_NOT_SERVED and service["socket_type"] in ("stream", "dgram")
            and not (service["socket_type"] == "dgram" and not service["wait"]))


def is_served_without_server(service: dict) -> bool:
    """INTERNAL, redirect, TCPMUX: of these only what it is is compared."""
    return (bool(set(service["type"]) & {"INTERNAL", "TCPMUX", "TCPMUXPLUS"} or service["redirect"])
            and "RPC" not in service["type"] and not set(service["flags"]) & FLAGS_NOT_SERVED
            and service["socket_type"] in ("stream", "dgram"))


def is_dumped_without_server(service: dict) -> bool:
    return bool({"builtin", "redirect", "tcpmux"} & service.keys())


def expected_facts(service: dict) -> dict:
    """What the original says, in the words of porterd's dump."""
    argv = service["server_argv"] or [None]
    wants = {"service": service["name"], "id": service["id"], "port": service["port"],
             "protocol": service["protocol"], "socket_type": service["socket_type"], "wait": bool(service["wait"]),
             "server": service["server"], "argv0": argv[0], "argv": argv[1:], "user": str(service["user"]),
             "group": None if service["group"] is None else str(service["group"]), "groups": bool(service["groups"]),
             "bind": None if service["bind"] == "::" else service["bind"],
             "ipv4": "IPv4" in service["flags"], "env": dict(word.split("=", 1) for word in service["env"]),
             "nice": service["nice"], "umask": int(service["umask"] or "022", 8), "max_load": service["max_load"],
             "cps": [str(number) for number in service["cps"]],
             "access_times": service["access_times"] or [],
             "rlimits": {name: str(value) for name, value in service["rlimits"].items()},
             "banners": [service[name] for name in ("banner", "banner_success", "banner_fail")]}
    for name in ("instances", "per_source"):
        wants[name] = str(service[name]).lower()
    for name in ("only_from", "no_access"):
        wants[name] = None if service[name] is None else sorted(canonical(entry) for entry in service[name])
    if wants["group"] is None and wants["user"].isdigit():
        wants["group"] = wants["user"]  # without asking passwd(5)
    if wants["no_access"] == []:
        wants["no_access"] = None
    if service["log"]["type"] == "none":
        wants["log"] = [[], []]
    else:
        wants["log"] = [sorted(word.lower() for word in service["log"][name]) for name in ("success", "failure")]
    return wants


def canonical(entry: str) -> str:
    if entry.startswith("host:"):
        return entry.removeprefix("host:")
    return known(entry)


def items(value) -> list:
    return value if isinstance(value, list) else [value]


def actual_facts(service: dict) -> dict:
    """The same of porterd's."""
    place = str(items(service["listen"])[0])
    address, _, port = place.rpartition(":")
    protocol = service["protocol"]
    cps = service.get("cps", "unlimited")
    source = service.get("per_source", "unlimited")
    limits = {name: str(value) for name, value in service.items() if name.startswith("rlimit_")}
    has = {"service": service["service"], "id": service["id"], "port": int(port), "protocol": protocol[:3],
           "socket_type": service.get("socket_type", "stream"), "wait": service.get("wait", False),
           "server": service["server"], "argv": service.get("server_args", []),
           "user": str(service["user"]), "group": None if "group" not in service else str(service["group"]),
           "groups": service.get("groups", True), "bind": address.strip("[]") or None,
           "ipv4": protocol.endswith("4") or "." in address, "env": service.get("env", {}), "nice": service.get("nice"),
           "umask": int(str(service.get("umask", "022")), 8), "max_load": service.get("max_load"),
           "cps": ["0", None] if cps == "unlimited" else [cps["rate"].removesuffix("/s"), seconds(cps["wait"])],
           "access_times": service.get("access_times", []),
           "rlimits": {name: number(value) for name, value in limits.items()},
           "banners": [service.get(name) for name in ("banner", "banner_success", "banner_fail")],
           "instances": str(service.get("instances", "unlimited")),
           "per_source": str(source["limit"] if isinstance(source, dict) else source),
           "log": [sorted(service.get(name, usual)) for name, usual in LOG_DEFAULTS.items()],
           "argv0": service.get("argv0", service["server"].rsplit("/", 1)[-1])}
    for name in ("only_from", "no_access"):
        has[name] = sorted(known(entry) for entry in service[name]) if name in service else None
    return has


def known(entry: str) -> str:
    try:
        return str(ipaddress.ip_network(entry, strict=False))
    except ValueError:
        return entry


def seconds(text: str) -> str:
    units = {"d": 86400, "h": 3600, "m": 60, "s": 1}
    return str(sum(int(count) * units[unit] for count, unit in re.findall(r"(\d+)([dhms])", str(text))))


def number(text: str) -> str:
    if text == "unlimited":
        return "UNLIMITED"
    units = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
    return str(int(text[:-1]) * units[text[-1]]) if text[-1] in units else text


def differences(expected: dict, dump: dict) -> list[str]:
    """What differs between both readings of a file."""
    wanted = [expected_facts(service) for service in expected["services"] if is_served(service)]
    found = [actual_facts(service) for service in dump["services"] if not is_dumped_without_server(service)]
    lines = []
    want_here = {(service["name"], service["protocol"])
                 for service in expected["services"] if is_served_without_server(service)}
    has_here = {(service["service"], service["protocol"][:3])
                for service in dump["services"] if is_dumped_without_server(service)}
    if want_here != has_here:
        lines.append(f"served by itself: xinetd {sorted(want_here)}, porterd {sorted(has_here)}")
    for want in wanted:
        key = (want["id"], want["protocol"], want["port"])
        has = next((one for one in found if (one["id"], one["protocol"], one["port"]) == key), None)
        if has is None:
            lines.append(f"{key} is missing")
            continue
        found.remove(has)
        if want["cps"][0] == "0":
            want["cps"] = ["0", None]
        if want["wait"]:  # whose clients are not known
            want["per_source"] = has["per_source"]
        want["rlimits"] = {name: value for name, value in want["rlimits"].items() if value != "0"}
        lines += [f"{key} {name}: xinetd {want.get(name)!r}, porterd {has.get(name)!r}"
                  for name in sorted(want.keys() | has.keys()) if want.get(name) != has.get(name)]
    return lines + [f"{(one['id'], one['protocol'], one['port'])} is not in xinetd" for one in found]


@unittest.skipUnless(CORPUS.is_dir(), "the corpus of real files is not here")
@unittest.skipUnless(os.geteuid() == 0, "a chroot needs root")
class XinetdCorpus(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.mkdtemp(prefix="porterd-corpus-")
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        texts = [read(path) for path in (CORPUS / "xinetd").iterdir()]
        cls.world = World(pathlib.Path(folder) / "root", texts)

    def compare(self, folder: str, expectations: str, run: str):
        for path in sorted((CORPUS / expectations).glob("*.json")):
            if path.stem.startswith(UNINITIALISED):
                continue
            runs = json.loads(path.read_text())["runs"]
            expected = runs["stub"] if isinstance(runs[run], str) else runs[run]
            source = CORPUS / folder / path.stem
            with self.subTest(path.stem):
                shutil.rmtree(self.world.root / "case")
                for file in sorted((CORPUS / folder / f"{path.stem}.files").glob("**/*")):
                    if file.is_file():
                        self.world.add(str(file.relative_to(CORPUS / folder / f"{path.stem}.files")), read(file))
                text = read(source)
                if run == "enabled":
                    text = re.sub(r"^(\s*disable\s*=\s*)yes\b", r"\1no", text, flags=re.M)
                done = self.world.run(text, expected["services_file_additions"])
                self.assertEqual(done.returncode, 0, done.stderr)
                lines = differences(expected, json.loads(done.stdout.decode("latin-1")))
                departure = DEPARTURES.get((path.stem[:4], run))
                if departure:
                    self.assertNotEqual(lines, [], f"no departure any more: {departure}")
                else:
                    self.assertEqual(lines, [], done.stderr.decode(errors="replace"))

    def test_the_files_as_they_are(self):
        self.compare("xinetd", "expected", "stub")

    def test_the_files_with_everything_enabled(self):
        self.compare("xinetd", "expected", "enabled")

    def test_rules_one_by_one(self):
        self.compare("edge", "expected-edge", "edge")

    def test_what_is_no_configuration_is_an_error_and_no_crash(self):
        for path in sorted((CORPUS / "templates").iterdir()):
            with self.subTest(path.name):
                done = self.world.run(read(path))
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(b"error: ", done.stderr)


if __name__ == "__main__":
    main()
