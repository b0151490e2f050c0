# SPDX-License-Identifier: Apache-2.0
"""A folder of src/ includes only the folders that its row names, and a library stands only where it is to stand."""

import pathlib
import re
import sys

LAYERS = {
    "base": "",
    "os": "base",
    "event": "base os",
    "log": "base os",
    "config": "base os",
    "migration": "base config",
    "admission": "base config",
    "spawn": "base os config",
    "listen": "base os event config",
    "session": "base os event log admission",
    "worker": "base os event log config admission",
    "control": "base os event config log",
    "daemon": "base os event log config admission spawn listen session worker control",
    "programs": "base os event log config migration admission spawn listen session worker control daemon",
}

# A library's headers, and what may include them.
LIBRARIES = {
    r"event2?/|event\.h": ("event/", "worker/"),
    r"yaml-cpp/": ("config/yaml_reader",),
    r"tcpd\.h": ("programs/porterd_tcpd",),
    r"rpc/|netconfig\.h": ("programs/porterd_rpc",),
}

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)


def complaints(path: pathlib.Path, name: str):
    """What is wrong with the includes of one file; `name` is its path below src/."""
    folder = name.split("/")[0]
    if folder not in LAYERS:
        yield f"{folder}/ is no layer: give it a row in tests/lint/layers.py and src/README.md"
        return
    allowed = {folder, *LAYERS[folder].split()}
    for own, system in INCLUDE.findall(path.read_text()):
        target = own.split("/")[0]
        if own and "/" in own and target in LAYERS and target not in allowed:
            yield f'{folder}/ may not use {target}/ ("{own}")'
        for pattern, places in LIBRARIES.items():
            if system and re.match(pattern, system) and not name.startswith(places):
                yield f"<{system}> belongs in {' or '.join(places)}"


def main():
    source = pathlib.Path(sys.argv[1], "src")
    files = sorted(path for path in source.rglob("*") if path.suffix in (".h", ".cpp") and path.parent != source)
    found = [f"{path}: {text}" for path in files for text in complaints(path, path.relative_to(source).as_posix())]
    print("\n".join(found) or f"{len(files)} files keep their layers")
    sys.exit(1 if found or not files else 0)


main()
