# SPDX-License-Identifier: Apache-2.0
"""The report: the table of targets, then everything that was measured, as Markdown."""

import math

from .samples import Samples
from .targets import Check, Target

_UNITS = {"rate": "conn/s", "p50": "p50 µs", "p99": "p99 µs", "max": "longest µs", "cpu": "CPU µs", "daemon": "daemon µs",
          "errors": "errors", "uss_kb": "USS kB", "bytes_per_service": "bytes a service", "start_ms": "CPU ms",
          "one_ms": "with one, ms", "start_us": "CPU µs a service", "longest": "longest ms", "mb_s": "MB/s",
          "cpu_gb": "CPU s/GB"}
_WITH_RATIO = ("rate", "p50", "cpu", "cpu_gb", "start_us", "mb_s")


def number(value: float) -> str:
    """Three digits that count, or more where there are more before the point."""
    if math.isnan(value):
        return "–"
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 10 else f"{value:.1f}"


def _figure(check: Check, samples: Samples, peer: str = "") -> str:
    value = check.value(samples, peer)
    return f"{value:.2f} ×" if check.to and not math.isnan(value) else number(value) + check.unit


def _row(target: Target, samples: Samples) -> list[str]:
    figures = [f"{_name(check, target)}{_figure(check, samples)}" for check in target.checks]
    results = [check.is_met(samples) for check in target.checks]
    verdict = "not measured" if None in results else "met" if all(results) else "**missed**"
    return [target.work, target.floor, target.wanted, "<br>".join(figures), verdict, _others(target, samples)]


def _name(check: Check, target: Target) -> str:
    text = check.label or (check.case if len(target.checks) > 1 else "")
    return f"{text}: " if text else ""


def _others(target: Target, samples: Samples) -> str:
    found = []
    for peer in samples.peers():
        if peer.startswith(("porterd", "floor")):
            continue
        values = [_figure(check, samples, peer) for check in target.checks
                  if check.peer.startswith("porterd") and not math.isnan(check.value(samples, peer))]
        found += [f"{peer} {', '.join(dict.fromkeys(values))}"] if values else []
    return "<br>".join(found)


def _table(head: list[str], rows: list[list[str]], numbers_from: int) -> str:
    rule = ["---"] * numbers_from + ["--:"] * (len(head) - numbers_from)
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, rule, *rows]) + "\n"


def _details(samples: Samples) -> str:
    parts = []
    for case in samples.cases():
        peers = [peer for peer in samples.peers() if any(samples.values(case, peer, name) for name in samples.metrics())]
        metrics = [name for name in samples.metrics() if any(samples.values(case, peer, name) for peer in peers)]
        base = peers[0]
        head, rows = [case], []
        for metric in metrics:
            head += [_UNITS.get(metric, metric.replace("_", " ")), *(["×"] if metric in _WITH_RATIO else [])]
        for peer in peers:
            row = [peer]
            for metric in metrics:
                row.append(number(samples.median(case, peer, metric)))
                if metric in _WITH_RATIO:
                    row.append(number(samples.ratio(metric, (case, peer), (case, base))))
            rows.append(row)
        parts.append(_table(head, rows, 1))
    return "\n".join(parts)


def summary(measured: list[tuple[Target, Samples]]) -> str:
    head = ["work", "floor row", "target", "porterd", "", "peers"]
    return _table(head, [_row(target, samples) for target, samples in measured], len(head))


def markdown(measured: list[tuple[Target, Samples]], facts: list[str], plot: str = "") -> str:
    """The whole report. Targets that share an experiment share its Samples object, which is shown once."""
    text = ["# porterd, its peers and the floor", "", *(f"* {fact}" for fact in facts), "",
            "How to read it: tests/bench/README.md. Ratios are medians of the ratios of single rounds; all else are "
            "medians.", "", summary(measured)]
    text += [f"![]({plot})", ""] if plot else []
    shown: list[Samples] = []
    for target, samples in measured:
        if samples in shown:
            continue
        shown.append(samples)
        names = ", ".join(other.name for other, its in measured if its is samples)
        text += [f"## {names}", "", f"{target.work}. × is to the first row.", "", _details(samples)]
        text += [f"* {note}" for note in samples.notes] + ([""] if samples.notes else [])
    return "\n".join(text)
