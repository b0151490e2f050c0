# SPDX-License-Identifier: Apache-2.0
"""What the inits are given: systemd has nothing to say about the unit, its drop-ins and the socket, and insserv's
header, runit's and s6's files are what these read. (shellcheck looks at the scripts: lint/shell_scripts.)"""

import os
import re
import shutil
import subprocess

from installed import PREFIX, Installed, main, need

UNIT = "PREFIX/lib/systemd/system/porterd.service"
# Stanzas of a job that has no scripts, as init(5) of Upstart 1.13 has them. No Debian of today has Upstart.
UPSTART = [r'description ".+"', r"(start|stop) on runlevel \[!?[0-6S]+\]", r"respawn", r"respawn limit \d+ \d+",
           r"normal exit( (\d+|[A-Z0-9]+))+", r"(kill|reload) signal [A-Z0-9]+", r"kill timeout \d+",
           r"console (none|log|output|owner)", r"expect (stop|daemon|fork)", r"(umask|nice) -?\d+", r"exec /.+"]
EXAMPLES = "PREFIX/share/doc/porterd/examples/systemd"


class Units(Installed):
    all_inits = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.units = cls.root / "units"
        cls.units.mkdir()

    def verify(self, *drop_ins, socket=False):
        """systemd-analyze's words about porterd.service as it would be in use, with porterd in its place."""
        analyze = need("systemd-analyze")
        folder = self.units / self.id()
        folder.mkdir()
        text = self.path(UNIT).read_text().replace(f"{PREFIX}/sbin", str(self.path("PREFIX/sbin")))
        (folder / "porterd.service").write_text(text)
        for name in drop_ins:
            (folder / "porterd.service.d").mkdir(exist_ok=True)
            shutil.copy(self.path(f"{EXAMPLES}/{name}"), folder / "porterd.service.d")
        if socket:
            shutil.copy(self.path(f"{EXAMPLES}/porterd.socket"), folder)
        units = sorted(str(path) for path in folder.glob("porterd.*") if path.is_file())
        said = subprocess.run([analyze, "verify", "--man=no", "--recursive-errors=no", *units], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False,
                              env={**os.environ, "SYSTEMD_UNIT_PATH": f"{folder}:"}).stdout
        return [line for line in said.splitlines() if "porterd" in line]

    def test_the_service(self):
        self.assertEqual(self.verify(), [])

    def test_the_service_without_logins(self):
        self.assertEqual(self.verify("no-logins.conf"), [])

    def test_the_service_without_root(self):
        self.assertEqual(self.verify("unprivileged.conf"), [])

    def test_the_socket(self):
        self.assertEqual(self.verify(socket=True), [])

    def test_a_mistake_would_be_seen(self):
        unit = self.path(UNIT)
        good = unit.read_text()
        self.addCleanup(unit.write_text, good)
        unit.write_text(good.replace("KillMode=mixed", "KillMode=gently"))
        self.assertIn("kill mode", "".join(self.verify()))

    def test_each_line_that_cannot_be_there_is_not_there(self):
        text = self.path(UNIT).read_text()
        comment = text.partition("# Cannot be here")[2]
        absent = set(re.findall(r"([A-Z][A-Za-z]+)=", comment.partition("[Install]")[0]))
        present = set(re.findall(r"^([A-Z][A-Za-z]+)=", text, re.MULTILINE))
        self.assertGreater(len(absent), 20)
        self.assertEqual(absent & present, set())

    def test_the_header_of_the_sysv_script(self):
        text = self.path("/etc/init.d/porterd").read_text()
        header = text.partition("### BEGIN INIT INFO\n")[2].partition("### END INIT INFO\n")[0]
        names = re.findall(r"^# ([A-Za-z-]+):", header, re.MULTILINE)
        self.assertEqual(sorted(names), sorted([
            "Provides", "Required-Start", "Required-Stop", "Should-Start", "Should-Stop", "Default-Start",
            "Default-Stop", "Short-Description", "Description"]))

    def test_the_upstart_job(self):
        lines = [line for line in self.path("/etc/init/porterd.conf").read_text().splitlines()
                 if line and not line.startswith("#")]
        for line in lines:
            self.assertTrue(any(re.fullmatch(stanza, line) for stanza in UPSTART), line)
        for once in ("exec ", "start on ", "stop on ", "normal exit ", "respawn"):
            self.assertEqual(sum(line.startswith(once) for line in lines), 2 if once == "respawn" else 1, once)

    def test_no_placeholder_is_left(self):
        files = [path for path in self.root.rglob("*") if path.is_file() and "porterd" in str(path)
                 and "sbin" not in path.parts and "libexec" not in path.parts]
        for path in files:
            self.assertIsNone(re.search(r"@[A-Z_]+@", path.read_text()), path)

    def test_the_paths_are_those_of_the_installation(self):
        for name in ("/etc/init.d/porterd", "/etc/sv/porterd/run", "/etc/s6/sv/porterd/run", "/etc/init/porterd.conf",
                     UNIT):
            self.assertIn(f"{PREFIX}/sbin/porterd", self.path(name).read_text(), name)


if __name__ == "__main__":
    main()
