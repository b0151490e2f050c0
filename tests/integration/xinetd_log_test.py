# SPDX-License-Identifier: Apache-2.0
"""xinetd's log lines: the real xinetd and porterd serve the same xinetd.conf side by side and see the same clients; what
they write differs in times and process numbers only."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import threading
import time

from porterd_harness import Case, ask, bind_over, eventually, main, private_dev, private_folder, real_xinetd, receiver, tcp, udp

OFFSET = 10000  # porterd's ports are those of xinetd and this

DEFAULTS = """
defaults
{
    log_type = FILE FOLDER/service.log
    log_on_success = PID HOST EXIT DURATION
    log_on_failure = HOST
}
"""


def normal(line: str) -> str:
    """Without what two runs never share: time, process numbers, and the second that a duration may have more."""
    line = re.sub(r"^\d\d/\d+/\d+@\d\d:\d\d:\d\d", "TIME", line)
    line = re.sub(r"^(<\d+>)\w+ [ \d]\d \d\d:\d\d:\d\d ", r"\1", line)
    line = re.sub(r"\bpid=\d+", "pid=N", line)
    line = re.sub(r"\bxinetd\[\d+\]", "xinetd[N]", line)
    line = re.sub(r"duration=\d+\(sec\)", "duration=N(sec)", line)
    return re.sub(r"NOTICE: .* started with .* options compiled in\.", "NOTICE: started", line)


class Beside(Case):
    """`self.entry()` and `self.run_both()`; then `self.ask_both()` and `self.compare()`."""

    def setUp(self):
        super().setUp()
        self.xinetd_path = real_xinetd()
        self.entries = []
        self.folders = {}
        self.xinetd = None
        self.porterd = None

    def script(self, name, text):
        return self.write(name, "#!/bin/sh\n" + text, 0o755)

    def entry(self, name, port, server, *more, wait="no", kind="stream", types="UNLISTED"):
        self.entries.append((name, port, server, more, wait, kind, types))

    def _text(self, folder, offset, defaults):
        parts = [defaults]
        for name, port, server, more, wait, kind, types in self.entries:
            lines = [f"type = {types}", f"socket_type = {kind}", f"wait = {wait}", "user = root", f"port = {port + offset}",
                     f"server = {server}", *more]
            parts.append(f"service {name}\n{{\n" + "".join(f"    {line}\n" for line in lines) + "}\n")
        return "".join(parts).replace("FOLDER", str(folder))

    def configure_both(self, defaults=DEFAULTS):
        for who, offset in (("xinetd", 0), ("porterd", OFFSET)):
            self.folders[who] = self.folder / who
            self.write(f"{who}/xinetd.conf", self._text(self.folders[who], offset, defaults))

    def run_both(self, defaults=DEFAULTS):
        self.configure_both(defaults)
        self.xinetd = self._start_xinetd()
        folder = self.folders["porterd"]
        self.porterd = self.start("", f"log_type: file {folder}/main.log\nlog_format: xinetd\ndump_file: {folder}/dump\n",
                                  args=("--xinetd", folder / "xinetd.conf"), ready=False, quiet_end=False)
        for who in self.folders:
            self.wait_for_main(who, "Started working")

    def _start_xinetd(self):
        folder = self.folders["xinetd"]
        process = subprocess.Popen([self.xinetd_path, "-f", folder / "xinetd.conf", "-filelog", folder / "main.log", "-dontfork"],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def lines(self, who, name):
        path = self.folders[who] / name
        return [normal(line) for line in path.read_text().splitlines()] if path.exists() else []

    def wait_for_main(self, who, text, count=1):
        def is_there():
            return sum(text in line for line in self.lines(who, "main.log")) >= count
        try:
            eventually(f"{who} says '{text}'", is_there)
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.lines(who, 'main.log')}") from None

    def ask_both(self, port, host="127.0.0.1", source=None):
        answers = [self._answer(port + offset, host, source) for offset in (0, OFFSET)]
        self.assertEqual(answers[0], answers[1])
        return answers[0]

    def _answer(self, port, host, source):
        try:
            return ask(port, host=host, source=source)
        except ConnectionRefusedError:
            return "refused"
        except ConnectionResetError:
            return b""

    def compare(self, count, name="service.log", ordered=True):
        """Both come to have `count` lines, and the same."""
        def is_complete():
            return all(len(self.lines(who, name)) >= count for who in self.folders)
        with contextlib.suppress(AssertionError):  # the lines say more
            eventually("all lines are there", is_complete)
        arrange = list if ordered else sorted
        theirs, ours = (arrange(self.lines(who, name)) for who in ("xinetd", "porterd"))
        self.assertEqual(theirs, ours)
        self.assertEqual(len(theirs), count, theirs)
        return theirs

    def tell_both(self, number):
        self.xinetd.send_signal(number)
        self.porterd.send(number)


class Service(Beside):
    """The log of services: START, EXIT, FAIL."""

    def setUp(self):
        super().setUp()
        self.hello = self.script("hello", "echo hello\n")

    def test_a_served_client(self):
        self.entry("hello", 9001, self.hello)
        self.entry("four", 9002, self.hello, "flags = IPv4")
        self.run_both()
        for count, (port, host) in enumerate(((9001, "127.0.0.1"), (9001, "::1"), (9002, "127.0.0.1")), 1):
            self.assertEqual(self.ask_both(port, host), b"hello\n")
            lines = self.compare(2 * count)
        self.assertEqual(lines, ["TIME: START: hello pid=N from=::ffff:127.0.0.1", "TIME: EXIT: hello status=0 pid=N duration=N(sec)",
                                 "TIME: START: hello pid=N from=::1", "TIME: EXIT: hello status=0 pid=N duration=N(sec)",
                                 "TIME: START: four pid=N from=127.0.0.1", "TIME: EXIT: four status=0 pid=N duration=N(sec)"])

    def test_a_killed_server_and_one_that_fails(self):
        self.entry("killed", 9001, self.script("killed", "kill -9 $$\n"))
        self.entry("fails", 9002, self.script("fails", "exit 3\n"))
        self.run_both()
        self.ask_both(9001)
        self.compare(2)
        self.ask_both(9002)
        self.assertIn("TIME: EXIT: killed signal=9 pid=N duration=N(sec)", self.compare(4))

    def test_a_server_that_cannot_be_executed(self):
        self.entry("broken", 9001, self.write("broken", "no program", 0o755))
        self.run_both()
        self.ask_both(9001)
        self.compare(2)
        self.compare(3, "main.log")

    def test_a_refused_address(self):
        self.entry("closed", 9001, self.hello, "no_access = 127.0.0.2")
        self.run_both()
        self.ask_both(9001, source="127.0.0.2")
        # Parent and child of xinetd race for the first place.
        self.assertIn("TIME: FAIL: closed address from=::ffff:127.0.0.2", self.compare(3, ordered=False))

    def test_what_hosts_deny_refuses(self):
        bind_over(self, "/etc/hosts.allow", self.write("hosts.allow", "\n"))
        bind_over(self, "/etc/hosts.deny", self.write("hosts.deny", "hello, other: 127.0.0.2\n"))
        self.entry("plain", 9001, self.hello)
        self.entry("named", 9002, self.hello, "libwrap = other", "flags = IPv4")
        self.run_both()
        self.ask_both(9001, source="127.0.0.2")
        self.compare(3, ordered=False)
        self.ask_both(9002, source="127.0.0.2")
        self.assertIn("TIME: FAIL: named libwrap from=127.0.0.2", self.compare(6, ordered=False))
        self.compare(4, "main.log")
        self.assertEqual(self.ask_both(9001), b"hello\n")

    def test_what_is_refused_before_a_server_is_started(self):
        self.entry("never", 9001, self.hello, "access_times = " + _another_hour())
        self.entry("loaded", 9002, self.hello, "max_load = 0.0000001")
        self.run_both()
        self.ask_both(9001)
        self.compare(1)
        if os.getloadavg()[0] > 0:
            self.ask_both(9002)
            self.assertIn("TIME: FAIL: loaded load from=::ffff:127.0.0.1", self.compare(2))
            self.compare(3, "main.log")

    def test_one_instance_and_one_of_a_source(self):
        hang = self.script("hang", "read line\n")
        self.entry("single", 9001, hang, "instances = 1")
        self.entry("mine", 9002, hang, "per_source = 1")
        self.run_both()
        count = 0
        for port in (9001, 9002):
            with tcp(port), tcp(port + OFFSET):
                self.compare(count + 1)
                self.ask_both(port)
                self.compare(count + 2)
            count += 3
            lines = self.compare(count)
        self.assertIn("TIME: FAIL: single service_limit from=::ffff:127.0.0.1", lines)
        self.assertIn("TIME: FAIL: mine per_source_limit from=::ffff:127.0.0.1", lines)

    def test_too_many_connections_a_second(self):
        self.entry("busy", 9001, self.hello, "cps = 2 1", "id = other")
        self.run_both()
        for _ in range(2):
            self.ask_both(9001)
        self.ask_both(9001)
        self.assertEqual(self.ask_both(9001), "refused")
        self.compare(5, ordered=False)
        for who in self.folders:
            self.wait_for_main(who, "Activating service busy")
        self.compare(4, "main.log")

    def test_fields_come_with_their_flags(self):
        for port, flags in ((9001, "PID"), (9002, "HOST"), (9003, "EXIT"), (9004, "DURATION PID"), (9005, "USERID"), (9006, "")):
            self.entry(f"flags{port}", port, self.hello, f"log_on_success = {flags}", "log_on_failure = ATTEMPT", "no_access = 127.0.0.2")
        self.run_both()
        for count, port in ((1, 9001), (2, 9002), (4, 9003), (6, 9004), (7, 9005), (7, 9006)):
            self.ask_both(port)
            self.compare(count)
        self.ask_both(9001, source="127.0.0.2")
        self.assertIn("TIME: FAIL: flags9001 address", self.compare(9, ordered=False))

    def test_a_server_that_accepts_for_itself(self):
        server = self.write("waits", "#!/usr/bin/python3\nimport socket\nsocket.socket(fileno=0).accept()[0].send(b'here')\n", 0o755)
        self.entry("waits", 9001, server, wait="yes")
        self.run_both()
        self.assertEqual(self.ask_both(9001), b"here")
        self.assertIn("TIME: START: waits pid=N from=<no address>", self.compare(2))

    def test_datagrams(self):
        server = self.write("echoes", "#!/usr/bin/python3\nimport socket\nsock = socket.socket(fileno=0)\n"
                                      "text, peer = sock.recvfrom(99)\nsock.sendto(text, peer)\n", 0o755)
        self.entry("echoes", 9001, server, "no_access = 127.0.0.2", wait="yes", kind="dgram")
        self.run_both()
        for port in (9001, 9001 + OFFSET):
            with udp(port) as client:
                client.say(b"hello")
                self.assertEqual(client.read_some(), b"hello")
        self.assertIn("TIME: START: echoes pid=N from=::ffff:127.0.0.1", self.compare(2))
        for port in (9001, 9001 + OFFSET):
            with udp(port, source="127.0.0.2") as client:
                client.say(b"hello")
        self.compare(5, ordered=False)

    def test_what_is_answered_without_a_fork_has_no_server_when_it_refuses(self):
        self.entry("time", 9001, "/bin/true", "id = refuses", "no_access = 127.0.0.2", "protocol = tcp", types="INTERNAL UNLISTED")
        self.entry("trap", 9002, "/bin/true", "flags = SENSOR", "deny_time = NEVER", "protocol = tcp")
        self.run_both()
        for port in (9001, 9002):
            self.ask_both(port, source="127.0.0.2")
        self.assertEqual(self.compare(2), ["TIME: FAIL: refuses address from=::ffff:127.0.0.2",
                                           "TIME: FAIL: trap address from=::ffff:127.0.0.2"])

    def test_limits_of_0_admit_nobody(self):
        hello = self.script("hello", "echo hello\n")
        self.entry("none", 9001, hello, "instances = 0")
        self.entry("nowhere", 9002, hello, "per_source = 0")
        self.run_both()
        for port in (9001, 9002):
            self.assertEqual(self.ask_both(port), b"")
        self.assertEqual(self.compare(2), ["TIME: FAIL: none service_limit from=::ffff:127.0.0.1",
                                           "TIME: FAIL: nowhere per_source_limit from=::ffff:127.0.0.1"])

    def test_a_file_that_grows_too_large(self):
        self.entry("small", 9001, self.hello, "log_type = FILE FOLDER/small.log 200 300")
        self.run_both()
        for _ in range(6):
            self.ask_both(9001)
        eventually("xinetd's is full", lambda: "ERROR: Size of small log" in (self.folders["xinetd"] / "main.log").read_text())
        self.wait_for_main("porterd", "Size of small log exceeded hard limit")
        sizes = [(self.folders[who] / "small.log").stat().st_size for who in self.folders]
        for size in sizes:
            self.assertTrue(300 < size < 400, sizes)


class Users(Beside):
    """USERID and NOID: what the client's ident server says."""

    def setUp(self):
        super().setUp()
        self.talks = self.script("talks", "echo hello\nread line\n")
        self.reply = None

    def run_both(self):
        super().run_both()
        listener = socket.create_server(("", 113))
        self.addCleanup(listener.close)
        self.addCleanup(listener.shutdown, socket.SHUT_RDWR)
        threading.Thread(target=self._identify, args=(listener,), daemon=True).start()

    def _identify(self, listener):
        with contextlib.suppress(OSError):
            while True:
                sock, _ = listener.accept()
                with sock:
                    ports = sock.recv(100).strip()
                    sock.sendall(self.reply.replace(b"PORTS", ports))

    def talk_to_both(self, port, count, host="127.0.0.1"):
        """A client of each that goes when `count` lines are there."""
        with tcp(port, host) as one, tcp(port + OFFSET, host) as other:
            for client in (one, other):
                self.assertEqual(client.read_some(), b"hello\n")
            self.compare(count)

    def test_who_it_is(self):
        self.reply = b"PORTS : USERID : UNIX : joe\r\n"
        self.entry("both", 9001, self.talks, "log_on_success += USERID")
        self.entry("four", 9002, self.talks, "log_on_success += USERID", "flags = IPv4 IDONLY")
        self.run_both()
        self.talk_to_both(9001, 2)
        self.compare(3)
        self.talk_to_both(9002, 5)
        self.assertEqual(self.compare(6), ["TIME: START: both pid=N from=::ffff:127.0.0.1", "TIME: USERID: both UNIX : joe",
                                           "TIME: EXIT: both status=1 pid=N duration=N(sec)",
                                           "TIME: START: four pid=N from=127.0.0.1", "TIME: USERID: four UNIX : joe",
                                           "TIME: EXIT: four status=1 pid=N duration=N(sec)"])

    def test_who_does_not_say_it(self):
        self.entry("asks", 9001, self.talks, "log_on_success += USERID")
        self.entry("only", 9002, self.talks, "log_on_success += USERID", "flags = IPv4 IDONLY")
        self.entry("idle", 9003, self.talks, "flags = IDONLY")
        self.run_both()
        count = 0
        for reply, reason in ((b"PORTS : ERROR : NO-USER\r\n", "bad response"), (b"nonsense\r\n", "bad response"),
                              (b"", "error while receiving response")):
            self.reply = reply
            self.talk_to_both(9001, count + 1)
            self.compare(count + 2)
            self.assertEqual(self.ask_both(9002), b"")
            count += 5
            self.assertIn(f"TIME: NOID: only 127.0.0.1 {reason}", self.compare(count))
        self.talk_to_both(9003, count + 1)

    def test_nobody_is_there_to_say_it(self):
        self.entry("only", 9001, self.talks, "log_on_success += USERID", "flags = IDONLY")
        super().run_both()
        self.assertEqual(self.ask_both(9001), b"")
        self.assertIn("TIME: NOID: only ::ffff:127.0.0.1 no server", self.compare(3))

    def test_who_was_refused(self):
        self.reply = b"PORTS : USERID : UNIX : joe\r\n"
        self.entry("never", 9001, self.talks, "access_times = " + _another_hour(), "log_on_failure += USERID")
        self.run_both()
        self.ask_both(9001)
        self.assertEqual(self.compare(2), ["TIME: FAIL: never time from=::ffff:127.0.0.1", "TIME: USERID: never UNIX : joe"])
        self.reply = b""
        self.ask_both(9001)
        self.compare(3)
        for who in self.folders:
            self.wait_for_main(who, "ERROR: Failed to contact identity server at ::ffff:127.0.0.1: error while receiving response")


class Syslog(Beside):
    def test_lines_come_under_xinetds_name_with_the_services_level(self):
        private_folder(self, "/run")
        private_dev(self)
        log = receiver(self, "/dev/log")
        self.entry("hello", 9001, self.script("hello", "echo hello\n"), "log_type = SYSLOG auth notice", "no_access = 127.0.0.2")
        self.run_both()
        texts = []
        for port in (9001, 9001 + OFFSET):
            ask(port)
            texts.append([normal(log.recv(8192).decode().rstrip("\0\n")) for _ in range(2)])
        self.assertEqual(texts[0], texts[1])
        self.assertEqual(texts[0][0], "<37>xinetd[N]: START: hello pid=N from=::ffff:127.0.0.1")


class Main(Beside):
    """The log of the daemon as a whole."""

    def test_start_reconfiguration_and_stop(self):
        hello = self.script("hello", "echo hello\n")
        for name, port in (("stays", 9001), ("goes", 9002), ("moves", 9003)):
            self.entry(name, port, hello)
        self.run_both()
        self.entries[1:] = [("moves", 9004, hello, (), "no", "stream", "UNLISTED"), ("comes", 9005, hello, (), "no", "stream", "UNLISTED")]
        self.configure_both()
        self.tell_both(signal.SIGHUP)
        for who in self.folders:
            self.wait_for_main(who, "Reconfigured")
        self.tell_both(signal.SIGTERM)
        for who in self.folders:
            self.wait_for_main(who, "Exiting")
        lines = self.compare(9, "main.log")
        self.assertEqual(lines[-2:], ["TIME xinetd[N]: NOTICE: Reconfigured: new=2 old=1 dropped=2 (services)",
                                      "TIME xinetd[N]: WARNING: Exiting..."])

    def test_the_state_dump(self):
        private_folder(self, "/run")
        self.entry("hang", 9001, self.script("hang", "read line\n"))
        self.run_both()
        with tcp(9001), tcp(9001 + OFFSET):
            self.compare(1)
            self.tell_both(signal.SIGUSR1)
            for who in self.folders:
                self.wait_for_main(who, "generated state dump in file")
        theirs, ours = (path.read_text() for path in (self._dump_of_xinetd(), self.folders["porterd"] / "dump"))
        for word in ("INTERNAL STATE DUMP: ", "Current time: ", "Service = hang", "State = ", "Server = |server: ", "hang server",
                     "pid = ", "start_time = ", "remote_address = ", "active_services = 1", "available_services = 1",
                     "running_servers = 1", "config_file = ", "END OF DUMP"):
            for text in (theirs, ours):
                self.assertTrue(any(one in text for one in word.split("|")), f"{word}:\n{text}")

    def _dump_of_xinetd(self):
        return next(path for path in map(type(self.folder), ("/run/xinetd.dump", "/var/run/xinetd.dump")) if path.exists())


def _another_hour() -> str:
    """A time of day that is not now, nor in a moment."""
    return "00:00-00:01" if time.localtime().tm_hour in range(2, 23) else "12:00-12:01"


if __name__ == "__main__":
    main()
