# SPDX-License-Identifier: Apache-2.0
"""What was measured: for each case (such as "8 clients") and each peer, the values of each metric, one a round."""

import math
import statistics

NAN = math.nan


class Samples:
    def __init__(self):
        self._values: dict[str, dict[str, dict[str, list[float]]]] = {}
        self.notes: list[str] = []

    def add(self, case: str, peer: str, **metrics: float):
        """One round's values."""
        row = self._values.setdefault(case, {}).setdefault(peer, {})
        for metric, value in metrics.items():
            row.setdefault(metric, []).append(float(value))

    def note(self, text: str):
        if text not in self.notes:
            self.notes.append(text)
            print(f"  note: {text}", flush=True)

    def cases(self) -> list[str]:
        return list(self._values)

    def peers(self) -> list[str]:
        return list(dict.fromkeys(peer for row in self._values.values() for peer in row))

    def metrics(self) -> list[str]:
        return list(dict.fromkeys(metric for row in self._values.values() for peer in row.values() for metric in peer))

    def values(self, case: str, peer: str, metric: str) -> list[float]:
        return self._values.get(case, {}).get(peer, {}).get(metric, [])

    def median(self, case: str, peer: str, metric: str) -> float:
        values = [value for value in self.values(case, peer, metric) if not math.isnan(value)]
        return statistics.median(values) if values else NAN

    def ratio(self, metric: str, of: tuple[str, str], to: tuple[str, str]) -> float:
        """The median of the ratios of single rounds; `of` and `to` are (case, peer)."""
        pairs = zip(self.values(*of, metric), self.values(*to, metric))
        ratios = [one / other for one, other in pairs if other > 0 and not math.isnan(one)]
        return statistics.median(ratios) if ratios else NAN

    def as_json(self):
        return self._values
