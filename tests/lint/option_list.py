# SPDX-License-Identifier: Apache-2.0
"""porterd(8) has an item for each long option that `porterd --help` lists, also in the place of others, and for no
other. Arguments: the source folder, the built porterd."""

import pathlib
import re
import subprocess
import sys


ROLES = [[], ["--inetd"], ["--inetd=gnu"], ["--socket-activate"]]


def options(program, *role):
    text = subprocess.run([program, *role, "--help"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return set(re.findall(r"^  (?:-\w, )?--([a-z-]+)", text, re.MULTILINE))


def main():
    known = set().union(*(options(sys.argv[2], *role) for role in ROLES))
    page = pathlib.Path(sys.argv[1], "man", "porterd.8").read_text()
    items = re.findall(r"^\.It Fl .*", page, re.MULTILINE)
    written = {name for item in items for name in re.findall(r"Fl -([a-z-]+)", item)}
    found = [f"--{name} is not in porterd(8)" for name in sorted(known - written)]
    found += [f"--{name} is in porterd(8) and porterd does not know it" for name in sorted(written - known)]
    print("\n".join(found) or f"{len(known)} options agree")
    sys.exit(1 if found or not known else 0)


main()
