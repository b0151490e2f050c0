# SPDX-License-Identifier: Apache-2.0
"""What has to repeat the version, because a tool reads it there, has that of the top level's project(). Arguments: the
source folder, the version."""

import pathlib
import re
import sys

PLACES = {
    "packaging/debian/changelog": r"\Aporterd \(([0-9.]+)-",
    "packaging/porterd.spec": r"%global upstream_version ([0-9.]+)",
    "packaging/porterd.spec ": r"%changelog\n.* - ([0-9.]+)-",
    "README.md": r"badge/version-([0-9.]+)-",
}


def main():
    source, version = pathlib.Path(sys.argv[1]), sys.argv[2]
    found = []
    for place, pattern in PLACES.items():
        match = re.search(pattern, (source / place.strip()).read_text())
        if match is None or match[1] != version:
            found.append(f"{place.strip()}: {match[1] if match else 'no version'} is not {version}")
    print("\n".join(found) or f"{len(PLACES)} places have {version}")
    sys.exit(1 if found else 0)


main()
