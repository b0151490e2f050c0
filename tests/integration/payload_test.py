# SPDX-License-Identifier: Apache-2.0
"""Over services of every kind that a worker serves, as strace(1) sees it: porterd never reads a byte that a client
sent, and a worker that has shut itself in makes no call that is not on its list."""

import pathlib
import re

from porterd_harness import Case, ask, eventually, main, need, tcp, udp, victim

_CALL = re.compile(r"^(\w+)\((.*)\)\s+= (-?\w+)")
_READS = {"read", "readv", "pread64", "preadv", "preadv2", "recv", "recvfrom", "recvmsg", "recvmmsg", "splice", "tee", "sendfile"}
_SANDBOX = pathlib.Path(__file__).resolve().parents[2] / "src/worker/sandbox.cpp"

STREAMS = {"echo": b"hello", "discard": b"", "daytime": None, "time": None, "qotd": b"words\r\n", "respond": b"words", "chargen": None}
SERVICES = "".join(f"""
    service: {name}
    listen: [{7100 + number}]
    builtin: {name}
    {'answer: words' if name in ('qotd', 'respond') else ''}
    ---
    """ for number, name in enumerate(STREAMS)) + "".join(f"""
    service: {name}
    id: {name}-dgram
    listen: [{7200 + number}]
    socket_type: dgram
    builtin: {name}
    ---
    """ for number, name in enumerate(("echo", "discard", "chargen", "daytime", "time"))) + """
    service: redirect
    listen: [7301]
    redirect: "127.0.0.1:7302"
    redirect_proxy: yes
    ---
    service: target
    listen: [7302]
    server: /bin/cat
    tcpmux: plus
    ---
    service: mux
    listen: [7303]
    builtin: tcpmux
    ---
    service: guarded
    id: guarded-dgram
    listen: [7304]
    socket_type: dgram
    wait: yes
    intercept: yes
    no_access: [127.0.0.2]
    server: {udp_once}
    ---
    service: guarded
    listen: [7305]
    wait: yes
    intercept: yes
    no_access: [127.0.0.2]
    server: {listen_fds}
    server_args: ["1"]
    ---
    service: plain
    listen: [7306]
    socket_type: dgram
    wait: yes
    no_access: [127.0.0.2]
    server: {udp_once}
    """


def calls_of(path):
    return [match.groups() for match in map(_CALL.match, path.read_text().splitlines()) if match]


def allowed_calls():
    """The worker's list, as its source has it, and those that depend on their arguments."""
    source = _SANDBOX.read_text()
    return set(re.findall(r"SCMP_SYS\((\w+)\)", source)) | {"mmap", "mprotect", "socket"}


class Descriptors:
    """Which descriptors of porterd's are clients', or sockets that clients send to, while its calls go by."""

    def __init__(self):
        self.theirs = set()

    def follow(self, name, arguments, result):
        words = arguments.split(", ")
        if name == "accept4" or (name == "socket" and "SOCK_DGRAM" in arguments and "AF_INET" in arguments):
            self.theirs.add(result)
        elif name == "fcntl" and "F_DUPFD" in arguments and words[0] in self.theirs:
            self.theirs.add(result)
        elif name == "recvmsg":
            self.theirs.update(re.findall(r"SCM_RIGHTS, cmsg_data=\[(\d+)", arguments))
        elif name == "close":
            self.theirs.discard(words[0])

    def bytes_read(self, name, arguments):
        """Whether this call could read what a client sent: looking at a datagram's source takes no room for bytes."""
        if name not in _READS or arguments.split(",")[0] not in self.theirs:
            return False
        return not (name == "recvmsg" and ("msg_iovlen=0" in arguments or "msg_iov=NULL" in arguments or "iov_len=0}" in arguments))


class Payload(Case):
    def converse(self, daemon):
        for number, (name, answer) in enumerate(STREAMS.items()):
            with tcp(7100 + number) as client:
                client.say(b"hello")
                if name == "chargen":
                    client.read_until(b"\n")
                    continue
                client.finish()
                said = client.read_all()
                self.assertEqual(said, said if answer is None else answer)
        for number in range(5):
            with udp(7200 + number) as client:
                client.say(b"hello")
                if number != 1:
                    client.read_some()
        self.assertTrue(ask(7301, b"hello").endswith(b"hello"))
        self.assertEqual(ask(7303, b"target\r\nhello"), b"+Go\r\nhello")
        self.assertIn(b"target", ask(7303, b"help\r\n"))
        self.assertEqual(ask(7303, b"nothing\r\n"), b"-Service not available\r\n")
        for port in 7304, 7306:
            with udp(port, source="127.0.0.2") as stranger, udp(port) as client:
                stranger.say(b"let me in")
                self.assertTrue(client.say(b"hello").read_some().endswith(b": hello"))
                self.assertTrue(client.say(b"again").read_some().endswith(b": again"))
        self.assertEqual(ask(7305, b"hello", source="127.0.0.2"), b"")
        self.assertIn(b"fd=0", ask(7305))
        daemon.wait_for("refused", count=3, reason="address")

    def traces(self):
        prefix = self.folder / "trace"
        services = SERVICES.replace("{udp_once}", victim("udp_once")).replace("{listen_fds}", victim("listen_fds"))
        daemon = self.start(services, "workers: 2\nworker_idle: 100ms", quiet_end=False,
                            wrapper=[need("strace"), "-D", "-ff", "-s", "32", "-o", str(prefix)])
        self.converse(daemon)
        daemon.stop()
        path = self.folder / f"trace.{daemon.pid}"
        eventually("the trace is whole", lambda: "+++ exited" in path.read_text())
        return path, [one for one in self.folder.glob("trace.*") if 'porterd-worker", ["porterd-worker"' in one.read_text()]

    def test_porterd_reads_nothing_of_clients_and_workers_keep_to_their_list(self):
        resident, workers = self.traces()
        descriptors = Descriptors()
        counts = {"accept4": 0, "recvmsg": 0}
        for name, arguments, result in calls_of(resident):
            self.assertFalse(descriptors.bytes_read(name, arguments), f"{name}({arguments}) = {result}")
            descriptors.follow(name, arguments, result)
            counts[name] = counts.get(name, 0) + (result != "-1")
        self.assertGreaterEqual(counts["accept4"], 13, "it was about clients")
        self.assertGreaterEqual(len(workers), 1)
        for path in workers:
            names = [name for name, _, _ in calls_of(path)]
            shut_in = names.index("seccomp", len(names) - names[::-1].index("seccomp") - 1)
            self.assertLessEqual(set(names[shut_in + 1:]), allowed_calls())
            self.assertFalse("+++ killed" in path.read_text(), path.read_text()[-2000:])


if __name__ == "__main__":
    main()
