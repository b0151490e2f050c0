# SPDX-License-Identifier: Apache-2.0
"""Sources and scripts begin with the SPDX identifier, a shebang may stand before it; no file names the machine that
it was written on; none has tabs, blanks at line ends or a missing last line end."""

import os
import pathlib
import re
import sys

CODE = {".h", ".cpp", ".c", ".in", ".py"}
IDENTIFIER = "SPDX-License-Identifier: Apache-2.0"
MACHINE = re.compile("|".join(["/wor" + "k/", r"\.\./sha" + "red", "/tmp/buil" + "d"]))


def files(source: pathlib.Path):
    for folder, folders, names in os.walk(source):
        folders[:] = [name for name in folders if not name.startswith(("build", ".git", ".cache", "__"))]
        for name in names:
            yield pathlib.Path(folder, name)


def complaints(path: pathlib.Path, text: str):
    lines = text.splitlines()
    is_script = text.startswith("#!")
    if (path.suffix in CODE or is_script) and IDENTIFIER not in "".join(lines[is_script:1 + is_script]):
        yield f"{1 + is_script}: first line is not {IDENTIFIER}"
    if text and not text.endswith("\n"):
        yield f"{len(lines)}: no line end"
    for number, line in enumerate(lines, 1):
        if MACHINE.search(line):
            yield f"{number}: names a place on one machine"
        if path.suffix in CODE and (line != line.rstrip() or "\t" in line):
            yield f"{number}: tab, or blank at line end"


def main():
    found = []
    for path in sorted(files(pathlib.Path(sys.argv[1]))):
        if path.parent.name.endswith("_corpus"):
            continue  # a fuzzer's may hold anything
        text = path.read_text()
        found += [f"{path}:{complaint}" for complaint in complaints(path, text)]
    print("\n".join(found) or "clean")
    sys.exit(1 if found else 0)


main()
