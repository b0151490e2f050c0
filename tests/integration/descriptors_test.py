# SPDX-License-Identifier: Apache-2.0
"""A server begins as if porterd were not there: three descriptors, no signal blocked or ignored, a session, an
environment and limits of its own, whoever started porterd and with whatever."""

import os
import re
import signal
import textwrap

from porterd_harness import Case, Client, ask, local, main, shown, tcp, udp, victim

_ROOT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_USER_PATH = "/usr/local/bin:/usr/bin:/bin"


def environment(seen):
    return {name.removeprefix("env."): value for name, value in seen.items() if name.startswith("env.")}


def descriptors(seen):
    return {int(name.removeprefix("fd.")): target for name, target in seen.items() if name.startswith("fd.")}


class Descriptors(Case):
    def show(self, more: str = "", *, ask_it=lambda: ask(7001), **start):
        """What a server with these attributes was started with."""
        service = f"service: show\nlisten: [7001]\nserver: {victim('show')}\n"
        self.daemon = self.start(service + textwrap.dedent(more), **start)
        return shown(ask_it())

    # Descriptors.

    def test_there_are_exactly_three(self):
        seen = self.show()
        found = descriptors(seen)
        self.assertEqual(set(found), {0, 1, 2})
        self.assertTrue(found[0].startswith("socket:"))
        self.assertEqual(found[0], found[1])
        self.assertNotEqual(found[0], found[2])

    def test_what_the_starter_left_open_does_not_leak(self):
        junk = [os.open("/dev/zero", os.O_RDONLY) for _ in range(30)]
        self.addCleanup(lambda: [os.close(number) for number in junk])
        seen = self.show(pass_fds=junk)
        self.assertEqual(set(descriptors(seen)), {0, 1, 2})

    def test_stderr_socket_is_the_connection(self):
        found = descriptors(self.show("stderr: socket"))
        self.assertEqual(set(found), {0, 1, 2})
        self.assertEqual(found[2], found[0])

    def test_stderr_null_is_dev_null(self):
        found = descriptors(self.show("stderr: \"null\""))
        self.assertEqual(found[2], "/dev/null")

    # Signals, session, process group.

    def test_signals_are_at_default_and_unblocked_whatever_the_starter_ignored(self):
        def ignore(number):
            self.addCleanup(signal.signal, number, signal.signal(number, signal.SIG_IGN))

        for number in (signal.SIGHUP, signal.SIGPIPE, signal.SIGCHLD, signal.SIGTERM, signal.SIGUSR2):
            ignore(number)
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGALRM, signal.SIGWINCH})
        self.addCleanup(signal.pthread_sigmask, signal.SIG_SETMASK, blocked)
        # Popen resets SIGPIPE, so a shell ignores it again.
        seen = self.show(wrapper=["sh", "-c", "trap '' PIPE; exec \"$@\"", "sh"])
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # Popen.wait() needs it
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        for name in ("SigBlk", "SigIgn", "SigPnd"):
            self.assertEqual(int(seen[f"status.{name}"], 16), 0, name)

    def test_the_server_leads_a_session_and_a_process_group(self):
        seen = self.show()
        self.assertEqual(seen["sid"], seen["pid"])
        self.assertEqual(seen["pgid"], seen["pid"])
        self.assertEqual(int(seen["ppid"]), self.daemon.pid)

    # Directory, umask, priority, limits.

    def test_defaults_are_the_root_directory_and_umask_022(self):
        seen = self.show(wrapper=["sh", "-c", "umask 0; cd /tmp; exec nice -n 3 \"$@\"", "sh"])
        self.assertEqual((seen["cwd"], seen["umask"]), ("/", "0022"))
        self.assertEqual(seen["nice"], "3", "priority is the starter's unless the service says otherwise")

    def test_directory_umask_and_priority_are_as_configured(self):
        seen = self.show("working_directory: /usr/share\numask: 077\nnice: 7")
        self.assertEqual((seen["cwd"], seen["umask"], seen["nice"]), ("/usr/share", "0077", "7"))

    def test_a_negative_priority_works(self):
        self.assertEqual(self.show("nice: -5")["nice"], "-5")

    def test_limits_are_as_configured(self):
        seen = self.show("""
            rlimit_as: 1G:2G
            rlimit_core: 0
            rlimit_cpu: 20:unlimited
            rlimit_files: 99:100
            rlimit_fsize: 10M
            rlimit_memlock: 64K
            rlimit_nproc: 50:60
            rlimit_stack: 1M:8M
            rlimit_sigpending: 33
            rlimit_msgqueue: 4096
            """)
        wanted = {"as": f"{1 << 30}:{2 << 30}", "core": "0:0", "cpu": "20:unlimited", "nofile": "99:100",
                  "fsize": f"{10 << 20}:{10 << 20}", "memlock": "65536:65536", "nproc": "50:60",
                  "stack": f"{1 << 20}:{8 << 20}", "sigpending": "33:33", "msgqueue": "4096:4096"}
        self.assertEqual({name: seen[f"limit.{name}"] for name in wanted}, wanted)

    def test_the_limit_of_descriptors_is_the_one_that_porterd_was_started_with(self):
        seen = self.show(limits={"nofile": "256:4096"})
        self.assertEqual(seen["limit.nofile"], "256:4096")

    # Who it is.

    def ids(self, seen):
        self.assertEqual(len({seen["uid"], seen["euid"], seen["suid"]}), 1)
        self.assertEqual(len({seen["gid"], seen["egid"], seen["sgid"]}), 1)
        return int(seen["uid"]), int(seen["gid"]), sorted(map(int, seen["groups"].split()))

    def test_a_user_brings_its_group_and_its_groups(self):
        self.assertEqual(self.ids(self.show("user: nobody")), (65534, 65534, [65534]))

    def test_a_user_without_capabilities_is_left(self):
        self.assertEqual(int(self.show("user: nobody")["status.CapEff"], 16), 0)

    def test_a_group_of_its_own(self):
        self.assertEqual(self.ids(self.show("user: nobody\ngroup: daemon\ngroups: no")), (65534, 1, []))

    def test_listed_groups(self):
        self.assertEqual(self.ids(self.show("user: nobody\ngroups: [daemon, mail, 4711]")), (65534, 65534, [1, 8, 4711]))

    def test_a_number_needs_no_account(self):
        seen = self.show("user: 54321\ngroup: 54322\ngroups: no")
        self.assertEqual(self.ids(seen), (54321, 54322, []))
        self.assertEqual(environment(seen)["HOME"], "/")

    # Words.

    def test_arguments_are_passed_as_they_are(self):
        seen = self.show("server_args: [\"two words\", \"$HOME\", \"\", \"*\"]")
        self.assertEqual([seen[f"argv.{i}"] for i in range(5)], ["show", "two words", "$HOME", "", "*"])
        self.assertNotIn("argv.5", seen)

    def test_argv0_is_as_configured(self):
        self.assertEqual(self.show("argv0: /bin/-fancy")["argv.0"], "/bin/-fancy")

    # Environment.

    def connected(self, client: Client):
        with client:
            self.peer = client.sock.getsockname()
            return client.read_all()

    def test_the_environment_is_exactly_what_is_documented(self):
        seen = self.show("user: root", ask_it=lambda: self.connected(tcp(7001)), env={"SECRET": "1", "HOME": "/elsewhere"})
        start = self.daemon.wait_for("start", service="show")
        self.assertEqual(environment(seen), {
            "PATH": _ROOT_PATH, "HOME": "/root", "USER": "root", "LOGNAME": "root", "SHELL": environment(seen)["SHELL"],
            "PROTO": "TCP", "REMOTE_HOST": "127.0.0.1", "REMOTE_ADDR": "127.0.0.1", "REMOTE_PORT": str(self.peer[1]),
            "TCPREMOTEIP": "127.0.0.1", "TCPREMOTEPORT": str(self.peer[1]),
            "TCPLOCALIP": "127.0.0.1", "TCPLOCALPORT": "7001", "CONNECTION_ID": start["conn"]})

    def test_the_environment_over_ipv6(self):
        seen = environment(self.show("user: nobody", ask_it=lambda: self.connected(tcp(7001, "::1"))))
        self.assertEqual((seen["REMOTE_HOST"], seen["TCPREMOTEIP"], seen["TCPLOCALIP"]), ("::1", "::1", "::1"))
        self.assertEqual((seen["PROTO"], seen["REMOTE_PORT"]), ("TCP", str(self.peer[1])))
        self.assertEqual((seen["PATH"], seen["USER"]), (_USER_PATH, "nobody"))

    def test_passenv_and_env_are_added(self):
        seen = environment(self.show("passenv: [TERM, LANG, NOT_THERE]\nenv: {LANG: tlh, GREETING: \"a = b\"}",
                                     env={"TERM": "vt52", "OTHER": "x"}))
        self.assertEqual((seen["TERM"], seen["LANG"], seen["GREETING"]), ("vt52", "tlh", "a = b"))
        self.assertNotIn("OTHER", seen)
        self.assertNotIn("NOT_THERE", seen)

    def test_two_connections_have_two_ids(self):
        self.show()
        ids = {environment(shown(ask(7001)))["CONNECTION_ID"] for _ in range(5)}
        self.assertEqual(len(ids), 5)
        self.assertTrue(all(re.fullmatch("[0-9a-f]+", one) for one in ids))

    def test_a_unix_socket_tells_who_is_there(self):
        self.start(f"""
            service: show
            listen: [{self.folder}/show.sock]
            server: {victim("show")}
            """)
        with local(self.folder / "show.sock") as client:
            seen = environment(shown(client.read_all()))
        self.assertEqual(seen["PROTO"], "UNIX")
        self.assertEqual((seen["UNIXREMOTEPID"], seen["UNIXREMOTEEUID"], seen["UNIXREMOTEEGID"]), (str(os.getpid()), "0", "0"))
        self.assertEqual(seen["UNIXLOCALPATH"], f"{self.folder}/show.sock")
        self.assertNotIn("REMOTE_HOST", seen)

    def test_a_datagram_service_knows_who_came_first(self):
        self.start(f"""
            service: show
            listen: ["127.0.0.1:7001"]
            socket_type: dgram
            wait: yes
            server: /bin/sh
            server_args: ["-c", "env > {self.folder}/env; exec {victim('udp_once')}"]
            """)
        with udp(7001) as client:
            client.say(b"hello")
            self.assertIn(b"hello", client.read_some())
            name = client.sock.getsockname()
        seen = dict(line.split("=", 1) for line in (self.folder / "env").read_text().splitlines())
        self.assertEqual((seen["PROTO"], seen["REMOTE_HOST"], seen["REMOTE_PORT"]), ("UDP", name[0], str(name[1])))


class Fork(Descriptors):
    """The same with `launch: fork`, the fallback."""

    def start(self, services="", settings="", **how):
        return super().start(services, settings + "\nlaunch: fork\n", **how)


if __name__ == "__main__":
    main()
