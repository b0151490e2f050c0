# SPDX-License-Identifier: Apache-2.0
"""systemd-socket-activate's command line: one program, started by hand, when a client connects."""

import signal
import socket
import subprocess

from porterd_harness import Case, Role, ask, eventually, local, main, run, shown, tcp, udp, victim
from porterd_harness.paths import PORTERD


class SocketActivate(Case):
    def activate(self, *words, listens=":9001 ", env=None, role="systemd-socket-activate"):
        process = Role(self, role, env).start(*words)
        eventually("it listens", lambda: listens in run("ss", "-anl"))
        return process

    def end(self, process):
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(20), 0)

    def test_a_program_for_each_connection(self):
        process = self.activate("-l", "9001", "--inetd", "-a", "cat")
        self.assertEqual(ask(9001, b"one"), b"one")
        self.assertEqual(ask(9001, b"two", host="::1"), b"two")
        self.end(process)

    def test_the_connection_is_descriptor_3(self):
        process = self.activate("-l", "127.0.0.1:9001", "--accept", "sh", "-c", 'echo "$LISTEN_FDS $((LISTEN_PID - $$))" >&3')
        self.assertEqual(ask(9001), b"1 0\n")
        self.end(process)

    def test_the_program_accepts_for_itself(self):
        process = self.activate("-l", "9001", "--fdname=web", victim("listen_fds"), "200", "1")
        for _ in range(2):
            with tcp(9001) as client:
                self.assertRegex(client.read_line(), rb"^\d+ fd=3 names=web served=1$")
        self.end(process)

    def test_the_environment_is_small(self):
        process = self.activate("-l", "9001", "-a", "--inetd", "-E", "A=1", "--setenv=B", "-EC", victim("show"),
                                env={"PATH": "/bin", "HOME": "/h", "B": "2", "D": "4"})
        seen = {key: value for key, value in shown(ask(9001)).items() if key.startswith("env.")}
        self.assertEqual(seen, {"env.PATH": "/bin", "env.HOME": "/h", "env.A": "1", "env.B": "2"})
        self.end(process)

    def test_it_starts_where_it_was_called(self):
        process = subprocess.Popen([PORTERD, "--socket-activate", "-l", "9001", "-a", "--inetd", "pwd"], cwd=self.folder,
                                   stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        eventually("it listens", lambda: ":9001 " in run("ss", "-anl"))
        self.assertEqual(ask(9001), f"{self.folder}\n".encode())
        self.end(process)

    def test_datagrams_and_packets(self):
        process = self.activate("-d", "-l", "127.0.0.1:9001", "--inetd", victim("udp_once"))
        with udp(9001) as client:
            client.say(b"hello")
            self.assertRegex(client.read_some(), rb"^\d+: hello$")
        self.end(process)
        path = self.folder / "socket"
        process = self.activate("--seqpacket", f"-l{path}", "-a", "--inetd", "cat", listens=str(path))
        with local(path, socket.SOCK_SEQPACKET) as client:
            client.say(b"packet")
            self.assertEqual(client.read_some(), b"packet")
        self.end(process)

    def test_several_addresses(self):
        process = self.activate("-l", "9001", "-l", "9002", "-a", "--inetd", "cat", role="porterd-socket-activate")
        self.assertEqual((ask(9001, b"one"), ask(9002, b"two")), (b"one", b"two"))
        self.end(process)

    def test_what_cannot_work_is_said_and_nothing_runs(self):
        for words, said in ((["-l", "9001"], "no program is given"), (["cat"], "no address to listen on"),
                            (["-l", "9001", "no-such-program"], "no such program along PATH"),
                            (["-l", "nowhere:x", "-a", "cat"], "(command line):1:"),
                            (["-l", "9001", "-a", "-d", "cat"], "datagrams have no connections")):
            done = Role(self, "systemd-socket-activate").run(*words)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn(said, done.stderr)


if __name__ == "__main__":
    main()
