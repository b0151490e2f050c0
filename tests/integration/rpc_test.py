# SPDX-License-Identifier: Apache-2.0
"""RPC services are registered with rpcbind as long as they are served, wherever the kernel put them, and nobody waits for
rpcbind."""

import os
import pathlib
import signal
import subprocess
import unittest

from porterd_harness import Case, ask, eventually, main, need, private_folder, run_porterd, victim

HELPER = pathlib.Path(os.environ["PORTERD"]).with_name("porterd-rpc")


@unittest.skipUnless(HELPER.exists(), "porterd-rpc was not built: no libtirpc")
class Rpc(Case):
    def setUp(self):
        super().setUp()
        private_folder(self, "/run")
        self.rstatd = need("rpc.rstatd")

    def rpcbind(self):
        process = subprocess.Popen([need("rpcbind"), "-f"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        eventually("rpcbind is there", lambda: self.known() is not None)
        return process

    def known(self):
        """(program, version, protocol) → port, as the portmapper's protocol has it; None: nobody answers."""
        done = subprocess.run([need("rpcinfo"), "-p", "127.0.0.1"], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return None
        rows = [line.split() for line in done.stdout.splitlines()[1:]]
        return {(int(row[0]), int(row[1]), row[2]): int(row[3]) for row in rows if row[0] != "100000"}

    def versions(self, program: int = 100001):
        return sorted(version for number, version, _ in self.known() or {} if number == program)

    def answers(self, version: int) -> bool:
        return subprocess.run([need("rpcinfo"), "-T", "udp", "127.0.0.1", "100001", str(version)],
                              capture_output=True, check=False).returncode == 0

    def service(self, rpc: str = "100001/1-5", more: str = ""):
        return (f"service: rstatd\nrpc: {rpc}\nsocket_type: dgram\nwait: yes\nserver: {self.rstatd}\nuser: nobody\n{more}\n"
                f"---\nservice: hello\nlisten: [7001]\nserver: {victim('hello')}\n")

    def test_it_is_found_and_answers(self):
        self.rpcbind()
        daemon = self.start(self.service(), quiet_end=False)
        eventually("it is registered", lambda: self.versions() == [1, 2, 3, 4, 5])
        self.assertTrue(self.answers(3))
        daemon.wait_for("start", service="rstatd")

    def test_what_goes_is_unregistered_and_what_stays_keeps_its_port(self):
        self.rpcbind()
        daemon = self.start(self.service("100001/1-2") + "---\nservice: two\nrpc: 100002/1\nserver: /bin/cat\n")
        eventually("they are registered", lambda: self.versions() == [1, 2] and self.versions(100002) == [1])
        before = self.known()
        self.reload(daemon, self.service("100001/2-3"))
        eventually("others are registered", lambda: self.versions() == [2, 3] and self.versions(100002) == [])
        self.assertEqual(self.known()[100001, 2, "udp"], before[100001, 2, "udp"])
        self.assertEqual(daemon.stop(signal.SIGTERM), 0)
        self.assertEqual(self.known(), {})

    def test_a_port_can_be_given(self):
        self.rpcbind()
        self.start(self.service(more="port: 7777"))
        eventually("it is registered", lambda: self.versions() == [1, 2, 3, 4, 5])
        self.assertEqual(set(self.known().values()), {7777})

    def test_without_rpcbind_all_else_is_served_and_it_is_tried_again(self):
        daemon = self.start(self.service("100001/3"))
        self.assertEqual(ask(7001), b"hello\n")
        self.assertIn("not registered", daemon.wait_for("rpc", timeout=60)["msg"])
        daemon.send(signal.SIGUSR1)
        self.assertEqual(daemon.wait_for("state", service="rstatd")["state"], "degraded")
        self.assertEqual(daemon.wait_for("state", service="hello")["state"], "listening")
        self.rpcbind()
        daemon.wait_for("rpc", count=2, timeout=30)
        self.assertEqual(self.versions(), [3])

    def test_an_rpcbind_that_was_started_anew_is_told_again(self):
        rpcbind = self.rpcbind()
        daemon = self.start(self.service("100001/3"), quiet_end=False)
        eventually("it is registered", lambda: self.versions() == [3])
        before = self.known()
        rpcbind.terminate()
        rpcbind.wait()
        self.rpcbind()
        eventually("it is registered again", lambda: self.known() == before)
        self.assertTrue(self.answers(3))
        daemon.wait_for("start", service="rstatd")

    def test_an_rpcbind_that_does_not_answer_holds_nothing_up(self):
        rpcbind = self.rpcbind()
        rpcbind.send_signal(signal.SIGSTOP)
        self.addCleanup(rpcbind.send_signal, signal.SIGCONT)
        daemon = self.start(self.service())
        self.assertEqual(ask(7001), b"hello\n")
        self.assertEqual(daemon.stop(signal.SIGTERM), 0)

    def test_xinetd_s_and_inetd_s_entries(self):
        self.rpcbind()
        xinetd = self.write("xinetd.conf", f"""\
            service rstatd
            {{
            \ttype\t\t= RPC
            \trpc_version\t= 2-4
            \tsocket_type\t= dgram
            \tprotocol\t= udp
            \twait\t\t= yes
            \tuser\t\t= root
            \tserver\t\t= {self.rstatd}
            \tdisable\t\t= no
            }}
            """)
        inetd = self.write("inetd.conf", f"#:RPC: RPC based services\nrusersd/2-3\tdgram\trpc/udp\twait\tnobody\t"
                                         f"{need('tcpd')}\t{need('rpc.rusersd')}\n")
        self.start("", args=("--xinetd", xinetd, "--inetd", inetd))
        eventually("they are registered", lambda: self.versions() == [2, 3, 4] and self.versions(100002) == [2, 3])

    def test_a_program_that_nobody_knows_is_an_error(self):
        path = self.write("s.yaml", "service: x\nrpc: nosuchprogram/1\nserver: /bin/cat\nuser: nobody\n")
        done = run_porterd("--check", f"--config={self.write('main.yaml', f'include: [{path}]' + chr(10))}")
        self.assertEqual(done.returncode, 2)
        self.assertIn("s.yaml:2:6: fatal: rpc: rpc(5) does not have 'nosuchprogram'", done.stderr)


if __name__ == "__main__":
    main()
