# SPDX-License-Identifier: Apache-2.0
"""Real files of xinetd's mean to porterd what they mean to xinetd.

For each file there is what the real xinetd made of it, written down in an environment where every server, account and
service name exists. The same environment is made here, in a chroot, and porterd's --dump=json is compared: which
services there are, where they listen, what they run as whom with which arguments, whom they admit, and their limits."""

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
FLAGS_NOT_SERVED = {"LABELED"}
TYPES_NOT_SERVED = {"TCPMUX", "TCPMUXPLUS"}  # served, but not at a port

# Cases where the original uses memory that it never set.
UNINITIALISED = ("206-",)

# Where porterd differs on purpose: the beginning of the file's name, the run, and why.
TWICE = "the second of two services with one place to listen is left out; xinetd fails to bind it"
NO_NAME = "a host name is looked up in the background, and matches nobody until it has an address"
SENSOR = "a sensor serves nobody, whatever its type is: INTERNAL is not shown"
HOST_BITS = "bits of an address that do not count are not shown"
LATE_NAME = "the host of a redirection is looked up when a client comes; xinetd has its address, or fails"
BEFORE_DEFAULTS = "a service before the defaults has nothing of their log lines; xinetd gives them to its tcpmux"
DEPARTURES = {
    ("116-", "enabled"): BEFORE_DEFAULTS,
    ("116-", "stub"): BEFORE_DEFAULTS,
    ("238-", "enabled"): LATE_NAME,
    ("238-", "stub"): LATE_NAME,
    ("337-", "edge"): LATE_NAME,
    ("110-", "enabled"): SENSOR,
    ("114-", "stub"): SENSOR,
    ("114-", "enabled"): SENSOR,
    ("283-", "edge"): "a sensor needs no server",
    ("166-", "enabled"): TWICE,
    ("159-", "edge"): "a limit of 0 is not applied by xinetd either, and not shown",
    ("187-", "edge"): HOST_BITS,
    ("188-", "edge"): HOST_BITS,
    ("348-", "edge"): "'::' is every address, as without bind",
    ("402-", "edge"): "a variable has one value, the last; xinetd passes both",
    ("428-", "edge"): "defaults that cannot be read are no service; xinetd drops one called (null)",
    ("025-", "edge"): NO_NAME,
    ("066-", "edge"): "a line may be of any length",
    ("103-", "edge"): "a bad limit in defaults leaves out who inherits it; xinetd ends, but goes on with -d",
    ("117-", "edge"): "a file that includes itself is not read again; xinetd crashes",
    ("123-", "edge"): TWICE,
    ("126-", "edge"): TWICE,
    ("128-", "edge"): TWICE,
    ("131-", "edge"): "ids are unique: the second service is called x-2",
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
        helpers = [f"{folder}/porterd-rpc" for folder in ("", "/usr/libexec/porterd", "/usr/local/libexec/porterd")]
        for path in ["/bin/true", "/bin/false", "/bin/sh", *helpers]:
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
        return self.porterd("--dump=json", "--xinetd", "/case/conf")

    def porterd(self, *words) -> subprocess.CompletedProcess:
        return subprocess.run(["/porterd", *words], capture_output=True, timeout=60,
                              preexec_fn=lambda: (os.chroot(self.root), os.chdir("/")),
                              env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/", "LANG": "C", "TERM": "dumb"},
                              check=False)


FIELDS = ["name", "id", "type", "socket_type", "protocol", "port", "wait", "user", "group", "server", "server_argv",
          "only_from", "no_access", "redirect", "bind", "rpc", "instances", "per_source", "cps", "log", "flags", "groups",
          "umask", "nice", "rlimits", "max_load", "access_times", "banner", "banner_success", "banner_fail", "env",
          "passenv", "deny_time", "v6only", "libwrap"]
REASONS = {"disabled": "off", "disabled-list": "off", "not-enabled-or-bad-attribute": "off"}


def is_served(service: dict) -> bool:
    """Whether it is of a kind that porterd serves by now."""
    if "SENSOR" in service["flags"]:
        return True
    return (not set(service["type"]) & TYPES_NOT_SERVED
            and not set(service["flags"]) & FLAGS_NOT_SERVED and service["socket_type"] in ("stream", "dgram")
            and not (service["socket_type"] == "dgram" and not service["wait"] and "INTERNAL" not in service["type"]))


# What says how a program is run, where none is.
OF_PROGRAMS = {"wait", "user", "group", "groups", "server", "server_argv", "env", "passenv", "umask", "nice", "rlimits"}


def fields(service: dict) -> list[str]:
    """Those that are to be the same."""
    is_served_here = "INTERNAL" in service["type"] or service["redirect"]
    return [name for name in FIELDS if not (is_served_here and name in OF_PROGRAMS)]


def comparable(field: str, value):
    """A field of the normal form without what has no meaning: order, and flags that say nothing."""
    if field in ("type", "flags"):
        return sorted(set(value or []) - {"IPv6", "REUSE"})
    if field in ("only_from", "no_access", "env"):
        return value and sorted(value)
    if field == "log" and value:
        return {**value, "success": sorted(value["success"]), "failure": sorted(value["failure"])}
    return value or None


def key(service: dict) -> tuple:
    return service["id"], service["protocol"], service["port"] or 0


def differences(expected: dict, dump: dict) -> list[str]:
    """What differs between both readings of a file, in the normal form."""
    found = list(dump["services"])
    lines = []
    for want in filter(is_served, expected["services"]):
        has = next((one for one in found if key(one) == key(want)), None)
        if has is None:
            lines.append(f"{key(want)} is missing")
            continue
        found.remove(has)
        lines += [f"{key(want)} {field}: xinetd {want.get(field)!r}, porterd {has.get(field)!r}" for field in fields(want)
                  if comparable(field, want.get(field)) != comparable(field, has.get(field))]
    lines += [f"{key(one)} is not in xinetd" for one in found]
    wanted, left_out = (sorted((one["name"].strip(), REASONS.get(one["reason"], "error")) for one in dropped)
                        for dropped in (expected["dropped"], dump["dropped"]))
    more = sorted((one["name"], "error") for one in expected["services"]
                  if not is_served(one) and not set(one["type"]) & TYPES_NOT_SERVED)
    if left_out != sorted(wanted + more):
        lines.append(f"left out: xinetd {wanted} and {more}, porterd {left_out}")
    return lines


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
                self.assert_import_is_the_same(done.stdout)
                lines = differences(expected, json.loads(done.stdout))
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

    def assert_import_is_the_same(self, dump: bytes):
        """Of /case/conf, of which `dump` is the normal form."""
        shutil.rmtree(self.world.root / "case/made", ignore_errors=True)
        done = self.world.porterd("--import", "xinetd", "/case/conf", "--output", "/case/made")
        self.assertEqual(done.returncode, 0, done.stderr)
        if b"not UTF-8" in done.stdout:
            return
        self.world.add("/case/made.yaml", "include: [/case/made/*.yaml]\n")
        made = self.world.porterd("--dump=json", "--config", "/case/made.yaml")
        self.assertEqual(made.returncode, 0, made.stderr)
        services = [sorted(json.loads(text)["services"], key=str) for text in (made.stdout, dump)]
        self.assertEqual(*services, done.stdout.decode())

    def test_what_is_no_configuration_is_an_error_and_no_crash(self):
        for path in sorted((CORPUS / "templates").iterdir()):
            with self.subTest(path.name):
                done = self.world.run(read(path))
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(b"error: ", done.stderr)


if __name__ == "__main__":
    main()
