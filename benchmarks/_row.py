"""One line of the result."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

OURS = "puretango"
THEIRS = "pytango"


@dataclass
class Row:
    """What was measured, and what each side took."""

    name: str
    unit: str
    values: dict[str, float]
    """Side → median."""
    cores: str = ""
    less_is_better: bool = True
    spread: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Side → quartiles."""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times better we are."""
        ours, theirs = self.values.get(OURS), self.values.get(THEIRS)
        if not ours or not theirs:
            return None
        return theirs / ours if self.less_is_better else ours / theirs


def row_of(name: str, unit: str, samples: Mapping[str, Sequence[float]], **more: object) -> Row:
    """A row of the medians of samples."""
    values, spread = {}, {}
    for side, found in samples.items():
        if found:
            values[side] = statistics.median(found)
            if len(found) > 3:
                low, _, high = statistics.quantiles(found, n=4)
                spread[side] = (low, high)
    return Row(name, unit, values, spread=spread, **more)  # type: ignore[arg-type]
