# SPDX-License-Identifier: Apache-2.0
"""Stock files of xinetd.d are served as they are, beside porterd.yaml or alone, and a reload takes what xinetd's would."""

import signal
import socket

from porterd_harness import Case, ask, bind_over, main, need, run, run_porterd, tcp, veth

STOCK = """
# Simple configuration file for xinetd
#
# Some defaults, and include /etc/xinetd.d/
defaults
{
\tinstances\t= 60
\tlog_type\t= FILE LOG
\tlog_on_success\t= HOST PID
\tlog_on_failure\t= HOST
\tcps\t\t= 25 30
}

includedir FOLDER/xinetd.d
"""


class Xinetd(Case):
    def xinetd(self, **services):
        """Writes xinetd.conf and a file in xinetd.d for each service; starts nothing."""
        for name, text in services.items():
            # The dictionary's text stands as it would in the file, tabs and all.
            self.write(f"xinetd.d/{name}", text)
        return self.write("xinetd.conf", STOCK.replace("FOLDER", str(self.folder)).replace("LOG", str(self.folder / "log")))

    def serve(self, **services):
        return self.start(args=("--xinetd", self.xinetd(**services)))

    def service(self, name: str, port: int, script: str, more: str = "", **kinds) -> str:
        """An entry for a shell script."""
        server = self.write(f"{name}.sh", "#!/bin/sh\n" + script, 0o755)
        return (f"service {name}\n{{\n\ttype = UNLISTED\n\tsocket_type = stream\n\twait = no\n\tuser = root\n"
                f"\tport = {port}\n\tserver = {server}\n{more}\n}}\n")

    def test_finger(self):
        self.serve(finger=f"""\
            # default: on
            # description: The finger server answers finger requests.
            service finger
            {{
            \tsocket_type\t= stream
            \twait\t\t= no
            \tuser\t\t= nobody
            \tserver\t\t= {need("in.fingerd")}
            \tdisable\t\t= no
            }}
            """)
        self.assertIn("root", run(need("finger"), "root@127.0.0.1"))
        self.assertIn("root", run(need("finger"), "root@::1"))
        self.assertIn(": START: finger pid=", (self.folder / "log").read_text())

    def test_rsync(self):
        self.write("tree/a", "a file\n")
        config = self.write("rsyncd.conf", f"use chroot = no\nlog file = /dev/null\n[tree]\npath = {self.folder}/tree\n")
        self.serve(rsync=f"""\
            service rsync
            {{
                    disable         = no
                    flags           = IPv6
                    socket_type     = stream
                    wait            = no
                    user            = nobody
                    server          = {need("rsync")}
                    server_args     = --daemon --config={config}
                    log_on_failure  += USERID
            }}
            """)
        run(need("rsync"), "-r", "rsync://127.0.0.1/tree/", f"{self.folder}/copy/")
        self.assertEqual((self.folder / "copy/a").read_text(), "a file\n")

    def test_tftp(self):
        veth("lan0", "192.0.2.1/24")
        self.write("root/greeting", "hello over tftp\n")
        self.serve(tftp=f"""\
            service tftp
            {{
                    socket_type             = dgram
                    protocol                = udp
                    wait                    = yes
                    user                    = root
                    server                  = {need("in.tftpd")}
                    server_args             = -t 1 -s {self.folder}/root
                    disable                 = no
                    per_source              = 11
                    cps                     = 100 2
                    flags                   = IPv4
            }}
            """)
        run(need("tftp"), "-4", "192.0.2.1", "69", "-c", "get", "greeting", str(self.folder / "got"))
        self.assertEqual((self.folder / "got").read_text(), "hello over tftp\n")

    def test_a_server_has_what_xinetd_gives_it(self):
        entry = self.service("probe", 9001, 'echo "$0" "$@"\necho complaint >&2\nid -G\numask\n'
                                            'echo "$REMOTE_HOST" "$FROM_HERE" "$A"\n',
                             "\tserver_args = -x \"y\n\tenv = A=1\n\tumask = 027\n\tgroup = nogroup")
        self.start(args=("--xinetd", self.xinetd(probe=entry)), env={"FROM_HERE": "passed"})
        self.assertEqual(ask(9001).decode().split("\n"),
                         [f"{self.folder}/probe.sh -x \"y", "complaint", "65534", "0027", "127.0.0.1 passed 1", ""])

    def test_the_rate_closes_the_port_for_a_while(self):
        self.serve(probe=self.service("probe", 9001, "echo served", "\tcps = 2 1"))
        for _ in range(2):
            self.assertEqual(ask(9001), b"served\n")
        with self.assertRaises(ConnectionRefusedError):
            for _ in range(100):  # on a slow machine the rate may allow some more
                ask(9001)

    def test_both_configurations_are_served_side_by_side(self):
        path = self.xinetd(probe=self.service("probe", 9001, "echo xinetd"))
        server = self.write("own.sh", "#!/bin/sh\necho own\n", 0o755)
        self.start(f"service: own\nlisten: [9002]\nserver: {server}\n", args=("--xinetd", path))
        self.assertEqual(ask(9001), b"xinetd\n")
        self.assertEqual(ask(9002), b"own\n")

    def test_a_reload_that_looks_a_host_up_holds_nobody_up(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as name_server:
            name_server.bind(("127.0.0.1", 53))
            name_server.settimeout(60)
            bind_over(self, "/etc/resolv.conf", self.write("resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n"))
            bind_over(self, "/etc/hosts", self.write("hosts", "127.0.0.1 localhost\n127.0.0.7 near.test\n"))
            entries = self.service("one", 9001, "echo one", "\tbind = near.test\n\tflags = IPv4")
            daemon = self.serve(one=entries)
            with tcp(9001, host="127.0.0.7") as client:
                self.assertEqual(client.read_all(), b"one\n")
            (self.folder / "hosts").write_text("127.0.0.1 localhost\n127.0.0.8 near.test\n")
            self.xinetd(one=entries, two=self.service("two", 9002, "echo two", "\tbind = far.test"))
            daemon.send(signal.SIGHUP)
            name_server.recv(512)  # nobody answers it
            with tcp(9001, host="127.0.0.7") as client:
                self.assertEqual(client.read_all(), b"one\n")
            self.assertEqual(daemon.records("reloaded"), [])
            daemon.wait_for("reloaded", timeout=60)
            with tcp(9001, host="127.0.0.8") as client:
                self.assertEqual(client.read_all(), b"one\n")
            self.assertIn("far.test", str(daemon.records("config")))

    def test_it_needs_no_porterd_yaml(self):
        path = self.xinetd(probe=self.service("probe", 9001, "echo"))
        done = run_porterd("--check", "--xinetd", path)
        self.assertEqual((done.returncode, done.stdout), (0, f"{path}: 1 services\n"), done.stderr)
        self.assertIn("service: probe", run_porterd("--dump", "--xinetd", path).stdout)
        self.assertEqual(run_porterd("--check", "--xinetd", self.folder / "none").returncode, 2)
        self.assertEqual(run_porterd("--check", "--xinetd", path, "--config", self.folder / "none").returncode, 2)

    def test_a_reload_ends_what_was_disabled_and_keeps_what_was_broken(self):
        internal = "service echo\n{\n\ttype = INTERNAL\n\tsocket_type = stream\n\twait = no\n\tuser = root\n}\n"
        daemon = self.serve(one=self.service("one", 9001, "echo one") + internal, two=self.service("two", 9002, "echo two"))
        self.xinetd(one=self.service("one", 9001, "echo one", "\tdisable = yes") + internal,
                    two=self.service("two", 9002, "echo two").replace("wait =", "wait="))
        daemon.send(signal.SIGHUP)
        daemon.wait_for("reloaded")
        self.assertEqual(ask(9002), b"two\n")
        with self.assertRaises(ConnectionRefusedError):
            tcp(9001)


if __name__ == "__main__":
    main()
