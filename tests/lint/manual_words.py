# SPDX-License-Identifier: Apache-2.0
"""manual_words.py SOURCE PORTERD: what the program knows is in its manual pages, and the other way round: every
attribute of the table in porterd.yaml(5), every option in porterd(8)."""

import json
import pathlib
import re
import subprocess
import sys


def said_by(*words) -> str:
    return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True).stdout


def items(page: pathlib.Path, macro: str) -> set[str]:
    """The names that head an item of the page's lists: .It MACRO NAME [, NAME …] [: …]"""
    heads = re.findall(rf"^\.It {macro} (.*)$", page.read_text(), re.MULTILINE)
    return {name for head in heads for name in re.findall(r"(?:^|, )-?([a-z_][a-z0-9_-]*)", head.split(" : ")[0])}


def attributes(porterd: str) -> set[str]:
    definitions = json.loads(said_by(porterd, "--schema"))["definitions"]
    return {name for part in ("main", "service") for name in definitions[part]["properties"]
            if name[-1] not in "+-"}


def options(porterd: str) -> set[str]:
    return set(re.findall(r"^  --([a-z-]+)", said_by(porterd, "--help"), re.MULTILINE))


def compare(page: pathlib.Path, known: set[str], documented: set[str]) -> list[str]:
    return ([f"{page}: nothing about {name}" for name in sorted(known - documented)] +
            [f"{page}: {name} is not in the program" for name in sorted(documented - known)])


def main():
    manuals, porterd = pathlib.Path(sys.argv[1], "man"), sys.argv[2]
    known, page = attributes(porterd), manuals / "porterd.yaml.5"
    found = compare(page, known, items(page, "Ic"))
    found += compare(manuals / "porterd.8", options(porterd), items(manuals / "porterd.8", "Fl"))
    print("\n".join(found) or f"{len(known)} attributes are documented")
    sys.exit(1 if found or not known else 0)


main()
