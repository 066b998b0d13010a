"""pyhdbpp's decimation: bins by number or by seconds, and an aggregator for the samples of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from puretango.archive.sample import ArchiveError, GapKind

if TYPE_CHECKING:
    from puretango.archive.reading._archive import ArchiveReader

__all__ = ["Decimator", "decimated_rows", "decimator_of"]

_PLOT = 1080  # points: pyhdbpp's DEFAULT_PLOT_SIZE
_OF_BINS = {"MIN", "MAX", "AVG", "COUNT", "MAXMIN", "MINMAX"}


@dataclass(frozen=True, slots=True)
class Decimator:
    """Bins of so many seconds, and the aggregators, each of which gives a row per bin."""

    seconds: float
    aggregators: tuple[Any, ...]


def decimator_of(given: Any, duration: float) -> Decimator | None:
    """The Decimator for a `decimate` argument; None if every sample is wanted.

    Raises:
        ArchiveError: It makes no sense.
    """
    if given is None or given is False or duration <= 0:
        return None
    if given is True:
        return Decimator(duration / _PLOT, ("MAXMIN",))
    if isinstance(given, (int, float)):
        return Decimator(float(given), ("AVG",)) if given > 0 else None
    if not isinstance(given, dict):
        raise ArchiveError(f"decimate={given!r}: a number, True or a dictionary")
    if "method" not in given:
        (seconds, aggregators), *_ = given.items()
        return Decimator(_seconds(seconds), _several(aggregators))
    method, argument = str(given["method"] or "").upper(), given.get("argument")
    aggregators = _several(given.get("aggregator") or "AVG")
    if method in {"", "NONE"}:
        return None
    if method == "POINTS":
        return Decimator(duration / float(argument or _PLOT), aggregators)
    if method == "SECONDS":
        return Decimator(_seconds(argument), aggregators)
    if method == "CUSTOM" and callable(argument):
        return Decimator(0.0, (argument,))
    raise ArchiveError(
        f"decimate by {method} {argument!r}: POINTS, SECONDS, or CUSTOM and a callable"
    )


def _seconds(given: Any) -> float:
    seconds = given.total_seconds() if hasattr(given, "total_seconds") else float(given)
    if seconds <= 0:
        raise ArchiveError(f"decimate by {given!r} seconds")
    return float(seconds)


def _several(given: Any) -> tuple[Any, ...]:
    several = given if isinstance(given, (list, tuple, set)) else [given]
    # pyhdbpp's own Aggregator is an Enum.
    return tuple(a if callable(a) else str(getattr(a, "name", a)).upper() for a in several)


def decimated_rows(
    archive: ArchiveReader, name: str, start: float, stop: float, decimator: Decimator
) -> list[tuple[Any, ...]]:
    """Rows of (time, value, None, quality, None), one per bin and aggregator.

    The smallest, the largest, the mean and the count come from the store's levels; the others need samples.
    """
    if any(callable(aggregator) for aggregator in decimator.aggregators):
        return list(_custom(archive, name, start, stop, decimator.aggregators[0]))
    if set(decimator.aggregators) <= _OF_BINS:
        return list(_of_bins(archive, name, start, stop, decimator))
    return list(_of_samples(archive, name, start, stop, decimator))


def _of_bins(
    archive: ArchiveReader, name: str, start: float, stop: float, decimator: Decimator
) -> Iterator[tuple[Any, ...]]:
    bins = max(1, int(np.ceil((stop - start) / decimator.seconds)))
    found = archive.decimated(name, start, start + bins * decimator.seconds, bins)
    columns = (found.low, found.high, found.mean, found.count)
    for at, low, high, mean, count in zip(found.time / 1e9, *(c.tolist() for c in columns)):
        told: dict[str, tuple[Any, ...]] = {
            "MIN": (low,),
            "MAX": (high,),
            "AVG": (mean,),
            "COUNT": (count,),
        }
        told |= {"MAXMIN": (high, low), "MINMAX": (low, high)}
        for aggregator in decimator.aggregators:
            for value in told[aggregator]:
                yield float(at), value, None, 0, None


def _of_samples(
    archive: ArchiveReader, name: str, start: float, stop: float, decimator: Decimator
) -> Iterator[tuple[Any, ...]]:
    time, value = archive.numpy(name, start, stop)
    place = ((time - start) // decimator.seconds).astype(int)
    errors = [
        int((gap.start / 1e9 - start) // decimator.seconds)
        for gap in archive.gaps(name, start, stop)
        if gap.kind in {GapKind.ERROR, GapKind.DISCONNECTED}
    ]
    for at in sorted({*place.tolist(), *errors}):
        inside = value[place == at]
        for aggregator in decimator.aggregators:
            told = _aggregates(aggregator, inside, errors.count(at))
            for one in told:
                yield start + at * decimator.seconds, one, None, 0, None


def _aggregates(aggregator: str, inside: Any, errors: int) -> list[Any]:
    if aggregator == "COUNT_ERRORS":
        return [errors]
    if aggregator == "COUNT":
        return [len(inside)]
    if not len(inside):
        return []
    if aggregator in {"FIRST", "LAST"}:
        return [inside[0 if aggregator == "FIRST" else -1].item()]
    numbers = inside.astype(float)
    if aggregator == "COUNT_NAN":
        return [int(np.isnan(numbers).sum())]
    known: dict[str, list[Callable[[Any], Any]]] = {
        "MIN": [np.nanmin],
        "MAX": [np.nanmax],
        "AVG": [np.nanmean],
        "STD_DEV": [np.nanstd],
        "MAXMIN": [np.nanmax, np.nanmin],
        "MINMAX": [np.nanmin, np.nanmax],
    }
    if aggregator not in known:
        raise ArchiveError(f"no aggregator {aggregator}")
    return (
        [float(function(numbers)) for function in known[aggregator]]
        if not np.isnan(numbers).all()
        else []
    )


def _custom(
    archive: ArchiveReader, name: str, start: float, stop: float, function: Callable[[Any], Any]
) -> Iterator[tuple[Any, ...]]:
    time, value = archive.numpy(name, start, stop)
    rows = [(at, v, None, 0, None) for at, v in zip(time.tolist(), value.tolist())]
    yield from function(rows)
