# SPDX-License-Identifier: Apache-2.0
"""Runs of the load generator, and what they cost the server."""

import contextlib
import json
import subprocess
import time

HELLO = "hello\n"


class Load:
    """`load MODE`; `program` is its path."""

    def __init__(self, program):
        self._program = str(program)

    def _words(self, mode: str, peer, port: int, options) -> list[str]:
        words = [self._program, "--host", peer.host, "--port", str(port)]
        for name, value in options.items():
            name = "--" + name.replace("_", "-")
            words += [name] if value is True else [name, str(value)]
        return [*words, mode]

    def run(self, mode: str, peer, port: int, **options) -> dict[str, float]:
        """One run to its end: what it reports, and `cpu` and `daemon`, the microseconds of processor time of the
        server with its children and of its first process alone, for each operation that was good."""
        options.setdefault("seconds", 1)
        before = peer.cpu_seconds(), peer.daemon_seconds()
        done = subprocess.run(self._words(mode, peer, port, options), stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=options["seconds"] + 60, check=False)
        peer.settle()
        if done.returncode != 0:
            raise RuntimeError(f"load {mode} of {peer.name}: status {done.returncode} {done.stderr.strip()}")
        found = json.loads(done.stdout.splitlines()[-1])
        operations = max(1, found.get("ok", found.get("done", 1)))
        found["cpu_seconds"] = peer.cpu_seconds() - before[0]
        found["cpu"] = found["cpu_seconds"] / operations * 1e6
        found["daemon"] = (peer.daemon_seconds() - before[1]) / operations * 1e6
        return found

    def start(self, mode: str, peer, port: int, **options) -> subprocess.Popen:
        """A run in the background."""
        return subprocess.Popen(self._words(mode, peer, port, options), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                text=True)

    @contextlib.contextmanager
    def hold(self, peer, port: int, count: int, seconds: float = 90):
        """Holds that many connections, each with its child, for as long as this lasts; yields what came of them."""
        process = self.start("hold", peer, port, count=count, clients=16, seconds=seconds, expect=HELLO)
        try:
            line = process.stdout.readline()
            yield json.loads(line) if line else {"alive": 0}
        finally:
            process.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(30)
            process.kill()
            process.wait()
            process.stdout.close()


def result_of(process: subprocess.Popen, timeout: float = 60) -> dict[str, float]:
    """The report of a run in the background, once it has ended."""
    out, _ = process.communicate(timeout=timeout)
    return json.loads(out.splitlines()[-1])


def wait_until(what: str, is_so, timeout: float = 60, pause: float = 0.002):
    end = time.monotonic() + timeout
    while not is_so():
        if time.monotonic() > end:
            raise RuntimeError(f"{what}: not within {timeout:.0f} s")
        time.sleep(pause)
