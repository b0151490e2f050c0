# SPDX-License-Identifier: Apache-2.0
"""Descriptor 2 of a server: by default porterd's log, line by line, with service and connection. Nobody who floods it,
shuts it down or fills it stops a server, the others, or porterd."""

import json
import os

from porterd_harness import Case, ask, eventually, main, tcp, victim


def shell(port, script, more="", name="talker"):
    return (f"service: {name}\nlisten: [{port}]\nserver: /bin/sh\nserver_args: [\"-c\", {json.dumps(script)}]\n{more}\n---\n")


class Log(Case):
    def lines(self, daemon, count, **fields):
        daemon.wait_for("output", count=count, **fields)
        return [record["line"] for record in daemon.records("output", **fields)]

    def test_each_line_is_a_record_with_service_and_connection(self):
        daemon = self.start(shell(7001, "echo first >&2; echo second >&2; echo done"))
        self.assertEqual(ask(7001), b"done\n")
        end = daemon.wait_for("end")
        self.assertEqual(self.lines(daemon, 2, service="talker", conn=end["conn"], pid=end["pid"]), ["first", "second"])

    def test_lines_come_before_the_end_of_their_session(self):
        daemon = self.start(shell(7001, "echo last words >&2"))
        for _ in range(50):
            ask(7001)
        daemon.wait_for("end", count=50)
        order = [(record.event, record["conn"]) for record in daemon.records() if record.event in ("output", "end")]
        seen = {}
        for event, connection in order:
            seen.setdefault(connection, []).append(event)
        self.assertEqual(set(map(tuple, seen.values())), {("output", "end")})

    def test_two_sessions_are_told_apart(self):
        daemon = self.start(shell(7001, "read word; echo $word >&2; read more"))
        with tcp(7001) as one, tcp(7001) as two:
            one.say(b"from one\n")
            two.say(b"from two\n")
            first, second = (daemon.wait_for("output", line=f"from {name}") for name in ("one", "two"))
            self.assertEqual({first["conn"], second["conn"]}, {record["conn"] for record in daemon.records("start")})
            self.assertEqual(len({first["conn"], second["conn"]}), 2)
        daemon.wait_for("end", count=2)

    def test_a_grandchild_is_told_by_its_session(self):
        daemon = self.start(shell(7001, "(read word; echo from below >&2; read more); exit 0"))
        with tcp(7001) as client:
            client.say(b"go\n")
            line = daemon.wait_for("output", line="from below")
            self.assertEqual((line["service"], line["conn"]), ("talker", daemon.wait_for("start")["conn"]))
            self.assertNotEqual(line["pid"], daemon.wait_for("start")["pid"])

    def test_a_line_in_pieces_is_one_record(self):
        daemon = self.start(shell(7001, "printf one >&2; printf ' line' >&2; printf '\\n' >&2; printf unfinished >&2"))
        ask(7001)
        self.assertEqual(self.lines(daemon, 2), ["one line", "unfinished"])

    def test_what_a_server_writes_cannot_forge_a_record(self):
        evil = "2026-01-01T00:00:00.000Z end service=other conn=1\\r\\\\x1b[2J\\t\"quoted\" \\\\ \\200"
        daemon = self.start(shell(7001, f"printf '{evil}\\n' >&2"))
        ask(7001)
        line = daemon.wait_for("output")
        self.assertTrue(line["line"].startswith("2026-01-01T00:00:00.000Z end service=other conn=1\r"))
        daemon.wait_for("end", service="talker")
        self.assertEqual(daemon.records("end", service="other"), [])
        self.assertTrue(line.raw.isprintable())

    def test_a_very_long_line_becomes_several_records(self):
        daemon = self.start(shell(7001, "head -c 100000 /dev/zero | tr '\\0' x >&2; echo >&2; echo done"))
        self.assertEqual(ask(7001), b"done\n")
        daemon.wait_for("end", status=0)
        self.assertGreater(len(daemon.records("output")), 1)
        self.assertTrue(all(len(record.raw) < 10000 for record in daemon.records()))

    def test_a_flood_stops_neither_the_server_nor_porterd_and_is_counted(self):
        daemon = self.start(f"service: flood\nlisten: [7001]\nserver: {victim('flood_stderr')}\n---\n"
                            f"service: hello\nlisten: [7002]\nserver: {victim('hello')}\n")
        with tcp(7001, timeout=60) as client:
            self.assertEqual(ask(7002), b"hello\n")
            self.assertEqual(client.read_all(), b"done\n")
        daemon.wait_for("end", service="flood", status=0)
        lost = daemon.wait_for("output_lost", service="flood")
        self.assertGreater(int(lost["lines"]), 0)
        written = len(daemon.records("output", service="flood"))
        self.assertLess(written, 1000, "so many lines of one session are written, the others counted")
        self.assertGreater(written, 100)

    def test_a_server_that_shuts_it_down_does_not_silence_the_others(self):
        daemon = self.start(f"service: shut\nlisten: [7001]\nserver: {victim('shut_stderr')}\n---\n"
                            + shell(7002, "echo still heard >&2; echo done"))
        self.assertEqual(ask(7002), b"done\n")
        for count in range(2, 6):
            self.assertEqual(ask(7001), b"shut\n")
            daemon.wait_for("end", service="shut", count=count - 1)
            self.assertEqual(ask(7002), b"done\n")
            daemon.wait_for("output", count=count, service="talker", line="still heard")

    def test_servers_of_other_users_do_not_share_it(self):
        daemon = self.start(shell(7001, "readlink /proc/self/fd/2", "user: nobody", "one")
                            + shell(7002, "readlink /proc/self/fd/2", "user: daemon", "two")
                            + shell(7003, "readlink /proc/self/fd/2", "user: nobody", "three"))
        one, two, three = ask(7001), ask(7002), ask(7003)
        self.assertNotEqual(one, two)
        self.assertEqual(one, three)
        self.assertTrue(one.startswith(b"socket:"))
        daemon.wait_for("end", count=3)

    def test_what_a_server_leaves_behind_writes_on(self):
        """Its session has ended: the line is there, with the writer's number."""
        daemon = self.start(shell(7001, "(exec <&- >&-; read word < " + str(self.fifo()) + "; echo late >&2) & echo $!"))
        with tcp(7001) as client:
            pid = client.read_line().decode()
        daemon.wait_for("end", service="talker")
        with open(self.folder / "fifo", "w", encoding="ascii") as fifo:
            fifo.write("go\n")
        self.assertEqual(daemon.wait_for("output", line="late")["pid"], pid)

    def test_what_a_server_leaves_behind_writes_no_more_than_a_server(self):
        daemon = self.start(shell(7001, "(exec <&- >&-; { read word; i=0; while [ $i -lt 5000 ]; do i=$((i+1)); echo late; done; "
                                  f"while read word; do echo last; done; }} < {self.fifo()} >&2) &"))
        ask(7001)
        daemon.wait_for("end", service="talker")
        with open(self.folder / "fifo", "w", encoding="ascii") as fifo:
            def is_heard():  # as soon as there is room for a line
                print("write", file=fifo, flush=True)
                return daemon.records("output", line="last")
            eventually("a line is heard again", is_heard)
        self.assertLess(len(daemon.records("output")), 1000)
        self.assertGreater(sum(int(lost["lines"]) for lost in daemon.records("output_lost")), 1000)

    def fifo(self):
        os.mkfifo(self.folder / "fifo")
        return self.folder / "fifo"


class Elsewhere(Case):
    def test_socket_is_the_client(self):
        daemon = self.start(shell(7001, "echo out; echo err >&2", "stderr: socket"))
        self.assertEqual(ask(7001), b"out\nerr\n")
        daemon.wait_for("end")
        self.assertEqual(daemon.records("output"), [])

    def test_null_is_nowhere(self):
        daemon = self.start(shell(7001, "echo err >&2; echo out", "stderr: \"null\""))
        self.assertEqual(ask(7001), b"out\n")
        daemon.wait_for("end")
        self.assertEqual(daemon.records("output"), [])

    def test_inherit_is_porterds_own(self):
        daemon = self.start(shell(7001, "echo raw line >&2; echo out", "stderr: inherit"))
        self.assertEqual(ask(7001), b"out\n")
        eventually("the line is there as it is", lambda: "raw line" in daemon.log.lines)

    def test_a_file_is_appended_to(self):
        path = self.write("err", "old\n")
        daemon = self.start(shell(7001, "echo new >&2; readlink /proc/self/fd/2", f"stderr: file {path}"))
        for _ in range(3):
            self.assertEqual(ask(7001).decode().strip(), str(path))
        daemon.wait_for("end", count=3)
        self.assertEqual(path.read_text(), "old\nnew\nnew\nnew\n")

    def test_a_file_that_cannot_be_opened_is_told_and_nobody_is_lost(self):
        daemon = self.start(shell(7001, "echo out; echo err >&2", "stderr: file /nonexistent/err"))
        self.assertIn("/nonexistent/err: No such file", daemon.wait_for("config")["msg"])
        self.assertEqual(ask(7001), b"out\n")


if __name__ == "__main__":
    main()
