# SPDX-License-Identifier: Apache-2.0
"""porterd's log on standard error, read by a thread and taken apart into records."""

import re
import threading

from .wait import DEFAULT, Deadline

_FIELD = re.compile(r'([A-Za-z_][\w.-]*)=("(?:[^"\\]|\\.)*"|\S*)')
_HEAD = re.compile(r'^(\d\S*)\s+([a-z][a-z_]*)(?:\s+(.*))?$')
_ESCAPE = re.compile(r"\\(?:x([0-9a-f]{2})|u\{([0-9a-f]+)\}|(.))")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


class Record(dict):
    """The fields of one record, all of them text. `event`, `time` and `raw` (the line) are attributes."""

    def __init__(self, event: str, time: str, raw: str, fields: dict):
        super().__init__(fields)
        self.event, self.time, self.raw = event, time, raw

    def __repr__(self):
        return self.raw


def _unquote(value: str) -> str:
    if not value.startswith('"'):
        return value
    return _ESCAPE.sub(lambda m: _ESCAPES.get(m[3], m[3]) if m[3] else chr(int(m[1] or m[2], 16)), value[1:-1])


def parse_record(line: str):
    """A Record, or None when the line is none (a sanitizer's report, for one)."""
    head = _HEAD.match(line)
    if head is None:
        return None
    return Record(head[2], head[1], line, {name: _unquote(value) for name, value in _FIELD.findall(head[3] or "")})


class Records:
    """All that came so far. Methods may be called from any thread."""

    def __init__(self, stream):
        self.lines: list[str] = []
        self._records: list[Record] = []
        self._changed = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self._thread.start()

    def _read(self, stream):
        with stream:
            for raw in stream:
                line = raw.decode("utf-8", "backslashreplace").rstrip("\n")
                record = parse_record(line)
                with self._changed:
                    self.lines.append(line)
                    if record is not None:
                        self._records.append(record)
                    self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def mark(self) -> int:
        """How many records there are now, for `since`."""
        with self._changed:
            return len(self._records)

    def select(self, event: str | None = None, since: int = 0, **fields) -> list[Record]:
        """The records of this event whose fields have these values (compared as text)."""
        with self._changed:
            return self._select(event, since, fields)

    def _select(self, event, since, fields):
        return [r for r in self._records[since:]
                if (event is None or r.event == event) and all(r.get(k) == str(v) for k, v in fields.items())]

    def wait_for(self, event: str, count: int = 1, timeout: float = DEFAULT, since: int = 0, **fields) -> Record:
        """The count-th record that select() would give, as soon as it is there."""
        deadline = Deadline(timeout)
        with self._changed:
            while True:
                found = self._select(event, since, fields)
                if len(found) >= count:
                    return found[count - 1]
                if self._ended or deadline.passed():
                    why = "the log ended" if self._ended else f"{timeout} s passed"
                    raise AssertionError(f"waiting for {count} × {event} {fields}: {why} with {len(found)} of them")
                self._changed.wait(deadline.left())

    def wait_for_end(self, timeout: float = DEFAULT):
        """Until the other side has closed the stream."""
        self._thread.join(Deadline(timeout).left())

    def text(self) -> str:
        with self._changed:
            return "\n".join(self.lines)
