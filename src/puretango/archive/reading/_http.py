"""``/archive/data``: samples or bins of an attribute as JSON, for any HTTP server.

It is a function of the query's text and needs no web framework: the web room mounts it, and so can others.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import numpy as np

from puretango.archive.reading._archive import ArchiveReader
from puretango.archive.reading._quality import spans_of
from puretango.archive.reading._times import nanoseconds
from puretango.archive.sample import ArchiveError, UnknownAttribute

if TYPE_CHECKING:
    from puretango.archive.sample import Gap, Series

__all__ = ["archive_data"]

_MOST_POINTS = 100_000
_MOST_QUALITIES = 5_000_000
"""How many samples are searched for their qualities; more would take too long for a plot."""


def archive_data(archive: ArchiveReader, query: str) -> tuple[int, bytes]:
    """Answer a request.

    Args:
        archive: The archive to read; not to be used by several threads at once: make one per request, or lock it.
        query: The request's query: ``name`` (full or short), ``from`` and ``to`` (seconds since 1970,
            ISO, ``-2h``, ``now``) or ``run`` (the uid of a run that RunMarks has noted, or how it begins),
            ``points``: with it at most so many bins, without it every sample up to 100,000.

    Returns:
        The HTTP status (200, 400 or 404) and JSON. Times are seconds since 1970.
    """
    asked = {key: values[-1] for key, values in parse_qs(query).items()}
    try:
        answer = _answer(archive, asked)
    except UnknownAttribute as error:
        return 404, _json({"error": str(error)})
    except (ArchiveError, ValueError) as error:
        return 400, _json({"error": str(error)})
    return 200, _json(answer)


def _answer(archive: ArchiveReader, asked: dict[str, str]) -> dict[str, Any]:
    if "name" not in asked:
        raise ValueError("no name: /archive/data?name=a/b/c/attribute&from=-1h&to=now&points=1000")
    name = archive.full_name(asked["name"])
    start, end = _time(archive, asked)
    kinds = archive.store.generations(name)
    numeric = bool(kinds) and any(generation.kind.is_numeric for generation in kinds)
    answer: dict[str, Any] = {"name": name, "type": str(kinds[-1].kind) if kinds else ""}
    answer |= {"from": start / 1e9, "to": end / 1e9}
    if kinds and kinds[-1].kind.labels:
        answer["labels"] = kinds[-1].kind.labels
    if "points" in asked and numeric:
        answer |= _few(archive, name, start, end, _points(asked["points"]))
    else:
        answer |= _every(archive.store.series(name, start, end))
    answer["gaps"] = [_gap(gap) for gap in archive.store.gaps(name, start, end)]
    answer["runs"] = [asdict(mark) for mark in archive.marks(start / 1e9, end / 1e9)]
    return answer


def _time(archive: ArchiveReader, asked: dict[str, str]) -> tuple[int, int]:
    if "run" in asked:
        begin, last = archive.period(asked["run"])
        return nanoseconds(begin), nanoseconds(last)
    start, end = nanoseconds(asked.get("from", "-1h")), nanoseconds(asked.get("to", "now"))
    if end <= start:
        raise ValueError("`to` is not after `from`")
    return start, end


def _points(text: str) -> int:
    points = int(text)
    if not 1 <= points <= _MOST_POINTS:
        raise ValueError(f"{points} points: 1 to {_MOST_POINTS}")
    return points


def _few(archive: ArchiveReader, name: str, start: int, end: int, points: int) -> dict[str, Any]:
    found = archive.store.decimated(name, start, end, points)
    spans = None
    if found.count.sum() <= _MOST_QUALITIES:
        spans = spans_of(archive.store, name, start, end, (end - start) // points)
    return {
        "qualities": spans and [[a / 1e9, b / 1e9, quality] for a, b, quality in spans],
        "time": (found.time / 1e9).tolist(),
        "min": found.low.tolist(),
        "max": found.high.tolist(),
        "mean": found.mean.tolist(),
        "count": found.count.tolist(),
        "level": found.level,
    }


def _every(found: list[Series]) -> dict[str, Any]:
    if sum(map(len, found)) > _MOST_POINTS:
        raise ValueError(f"more than {_MOST_POINTS} samples: ask for points, or for a shorter time")
    columns: dict[str, Any] = {"time": [], "value": [], "set_value": [], "quality": []}
    for series in found:
        columns["time"] += series.seconds.tolist()
        columns["value"] += series.values_or_none()
        columns["set_value"] += series.set_values_or_none()
        columns["quality"] += [] if series.quality is None else series.quality.tolist()
    return columns


def _gap(gap: Gap) -> dict[str, Any]:
    end = None if gap.end is None else gap.end / 1e9
    told = {"kind": gap.kind, "from": gap.start / 1e9, "to": end}
    return {**told, "count": gap.count, "text": gap.text}


def _json(answer: dict[str, Any]) -> bytes:
    return json.dumps(_finite(answer), default=_plain, separators=(",", ":")).encode()


def _finite(value: Any) -> Any:
    """A value that JSON can hold: NaN becomes null, infinities become their names."""
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        return None if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if isinstance(value, np.ndarray):
        return _finite(value.tolist())
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(type(value).__name__)
