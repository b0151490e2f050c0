# SPDX-License-Identifier: Apache-2.0
"""Real inetd.conf files mean to porterd what they mean to the inetds: the same services at the same places, run as the
same users with the same arguments. The files are not a part of the project: PORTERD_CORPUS says where they are."""

import json
import os
import pathlib
import shutil

from porterd_harness import Case, bind_over, main, run_porterd

CORPUS = pathlib.Path(os.environ["PORTERD_CORPUS"])
STUBS = {"passwd": "passwd.inetd", "group": "group.inetd", "services": "services.inetd"}

# Files, by their number, where porterd departs on purpose:
TEMPLATES = {"081"}  # "<port>" is no port: no inetd takes it either
RELATIVE_SERVERS = {"031", "092", "118"}  # "ftpd": an inetd would look for it in its own directory
CARRIAGE_RETURNS = {"032"}  # is not a part of the last argument
# The later of two entries for one place counts, as in inetd, but what inetd prints is how it began with the first.
TWICE = {"059"}


def is_served(entry):
    return not entry["builtin"] and not entry["rpc"] and not entry.get("tcpmux")


def families(entry, dialect):
    if entry["family"] == "unix":
        return ["unix"]
    plain = "46" if dialect == "openbsd" else "4"
    return list(plain if entry["family"] == "any" else entry["family"])


def expected_rows(parsed, number):
    """(address, service, transport, family) → what is run there."""
    rows = {}
    for entry in filter(is_served, parsed["entries"]):
        if number in TEMPLATES or (number in RELATIVE_SERVERS and not entry["server"].startswith("/")):
            continue
        argv = [word.rstrip("\r") if number in CARRIAGE_RETURNS else word for word in entry["argv"]]
        runs = {"wait": entry["wait"], "user": entry["user"], "group": entry["group"], "max": entry["max"],
                "server": entry["server"].rstrip("\r"), "args": argv[1:],
                "argv0": argv[0] if argv else entry["server"].rstrip("\r").rsplit("/", 1)[-1],
                "type": entry["socket_type"]}
        for family in families(entry, parsed["dialect"]):
            for host in entry["host"] or [None]:
                host = host.strip("[]") if host else None
                if host is None or host.replace(".", "").isdigit() or ":" in host:
                    rows[host, entry["service"], entry["protocol"], family] = runs
    return rows


def ports():
    known = {}
    for line in (CORPUS / "env" / STUBS["services"]).read_text().splitlines():
        words = line.partition("#")[0].split()
        for name in words[:1] + words[2:]:
            port, protocol = words[1].split("/")
            known.setdefault((name, protocol), int(port))
    return known


def families_of(service):
    if service["protocol"] == "unix":
        return ["unix"]
    if "IPv4" in service["flags"]:
        return ["4"]
    return ["6"] if service["v6only"] or service["bind"] else ["4", "6"]


def actual_rows(dump):
    """The same of porterd's normal form, with ports for names."""
    rows = {}
    for service in dump["services"]:
        if set(service["type"]) & {"RPC", "INTERNAL", "TCPMUX", "TCPMUXPLUS"}:
            continue  # at a port that the kernel chooses, or not a program
        is_local = service["protocol"] == "unix"
        runs = {name: service[name] for name in ("wait", "user", "group", "server")}
        runs |= {"argv0": service["server_argv"][0], "args": service["server_argv"][1:],
                 "type": service["socket_type"],
                 "max": None if service["cps"][0] in ("256/m", "40/m") else int(str(service["cps"][0]).split("/")[0])}
        for family in families_of(service):
            rows[None if is_local else service["bind"], service["bind"] if is_local else service["port"],
                 service["protocol"], family] = runs
    return rows


class InetdCorpus(Case):
    def setUp(self):
        super().setUp()
        for name, stub in STUBS.items():
            bind_over(self, f"/etc/{name}", CORPUS / "env" / stub)
        self.ports = ports()

    def dump(self, path, dialect):
        copy = self.folder / "inetd.conf"
        copy.write_bytes(path.read_bytes())
        copy.chmod(0o644)
        done = run_porterd(f"--inetd={copy}", f"--dialect={dialect}", "--dump=json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout), done.stderr

    def at_ports(self, rows):
        """With ports for names, as a dump has them; an address only where it is of the row's family."""
        def at(service, kind):
            return service if kind == "unix" else self.ports.get((service, kind)) or int(service)
        return {(host, at(service, kind), kind, family): runs for (host, service, kind, family), runs in rows.items()
                if host is None or (family == "6") == (":" in host)}

    def files(self):
        for path in sorted((CORPUS / "inetd").iterdir()):
            expected = json.loads((CORPUS / "expected-inetd" / f"{path.name}.json").read_text())
            yield path, path.name[:3], expected

    def test_every_entry_means_what_it_means_to_the_dialect_of_its_file(self):
        count = 0
        for path, number, expected in self.files():
            parsed = expected["parsed"]
            if parsed["dialect"] == "busybox":
                parsed = expected["parsed_as_openbsd"]
            with self.subTest(path.name):
                wanted = self.at_ports(expected_rows(parsed, number))
                got, said = self.dump(path, parsed["dialect"])
                self.assertEqual(actual_rows(got), wanted, said)
                count += len(wanted)
        print(f"{count} places compared")

    def test_what_openbsd_inetd_really_adds_is_added(self):
        count = 0
        for path, number, expected in self.files():
            if number in TEMPLATES | TWICE:
                continue
            with self.subTest(path.name):
                wanted = {(entry["service"].rpartition(":")[0] or None, entry["service"].rpartition(":")[2],
                           entry["proto"].rstrip("46"), "6" if entry["proto"].endswith("6") else "4"):
                          {"wait": entry["wait"], "user": entry["user"], "server": entry["server"].rstrip("\r")}
                          for entry in expected["live_openbsd"]["added"]
                          if not entry["builtin"] and "rpc" not in entry and entry["proto"] != "unix"
                          and (number not in RELATIVE_SERVERS or entry["server"].startswith("/"))}
                got, said = self.dump(path, "openbsd")
                rows = {key: {name: runs[name] for name in ("wait", "user", "server")}
                        for key, runs in actual_rows(got).items() if key[2] != "unix"}
                self.assertEqual(rows, self.at_ports(wanted), said)
                count += len(wanted)
        print(f"{count} places compared")

    def test_without_a_dialect_nothing_is_lost(self):
        for path, number, expected in self.files():
            with self.subTest(path.name):
                parsed = expected["parsed"]
                wanted = {key[:3] for key in self.at_ports(expected_rows(parsed, number))}
                got, said = self.dump(path, "any")
                self.assertEqual({key[:3] for key in actual_rows(got)}, wanted, said)

    def test_what_is_imported_means_the_same(self):
        for path, _, expected in self.files():
            with self.subTest(path.name):
                dialect = expected["parsed"]["dialect"].replace("busybox", "openbsd")
                dump, _ = self.dump(path, dialect)
                made = self.folder / "made"
                shutil.rmtree(made, ignore_errors=True)
                done = run_porterd("--import", "inetd", self.folder / "inetd.conf", f"--dialect={dialect}",
                                   "--output", made)
                self.assertEqual(done.returncode, 0, done.stderr)
                config = self.write("made.yaml", f"include: [{made}/*.yaml]\n")
                again = json.loads(run_porterd("--dump=json", "--config", config).stdout)
                self.assertEqual(sorted(again["services"], key=str), sorted(dump["services"], key=str), done.stdout)


if __name__ == "__main__":
    main()
