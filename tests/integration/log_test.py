# SPDX-License-Identifier: Apache-2.0
"""The log, in both forms and at every place that it can go to. Names of events and fields are an interface."""

import json
import os
import re
import signal

from porterd_harness import (Case, ask, eventually, local, main, parse_record, private_dev, private_folder, receiver, tcp,
                             victim)

_TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")


def hello(more="", name="hello", port=7001, program="hello"):
    return f"service: {name}\nlisten: [\"127.0.0.1:{port}\"]\nserver: {victim(program)}\n{more}\n---\n"


class Form(Case):
    def test_text_has_a_time_an_event_and_fields(self):
        daemon = self.start(hello())
        with tcp(7001) as client:
            client.read_all()
            start, end = daemon.wait_for("start"), daemon.wait_for("end")
            self.assertEqual(dict(start), {"service": "hello", "conn": start["conn"], "peer": client.name(), "local": "127.0.0.1:7001",
                                           "pid": start["pid"]})
        for name in ("service", "conn", "peer", "pid"):
            self.assertEqual(end[name], start[name])
        self.assertEqual(end["status"], "0")
        for name in ("duration", "user", "system"):
            self.assertRegex(end[name], r"^\d+\.\d{3}(\d{3})?$")
        for record in daemon.records():
            self.assertRegex(record.time, _TIME)

    def test_json_has_the_same_in_one_object_a_line(self):
        daemon = self.start(hello(), "log_format: json", ready=False, quiet_end=False)
        eventually("it is ready", lambda: '"event":"ready"' in daemon.log.text())
        with tcp(7001) as client:
            client.read_all()
            name = client.name()
        eventually("the end is told", lambda: '"event":"end"' in daemon.log.text())
        daemon.stop()
        records = [json.loads(line) for line in daemon.log.lines]
        self.assertEqual([record["event"] for record in records], ["starting", "ready", "start", "end", "stopping", "stopped"])
        start, end = records[2:4]
        self.assertEqual((start["service"], start["peer"], start["local"], start["level"]), ("hello", name, "127.0.0.1:7001", "info"))
        self.assertIsInstance(start["pid"], int)
        self.assertIsInstance(end["duration"], float)
        self.assertRegex(start["time"], _TIME)

    def test_peak_memory_of_a_large_server_is_told(self):
        daemon = self.start("service: large\nlisten: [7001]\nserver: /usr/bin/python3\n"
                            "server_args: [\"-c\", \"x = bytearray(200 << 20)\"]\n")
        ask(7001)
        end = daemon.wait_for("end")
        self.assertGreater(int(end["peak_kib"]), 200 << 10)

    def test_the_level_decides_what_is_written(self):
        daemon = self.start(hello("only_from: [127.0.0.1]"), "log_level: notice")
        self.assertEqual(ask(7001), b"hello\n")
        ask(7001, source="127.0.0.2")
        daemon.wait_for("refused")
        self.assertEqual(daemon.records("start") + daemon.records("end"), [])


class Fields(Case):
    def test_what_is_shown_of_success_and_failure_is_the_services_choice(self):
        daemon = self.start(hello("log_on_success: [pid]\nlog_on_failure: [attempt]\nno_access: [127.0.0.2]"))
        ask(7001)
        ask(7001, source="127.0.0.2")
        refused = daemon.wait_for("refused")
        start, end = daemon.wait_for("start"), daemon.wait_for("end")
        self.assertEqual(set(start), {"service", "conn", "pid"})
        self.assertEqual(set(end), {"service", "conn", "pid"})
        self.assertEqual(set(refused), {"service", "conn", "reason"})

    def test_nothing_to_show_is_no_record(self):
        daemon = self.start(hello("log_on_success: []\nlog_on_failure: []\nno_access: [127.0.0.2]")
                            + hello("no_access: [127.0.0.2]", name="second", port=7002))
        for port in (7001, 7002):
            ask(port)
            ask(port, source="127.0.0.2")
        daemon.wait_for("end", service="second")
        daemon.wait_for("refused", service="second")
        self.assertEqual(daemon.records(service="hello"), [])

    def test_what_is_not_asked_for_is_not_shown(self):
        daemon = self.start(hello("log_on_success: [host, duration]"))
        ask(7001)
        self.assertEqual(set(daemon.wait_for("end")), {"service", "conn", "peer", "duration"})


    def test_the_user_at_a_unix_socket_is_told(self):
        daemon = self.start(f"service: hello\nlisten: [{self.folder}/socket]\nserver: {victim('hello')}\n"
                            "log_on_success: [userid]\n")
        with local(f"{self.folder}/socket") as client:
            client.read_all()
        start = daemon.wait_for("start")
        self.assertEqual((set(start), start["uid"]), ({"service", "conn", "uid"}, "0"))
        daemon.wait_for("end")


class File(Case):
    def records(self, path):
        return [record for record in map(parse_record, path.read_text().splitlines()) if record is not None]

    def start_with_log(self, path, services, settings=""):
        daemon = self.start(services, f"log_type: file {path}\n{settings}", ready=False, quiet_end=False)
        eventually("it is ready", lambda: path.exists() and " ready " in path.read_text())
        return daemon

    def test_it_is_written_and_opened_again_on_reload(self):
        path = self.folder / "porterd.log"
        daemon = self.start_with_log(path, hello())
        self.assertEqual(path.stat().st_mode & 0o777, 0o640)
        ask(7001)
        eventually("the end is told", lambda: "end" in [record.event for record in self.records(path)])
        old = path.rename(path.with_suffix(".1"))
        daemon.send(signal.SIGHUP)
        eventually("there is a new one", lambda: path.exists() and " reloaded " in path.read_text())
        before = old.read_text()
        ask(7001)
        eventually("the end is told in the new one", lambda: "end" in [record.event for record in self.records(path)])
        self.assertEqual(old.read_text(), before)
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(self.records(path)[-1].event, "stopped")
        self.assertEqual(daemon.log.text(), "")

    def test_it_is_appended_to(self):
        path = self.write("porterd.log", "old line\n")
        self.start_with_log(path, hello())
        self.assertTrue(path.read_text().startswith("old line\n"))

    def test_a_service_may_have_a_file_of_its_own(self):
        own = self.folder / "own.log"
        daemon = self.start(hello(f"log_type: file {own}") + hello(name="second", port=7002))
        ask(7001)
        ask(7002)
        daemon.wait_for("end", service="second")
        eventually("its end is told", lambda: [record.event for record in self.records(own)] == ["start", "end"])
        self.assertEqual(daemon.records(service="hello"), [])

    def test_a_services_own_file_that_cannot_be_opened_stops_nobody(self):
        daemon = self.start(hello("log_type: file /nonexistent/log") + hello(name="second", port=7002))
        self.assertIn("/nonexistent/log", daemon.wait_for("log_failed", service="hello")["msg"])
        self.assertEqual((ask(7001), ask(7002)), (b"hello\n", b"hello\n"))
        daemon.wait_for("end", service="hello")
        daemon.wait_for("end", service="second")

    def test_a_services_own_file_is_opened_again_and_shared(self):
        own = self.folder / "own.log"
        daemon = self.start(hello(f"log_type: file {own}") + hello(f"log_type: file {own}", name="second", port=7002))
        ask(7001)
        eventually("it is written", lambda: len(self.records(own)) == 2)
        own.rename(own.with_suffix(".1"))
        daemon.send(signal.SIGHUP)
        daemon.wait_for("reloaded")
        ask(7002)
        eventually("it is written anew", lambda: own.exists() and len(self.records(own)) == 2)
        self.assertEqual(len([target for target in daemon.descriptors().values() if target == str(own)]), 1)

    def test_a_link_that_others_may_have_made_is_not_followed(self):
        open_folder = self.folder / "open"
        open_folder.mkdir()
        open_folder.chmod(0o1777)
        (open_folder / "log").symlink_to(self.folder / "elsewhere")
        daemon = self.start(hello(f"log_type: file {open_folder}/log") + hello(name="second", port=7002))
        self.assertIn("link", daemon.wait_for("log_failed", service="hello")["msg"])
        self.assertFalse((self.folder / "elsewhere").exists())

    def test_a_file_has_limits(self):
        own = self.folder / "own.log"
        daemon = self.start(hello(f"log_type: {{type: file, path: {own}, soft_limit: 1000, hard_limit: 1500}}"))
        for _ in range(10):
            ask(7001)
        soft, hard = daemon.wait_for("log_limit", limit="soft"), daemon.wait_for("log_limit", limit="hard")
        self.assertEqual((soft["log"], soft["file"], hard["log"]), ("hello", str(own), "hello"))
        self.assertLess(own.stat().st_size, 2000)
        own.rename(own.with_suffix(".1"))
        daemon.send(signal.SIGHUP)
        daemon.wait_for("reloaded")
        ask(7001)
        eventually("it is written anew", lambda: own.exists() and len(self.records(own)) >= 1)
        self.assertEqual(len(daemon.records("log_limit")), 2)

    def test_none_writes_nothing(self):
        daemon = self.start(hello("log_type: none") + hello(name="second", port=7002))
        ask(7001)
        ask(7002)
        daemon.wait_for("end", service="second")
        self.assertEqual(daemon.records(service="hello"), [])

    def test_a_reload_moves_the_log(self):
        new = self.folder / "new.log"
        daemon = self.start(hello(), quiet_end=False)
        self.reload(daemon, hello(), f"log_type: file {new}")
        eventually("it has moved", lambda: new.exists() and " reloaded " in new.read_text())
        ask(7001)
        eventually("it is written there", lambda: " end " in new.read_text())
        self.assertEqual(daemon.records("end"), [])

    def test_a_reload_to_a_log_that_cannot_be_opened_keeps_the_old(self):
        daemon = self.start(hello())
        self.reload(daemon, hello(), "log_type: file /nonexistent/log")
        self.assertIn("/nonexistent/log", daemon.wait_for("reload_failed")["msg"])
        ask(7001)
        daemon.wait_for("end")


class Xinetd(Case):
    """xinetd's form without xinetd.conf; xinetd_log_test.py compares it with the real one's."""

    LINE = re.compile(r"^\d\d/\d+/\d+@\d\d:\d\d:\d\d: ")

    def lines(self, path):
        return [self.LINE.sub("", line) for line in path.read_text().splitlines()] if path.exists() else []

    def test_a_service_may_have_it_alone(self):
        own = self.folder / "own.log"
        daemon = self.start(hello(f"log_type: file {own}\nlog_format: xinetd\nlog_on_success: [host]\nno_access: [127.0.0.2]")
                            + hello(name="second", port=7002))
        ask(7001)
        ask(7001, source="127.0.0.2")
        ask(7002)
        eventually("all is told", lambda: self.lines(own) == [
            "START: hello from=127.0.0.1", "START: hello from=127.0.0.2", "FAIL: hello address from=127.0.0.2"])
        daemon.wait_for("end", service="second")
        self.assertEqual(daemon.records(service="hello"), [])

    def test_what_xinetd_has_no_line_for_is_told_in_the_main_log(self):
        own = self.folder / "own.log"
        daemon = self.start(f"service: bad\nlisten: [7001]\nserver: {self.write('bad', 'no program', 0o755)}\n"
                            f"log_type: file {own}\nlog_format: xinetd_mapped\nlog_on_success: [exit, host]\n")
        ask(7001)
        self.assertEqual(daemon.wait_for("failed", service="bad")["step"], "exec")
        eventually("the rest is told", lambda: self.lines(own) == ["START: bad from=::ffff:127.0.0.1", "EXIT: bad status=0"])

    def test_it_may_be_the_form_of_all(self):
        daemon = self.start(hello(), "log_format: xinetd", ready=False, quiet_end=False)
        eventually("it is ready", lambda: "Started working: 1 available service" in daemon.log.text())
        ask(7001)
        eventually("the end is told", lambda: ": EXIT: hello status=0" in daemon.log.text())
        daemon.stop()
        self.assertRegex(daemon.log.lines[0], rf"^\S+ xinetd\[{daemon.pid}\]: NOTICE: porterd \S+ started with ")
        self.assertRegex(daemon.log.lines[2], r"^\S+: START: hello pid=\d+ from=127\.0\.0\.1$")
        self.assertRegex(daemon.log.lines[-1], r"WARNING: Exiting\.\.\.$")

    def test_every_refusal_has_a_line(self):
        own = self.folder / "own.log"
        self.start(hello(f"log_type: file {own}\nlog_format: xinetd\nlog_on_success: []\nonly_from: []"))
        for _ in range(50):
            ask(7001)
        eventually("all are told", lambda: len(self.lines(own)) == 50)

    def test_the_journal_has_it_as_the_message(self):
        private_folder(self, "/run")
        journal = receiver(self, "/run/systemd/journal/socket")
        self.start(hello("log_type: journal\nlog_format: xinetd\nlog_on_success: [pid]"))
        ask(7001)
        entry = dict(line.split("=", 1) for line in journal.recv(65536).decode().splitlines())
        self.assertEqual((entry["MESSAGE"], entry["SYSLOG_IDENTIFIER"]), (f"START: hello pid={entry['PORTERD_PID']}", "xinetd"))


class Dump(Case):
    def test_the_state_is_appended_to_a_file(self):
        path = self.folder / "state"
        daemon = self.start(hello("env: {SECRET: word}") + hello(name="other", port=7002), f"dump_file: {path}")
        ask(7001)
        daemon.wait_for("end", service="hello")
        for count in (1, 2):
            daemon.send(signal.SIGUSR1)
            self.assertEqual(daemon.wait_for("dumped", count=count)["file"], str(path))
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        text = path.read_text()
        self.assertEqual(text.count("END OF DUMP"), 2)
        for line in ("Service = hello", "\tState = listening", "\t\tenv: {SECRET: word}", "\tstarted = 1", "active_services = 2"):
            self.assertIn(line + "\n", text)

    def test_clients_are_served_meanwhile(self):
        path = self.folder / "state"
        others = "".join(f"---\nservice: s{port}\nlisten: ['127.0.0.1:{port}']\nserver: {victim('hello')}\n" for port in range(8000, 9000))
        daemon = self.start(hello() + others, f"dump_file: {path}")
        mark = daemon.mark()
        daemon.send(signal.SIGSTOP)
        daemon.send(signal.SIGUSR1)
        with tcp(7001) as client:
            daemon.send(signal.SIGCONT)
            client.read_all()
        daemon.wait_for("dumped", since=mark)
        events = [one.event for one in daemon.records(since=mark)]
        self.assertLess(events.index("start"), events.index("dumped"))
        text = path.read_text()
        self.assertEqual((text.count("\nService = "), text.count("END OF DUMP")), (1001, 1))

    def test_a_file_that_cannot_be_written_is_told(self):
        path = self.folder / "state"
        path.symlink_to(self.folder / "elsewhere")
        daemon = self.start(hello(), f"dump_file: {path}")
        daemon.send(signal.SIGUSR1)
        self.assertIn(str(path), daemon.wait_for("dump_failed")["msg"])
        self.assertFalse((self.folder / "elsewhere").exists())
        ask(7001)

    def test_there_may_be_none(self):
        private_folder(self, "/run")
        daemon = self.start(hello(), "dump_file: none")
        daemon.send(signal.SIGUSR1)
        daemon.wait_for("state")
        ask(7001)
        daemon.wait_for("end")
        self.assertEqual(daemon.records("dumped") + daemon.records("dump_failed"), [])


class Syslog(Case):
    def lines(self, log, count):
        return [log.recv(8192).decode() for _ in range(count)]

    def test_records_come_with_facility_level_and_name(self):
        private_dev(self)
        log = receiver(self, "/dev/log")
        daemon = self.start(hello("no_access: [127.0.0.2]"), "log_type: syslog local3 notice", ready=False, quiet_end=False)
        for event in ("starting", "ready"):
            self.assertRegex(log.recv(8192).decode(), rf"^<{19 * 8 + 5}>[A-Z][a-z]{{2}} [ 1-3]\d \d\d:\d\d:\d\d porterd\[{daemon.pid}\]: {event} ")
        ask(7001)
        start, end = self.lines(log, 2)
        self.assertTrue(start.startswith(f"<{19 * 8 + 5}>"), "success has the configured level")
        self.assertIn(": start service=hello conn=", start)
        self.assertIn(" status=0 ", end)
        ask(7001, source="127.0.0.2")
        refused = log.recv(8192).decode()
        self.assertIn("refused service=hello", refused)
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(daemon.log.text(), "")

    def test_a_syslogd_that_is_not_there_stops_nothing_and_is_found_when_it_comes(self):
        private_dev(self)
        self.start(hello("log_type: syslog"), quiet_end=False)
        self.assertEqual(ask(7001), b"hello\n")
        log = receiver(self, "/dev/log")
        self.assertEqual(ask(7001), b"hello\n")
        eventually("it hears", lambda: "service=hello" in log.recv(8192).decode())

    def test_a_syslogd_that_does_not_read_stops_nothing(self):
        private_dev(self)
        receiver(self, "/dev/log")
        self.start(hello("log_type: syslog"), quiet_end=False)
        for _ in range(200):
            self.assertEqual(ask(7001), b"hello\n")


class Journal(Case):
    def entry(self, journal):
        return dict(line.split("=", 1) for line in journal.recv(65536).decode().splitlines())

    def test_each_field_is_a_field_of_the_journals(self):
        private_folder(self, "/run")
        journal = receiver(self, "/run/systemd/journal/socket")
        daemon = self.start(hello(), "log_type: journal", ready=False, quiet_end=False)
        starting, ready = self.entry(journal), self.entry(journal)
        self.assertEqual((starting["PORTERD_EVENT"], ready["PORTERD_EVENT"]), ("starting", "ready"))
        with tcp(7001) as client:
            client.read_all()
            start, end = self.entry(journal), self.entry(journal)
            self.assertEqual(start["PORTERD_PEER"], client.name())
        self.assertEqual(start["SYSLOG_IDENTIFIER"], "porterd")
        self.assertEqual((start["PRIORITY"], start["PORTERD_EVENT"], start["PORTERD_SERVICE"]), ("6", "start", "hello"))
        self.assertEqual(end["PORTERD_CONN"], start["PORTERD_CONN"])
        self.assertEqual(end["PORTERD_STATUS"], "0")
        self.assertTrue(end["MESSAGE"].startswith("end service=hello conn="))
        self.assertEqual(daemon.stop(), 0)

    def test_lines_of_standard_error_have_their_priority_when_the_journal_reads_it(self):
        """JOURNAL_STREAM names the descriptor: systemd has set it, and reads the prefix."""
        script = ("import os, sys\nstatus = os.fstat(2)\nos.environ['JOURNAL_STREAM'] = f'{status.st_dev}:{status.st_ino}'\n"
                  "os.execv(sys.argv[1], sys.argv[1:])")
        daemon = self.start(hello(), wrapper=["/usr/bin/python3", "-c", script], ready=False, quiet_end=False)
        eventually("it is ready", lambda: "ready" in daemon.log.text())
        ask(7001)
        eventually("the end is told", lambda: "end service=hello" in daemon.log.text())
        self.assertEqual([line[:4] for line in daemon.log.lines], ["<5>s", "<5>r", "<6>s", "<6>e"])


class Patience(Case):
    def test_a_reader_that_does_not_read_stops_nobody_and_hears_how_much_it_missed(self):
        """porterd's standard error is a pipe that nobody reads for a while."""
        reading, writing = os.pipe()
        self.addCleanup(os.close, reading)
        script = f"import os, sys\nos.dup2({writing}, 2)\nos.close({writing})\nos.execv(sys.argv[1], sys.argv[1:])"
        daemon = self.start(hello(), wrapper=["/usr/bin/python3", "-c", script], pass_fds=[writing], ready=False, quiet_end=False)
        os.close(writing)
        eventually("it serves", self.can_ask)
        for _ in range(600):
            self.assertEqual(ask(7001), b"hello\n")
        text = os.read(reading, 1 << 20)
        eventually("it is told", lambda: self.more(reading, "log_lost"))
        self.assertIn(b" ready ", text)
        self.assertEqual(daemon.stop(), 0)

    def can_ask(self):
        try:
            return ask(7001) == b"hello\n"
        except ConnectionRefusedError:
            return False

    def more(self, reading, word):
        os.set_blocking(reading, False)
        try:
            return word.encode() in os.read(reading, 1 << 20)
        except BlockingIOError:
            return False

    def test_repeats_become_one_line_with_their_number(self):
        daemon = self.start(hello("only_from: []"))
        for _ in range(200):
            ask(7001)

        def told():
            return sum(int(record.get("repeated", 1)) for record in daemon.records("refused", service="hello", reason="address"))
        eventually("all refusals are told", lambda: told() == 200)
        self.assertLess(len(daemon.records("refused")), 100)


if __name__ == "__main__":
    main()
