# SPDX-License-Identifier: Apache-2.0
"""What servers of the real xinetd and the real inetds were started with, written down elsewhere, and what porterd in
their place starts the same servers with: arguments, ids, limits, environment, banners."""

import json
import os
import pathlib
import shutil

from porterd_harness import Case, Role, ask, eventually, main, private_folder, run, victim

CORPUS = pathlib.Path(os.environ["PORTERD_CORPUS"])
PORT = 20100

# Where porterd differs on purpose, and what its server then says; see porterd(8).
XINETD_DEPARTURES = {
    "NAMEINARGS after args": "counts wherever it stands",
    "server is a directory": "left out",
}
# openbsd-inetd cuts arguments off after the twentieth, and starts servers whose user it does not know.
INETD_DEPARTURES = {
    ("openbsd", "30 arguments"), ("openbsd", "CRLF"), ("openbsd", "user:group/class (FreeBSD)"),
    ("openbsd", "missing user field"), ("openbsd", "unknown user"), ("openbsd", "leading blanks on first line"),
}


def facts(answer: str) -> list[str]:
    """The victim's words in the form of the corpus."""
    seen, banner = {}, []
    for line in answer.splitlines():
        name, equals, value = line.partition("=")
        if equals and (name in ("uid", "gid", "umask", "nice", "groups", "cwd") or name.split(".")[0] in ("argv", "limit", "env")):
            seen[name] = value
        elif "=" not in line:
            banner.append(line)
    if not seen:
        return banner
    arguments = [value for name, value in seen.items() if name.startswith("argv.")]
    variables = [f"env {name.removeprefix('env.')}={value}" for name, value in seen.items() if name.startswith("env.")
                 and not name.endswith("SAN_OPTIONS")]
    limits = [f"rlimit_{name}={seen['limit.' + name].replace('unlimited', '-1').replace(':', '/')}"
              for name in ("as", "cpu", "nofile", "stack")]
    return [*banner, f"argc={len(arguments)}", *(f"argv[{i}]={word}" for i, word in enumerate(arguments)),
            f"uid={seen['uid']} gid={seen['gid']} umask={seen['umask']} nice={seen['nice']}",
            f"groups={seen['groups']}", *limits, *sorted(variables), f"cwd={seen['cwd']}"]


def comparable(lines) -> list[str]:
    """Without what differs between the two places: porterd shows addresses as they are."""
    lines = [line.strip().replace("::ffff:127.0.0.1", "127.0.0.1") for line in lines]
    return sorted(line for line in lines if line)


class RuntimeCorpus(Case):
    def setUp(self):
        super().setUp()
        private_folder(self, "/run")
        self.echoer = str(self.folder / "echoer")
        shutil.copy(victim("show"), self.echoer)
        for name in ("bannerok", "bannerall", "bannerfail"):
            self.write(name, f"<{name}>\n")

    def local(self, text):
        for name in ("bannerok", "bannerall", "bannerfail"):
            text = text.replace(f"/{name}", f"{self.folder}/{name}")
        return text.replace(" bin/echoer", " " + self.echoer[1:]).replace("/bin/echoer", self.echoer)

    def answer(self, role, *words):
        """What a client of port 20100 is told; "" where nobody listens. xinetd's test harness had these limits."""
        role.program, words = "prlimit", ["--nofile=20000", role.program, *words]
        log = self.folder / "log"
        process = role.start(*words, stderr=log.open("wb"))
        eventually("it is ready", lambda: any(word in log.read_text() for word in (" ready ", "Started working", "fatal:")))
        try:
            return ask(PORT).decode()
        except (ConnectionRefusedError, ConnectionResetError):
            return ""
        finally:
            process.terminate()
            process.wait(20)

    def xinetd_answer(self, case):
        wanted = {"type": "UNLISTED", "socket_type": "stream", "protocol": "tcp", "port": str(PORT), "wait": "no",
                  "user": "root", "server": "/bin/echoer"} | case["override"]
        lines = [*(f"{name} = {value}" for name, value in wanted.items()), *case["attributes"]]
        conf = self.write("case.conf", self.local("service probe\n{\n" + "".join(f"\t{line}\n" for line in lines) + "}\n"))
        role = Role(self, "xinetd", {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/", "TERM": "dumb"})
        return self.answer(role, "-d", "-f", conf)

    def test_servers_of_xinetd(self):
        for case in json.loads((CORPUS / "runtime-exec.json").read_text()):
            if "attributes" not in case or case["test"] in XINETD_DEPARTURES:
                continue
            with self.subTest(case["test"]):
                wanted = case["output"].replace("argv[0]=/bin/echoer", "argv[0]=" + self.echoer)
                self.assertEqual(comparable(facts(self.xinetd_answer(case))), comparable(wanted.splitlines()))

    def test_servers_of_the_inetds(self):
        for case in json.loads((CORPUS / "runtime-inetd.json").read_text()):
            for dialect, kind in (("openbsd", "openbsd"), ("inetutils", "gnu")):
                if (dialect, case["test"]) in INETD_DEPARTURES:
                    continue
                with self.subTest(case["test"], dialect=dialect):
                    path = self.folder / "inetd.conf"
                    path.write_bytes(self.local(case["conf"]).encode())
                    role = Role(self, "inetutils-inetd" if kind == "gnu" else "openbsd-inetd")
                    seen = [line for line in facts(self.answer(role, "-d", path))
                            if not line.startswith(("rlimit", "env", "cwd", "groups"))]
                    wanted = [self.local(line) for line in case[dialect]
                              if not line.startswith(("ERR", "(no output)", "groups"))]
                    self.assertEqual(comparable(seen), comparable(wanted))


if __name__ == "__main__":
    main()
