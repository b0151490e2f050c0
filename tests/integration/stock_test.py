# SPDX-License-Identifier: Apache-2.0
"""Files of xinetd and inetd as packages bring them, or as update-inetd(8) writes them for packages, are served unchanged."""

import ftplib
import os
import re

from porterd_harness import Case, add_account, bind_over, main, need, private_folder, run, run_porterd

# What openbsd-inetd begins with.
INETD = """\
# /etc/inetd.conf:  see inetd(8) for further informations.
#
# Internet superserver configuration database
#
#
# Lines starting with "#:LABEL:" or "#<off>#" should not
# be changed unless you know what you are doing!
#
# If you want to disable an entry so it isn't touched during
# package updates just comment it out with a single '#' character.
#
# Packages should modify this file by using update-inetd(8)
#
# <service_name> <sock_type> <proto> <flags> <user> <server_path> <args>
#
#:INTERNAL: Internal services
#discard\t\tstream\ttcp6\tnowait\troot\tinternal
#discard\t\tdgram\tudp6\twait\troot\tinternal
#daytime\t\tstream\ttcp6\tnowait\troot\tinternal
#time\t\tstream\ttcp6\tnowait\troot\tinternal

#:STANDARD: These are standard services.

#:BSD: Shell, login, exec and talk are BSD protocols.

#:MAIL: Mail, news and uucp services.

#:INFO: Info services

#:BOOT: TFTP service is provided primarily for booting.  Most sites
#       run this only on machines acting as "boot servers."

#:RPC: RPC based services

#:HAM-RADIO: amateur-radio services

#:OTHER: Other services
"""

# The group and the line that the packages' scripts give to update-inetd.
ENTRIES = {
    "fingerd": ("INFO", "finger\t\tstream\ttcp\tnowait\tnobody\t/usr/sbin/tcpd\t/usr/sbin/in.fingerd"),
    "telnetd": ("STANDARD", "telnet\t\tstream\ttcp\tnowait\troot\t/usr/sbin/tcpd\t/usr/sbin/telnetd"),
    "tftpd": ("BOOT", "tftp\t\tdgram\tudp\twait\troot\t/usr/sbin/in.tftpd\t/usr/sbin/in.tftpd -s /srv/tftp"),
    "rstatd": ("RPC", "rstatd/1-5\tdgram\trpc/udp\twait\tnobody\t/usr/sbin/tcpd\t/usr/sbin/rpc.rstatd"),
}

# vsftpd: INTERNET_SITE/vsftpd.xinetd of its examples.
VSFTPD = """\
# vsftpd is the secure FTP server.
service ftp
{
        disable                 = no
        socket_type             = stream
        wait                    = no
        user                    = root
        server                  = /usr/local/sbin/vsftpd
        per_source              = 5
        instances               = 200
        no_access               = 192.168.1.3
        banner_fail             = /etc/vsftpd.busy_banner
        log_on_success          += PID HOST DURATION
        log_on_failure          += HOST
}
"""

# xinetd's own, Debian.
XINETD = """\
# Simple configuration file for xinetd
#
# Some defaults, and include /etc/xinetd.d/

defaults
{

# Please note that you need a log_type line to be able to use log_on_success
# and log_on_failure. The default is the following :
# log_type = SYSLOG daemon info

}

includedir FOLDER
"""
SERVICES = """\
# default: off
# description: An internal xinetd service, listing active services.

service services
{
\ttype\t\t= INTERNAL UNLISTED
\tport\t\t= 9098
\tsocket_type\t= stream
\tprotocol\t= tcp
\twait\t\t= no
\tdisable\t\t= yes
\tonly_from\t= 127.0.0.1
}
"""
AMANDA = """\
# default: on
#
# description: The Amanda backup client should be enabled for systems
#              which will be backed up by an Amanda backup server.

service amanda
{
\tdisable\t\t= no
\tflags           = IPv4
\tsocket_type\t= stream
\tprotocol\t= tcp
\twait\t\t= no
\tuser\t\t= backup
\tgroup\t\t= disk
\tgroups\t\t= yes
\tserver\t\t= /usr/lib/amanda/amandad
\tserver_args     = -auth=bsdtcp amdump senddiscover
}
"""


class Stock(Case):
    def update_inetd(self, *names):
        path = self.write("inetd.conf", INETD)
        for name in names:
            group, line = ENTRIES[name]
            run(need("update-inetd"), "--file", path, "--group", group, "--add", line)
        return path

    def test_entries_of_update_inetd_are_served(self):
        need("tcpd")
        add_account(self, "porter", self.folder)
        path = self.update_inetd("fingerd", "telnetd", "tftpd")
        text = path.read_text()
        self.assertIn("\n" + ENTRIES["fingerd"][1] + "\n", text)
        self.start("", "", args=["--inetd", path])
        self.assertIn("Porter Test", run(need("finger"), "porter@127.0.0.1"))
        run(need("update-inetd"), "--file", path, "--disable", "finger")
        checked = run_porterd("--check", f"--inetd={path}")
        self.assertIn(": 2 services", checked.stdout, checked.stderr)

    def test_tcpd_refuses_whom_hosts_deny_does(self):
        for name in ("allow", "deny"):
            bind_over(self, f"/etc/hosts.{name}", self.write(f"hosts.{name}", "", 0o644))
        need("tcpd")
        add_account(self, "porter", self.folder)
        daemon = self.start("", "", args=["--inetd", self.update_inetd("fingerd")])
        self.assertIn("Porter Test", run(need("finger"), "porter@127.0.0.1"))
        (self.folder / "hosts.deny").write_text("in.fingerd: ALL\n")
        self.assertNotIn("Porter Test", run(need("finger"), "porter@127.0.0.1"))
        daemon.wait_for("end", count=2, service="finger")

    def test_vsftpd_s_example(self):
        vsftpd = need("vsftpd")
        private_folder(self, "/usr/local/sbin")
        os.symlink(vsftpd, "/usr/local/sbin/vsftpd")
        bind_over(self, "/etc/vsftpd.conf", self.write(
            "vsftpd.conf", "listen=NO\nlisten_ipv6=NO\nanonymous_enable=YES\nseccomp_sandbox=NO\nsecure_chroot_dir=/usr/local/sbin\n"))
        self.write("xinetd.d/ftp", VSFTPD)
        path = self.write("xinetd.conf", XINETD.replace("FOLDER", f"{self.folder}/xinetd.d"))
        self.start("", args=("--xinetd", path))
        with ftplib.FTP("127.0.0.1", timeout=20) as client:
            self.assertIn("vsFTPd", client.getwelcome())
            self.assertTrue(client.login().startswith("230"))
            self.assertTrue(client.pwd().startswith("/"))

    def test_files_that_need_nothing_to_run_are_read(self):
        self.write("xinetd.d/services", SERVICES)
        # A server that is not there leaves the service out, as it does in xinetd.
        self.write("xinetd.d/amanda", AMANDA.replace("/usr/lib/amanda/amandad", "/bin/true"))
        path = self.write("xinetd.conf", XINETD.replace("FOLDER", f"{self.folder}/xinetd.d"))
        checked = run_porterd("--check", "--xinetd", path)
        self.assertEqual(checked.returncode, 0, checked.stderr)
        self.assertIn(": 1 services", checked.stdout)
        dump = run_porterd("--dump", "--xinetd", path).stdout
        self.assertTrue(re.search(r"^server_args: \[.*-auth=bsdtcp.*, amdump, senddiscover\]$", dump, re.M), dump)


if __name__ == "__main__":
    main()
