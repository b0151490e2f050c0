# SPDX-License-Identifier: Apache-2.0
"""Log lines are an interface: every event that the source writes, and every name of a reason, a step of a launch and a
cause of a pause, stands in porterd(8). And every event that has an item there is written by the source."""

import pathlib
import re
import sys

# How events are written: as the first text of a call, as a field of a Message, as what a visitor of records returns, and
# by Drain.
EVENTS = [r'message\([^";]*"([a-z_]+)"', r'\.event = "([a-z_]+)"', r'Message\{"([a-z_]+)"',
          r'operator\(\)\(const \w+&\) const \{ return "([a-z_]+)"',
          r'\? SIGTERM : SIGKILL, is_draining \? "([a-z_]+)" : "([a-z_]+)"']
NAMES = ["kReasonNames", "kStageNames", "kPauseNames"]
NOT_SEEN = {"none", "clone"}  # stages that no record has: nothing failed; no child


def events(text: str):
    text = re.sub(r"//.*", "", text)
    for pattern in EVENTS:
        for found in re.finditer(pattern, text):
            yield from found.groups()


def names(text: str):
    for name in NAMES:
        for body in re.findall(rf"{name}\[\] = \{{(.*?)\}}", text, re.DOTALL):
            yield from re.findall(r'"([a-z_0-9]+)"', body)


def main():
    source = pathlib.Path(sys.argv[1])
    texts = [path.read_text() for folder in ("daemon", "log", "admission", "spawn", "session")
             for path in sorted((source / "src" / folder).rglob("*")) if path.suffix in (".h", ".cpp")]
    written = {event for text in texts for event in events(text)}
    words = {name for text in texts for name in names(text)} - NOT_SEEN
    page = (source / "man" / "porterd.8").read_text()
    said = set(re.findall(r"[a-z_0-9]+", " ".join(re.findall(r"^\.(?:It )?Cm (.*)$", page, re.MULTILINE))))
    records = page.partition("\n.Ss Records\n")[2].partition("\n.Sh ")[0]
    items = {name for head in re.findall(r"^\.It Cm ([a-z_ ,]+) Pq", records, re.MULTILINE)
             for name in re.split(r"[ ,]+", head)}
    found = [f"event {event} has no item in porterd(8)" for event in sorted(written - items)]
    found += [f"porterd(8) has event {event}, which nothing writes" for event in sorted(items - written)]
    found += [f"{word} is not in porterd(8)" for word in sorted(words - said)]
    print("\n".join(found) or f"{len(written)} events and {len(words)} other words agree")
    sys.exit(1 if found or not written or not words else 0)


main()
