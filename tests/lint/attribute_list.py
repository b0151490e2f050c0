# SPDX-License-Identifier: Apache-2.0
"""porterd.yaml(5) has an item for each attribute that porterd knows (by its --schema) and for no other, and its lists of
sets and of what cannot stand in defaults are true. Arguments: the source folder, the built porterd."""

import json
import pathlib
import re
import subprocess
import sys

SECTIONS = {"SETTINGS OF PORTERD": "main", "ATTRIBUTES OF SERVICES": "service"}


def known(porterd: str):
    """The same four sets of names as the program has them."""
    schema = subprocess.run([porterd, "--schema"], stdout=subprocess.PIPE, text=True, check=True).stdout
    names = {part: set(definition["properties"]) for part, definition in json.loads(schema)["definitions"].items()}
    plain = {part: {name for name in found if name[-1] not in "+-"} for part, found in names.items()}
    return {"main": plain["main"], "service": plain["service"],
            "sets": {name for name in plain["service"] if f"{name}+" in names["service"]},
            "not in defaults": plain["service"] - plain["defaults"]}


def items(page: str, section: str):
    """The names of the items ".It Ic NAME , NAME : form" of a section."""
    text = page.partition(f"\n.Sh {section}\n")[2].partition("\n.Sh ")[0]
    heads = re.findall(r"^\.It Ic ([a-z0-9_ ,]+) : ", text, re.MULTILINE)
    return {name for head in heads for name in re.split(r"[ ,]+", head)}


def listed(page: str, name: str):
    """The words of the .Ic lines between the comments "begin NAME" and "end NAME"."""
    text = page.partition(f'.\\" begin {name}\n')[2].partition(f'.\\" end {name}\n')[0]
    lines = [line[4:] for line in text.splitlines() if line.startswith(".Ic ")]
    return set(re.findall(r"[a-z][a-z0-9_]*", " ".join(lines)))


def main():
    page = pathlib.Path(sys.argv[1], "man", "porterd.yaml.5").read_text()
    written = {part: items(page, section) for section, part in SECTIONS.items()}
    written |= {name: listed(page, name) for name in ("sets", "not in defaults")}
    wanted = known(sys.argv[2])
    found = [f"{part}: {name} is not in porterd.yaml(5)"
             for part in wanted for name in sorted(wanted[part] - written[part])]
    found += [f"{part}: {name} is in porterd.yaml(5) and porterd does not know it"
              for part in wanted for name in sorted(written[part] - wanted[part])]
    print("\n".join(found) or f"{sum(map(len, wanted.values()))} names agree")
    sys.exit(1 if found or not all(wanted.values()) else 0)


main()
