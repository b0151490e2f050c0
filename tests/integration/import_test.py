# SPDX-License-Identifier: Apache-2.0
"""What --import makes of the files of another super-daemon means to porterd what those files mean: both have the same
normal form."""

import json
import pathlib
import shutil

from porterd_harness import Case, ask, main, run_porterd, victim

FUZZED = pathlib.Path(__file__).parent.parent / "fuzz"

XINETD = """
# For everybody
defaults
{
    instances = 60
    log_type = FILE /var/log/xinetd.log
    log_on_success = HOST PID
    only_from = 127.0.0.1
}

# Says hello
service hello
{
    type = UNLISTED
    socket_type = stream
    port = 7001
    wait = no
    user = root
    # the program
    server = %s
    flags = KEEPALIVE
}

service later
{
    disable = yes
    type = UNLISTED
    socket_type = stream
    port = 7002
    wait = no
    user = root
    server = /bin/true
}
"""


def normal(dump: str) -> list:
    services = json.loads(dump)["services"]
    return sorted(services, key=lambda one: (one["id"], str(one["bind"]), str(one["port"]), one["flags"]))


class Import(Case):
    def import_it(self, form, path, *args, status=0):
        done = run_porterd("--import", form, str(path), *args)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def imported(self, form, path):
        """The normal form of what was made, and the report."""
        shutil.rmtree(self.folder / "made", ignore_errors=True)
        report = self.import_it(form, path, "--output", self.folder / "made").stdout
        config = self.write("made.yaml", f"include: [{self.folder}/made/*.yaml]\n")
        dump = run_porterd("--dump=json", "--config", config)
        self.assertEqual(dump.returncode, 0, dump.stderr)
        return normal(dump.stdout), report

    def original(self, form, path):
        dump = run_porterd("--dump=json", f"--{form}", path)
        self.assertEqual(dump.returncode, 0, dump.stderr)
        return normal(dump.stdout)

    def test_a_file_of_xinetd(self):
        path = self.write("xinetd.conf", XINETD % victim("hello"))
        services, report = self.imported("xinetd", path)
        self.assertEqual(services, self.original("xinetd", path))
        self.assertEqual([one["id"] for one in services], ["hello"])
        text = (self.folder / "made/hello.yaml").read_text()
        self.assertIn("# Says hello\nservice: hello\n", text)
        self.assertIn("# the program\nserver: ", text)
        self.assertIn("disable: yes\n", (self.folder / "made/later.yaml").read_text())
        self.assertIn(" 0 not supported\n", report)

    def test_a_directory_of_xinetd(self):
        self.write("xinetd.d/hello", XINETD % victim("hello"))
        self.write("xinetd.d/old.rpmsave", "service x\n{\n")
        services, report = self.imported("xinetd", self.folder / "xinetd.d")
        self.assertEqual([one["id"] for one in services], ["hello"])
        self.assertNotIn("rpmsave", report)

    def test_every_file_that_the_fuzzers_begin_with(self):
        count = 0
        for form in ("xinetd", "inetd"):
            for path in sorted((FUZZED / f"{form}_corpus").iterdir()):
                with self.subTest(path.name):
                    copy = self.folder / "copy.conf"
                    copy.write_bytes(path.read_bytes())
                    copy.chmod(0o644)
                    services, report = self.imported(form, copy)
                    if "not UTF-8" not in report:
                        self.assertEqual(services, self.original(form, copy))
                        count += len(services)
        self.assertGreater(count, 3)

    def test_an_imported_unit_answers(self):
        self.write("units/hello.socket", "[Socket]\nListenStream=7001\nAccept=yes\n")
        self.write("units/hello@.service", f"[Service]\nExecStart={victim('hello')}\nStandardInput=socket\n")
        report = self.import_it("systemd", self.folder / "units", "--output", self.folder / "made").stdout
        self.assertIn("4 lines: 4 kept", report)
        daemon = self.start((self.folder / "made/hello.yaml").read_text())
        self.assertEqual(ask(7001), b"hello\n")
        self.assertEqual(daemon.wait_for("end", service="hello")["status"], "0")

    def test_nothing_is_overwritten_without_being_told(self):
        path = self.write("inetd.conf", "7001 stream tcp nowait root /bin/true\n")
        kept = self.write("made/7001.yaml", "# mine\n")
        done = self.import_it("inetd", path, "--output", self.folder / "made", status=1)
        self.assertIn("7001.yaml is there already, and nothing was written", done.stderr)
        self.assertEqual(pathlib.Path(kept).read_text(), "# mine\n")
        self.import_it("inetd", path, "--output", self.folder / "made", "--overwrite")
        self.assertIn("server: /bin/true\n", pathlib.Path(kept).read_text())

    def test_without_a_directory_it_is_printed(self):
        path = self.write("inetd.conf", "7001 stream tcp nowait root /bin/true\n")
        done = self.import_it("inetd", path)
        self.assertTrue(done.stdout.startswith("---\n# 7001.yaml\n"))
        self.assertIn("1 lines: 1 kept", done.stderr)

    def test_mistakes_on_the_command_line(self):
        self.assertIn("xinetd, inetd or systemd", self.import_it("launchd", "/x", status=2).stderr)
        self.assertIn("needs one PATH", run_porterd("--import", "xinetd").stderr)
        self.assertIn("/no/such", self.import_it("xinetd", "/no/such", status=2).stderr)


if __name__ == "__main__":
    main()
