"""Results of a store: columns of one attribute over a time range."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from puretango.archive.sample._kind import Kind
    from puretango.archive.sample._row import Gap

__all__ = ["Decimated", "Series", "joined"]


@dataclass(slots=True)
class Series:
    """Samples of one generation of an attribute, in the order of the device's time.

    Attributes:
        name: The attribute.
        kind: Its type while these samples were taken.
        time: Device times, int64, ns since 1970.
        value: Read values: a numpy array of numbers for numeric scalars, else a list.
        valid: Whether there is a read value; a float without one is NaN, an integer 0.
        received: Times of receipt, int64, ns since 1970; None if not asked for.
        quality: Tango's AttrQuality, uint8; None if not asked for.
        set_value: As value; None if not asked for or if there are none.
        set_valid: As valid, for set_value.
    """

    name: str
    kind: Kind
    time: NDArray[np.int64]
    value: Any
    valid: NDArray[np.bool_]
    received: NDArray[np.int64] | None = None
    quality: NDArray[np.uint8] | None = None
    set_value: Any = None
    set_valid: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.time)

    @property
    def seconds(self) -> NDArray[np.float64]:
        """Device times in seconds since 1970."""
        return self.time / 1e9

    def values_or_none(self) -> list[Any]:
        """Read values as Python objects, None if there is none."""
        return _objects(self.kind, self.value, self.valid)

    def set_values_or_none(self) -> list[Any]:
        """Set values as Python objects, None if there is none."""
        if self.set_value is None or self.set_valid is None:
            return [None] * len(self)
        return _objects(self.kind, self.set_value, self.set_valid)


def _objects(kind: Kind, value: Any, valid: NDArray[np.bool_]) -> list[Any]:
    plain = value.tolist() if isinstance(value, np.ndarray) else value
    return [v if ok else None for v, ok in zip(plain, valid.tolist())]


@dataclass(slots=True)
class Decimated:
    """An attribute over a time range in few points: as many as a plot can show.

    Attributes:
        name: The attribute.
        time: The start of each bin, int64, ns since 1970; bins without samples are left out.
        low, high, mean: Over the samples of a bin, float64; NaN for a bin without a valid number.
        count: Samples in the bin, int64.
        level: The level that was read, in seconds: 60 or 3600, or 0 for samples.
        gaps: Gap rows that overlap the time range.
    """

    name: str
    time: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    mean: NDArray[np.float64]
    count: NDArray[np.int64]
    level: int = 0
    gaps: list[Gap] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.time)


def joined(parts: list[Series]) -> Series:
    """Series of one kind, each sorted by time, as one; samples of equal time keep their order."""
    parts = [part for part in parts if len(part)] or parts[:1]
    whole = parts[0] if len(parts) == 1 else _concatenated(parts)
    # The order can only be wrong where two parts meet: checking ten million times would take a while.
    if any(before.time[-1] > after.time[0] for before, after in pairwise(parts)):
        _sort(whole)
    return whole


def _concatenated(parts: list[Series]) -> Series:
    first = parts[0]

    def together(name: str) -> Any:
        columns = [getattr(part, name) for part in parts]
        if any(column is None for column in columns):
            return None
        if isinstance(columns[0], list):
            return [value for column in columns for value in column]
        return np.concatenate(columns)

    columns = {name: together(name) for name in Series.__slots__ if name not in {"name", "kind"}}
    return Series(first.name, first.kind, **columns)


def _sort(series: Series) -> None:
    order = np.argsort(series.time, kind="stable")
    for name in ("time", "value", "valid", "received", "quality", "set_value", "set_valid"):
        column = getattr(series, name)
        if isinstance(column, list):
            setattr(series, name, [column[index] for index in order])
        elif column is not None:
            setattr(series, name, column[order])
