# SPDX-License-Identifier: Apache-2.0
"""A worker that says what it may not, at any point, too much, or nothing more: porterd stays up, says why, ends that
worker and its connections, serves all else, and starts the next one, later each time."""

import concurrent.futures
import contextlib
import datetime
import pathlib
import re

from porterd_harness import Case, ask, main, tcp, udp, victim

# A program in the place of porterd-worker. Messages are those of src/worker/wire.h; `act` is what it does.
FAKE = '''#!/usr/bin/python3
import os, signal, socket, struct, sys, time
channel = socket.socket(fileno=0)
channel.setblocking(True)
READY, ENDED, SELECTED, IDENTIFIED, PONG, RETURNED, ASK = 101, 102, 103, 104, 105, 106, 107
DEFINE, FORGET, SERVE, STOP, IDENTIFY, PING, ANSWER = range(1, 8)

def say(message, *descriptors):
    socket.send_fds(channel, [message], list(descriptors))
def ready():
    say(struct.pack("=II", READY, 0))
def ended(connection, ending=0):
    say(struct.pack("=IIQQQiI", ENDED, ending, connection, 0, 0, 0, 0))
def selected(connection, name, *descriptors, length=None):
    say(struct.pack("=IIQQ64s", SELECTED, len(name) if length is None else length, connection, 6, name), *descriptors)
def ask(connection, question=1, address=bytes(16), port=7, is_ipv6=0):
    say(struct.pack("=IIQ16sIHH", ASK, question, connection, address, 0, port, is_ipv6))
def serve():
    """The next connection that is handed over: its number and its socket. Pings are answered."""
    while True:
        order, descriptors, _, _ = socket.recv_fds(channel, 4096, 4)
        if not order:
            sys.exit(0)
        kind, number = struct.unpack_from("=II", order)
        if kind == SERVE:
            return struct.unpack_from("=Q", order, 8)[0], descriptors[0]
        if kind == PING:
            say(struct.pack("=II", PONG, number))
def rest():
    while True:
        serve()

'''

ECHO = """
    service: echo
    listen: [7007]
    builtin: echo
    ---
    service: mux
    listen: [7001]
    builtin: tcpmux
    ---
    service: guarded
    listen: [7009]
    socket_type: dgram
    wait: yes
    intercept: yes
    server: /bin/cat
    ---
    service: hello
    listen: [7002]
    server: {hello}
    tcpmux: plus
    """

# What the worker does, and is killed for.
NONSENSE = {
    "a report before it is ready": "ended(1)",
    "ready twice": "ready(); ready()",
    "a kind that nobody knows": 'ready(); say(struct.pack("=II", 999, 0))',
    "an order": 'ready(); say(struct.pack("=II", PING, 1))',
    "a message that is too short": 'ready(); say(b"abc")',
    "a message that is longer than its kind": 'ready(); say(struct.pack("=III", PONG, 0, 0))',
    "a message that is longer than any": "ready(); say(bytes(60000))",
    "a descriptor that nobody wants": 'ready(); say(struct.pack("=II", PONG, 1), 2)',
    "two descriptors": 'number, sock = serve(); ready(); selected(number, b"hello", sock, sock)',
    "a pong without a ping": 'ready(); serve(); say(struct.pack("=II", PONG, 1)); say(struct.pack("=II", PONG, 1))',
    "a pong for another ping": 'ready(); say(struct.pack("=II", PONG, 77))',
    "the end of what was never handed over": "ready(); ended(77)",
    "the same end twice": "ready(); number, _ = serve(); ended(number); ended(number)",
    "an end that there is not": "ready(); number, _ = serve(); ended(number, 77)",
    "a name for what never asks for one": 'ready(); number, sock = serve(); selected(number, b"hello", sock)',
    "back what was to be served":
        'ready(); number, sock = serve(); say(struct.pack("=IIQQ", RETURNED, 0, number, 0), sock)',
    "a question about what asks none": "ready(); number, _ = serve(); ask(number)",
    "a question about nothing": "ready(); ask(77)",
    "an identity that nobody asked for": 'ready(); say(struct.pack("=IIQII512s128s", IDENTIFIED, 0, 7, 0, 0, b"", b""))',
}

# Where it dies; its connections end with it.
DEATHS = {
    "at once": "sys.exit(1)",
    "before it is ready": "serve(); os.kill(os.getpid(), signal.SIGSEGV)",
    "when it is ready": "ready(); sys.exit(0)",
    "with a connection": "ready(); serve(); os.kill(os.getpid(), signal.SIGKILL)",
    "with a report on its way": "ready(); number, _ = serve(); ended(number); sys.exit(3)",
}


def kinds() -> str:
    """The numbers of all kinds of messages, as Python has them."""
    wire = pathlib.Path(__file__).resolve().parents[2] / "src/worker/wire.h"
    body = re.search(r"enum class Kind[^{]*{(.*?)};", wire.read_text(), re.DOTALL)[1]
    lines, number = [], 0
    for name, given in re.findall(r"^  (\w+)(?: = (\d+))?,$", body, re.MULTILINE):
        number = int(given or number + 1)
        lines.append(f"{name.upper()} = {number}")
    return "\n".join(lines)


def meet(port, words=b"x"):
    """A client of the worker, which may be served nothing, or reset with what it has said."""
    with contextlib.suppress(ConnectionResetError):
        return ask(port, words, timeout=30)
    return b""


class BadWorker(Case):
    def start_with(self, act):
        path = self.write("worker.py", FAKE.replace("{kinds}", kinds()) + act + "\nrest()\n", 0o755)
        return self.start(ECHO.replace("{hello}", victim("hello")),
                          f"worker_path: {path}\nlog_level: debug\ndump_file: none\ndefaults: {{user: root}}", quiet_end=False)

    @contextlib.contextmanager
    def serving(self, what, act):
        """A subtest with a porterd whose workers do so."""
        with self.subTest(what):
            daemon = self.start_with(act)
            try:
                yield daemon
            finally:
                self.assertEqual(daemon.stop(), 0)

    def assert_others_are_served(self):
        self.assertEqual(ask(7002), b"hello\n")

    def test_what_it_may_not_say_ends_it_and_nothing_else(self):
        for what, act in NONSENSE.items():
            with self.serving(what, act) as daemon:
                self.assertEqual(meet(7007), b"")
                said = daemon.wait_for("worker_nonsense")
                died = daemon.wait_for("worker_died", pid=said["pid"])
                self.assertEqual(died["signal"], "9")
                daemon.wait_for("end", service="echo")
                self.assert_others_are_served()

    def test_of_tcpmux(self):
        for what, act in {
                "no name": 'selected(number, b"", sock)',
                "a name without a socket": 'selected(number, b"hello")',
                "the name of what it does not have": 'selected(77, b"hello", sock)',
        }.items():
            with self.serving(what, "ready(); number, sock = serve(); " + act) as daemon:
                self.assertEqual(meet(7001, b"hello\r\n"), b"")
                daemon.wait_for("worker_nonsense")
                self.assert_others_are_served()

    def test_a_name_of_any_length_and_any_descriptor_do_no_harm(self):
        for what, act in {
                "a length beyond the field": 'selected(number, b"hello", sock, length=4000000000)',
                "bytes that no name has": r'selected(number, bytes(range(1, 60)), sock)',
                "no socket": 'selected(number, b"hello", os.open("/dev/null", os.O_RDWR))',
                "its own channel": 'selected(number, b"hello", 0)',
        }.items():
            with self.serving(what, "ready(); number, sock = serve(); " + act) as daemon:
                with tcp(7001) as client:
                    client.say(b"hello\r\n")
                    daemon.wait_for("end", service="mux")
                    self.assert_others_are_served()

    def test_its_death_at_any_point(self):
        for what, act in DEATHS.items():
            with self.serving(what, act) as daemon:
                self.assertEqual(meet(7007), b"")
                daemon.wait_for("worker_died")
                daemon.wait_for("end", service="echo")
                self.assert_others_are_served()

    def test_one_that_says_no_more_and_stays_is_killed(self):
        daemon = self.start_with("ready(); channel.shutdown(socket.SHUT_WR)\nwhile True: time.sleep(1)")
        client = concurrent.futures.ThreadPoolExecutor(1).submit(meet, 7007)
        daemon.wait_for("worker_died", signal="9", timeout=30)
        self.assertEqual(client.result(), b"")
        daemon.wait_for("end", service="echo", reason="worker_died")
        self.assert_others_are_served()

    def test_a_flood_of_questions_keeps_nobody_waiting(self):
        daemon = self.start_with("""ready()
while True:
    number, sock = serve()
    if socket.socket(fileno=os.dup(sock)).type == socket.SOCK_DGRAM:
        break
for question in range(1, 200000):
    ask(number, question, address=question.to_bytes(4, "big") + bytes(12))
time.sleep(1000)""")
        with udp(7009) as client:
            client.say(b"x")
            daemon.wait_for("start", service="guarded", count=1000)
            for _ in range(20):
                self.assert_others_are_served()
        self.assertEqual(daemon.records("worker_nonsense"), [])

    def test_the_next_one_comes_later_each_time(self):
        daemon = self.start_with("sys.exit(1)")
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            crowd = pool.submit(lambda: [meet(7007) for _ in range(6)])
            daemon.wait_for("worker_died", count=6, timeout=30)
            self.assertEqual(crowd.result(), [b""] * 6)
        times = [datetime.datetime.fromisoformat(record.time) for record in daemon.records("worker_died")]
        waits = [(after - before).total_seconds() for before, after in zip(times, times[1:])]
        for number, wait in enumerate(waits):
            self.assertGreater(wait, 0.09 * 2 ** number, waits)
        self.assert_others_are_served()

    def test_who_waits_for_one_when_porterd_ends_is_recorded(self):
        daemon = self.start_with("sys.exit(1)")
        for _ in range(5):
            meet(7007)
        daemon.wait_for("worker_died", count=5, timeout=30)
        with tcp(7007) as client:
            client.say(b"x")
            self.assert_others_are_served()  # by then it was accepted
            name = client.name()
            self.assertEqual(daemon.stop(), 0)
        daemon.wait_for("refused", service="echo", reason="unavailable", peer=name)


if __name__ == "__main__":
    main()
