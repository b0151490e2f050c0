#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a relayed gigabyte and a relayed connection cost: porterd's redirect beside socat, systemd-socket-proxyd and no
relay at all, in one run. Prints ratios and asserts nothing; those that are not installed are left out.

    tests/bench/redirect.py build/src/programs/porterd [MEGABYTES [CONNECTIONS]]
"""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

TARGET, RELAY = 17301, 17302
CHUNK = bytes(1 << 20)


def serve_target():
    """Counts what comes, and says how much it was when it ends."""
    listener = socket.create_server(("127.0.0.1", TARGET), backlog=512)

    def count(client):
        with client:
            total = 0
            while got := client.recv(1 << 20):
                total += len(got)
            client.sendall(str(total).encode())

    while True:
        threading.Thread(target=count, args=(listener.accept()[0],), daemon=True).start()


def cpu_of(pids) -> float:
    """Seconds of processor time that these and all they have reaped have taken."""
    seconds = 0.0
    for pid in pids:
        try:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        seconds += sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")
    return seconds


def family(pid) -> list[int]:
    """A process and its children."""
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid] + [one for child in children for one in family(int(child))]


def send(port, megabytes):
    with socket.create_connection(("127.0.0.1", port)) as client:
        for _ in range(megabytes):
            client.sendall(CHUNK)
        client.shutdown(socket.SHUT_WR)
        answer = b""
        while got := client.recv(100):
            answer += got
    if answer != b"%d" % (megabytes << 20):
        raise OSError(f"{answer} of {megabytes << 20} bytes came")


def measure(port, pid, megabytes, connections):
    """Seconds of a transfer and of many small ones, each with the relay's processor time."""
    send(port, 1)  # a worker is there
    results = []
    for work in (lambda: send(port, megabytes), lambda: [send(port, 0) for _ in range(connections)]):
        before, start = cpu_of(family(pid)) if pid else 0, time.monotonic()
        work()
        results += [time.monotonic() - start, (cpu_of(family(pid)) if pid else 0) - before]
    return results


def porterd(program, folder):
    config = folder / "porterd.yaml"
    config.write_text(f"include: []\npid_file: none\npenalty_file: none\ndump_file: none\nlog_type: none\n---\n"
                      f"service: relay\nlisten: [\"127.0.0.1:{RELAY}\"]\nredirect: \"127.0.0.1:{TARGET}\"\n")
    return [program, "--config", str(config)]


def relays(program, folder):
    yield "porterd", porterd(program, folder)
    if socat := shutil.which("socat"):
        yield "socat", [socat, f"TCP-LISTEN:{RELAY},bind=127.0.0.1,fork,reuseaddr,backlog=512", f"TCP:127.0.0.1:{TARGET}"]
    proxyd = "/lib/systemd/systemd-socket-proxyd"
    activate = shutil.which("systemd-socket-activate")
    if os.access(proxyd, os.X_OK) and activate:
        yield "systemd-socket-proxyd", [activate, "-l", f"127.0.0.1:{RELAY}", proxyd, f"127.0.0.1:{TARGET}"]


def run(words, megabytes, connections):
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 10
        while socket.socket().connect_ex(("127.0.0.1", RELAY)) != 0:
            if time.monotonic() > deadline:
                sys.exit(f"{words[0]} does not listen")
            time.sleep(0.01)
        return measure(RELAY, process.pid, megabytes, connections)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def main():
    program = os.path.abspath(sys.argv[1])
    megabytes = int(sys.argv[2]) if len(sys.argv) > 2 else 1024
    connections = int(sys.argv[3]) if len(sys.argv) > 3 else 500
    threading.Thread(target=serve_target, daemon=True).start()
    time.sleep(0.1)
    floor = measure(TARGET, 0, megabytes, connections)
    print(f"{megabytes} MiB, then {connections} connections; seconds, and times porterd's\n")
    print(f"{'':24}{'bytes':>9}{'cpu':>16}{'connections':>16}{'cpu':>16}")
    print(f"{'no relay':24}{floor[0]:9.2f}{'':16}{floor[2]:9.2f}")
    first = None
    with tempfile.TemporaryDirectory() as folder:
        for name, words in relays(program, pathlib.Path(folder)):
            try:
                found = run(words, megabytes, connections)
            except OSError as error:
                print(f"{name:24}   does not relay here: {error}")
                continue
            first = first or found
            ratios = [f"{value:9.2f} {value / base:5.1f}x" if base else f"{value:9.2f}       " for value, base in zip(found, first)]
            print(f"{name:24}{''.join(ratios)}")


if __name__ == "__main__":
    main()
