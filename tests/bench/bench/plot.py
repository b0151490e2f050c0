# SPDX-License-Identifier: Apache-2.0
"""One SVG: processor time of a connection, and connections a second, against services, live children and prefixes.
Both axes are logarithmic; what is 0 stands at 1."""

import dataclasses
import html
import math

from .samples import Samples

_COLOURS = ("#0b6", "#333", "#d33", "#36c", "#e90", "#939", "#0aa", "#a62", "#888", "#c6a")
_WIDTH, _HEIGHT, _LEFT, _TOP = 330, 210, 62, 34  # of a panel, and what is beside and above its axes
_LEGEND = 22


@dataclasses.dataclass(frozen=True)
class Panel:
    title: str
    metric: str
    unit: str
    samples: Samples
    cases: list[tuple[float, str]]  # the place on the x axis, and the case measured there

    def lines(self) -> dict[str, list[tuple[float, float]]]:
        found = {}
        for peer in self.samples.peers():
            points = [(x, self.samples.median(case, peer, self.metric)) for x, case in self.cases]
            points = [(max(x, 1), y) for x, y in points if y > 0]
            if len(points) > 1:
                found[peer] = points
        return found


class _Scale:
    """From a value to a place between two others, by decades."""

    def __init__(self, values, low: float, high: float):
        self.first = math.floor(math.log10(min(values)))
        self.last = max(self.first + 1, math.ceil(math.log10(max(values))))
        self._low, self._high = low, high

    def __call__(self, value: float) -> float:
        return self._low + (math.log10(value) - self.first) / (self.last - self.first) * (self._high - self._low)

    def decades(self) -> list[int]:
        return list(range(self.first, self.last + 1))


def _text(x: float, y: float, text: str, anchor: str = "middle", more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{html.escape(text)}</text>'


def _axes(panel: Panel, across: _Scale, up: _Scale) -> list[str]:
    right, bottom = _WIDTH - 12, _HEIGHT - 26
    parts = [_text(_LEFT, 14, f"{panel.title}: {panel.unit}", "start", ' font-weight="bold"')]
    for decade in across.decades():
        x = across(10.0 ** decade)
        parts += [f'<path d="M{x:.1f} {_TOP}V{bottom}" class="g"/>', _text(x, bottom + 16, f"{10 ** decade:,}")]
    for decade in up.decades():
        y = up(10.0 ** decade)
        parts += [f'<path d="M{_LEFT} {y:.1f}H{right}" class="g"/>', _text(_LEFT - 6, y + 4, f"{10.0 ** decade:,g}", "end")]
    return parts


def _panel(panel: Panel, colours: dict[str, str]) -> str:
    lines = panel.lines()
    if not lines:
        return _text(_WIDTH / 2, _HEIGHT / 2, f"{panel.title}: not measured")
    points = [point for line in lines.values() for point in line]
    across = _Scale([x for x, _ in points], _LEFT, _WIDTH - 12)
    up = _Scale([y for _, y in points], _HEIGHT - 26, _TOP)
    parts = _axes(panel, across, up)
    for peer, line in lines.items():
        places = [(across(x), up(y)) for x, y in line]
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        dashes = ' stroke-dasharray="5 3"' if peer.startswith("floor") else ""
        parts.append(f'<polyline points="{way}" fill="none" stroke="{colours[peer]}" stroke-width="2"{dashes}/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colours[peer]}"/>' for x, y in places]
    return "\n".join(parts)


def _legend(colours: dict[str, str], columns: int) -> list[str]:
    parts = []
    for number, (peer, colour) in enumerate(colours.items()):
        x, y = number % (columns * 2) * _WIDTH / 2 + 16, number // (columns * 2) * _LEGEND + 14
        parts += [f'<circle cx="{x:.1f}" cy="{y - 4:.1f}" r="5" fill="{colour}"/>', _text(x + 12, y, peer, "start")]
    return parts


def svg(panels: list[Panel], columns: int) -> str:
    """The panels in rows of `columns`, under a legend of their peers; the floors are dashed."""
    peers = list(dict.fromkeys(peer for panel in panels for peer in panel.lines()))
    colours = {peer: _COLOURS[number % len(_COLOURS)] for number, peer in enumerate(sorted(peers, key=_rank))}
    head = math.ceil(len(peers) / (columns * 2)) * _LEGEND + 10
    width, height = columns * _WIDTH, math.ceil(len(panels) / columns) * _HEIGHT + head
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
             'font-family="sans-serif" font-size="12">',
             "<style>.g{stroke:#ddd;stroke-width:1}</style>", f'<rect width="{width}" height="{height}" fill="#fff"/>',
             *_legend(colours, columns)]
    for number, panel in enumerate(panels):
        x, y = number % columns * _WIDTH, number // columns * _HEIGHT + head
        parts.append(f'<g transform="translate({x},{y})">\n{_panel(panel, colours)}\n</g>')
    return "\n".join([*parts, "</svg>\n"])


def _rank(peer: str) -> int:
    return 0 if peer == "porterd" else 1 if peer.startswith("floor") else 2
