# SPDX-License-Identifier: Apache-2.0
"""A Debian system's inetd.conf is served as it stands: finger, rsync and TFTP answer, with inetd's ways."""

import signal

from porterd_harness import Case, add_account, ask, bind_over, main, need, run, run_porterd, shown, tcp, veth, victim

# What the packages' own scripts and update-inetd(8) make of /etc/inetd.conf.
STOCK = """\
# /etc/inetd.conf:  see inetd(8) for further informations.
#
# <service_name> <sock_type> <proto> <flags> <user> <server_path> <args>
#
#:INTERNAL: Internal services
#discard\t\tstream\ttcp6\tnowait\troot\tinternal
#:STANDARD: These are standard services.
#<off># telnet\tstream\ttcp\tnowait\troot\t/usr/sbin/tcpd\t/usr/sbin/telnetd
#:BOOT: TFTP service is provided primarily for booting.
tftp\t\tdgram\tudp\twait\troot\t{tftpd} in.tftpd -t 1 -s {folder}/root
#:INFO: Info services
finger\t\tstream\ttcp\tnowait\tnobody\t{fingerd} in.fingerd
#:OTHER: Other services
127.0.0.1:rsync\tstream\ttcp\tnowait\troot\t{rsync} rsync --daemon
\t--config={folder}/rsyncd.conf
"""


class Inetd(Case):
    def serve(self, text, *args, **options):
        path = self.folder / "inetd.conf"
        path.write_text(text)
        return self.start("", "", args=["--inetd", path, *args], **options)

    def test_a_stock_file_is_served(self):
        veth("lan0", "192.0.2.1/24")
        add_account(self, "porter", self.folder)
        self.write("root/greeting", "hello over tftp\n")
        self.write("tree/leaf", "hello over rsync\n")
        self.write("rsyncd.conf", f"use chroot = no\nlog file = /dev/null\n[tree]\npath = {self.folder}/tree\n")
        daemon = self.serve(STOCK.format(folder=self.folder, tftpd=need("in.tftpd"), fingerd=need("in.fingerd"),
                                         rsync=need("rsync")))
        self.assertEqual(daemon.records("ready")[0]["services"], "3")

        self.assertIn("Porter Test", run(need("finger"), "porter@127.0.0.1"))
        self.assertIn("Porter Test", run(need("finger"), "porter@::1"))
        run(need("rsync"), "-r", "rsync://127.0.0.1/tree/", f"{self.folder}/copy/")
        self.assertEqual((self.folder / "copy" / "leaf").read_text(), "hello over rsync\n")
        run(need("tftp"), "-4", "192.0.2.1", "69", "-c", "get", "greeting", f"{self.folder}/fetched")
        self.assertEqual((self.folder / "fetched").read_text(), "hello over tftp\n")
        daemon.wait_for("end", service="tftp")

    def test_the_server_has_what_inetd_gives_it(self):
        self.serve(f"7001 stream tcp nowait nobody.daemon {victim('show')} other-name -a b\n")
        seen = shown(ask(7001))
        self.assertEqual([seen[f"argv.{i}"] for i in range(3)], ["other-name", "-a", "b"])
        self.assertEqual((seen["uid"], seen["gid"]), ("65534", "1"))
        self.assertEqual(seen["groups"], "1")

    def test_descriptor_2_is_the_connection(self):
        self.serve("7001 stream tcp nowait nobody /bin/sh sh /nowhere/script\n")
        self.assertIn(b"/nowhere/script", ask(7001))

    def test_more_than_the_limit_closes_the_port(self):
        daemon = self.serve(f"7001 stream tcp nowait.3 nobody {victim('hello')} hello\n")
        for _ in range(3):
            self.assertEqual(ask(7001), b"hello\n")
        self.assertEqual(ask(7001), b"")
        daemon.wait_for("disabled")
        with self.assertRaises(ConnectionRefusedError):
            tcp(7001)

    def test_a_reload_follows_the_file_line_by_line(self):
        hello = victim("hello")
        daemon = self.serve(f"7001 stream tcp nowait nobody {hello} hello\n7002 stream tcp nowait nobody {hello} hello\n"
                            f"7003 stream tcp nowait nobody {hello} hello\n", "--dialect=openbsd")
        (self.folder / "inetd.conf").write_text(
            f"7001 stream tcp nowait nobody {hello} hello\n7002 stream tcp nowaitt\n"
            f"7004 stream tcp nowait nobody {hello} hello\n")
        daemon.send(signal.SIGHUP)
        daemon.wait_for("reloaded")
        for port in (7001, 7002, 7004):  # 7002 goes on as it was
            self.assertEqual(ask(port), b"hello\n")
        with self.assertRaises(ConnectionRefusedError):
            tcp(7003)

    def test_a_host_s_name_stands_for_its_addresses(self):
        bind_over(self, "/etc/hosts", self.write("hosts", "127.0.0.7 host.test\n127.0.0.8 host.test\n127.0.0.9 other.test\n"))
        bind_over(self, "/etc/nsswitch.conf", self.write("nsswitch", "passwd: files\ngroup: files\nhosts: files\nservices: files\n"))
        line = f"9001 stream tcp nowait nobody {victim('hello')} hello"
        path = self.write("inetd.conf", f"host.test:{line}\n")
        yaml = f"service: yaml\nlisten: ['host.test:9002']\nserver: {victim('hello')}\n"
        daemon = self.start(yaml, args=("--inetd", path), quiet_end=False)
        for host in ("127.0.0.7", "127.0.0.8"):
            self.assertEqual((ask(9001, host=host), ask(9002, host=host)), (b"hello\n", b"hello\n"))
        path.write_text(f"other.test,host.test:{line}\n")
        daemon.send(signal.SIGHUP)
        daemon.wait_for("reloaded")
        self.assertEqual(ask(9001, host="127.0.0.9"), b"hello\n")
        with self.assertRaises(ConnectionRefusedError):
            ask(9002, host="127.0.0.9")

    def test_it_is_enough_by_itself(self):
        path = self.write("inetd.conf", "7001 stream tcp nowait nobody /bin/cat cat\ngarbage\n")
        dumped = run_porterd(f"--inetd={path}", "--dump")
        self.assertEqual(dumped.returncode, 0)
        self.assertIn('service: "7001"', dumped.stdout)
        checked = run_porterd(f"--inetd={path}", "--check")
        self.assertEqual(checked.returncode, 2)
        self.assertIn(f"{path}:2:1: fatal: an entry has at least six columns, not 1", checked.stderr)


if __name__ == "__main__":
    main()
