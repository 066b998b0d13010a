"""Times at which an attribute's quality was not VALID, for plots that shade them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from puretango.archive.postgres import PostgresReader
from puretango.values import AttrQuality

if TYPE_CHECKING:
    from collections.abc import Iterable

    from puretango.archive.sample import Reading

__all__ = ["Span", "spans_of"]

_VALID = int(AttrQuality.ATTR_VALID)
# If spans meet on one pixel, the worst quality is shown.
_GRAVITY = {
    quality.value: place
    for place, quality in enumerate(
        (
            AttrQuality.ATTR_VALID,
            AttrQuality.ATTR_CHANGING,
            AttrQuality.ATTR_WARNING,
            AttrQuality.ATTR_ALARM,
            AttrQuality.ATTR_INVALID,
        )
    )
}


class Span(NamedTuple):
    """The time from the first sample of a quality to the next one of another quality; in ns since 1970."""

    start: int
    end: int
    quality: int


def spans_of(store: Reading, name: str, start: int, end: int, width: int = 0) -> list[Span]:
    """The spans in which the quality was not VALID, the oldest first.

    Args:
        store: The store to read: every sample of the time range, except in PostgreSQL, which finds the changes.
        name: The attribute's full name.
        start, end: ns since 1970; the last span ends at `end`.
        width: ns; spans that are closer together become one, with the worst quality.

    Raises:
        UnknownAttribute: It is not there.
    """
    if isinstance(store, PostgresReader):
        changes: Iterable[tuple[int, int]] = store.quality_changes(name, start, end)
    else:
        changes = _changes(store, name, start, end)
    return _joined(_spans(changes, end), width)


def _changes(store: Reading, name: str, start: int, end: int) -> Iterable[tuple[int, int]]:
    """The time and the quality of each sample whose quality differs from the one before."""
    for series in store.series(name, start, end, columns=("quality",)):
        if series.quality is None:
            continue
        new = np.flatnonzero(np.concatenate(([True], np.diff(series.quality) != 0)))
        yield from zip(series.time[new].tolist(), series.quality[new].tolist())


def _spans(changes: Iterable[tuple[int, int]], end: int) -> list[Span]:
    found: list[Span] = []
    begun: tuple[int, int] | None = None
    for time, quality in changes:
        if begun is not None and quality != begun[1]:
            found.append(Span(begun[0], time, begun[1]))
            begun = None
        if begun is None and quality != _VALID:
            begun = (time, quality)
    if begun is not None:
        found.append(Span(begun[0], end, begun[1]))
    return found


def _joined(spans: list[Span], width: int) -> list[Span]:
    found: list[Span] = []
    for span in spans:
        if found and span.start - found[-1].end < width and _are_one(found[-1], span, width):
            last = found.pop()
            worst = max(last.quality, span.quality, key=_GRAVITY.__getitem__)
            span = Span(last.start, span.end, worst)
        found.append(span)
    return found


def _are_one(one: Span, other: Span, width: int) -> bool:
    """Whether two neighbours have the same quality, or one of them is narrower than a pixel."""
    shorter = min(one.end - one.start, other.end - other.start)
    return one.quality == other.quality or shorter < width
