# SPDX-License-Identifier: Apache-2.0
"""porterd(8) has an item for each option that `porterd --help` lists, and for no other. Arguments: the source folder,
the built porterd."""

import pathlib
import re
import subprocess
import sys


def main():
    help_text = subprocess.run([sys.argv[2], "--help"], stdout=subprocess.PIPE, text=True, check=True).stdout
    known = set(re.findall(r"^  --([a-z-]+)", help_text, re.MULTILINE))
    page = pathlib.Path(sys.argv[1], "man", "porterd.8").read_text()
    written = set(re.findall(r"^\.It Fl -([a-z-]+)", page, re.MULTILINE))
    found = [f"--{name} is not in porterd(8)" for name in sorted(known - written)]
    found += [f"--{name} is in porterd(8) and porterd does not know it" for name in sorted(written - known)]
    print("\n".join(found) or f"{len(known)} options agree")
    sys.exit(1 if found or not known else 0)


main()
