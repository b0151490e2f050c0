# SPDX-License-Identifier: Apache-2.0
"""porterd.yaml(5) has an item for each attribute that porterd knows (by its --schema) and for no other, and its lists of
sets and of what cannot stand in defaults are true. Its table of attributes is made from porterd's --explain; with --write it
is put there, without it must be there already. Arguments: the source folder, the built porterd, perhaps --write."""

import json
import pathlib
import re
import subprocess
import sys
import textwrap

COLUMNS = '.Bl -column "connection_env_x" "ds" "admission"\n.It Sy Attribute Ta "" Ta Sy Change Ta Sy What it is\n'
QUOTED_NOTHING = '""'
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


def table(porterd: str):
    """The table of the page, a row for each attribute in the order of --explain."""
    said = subprocess.run([porterd, "--explain"], stdout=subprocess.PIPE, text=True, check=True).stdout
    rows = []
    for text in re.split(r"\n(?=[a-z_]+: )", said):
        paragraphs = text.strip().split("\n\n")
        name, _, kind = paragraphs[0].partition(": ")
        marks = "".join(mark for mark, words in (("p", "setting of porterd"), ("d", "in defaults"), ("s", " adds"))
                        if words in kind)
        change = re.search(r"A change concerns: (.*)", text)
        line = textwrap.fill(" ".join(paragraphs[1].split()).replace("\\", "\\e"), 78)
        rows.append(f'.It Ic {name} Ta {marks or QUOTED_NOTHING} Ta {change[1] if change else QUOTED_NOTHING} Ta\n{line}\n')
    return COLUMNS + "".join(rows) + ".El\n"


def main():
    file = pathlib.Path(sys.argv[1], "man", "porterd.yaml.5")
    page = file.read_text()
    before, begin, rest = page.partition('.\\" begin table\n')
    end = rest[rest.index('.\\" end table\n'):]
    made = before + begin + table(sys.argv[2]) + end
    if "--write" in sys.argv:
        file.write_text(made)
        page = made
    written = {part: items(page, section) for section, part in SECTIONS.items()}
    written |= {name: listed(page, name) for name in ("sets", "not in defaults")}
    wanted = known(sys.argv[2])
    found = [f"{part}: {name} is not in porterd.yaml(5)"
             for part in wanted for name in sorted(wanted[part] - written[part])]
    found += [f"{part}: {name} is in porterd.yaml(5) and porterd does not know it"
              for part in wanted for name in sorted(written[part] - wanted[part])]
    found += [] if made == page else ["the table of porterd.yaml(5) is another: attribute_list.py SOURCE PORTERD --write"]
    print("\n".join(found) or f"{sum(map(len, wanted.values()))} names agree")
    sys.exit(1 if found or not all(wanted.values()) else 0)


main()
