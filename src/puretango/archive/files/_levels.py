"""From samples or cells of a level to few bins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from puretango.archive.sample import Decimated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from puretango.archive.sample import Series

__all__ = ["decimated_level", "decimated_samples"]


def decimated_samples(
    name: str, parts: Sequence[Series], start: int, end: int, width: int
) -> Decimated:
    """Bins of `width` ns, of samples."""
    cells = [
        {
            "time": part.time,
            "low": part.value,
            "high": part.value,
            "total": part.value,
            "count": part.valid.astype("<i8"),
        }
        for part in parts
    ]
    return decimated_level(name, cells, start, end, width)


def decimated_level(name: str, parts: Sequence[Any], start: int, end: int, width: int) -> Decimated:
    """Bins of `width` ns, of cells: a cell belongs to the bin in which it begins."""
    bins = int(-(-(end - start) // width))
    low, high = np.full(bins, np.inf), np.full(bins, -np.inf)
    total, count = np.zeros(bins), np.zeros(bins, "<i8")
    for part in parts:
        _add(part, start, end, width, (low, high, total, count))
    there = np.flatnonzero(count)
    time = start + there.astype("<i8") * width
    with np.errstate(invalid="ignore"):
        mean = total[there] / count[there]
    return Decimated(name, time, low[there], high[there], mean, count[there])


def _add(
    part: dict[str, Any],
    start: int,
    end: int,
    width: int,
    into: tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]],
) -> None:
    time, count = part["time"], part["count"]
    # A cell that begins before the time, but reaches into it, belongs to the first bin.
    keep = (time <= end) & (count > 0) & ~np.isnan(np.asarray(part["low"], "<f8"))
    if not keep.all():
        part = {key: column[keep] for key, column in part.items()}
        time = part["time"]
    if not len(time):
        return
    place = np.clip((time - start) // width, 0, len(into[0]) - 1)
    if np.any(np.diff(place) < 0):
        order = np.argsort(place, kind="stable")
        part = {key: column[order] for key, column in part.items()}
        place = place[order]
    begins = np.flatnonzero(np.concatenate(([True], np.diff(place) != 0)))
    at = place[begins]
    low, high, total, count = into
    low[at] = np.minimum(low[at], np.minimum.reduceat(part["low"], begins))
    high[at] = np.maximum(high[at], np.maximum.reduceat(part["high"], begins))
    total[at] += np.add.reduceat(np.asarray(part["total"], "<f8"), begins)
    count[at] += np.add.reduceat(part["count"], begins)
