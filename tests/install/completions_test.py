# SPDX-License-Identifier: Apache-2.0
"""The completions know every option of porterd and no other, and complete in real shells."""

import os
import pty
import re
import select
import signal
import unittest

from installed import PORTERD, SOURCE, main, need, run

FOLDER = SOURCE / "packaging" / "completions"
KNOWN = {
    "porterd.bash": r"--([a-z-]+)(?=[ '\n])",
    "_porterd": r"--([a-z-]+)(?==|\[)",
    "porterd.fish": r"-l ([a-z-]+)",
}

# Puts the words in the place where bash has them while a line is edited.
BASH = """
compopt() { :; }
. "$1"
porterd=$2
shift 2
COMP_WORDS=(porterd "$@")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_porterd "$porterd" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, words, env):
        pid, self.terminal = pty.fork()
        if pid == 0:
            os.execve(words[0], words, {**os.environ, **env})
        self.pid, self.seen = pid, ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)

    def type(self, text):
        os.write(self.terminal, text.encode())

    def read_until(self, text, seconds=20):
        """What is shown from here up to `text`."""
        while text not in self.seen:
            if not select.select([self.terminal], [], [], seconds)[0]:
                raise AssertionError(f"{text!r} is not shown, but: {self.seen!r}")
            self.seen += os.read(self.terminal, 4096).decode().replace("\r", "")
        self.seen = self.seen.partition(text)[2]


def options():
    return set(re.findall(r"^  --([a-z-]+)", run(PORTERD, "--help"), re.MULTILINE))


class Options(unittest.TestCase):
    def test_each_shell_knows_all_options_and_no_other(self):
        for name, pattern in KNOWN.items():
            text = (FOLDER / name).read_text()
            text = text.partition("options='")[2].partition("'\n")[0] + "\n" if name == "porterd.bash" else text
            self.assertEqual(set(re.findall(pattern, text)), options(), name)


class Bash(unittest.TestCase):
    def complete(self, *words):
        return run(need("bash"), "--norc", "-c", BASH, "bash", FOLDER / "porterd.bash", PORTERD, *words).split()

    def test_options(self):
        self.assertEqual(self.complete("--da"), ["--daemonize"])
        self.assertEqual(set(self.complete("--")), {f"--{name}" for name in options()})

    def test_options_after_a_value(self):
        self.assertEqual(self.complete("--config", "/dev/null", "--ch"), ["--check"])
        self.assertEqual(self.complete("--config", "=", "/dev/null", "--ch"), ["--check"])

    def test_files(self):
        self.assertEqual(self.complete("--config", f"{SOURCE}/conf.d/hel"), [f"{SOURCE}/conf.d/hello.yaml"])
        self.assertEqual(self.complete("--config", "=", f"{SOURCE}/conf.d/hel"), [f"{SOURCE}/conf.d/hello.yaml"])

    def test_forms_of_a_dump(self):
        self.assertEqual(self.complete("--dump", "="), ["yaml", "json"])
        self.assertEqual(self.complete("--dump", "=", "j"), ["json"])

    def test_attributes(self):
        self.assertEqual(self.complete("--explain", "per_s"), ["per_source"])
        self.assertEqual(self.complete("--explain", "=", "max_s"), ["max_sessions"])
        self.assertIn("cps", self.complete("--explain", ""))

    def test_dialects(self):
        self.assertEqual(self.complete("--dialect", "o"), ["openbsd"])

    def test_the_key_tab(self):
        """What a user does, in a terminal."""
        with Terminal([need("bash"), "--norc", "-i"], {"PS1": "READY ", "TERM": "dumb"}) as bash:
            bash.read_until("READY ")
            bash.type(f"PATH={PORTERD.parent}:$PATH; . {FOLDER}/porterd.bash; cd {SOURCE}/conf.d; PS1='GO '\n")
            bash.read_until("\nGO ")
            bash.type("porterd --explain=per_s\t")
            bash.read_until("--explain=per_source ")
            bash.type("\x15porterd --config=hel\t")
            bash.read_until("--config=hello.yaml ")


class Others(unittest.TestCase):
    def test_zsh_reads_its_file(self):
        run(need("zsh"), "-n", FOLDER / "_porterd")

    def test_fish_completes(self):
        script = f"source {FOLDER}/porterd.fish; complete -C 'porterd --da'"
        self.assertIn("--daemonize", run(need("fish"), "--no-config", "-c", script))


if __name__ == "__main__":
    main()
