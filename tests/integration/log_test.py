# SPDX-License-Identifier: Apache-2.0
"""The log, in both forms and at every place that it can go to. Names of events and fields are an interface."""

import json
import os
import re
import signal

from porterd_harness import (Case, ask, eventually, main, parse_record, private_dev, private_folder, receiver, tcp,
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
