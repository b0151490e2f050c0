# SPDX-License-Identifier: Apache-2.0
"""From start to end: daemonized, under a service manager, as PID 1, without root; drained, hurried, left alone."""

import contextlib
import os
import pathlib
import re
import signal
import socket
import subprocess
import time

from porterd_harness import Case, ask, eventually, main, receiver, run, run_porterd, tcp, victim
from porterd_harness.daemon import children_of
from porterd_harness.paths import PORTERD


def service(name, port=7001, program=None, more=""):
    listen = port if isinstance(port, str) else f"[{port}]"
    return f"service: {name}\nlisten: {listen}\nserver: {victim(program or name)}\n{more}\n---\n"


class Daemonize(Case):
    def daemonize(self, services, settings="", *args):
        """The parent's outcome and, if it left one, the daemon's pid."""
        log = self.folder / "log"
        config = self.configure(services, f"log_type: file {log}\npid_file: {self.folder}/pid\n" + settings)
        done = run_porterd("--config", config, "--daemonize", *args)
        pid_file = self.folder / "pid"
        pid = int(pid_file.read_text()) if pid_file.exists() else None
        if pid:
            self.addCleanup(self.end, pid)
        return done, pid

    def end(self, pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        eventually("the daemon has gone", lambda: not pathlib.Path(f"/proc/{pid}").exists() or self.is_zombie(pid))
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)

    def is_zombie(self, pid):
        with contextlib.suppress(FileNotFoundError):
            return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
        return False

    def test_the_parent_exits_0_when_everything_is_bound(self):
        done, pid = self.daemonize(service("hello"))
        self.assertEqual((done.returncode, done.stderr, done.stdout), (0, "", ""))
        self.assertEqual(ask(7001), b"hello\n")  # at once
        links = {os.readlink(f"/proc/{pid}/fd/{number}") for number in (0, 1, 2)}
        self.assertEqual(links, {"/dev/null"})
        self.assertEqual(os.getsid(pid), pid)
        self.assertEqual(os.readlink(f"/proc/{pid}/cwd"), "/")

    def test_it_keeps_nothing_of_the_terminal_open(self):
        """run_porterd() returns when nobody holds its standard error any more."""
        done, pid = self.daemonize(service("hello", more="log_type: stderr"))
        self.assertEqual(done.returncode, 0)
        self.assertTrue(pid)

    def test_the_parent_exits_3_and_says_what_is_not_bound(self):
        done, pid = self.daemonize(service("hello") + service("linger", '["192.0.2.7:7002"]'))
        self.assertEqual(done.returncode, 3)
        self.assertIn("linger", done.stderr)
        self.assertIn("192.0.2.7:7002", done.stderr)
        self.assertEqual(ask(7001), b"hello\n")
        self.assertTrue(pid)

    def test_the_parent_exits_2_for_a_bad_configuration(self):
        done, _ = self.daemonize(service("hello"), "log_format: [")
        self.assertEqual(done.returncode, 2)
        self.assertIn("porterd.yaml:", done.stderr)

    def test_the_parent_exits_1_when_the_log_cannot_be_opened(self):
        config = self.configure(service("hello"), "log_type: file /nonexistent/log")
        done = run_porterd("--config", config, "--daemonize")
        self.assertEqual(done.returncode, 1)
        self.assertIn("/nonexistent/log", done.stderr)

    def test_a_second_is_refused_while_the_first_runs(self):
        done, pid = self.daemonize(service("hello"))
        self.assertEqual(done.returncode, 0)
        again = run_porterd("--config", self.folder / "porterd.yaml", "--daemonize")
        self.assertEqual(again.returncode, 1)
        self.assertIn("another porterd runs", again.stderr)
        self.assertEqual(int((self.folder / "pid").read_text()), pid)
        self.assertEqual(ask(7001), b"hello\n")

    def test_a_pid_file_without_a_daemon_is_taken_over_and_removed_at_the_end(self):
        self.write("pid", "1\n")
        done, pid = self.daemonize(service("hello"))
        self.assertEqual(done.returncode, 0)
        self.assertNotEqual(pid, 1)
        self.end(pid)
        self.assertFalse((self.folder / "pid").exists())


class Stop(Case):
    def test_sessions_finish(self):
        daemon = self.start(service("linger"))
        with tcp(7001) as client:
            client.read_line()
            daemon.send(signal.SIGTERM)
            self.assertEqual(daemon.wait_for("stopping")["sessions"], "1")
            with self.assertRaises(ConnectionRefusedError):
                tcp(7001).close()
            self.assertEqual(client.finish().read_all(), b"bye\n")
        self.assertEqual(daemon.wait(), 0)
        self.assertEqual([record.event for record in daemon.records()][-3:], ["stopping", "end", "stopped"])

    def test_then_they_are_told_and_then_they_are_killed(self):
        daemon = self.start(service("ignore_term"), "drain_timeout: 200ms\nkill_timeout: 300ms")
        with tcp(7001) as client:
            client.read_line()
            begin = time.monotonic()
            self.assertEqual(daemon.stop(), 0)
            self.assertGreater(time.monotonic() - begin, 0.45)
        events = [record.event for record in daemon.records()]
        self.assertEqual(events[-5:], ["stopping", "terminating", "killing", "end", "stopped"])
        self.assertEqual(daemon.records("end")[0]["signal"], str(int(signal.SIGKILL)))

    def test_a_server_that_heeds_term_is_not_killed(self):
        daemon = self.start(service("linger"), "drain_timeout: 100ms\nkill_timeout: 60s")
        with tcp(7001) as client:
            client.read_line()
            self.assertEqual(daemon.stop(), 0)
        self.assertEqual(daemon.records("end")[0]["signal"], str(int(signal.SIGTERM)))

    def test_a_second_term_hurries_and_a_third_kills(self):
        daemon = self.start(service("ignore_term"), "drain_timeout: 600s\nkill_timeout: 600s")
        with tcp(7001) as client:
            client.read_line()
            for event in ("stopping", "terminating", "killing"):
                daemon.send(signal.SIGTERM)
                daemon.wait_for(event)
            self.assertEqual(daemon.wait(), 0)

    def test_the_whole_group_of_a_server_is_told(self):
        daemon = self.start("service: shell\nlisten: [7001]\nserver: /bin/sh\n"
                            "server_args: [\"-c\", \"sleep 600 & echo $!; wait\"]\n", "drain_timeout: 10ms")
        with tcp(7001) as client:
            below = int(client.read_line())
            self.assertEqual(daemon.stop(), 0)
        eventually("the child of the server has gone", lambda: below not in self.strays() or self.reap(below))

    def reap(self, pid):
        return os.waitpid(pid, os.WNOHANG)[0] == pid

    def test_interrupt_is_term(self):
        self.assertEqual(self.start(service("hello")).stop(signal.SIGINT), 0)

    def test_quit_leaves_the_sessions_alone(self):
        daemon = self.start(service("linger"), quiet_end=False)
        with tcp(7001) as client:
            pid = int(client.read_line().split()[1])
            self.assertEqual(daemon.stop(signal.SIGQUIT), 0)
            os.kill(pid, 0)
            self.assertEqual(client.finish().read_all(), b"bye\n")

    def test_a_reload_while_stopping_opens_nothing(self):
        daemon = self.start(service("linger"))
        with tcp(7001) as client:
            client.read_line()
            daemon.send(signal.SIGTERM)
            daemon.wait_for("stopping")
            self.reload(daemon, service("linger") + service("hello", 7002))
            daemon.send(signal.SIGUSR1)
            daemon.wait_for("state")
            for port in (7001, 7002):
                with self.assertRaises(ConnectionRefusedError):
                    tcp(port).close()
            client.finish().read_all()
        self.assertEqual(daemon.wait(), 0)

    def test_usr1_tells_the_state(self):
        daemon = self.start(service("linger") + service("hello", 7002, more="only_from: []"))
        with tcp(7001) as client:
            client.read_line()
            ask(7002)
            daemon.wait_for("refused")
            daemon.send(signal.SIGUSR1)
            state = daemon.wait_for("state", service="linger")
            self.assertEqual((state["state"], state["sessions"], state["started"]), ("listening", "1", "1"))
            self.assertEqual(daemon.wait_for("state", service="hello")["refused"], "1")


class ServiceManager(Case):
    def words(self, manager):
        return dict(line.split("=", 1) for line in manager.recv(4096).decode().splitlines())

    def test_it_hears_of_every_step(self):
        manager = receiver(self, str(self.folder / "notify"))
        daemon = self.start(service("hello"), env={"NOTIFY_SOCKET": self.folder / "notify"})
        self.assertEqual(self.words(manager)["READY"], "1")
        before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self.reload(daemon, service("hello"))
        reloading = self.words(manager)
        self.assertEqual(reloading["RELOADING"], "1")
        self.assertGreaterEqual(int(reloading["MONOTONIC_USEC"]), before)
        self.assertEqual(self.words(manager)["READY"], "1")
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(self.words(manager)["STOPPING"], "1")

    def test_a_failed_reload_is_ready_again_too(self):
        manager = receiver(self, str(self.folder / "notify"))
        daemon = self.start(service("hello"), env={"NOTIFY_SOCKET": self.folder / "notify"})
        self.assertIn("READY", self.words(manager))
        self.write("porterd.yaml", "]")
        daemon.send(signal.SIGHUP)
        self.assertIn("RELOADING", self.words(manager))
        self.assertIn("READY", self.words(manager))

    def test_an_abstract_socket_and_a_watchdog(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind("\0porterd-test-notify")
            manager.settimeout(10)
            self.start(service("hello"), env={"NOTIFY_SOCKET": "@porterd-test-notify", "WATCHDOG_USEC": "100000"})
            heard = [self.words(manager) for _ in range(6)]
            self.assertIn("READY", heard[0])
            self.assertGreaterEqual(sum("WATCHDOG" in words for words in heard), 4)

    def test_servers_do_not_inherit_what_is_for_porterd(self):
        receiver(self, str(self.folder / "notify"))
        self.start(service("show", more="passenv: [NOTIFY_SOCKET, WATCHDOG_USEC, LISTEN_FDS, LISTEN_PID]"),
                   env={"NOTIFY_SOCKET": self.folder / "notify", "WATCHDOG_USEC": "1000000"})
        self.assertNotIn(b"NOTIFY_SOCKET", ask(7001))


class Inherited(Case):
    """LISTEN_FDS: sockets that came in bound are adopted by their address."""

    def start_with(self, sockets, services, **how):
        """They stand on 3, 4, … of a process that names itself in LISTEN_PID and becomes porterd."""
        copies = [os.dup2(sock.fileno(), 100 + index) for index, sock in enumerate(sockets)]
        for number in copies:
            self.addCleanup(os.close, number)
        script = (f"import os, sys\nfor index, number in enumerate({copies}): os.dup2(number, 3 + index); os.close(number)\n"
                  f"os.environ.update(LISTEN_FDS='{len(copies)}', LISTEN_PID=str(os.getpid()))\n"
                  "os.execv(sys.argv[1], sys.argv[1:])")
        return self.start(services, wrapper=["/usr/bin/python3", "-c", script], pass_fds=copies, **how)

    def bound(self, address, family=socket.AF_INET, kind=socket.SOCK_STREAM):
        sock = socket.socket(family, kind)
        self.addCleanup(sock.close)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind(address)
        if kind == socket.SOCK_STREAM:
            sock.listen()
        return sock

    def inodes(self, daemon):
        return {int(target[8:-1]) for target in daemon.descriptors().values() if target.startswith("socket:[")}

    def test_they_are_adopted_by_address_in_any_order(self):
        six = self.bound(("::", 7001), socket.AF_INET6)
        four = self.bound(("0.0.0.0", 7001))
        path = str(self.folder / "s.sock")
        local = self.bound(path, socket.AF_UNIX)
        datagram = self.bound(("127.0.0.1", 7003), kind=socket.SOCK_DGRAM)
        wanted = {os.fstat(sock.fileno()).st_ino for sock in (six, four, local, datagram)}
        daemon = self.start_with([datagram, local, six, four], service("hello") + service("hello", f"[{path}]", more="id: local")
                                 + service("once", '["127.0.0.1:7003"]', "udp_once", "socket_type: dgram\nwait: yes"))
        self.assertEqual(daemon.wait_for("ready")["degraded"], "0")
        self.assertLessEqual(wanted, self.inodes(daemon))
        for sock in (six, four, local):
            sock.close()
        self.assertEqual((ask(7001), ask(7001, host="::1")), (b"hello\n", b"hello\n"))

    def test_a_client_that_came_before_porterd_is_served(self):
        four = self.bound(("127.0.0.1", 7001))
        with tcp(7001) as client:
            self.start_with([four], service("hello", '["127.0.0.1:7001"]'))
            self.assertEqual(client.read_all(), b"hello\n")

    def test_what_nobody_wants_is_closed(self):
        stranger = self.bound(("127.0.0.1", 7009))
        inode = os.fstat(stranger.fileno()).st_ino
        daemon = self.start_with([stranger], service("hello"))
        self.assertNotIn(inode, self.inodes(daemon))
        self.assertEqual(ask(7001), b"hello\n")

    def test_they_stay_over_a_reload(self):
        four = self.bound(("127.0.0.1", 7001))
        inode = os.fstat(four.fileno()).st_ino
        daemon = self.start_with([four], service("hello", '["127.0.0.1:7001"]'), quiet_end=False)
        self.reload(daemon, service("hello", '["127.0.0.1:7001"]', more="nice: 1") + service("linger", 7002))
        daemon.wait_for("reloaded")
        self.assertIn(inode, self.inodes(daemon))
        self.assertEqual(ask(7001), b"hello\n")

    def test_servers_do_not_get_them_nor_the_variables(self):
        four = self.bound(("127.0.0.1", 7001))
        self.start_with([four], service("show", '["127.0.0.1:7001"]', more="passenv: [LISTEN_FDS, LISTEN_PID]"))
        answer = ask(7001).decode()
        self.assertEqual(len(re.findall(r"^fd\.", answer, re.MULTILINE)), 3)
        self.assertNotIn("LISTEN_", answer)


class Init(Case):
    """PID 1 of a pid namespace, as in a container."""

    def start_init(self, services, settings=""):
        config = self.configure(services, settings)
        process = subprocess.Popen(["unshare", "-pf", "--kill-child", "--mount-proc", PORTERD, "--config", config],
                                   stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, cwd="/")
        self.addCleanup(process.stderr.close)
        self.addCleanup(self.put_down, process)
        self.init = eventually("porterd is PID 1", lambda: next(iter(children_of(process.pid)), None))
        for line in process.stderr:
            if b" ready " in line:
                return process
        self.fail("porterd did not become ready")

    def put_down(self, process):
        if process.poll() is None:
            process.kill()
            process.wait()

    def test_it_serves_reaps_orphans_and_ends(self):
        process = self.start_init(service("hello") + service("fork_away", 7002))
        self.assertEqual(ask(7001), b"hello\n")
        for _ in range(20):
            with tcp(7002) as client:
                client.read_line()
        eventually("the orphans are reaped", lambda: not children_of(self.init))
        os.kill(self.init, signal.SIGTERM)
        self.assertEqual(process.wait(10), 0)

    def test_term_ends_it_with_its_services(self):
        process = self.start_init(service("ignore_term") + service("linger", 7002), "drain_timeout: 100ms\nkill_timeout: 100ms")
        with tcp(7001) as one, tcp(7002) as two:
            one.read_line()
            two.read_line()
            os.kill(self.init, signal.SIGTERM)
            self.assertEqual(process.wait(10), 0)
            self.assertEqual((one.read_all(), two.read_all()), (b"", b""))


class WithoutRoot(Case):
    def start_as_nobody(self, services, **how):
        return self.start(services, "defaults: {}", wrapper=["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"], **how)

    def test_it_serves_as_who_it_is(self):
        self.start_as_nobody(service("show"))
        answer = ask(7001).decode()
        self.assertIn("\nuid=65534\n", answer)
        self.assertIn("\nenv.USER=nobody\n", answer)

    def test_its_own_user_may_be_named(self):
        daemon = self.start_as_nobody(service("show", more="user: nobody"))
        self.assertEqual(daemon.records("config"), [])
        self.assertIn(b"uid=65534", ask(7001))

    def test_another_user_is_refused_at_load(self):
        daemon = self.start_as_nobody(service("show", more="user: daemon") + service("hello", 7002))
        self.assertIn("cannot run as 'daemon': porterd does not run as root", daemon.log.text())
        self.assertEqual(ask(7002), b"hello\n")

    def test_the_capability_for_low_ports_is_no_servers(self):
        run("sysctl", "-qw", "net.ipv4.ip_unprivileged_port_start=1024")
        able = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                "--inh-caps=+net_bind_service", "--ambient-caps=+net_bind_service"]
        self.start("service: status\nlisten: [79]\nserver: /bin/grep\nserver_args: [CapEff, /proc/self/status]\n", "defaults: {}",
                   wrapper=able)
        self.assertEqual(ask(79).split(), [b"CapEff:", b"0" * 16])

    def test_a_low_port_gives_a_clear_error(self):
        run("sysctl", "-qw", "net.ipv4.ip_unprivileged_port_start=1024")
        daemon = self.start_as_nobody(service("show", 79) + service("hello", 7002))
        message = daemon.wait_for("degraded", service="show")["msg"]
        self.assertIn("Permission denied", message)
        self.assertIn("ports below 1024 need root", message)
        self.assertEqual(ask(7002), b"hello\n")


if __name__ == "__main__":
    main()
