"""Rows to columns and back: what a block of samples holds, and what a reader gets from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from puretango.archive.sample import Series, number_of, value_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from puretango.archive.sample import Cell, Kind

__all__ = ["columns_of", "lateness_of", "levels_of", "series_of"]

# A row as the open segment has it: time, received, quality, value, set value.
Stored = tuple[int, int, int, Any, Any]


def columns_of(kind: Kind, rows: Sequence[Stored]) -> dict[str, Any]:
    """Columns to pack. Lateness is received - time in µs; there is a mask only if something is None."""
    times, received, qualities, values, set_values = zip(*rows)
    time = np.array(times, "<i8")
    columns: dict[str, Any] = {
        "time": time,
        "late": lateness_of(time, np.array(received, "<i8")),
        "quality": np.array(qualities, "u1"),
        "value": _cells(kind, values),
    }
    _mask(columns, "none", values)
    if any(value is not None for value in set_values):
        columns["set"] = _cells(kind, set_values)
        _mask(columns, "setnone", set_values)
    return columns


def lateness_of(time: NDArray[np.int64], received: NDArray[np.int64]) -> NDArray[np.int64]:
    """Received after the device's time, in whole µs."""
    return (received // 1000) - (time // 1000)


def _mask(columns: dict[str, Any], name: str, values: Sequence[Cell]) -> None:
    if any(value is None for value in values):
        columns[name] = np.array([value is None for value in values], "u1")


def _cells(kind: Kind, values: Sequence[Any]) -> Any:
    if not kind.is_numeric:
        return [v.encode("utf-8") if isinstance(v, str) else v for v in values]
    if kind.is_float:
        numbers = [np.nan if v is None else number_of(v) for v in values]
        return np.array(numbers, kind.dtype)
    whole = np.array([0 if v is None else v for v in values], "<i8")
    return whole.astype(kind.dtype)


def series_of(name: str, kind: Kind, columns: dict[str, Any]) -> Series:
    """The Series that a reader gets from a block's columns."""
    time = columns["time"]
    series = Series(name, kind, time, None, _valid(columns, "none", len(time)))
    if "late" in columns:
        series.received = (time // 1000 + columns["late"]) * 1000
    series.quality = columns.get("quality")
    series.value = _values(kind, columns.get("value"), series.valid)
    if "set" in columns:
        series.set_valid = _valid(columns, "setnone", len(time))
        series.set_value = _values(kind, columns["set"], series.set_valid)
    return series


def _valid(columns: dict[str, Any], name: str, rows: int) -> NDArray[np.bool_]:
    mask = columns.get(name)
    return np.ones(rows, "?") if mask is None else mask == 0


def _values(kind: Kind, column: Any, valid: NDArray[np.bool_]) -> Any:
    if not isinstance(column, list):
        return column
    return [value_of(kind, cell) if ok else None for cell, ok in zip(column, valid.tolist())]


def levels_of(columns: dict[str, Any], seconds: int) -> dict[str, Any] | None:
    """A level of samples: per so many seconds the smallest, the largest, the sum and the count.

    Only samples with a number count: no NaN and no missing values.

    Args:
        columns: Columns of a numeric kind, sorted by time.
        seconds: The length of a cell.

    Returns:
        Columns ``time`` (the cell's start, ns), ``low``, ``high``, ``total``, ``count``; None if empty.
    """
    value = columns["value"].astype("<f8")
    keep = ~np.isnan(value)
    if "none" in columns:
        keep &= columns["none"] == 0
    time, value = columns["time"][keep], value[keep]
    if not len(time):
        return None
    cell = time // (seconds * 1_000_000_000)
    begins = np.flatnonzero(np.concatenate(([True], np.diff(cell) != 0)))
    return {
        "time": cell[begins] * (seconds * 1_000_000_000),
        "low": np.minimum.reduceat(value, begins),
        "high": np.maximum.reduceat(value, begins),
        "total": np.add.reduceat(value, begins),
        "count": np.diff(np.append(begins, len(value))).astype("<i8"),
    }
