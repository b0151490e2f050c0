# SPDX-License-Identifier: Apache-2.0
"""porterd as a command: it checks, prints, explains, and leaves with a status that scripts can use."""

import json
import os

import jsonschema
import yaml

from porterd_harness import Case, main, run_porterd, victim

_GOOD = """
    service: hello
    listen: ["127.0.0.1:7001", "[::1]:7001", "%lo:7002", "@hello", {{path: {folder}/s.sock, owner: nobody, mode: 0600}}]
    server: {hello}
    server_args: ["two words", "", "#", "null", "it's", "\\u00e9"]
    argv0: "yes"
    user: nobody
    group: daemon
    groups: [mail, 4711]
    env: {{A: "1", B: "x: y", EMPTY: ""}}
    passenv: [TERM]
    working_directory: /tmp
    umask: 007
    nice: -3
    rlimit_as: 1G:2G
    rlimit_core: 0
    rlimit_files: 100:200
    instances: 10
    per_source: {{limit: 3, ipv4: 24, ipv6: 56}}
    cps: {{rate: 30, burst: 50, excess: refuse}}
    only_from: [10.0.0.0/8, "2001:db8::/32", friend.test]
    no_access: [10.1.0.0/16]
    access_times: ["08:00-18:00", "22:00-06:00"]
    max_load: 2.5
    log_type: syslog local3 notice
    log_on_success: [pid, duration]
    log_on_failure: []
    stderr: file /dev/null
    keepalive: yes
    nodelay: yes
    freebind: yes
    backlog: 77
    ---
    service: once
    socket_type: dgram
    wait: yes
    port: 7003
    bind: 127.0.0.2
    server: {hello}
    user: root
    stderr: "null"
    """


class Offline(Case):
    def good(self):
        return self.configure(_GOOD.format(folder=self.folder, hello=victim("hello")),
                              "drain_timeout: 90s\nkill_timeout: 1m30s\nlog_format: json\nmax_sessions: 500\ndefaults: {instances: 20}\n")

    def run_it(self, *args, status=0, **how):
        done = run_porterd(*args, **how)
        self.assertEqual(done.returncode, status, done.stderr)
        return done


class Check(Offline):
    def test_good(self):
        done = self.run_it("--check", "--config", self.good())
        self.assertIn("2 services", done.stdout)
        self.assertEqual(done.stderr, "")

    def test_every_mistake_is_shown_with_file_line_column_and_caret(self):
        config = self.configure("service: finger\nlisten: [79]\nserver: /bin/true\ninstanses: 3\ncps: fast\n---\n"
                                "service: other\nlisten: [7001]\nserver: relative\n---\n"
                                "service: third\nlisten: [nowhere]\nserver: /bin/true\n", "log_formt: json")
        done = self.run_it("--check", "--config", config, status=2)
        for line, column in ((4, 1), (5, 6)):
            self.assertIn(f"{self.folder}/conf.d/test.yaml:{line}:{column}: ", done.stderr)
        self.assertIn("did you mean 'instances'?", done.stderr)
        self.assertIn("did you mean 'log_format'?", done.stderr)
        self.assertIn("4 | instanses: 3\n      | ^~~~~~~~~\n", done.stderr)
        for word in ("nowhere", "relative", "porterd.yaml:1:1"):
            self.assertIn(word, done.stderr)

    def test_a_bad_service_is_fatal_only_here(self):
        config = self.configure(f"service: bad\nlisten: [7001]\nserver: {victim('hello')}\ninstances: many\n")
        self.run_it("--check", "--config", config, status=2)
        self.run_it("--strict", "--config", config, status=2)
        daemon = self.start(f"service: bad\nlisten: [7001]\nserver: {victim('hello')}\ninstances: many\n")
        self.assertEqual(daemon.wait_for("ready")["services"], "0")

    def test_a_missing_file(self):
        done = self.run_it("--check", "--config", "/nonexistent/porterd.yaml", status=2)
        self.assertIn("/nonexistent/porterd.yaml", done.stderr)
        self.assertIn("No such file", done.stderr)

    def test_nothing_is_bound_or_started(self):
        config = self.configure(f"service: hello\nlisten: [{self.folder}/s.sock]\nserver: {victim('hello')}\n",
                                f"pid_file: {self.folder}/pid\nlog_type: file {self.folder}/log\n")
        self.run_it("--check", "--config", config)
        self.run_it("--dump", "--config", config)
        self.assertEqual({path.name for path in self.folder.iterdir()}, {"porterd.yaml", "conf.d"})


class Dump(Offline):
    def test_yaml_goes_round(self):
        first = self.run_it("--dump", "--config", self.good()).stdout
        again = self.write("again/porterd.yaml", first)
        self.run_it("--check", "--config", again)
        self.assertEqual(self.run_it("--dump=yaml", "--config", again).stdout, first)
        self.assertIn("argv0: \"yes\"", first)

    def test_json_goes_round(self):
        first = self.run_it("--dump=json", "--config", self.good()).stdout
        again = self.write("again/porterd.json", first)
        self.run_it("--check", "--config", again)
        second = json.loads(self.run_it("--dump=json", "--config", again).stdout)
        for part in ("services", "configuration"):  # what was said of the files is not said again
            self.assertEqual(second[part], json.loads(first)[part])
            self.assertTrue(second[part])

    def test_yaml_and_json_say_the_same(self):
        config = self.good()
        as_json = self.run_it("--dump=json", "--config", config).stdout
        again = self.write("again/porterd.yaml", as_json)
        self.assertEqual(self.run_it("--dump", "--config", again).stdout, self.run_it("--dump", "--config", config).stdout)

    def test_defaults_and_drop_ins_are_worked_in(self):
        self.good()
        self.write("conf.d/once.d/more.yaml", "nice: 7\n")
        documents = list(yaml.safe_load_all(self.run_it("--dump", "--config", self.folder / "porterd.yaml").stdout))
        services = {document["service"]: document for document in documents if "service" in document}
        self.assertEqual((services["once"]["instances"], services["once"]["nice"]), (20, 7))
        self.assertEqual(services["hello"]["instances"], 10)

    def test_an_unknown_form(self):
        self.assertIn("yaml or json", self.run_it("--dump=xml", status=2).stderr)

    def test_a_fatal_mistake(self):
        self.configure(settings="log_format: [")
        done = self.run_it("--dump", "--config", self.folder / "porterd.yaml", status=2)
        self.assertEqual(done.stdout, "")


class Words(Offline):
    def schema(self):
        return json.loads(self.run_it("--schema").stdout)

    def test_the_schema_is_one_and_accepts_what_the_program_accepts(self):
        schema = self.schema()
        jsonschema.Draft7Validator.check_schema(schema)
        self.good()
        for path in (self.folder / "porterd.yaml", self.folder / "conf.d/test.yaml"):
            for document in yaml.safe_load_all(path.read_text()):
                jsonschema.validate(document, schema)

    def test_the_schema_refuses_what_the_program_refuses(self):
        schema = self.schema()
        for wrong in ({"instanses": 3}, {"instances": "many"}, {"wait": 7}, {"socket_type": "raw"}):
            document = {"service": "x", "listen": [1], "server": "/bin/true", **wrong}
            with self.subTest(wrong=wrong), self.assertRaises(jsonschema.ValidationError):
                jsonschema.validate(document, schema)

    def test_every_attribute_of_the_schema_is_explained(self):
        names = {name for part in self.schema()["definitions"].values() for name in part.get("properties", {})}
        self.assertLess({"listen", "server", "cps", "log_format", "rlimit_as"}, names)
        everything = self.run_it("--explain").stdout
        parts = {"path", "address", "owner", "mode", "limit", "ipv4", "ipv6", "rate", "burst", "excess", "soft", "hard",
                 "defaults", "services", "interface"}
        for name in names - parts:
            if not name.endswith(("+", "-", "=")):
                self.assertRegex(everything, rf"(?m)^{name}: ")

    def test_one_attribute_is_explained_in_either_way_of_asking(self):
        text = self.run_it("--explain", "cps").stdout
        self.assertIn("token bucket", text)
        self.assertEqual(self.run_it("--explain=cps").stdout, text)
        self.assertIn("bind", self.run_it("--explain", "interface").stdout)

    def test_an_unknown_attribute(self):
        self.assertIn("nosuch", self.run_it("--explain", "nosuch", status=2).stderr)

    def test_version_and_help(self):
        self.assertRegex(self.run_it("--version").stdout, r"^porterd \d+\.\d+\.\d+")
        text = self.run_it("--help").stdout
        for name in ("config", "daemonize", "check", "dump", "schema", "explain", "strict", "pid-file"):
            self.assertIn(f"--{name}", text)
        self.assertNotIn("--resolve", text)

    def test_mistakes_on_the_command_line(self):
        for words, complaint in ((["--bogus"], "--bogus"), (["-x"], "-x"), (["extra"], "extra"), (["--config"], "--config"),
                                 (["--check=yes"], "--check=yes"), (["--explain", "cps", "wait"], "cps")):
            with self.subTest(words=words):
                done = self.run_it(*words, status=2)
                self.assertIn(complaint, done.stderr)
                self.assertEqual(done.stdout, "")

    def test_they_need_no_configuration_and_no_root(self):
        for words in (["--version"], ["--help"], ["--schema"], ["--explain"]):
            self.run_it(*words, env={"PATH": "/nonexistent"})


class Trust(Case):
    """As root, a file that others could have written is not read."""

    def configured(self):
        return self.configure(f"service: hello\nlisten: [7001]\nserver: {victim('hello')}\n")

    def assert_refused(self, path, why):
        done = run_porterd("--check", "--config", self.folder / "porterd.yaml")
        self.assertEqual(done.returncode, 2)
        self.assertIn(f"{path}:", done.stderr)
        self.assertIn(why, done.stderr)

    def test_writable_by_all(self):
        config = self.configured()
        for path in (config, self.folder / "conf.d/test.yaml"):
            path.chmod(0o646)
            self.assert_refused(path, "everybody may write")
            path.chmod(0o644)

    def test_owned_by_another(self):
        config = self.configured()
        for path in (config, self.folder / "conf.d/test.yaml"):
            os.chown(path, 65534, 0)
            self.assert_refused(path, "belongs to user 65534")
            os.chown(path, 0, 0)

    def test_a_drop_in_that_is_not_trusted_takes_its_service_with_it(self):
        """It may restrict the service, which must not run without it."""
        path = self.write("conf.d/hello.d/limit.yaml", "only_from: []\n", 0o666)
        daemon = self.start(f"service: hello\nlisten: [7001]\nserver: {victim('hello')}\n")
        self.assertIn(str(path), daemon.log.text())
        self.assertEqual(daemon.wait_for("ready")["services"], "0")


if __name__ == "__main__":
    main()
