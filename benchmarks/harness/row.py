"""One line of the result."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

OURS = "puretango"
THEIRS = "pytango"


@dataclass(frozen=True)
class Wanted:
    """What a figure should be."""

    ratio: float | None = None
    """So many times better than PyTango, at least."""
    most: float | None = None
    """No more than this, whatever PyTango does."""
    least: float | None = None
    """No less than this."""

    def __str__(self) -> str:
        parts = []
        if self.ratio is not None:
            parts.append(f"≥ {self.ratio:g}×")
        if self.most is not None:
            parts.append(f"≤ {self.most:,.4g}")
        if self.least is not None:
            parts.append(f"≥ {self.least:,g}")
        return ", ".join(parts)


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
    wanted: Wanted | None = None

    @property
    def verdict(self) -> str:
        """Whether the figure is as wanted; empty where nothing is wanted, or nothing was measured."""
        ours = self.values.get(OURS)
        if self.wanted is None or ours is None:
            return ""
        wanted = self.wanted
        if wanted.ratio is not None and self.ratio is None:
            return ""
        good = (
            (wanted.ratio is None or (self.ratio or 0) >= wanted.ratio)
            and (wanted.most is None or ours <= wanted.most)
            and (wanted.least is None or ours >= wanted.least)
        )
        return "met" if good else "short"

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
    return Row(name, unit, values, spread=spread, **more)  # type: ignore[arg-type]  # passed on as they came
