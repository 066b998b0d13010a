"""The points of a fly scan: arrays cut to the points taken, as events and as pages."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any
from weakref import WeakSet

import numpy as np

__all__ = ["cut", "data_key", "events_of", "page_of", "prefers_pages"]


def data_key(described: Mapping[str, Any]) -> dict[str, Any]:
    """The DataKey of one point of an array, from the array's own."""
    key: dict[str, Any] = {
        "source": described["source"],
        "dtype": "number",
        "dtype_numpy": "<f8",
        "shape": [],
    }
    for detail in ("units", "precision"):
        if described.get(detail) is not None:
            key[detail] = described[detail]
    return key


def cut(arrays: Mapping[str, Any], count: Any = None) -> dict[str, list[float]]:
    """Every array, cut to the points that were taken: what all have, at most `count`."""
    found = {key: np.atleast_1d(np.asarray(values, float)) for key, values in arrays.items()}
    taken = min(len(values) for values in found.values())
    if count is not None:
        taken = min(taken, int(count))
    return {key: values[:taken].tolist() for key, values in found.items()}


def page_of(columns: Mapping[str, list[float]], times: str, first: int) -> dict[str, Any] | None:
    """The points from number `first` on as one page, with their own times; None if there are none."""
    columns = {key: values[first:] for key, values in columns.items()}
    moments = columns[times]
    if not moments:
        return None
    return {"time": moments, "data": columns, "timestamps": dict.fromkeys(columns, moments)}


def events_of(page: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A page's points as events."""
    for index, moment in enumerate(page["time"]):
        yield {
            "time": moment,
            "data": {key: values[index] for key, values in page["data"].items()},
            "timestamps": dict.fromkeys(page["data"], moment),
        }


class _Both(logging.Filter):
    """A filter for the log line that bluesky writes at every collect of a flyer that gives events and pages.

    It says that bluesky takes the pages; with our flyers both hold the same points.
    """

    def __init__(self) -> None:
        super().__init__()
        self.flyers: WeakSet[Any] = WeakSet()

    def filter(self, record: logging.LogRecord) -> bool:
        """True for every other log record."""
        if not str(record.msg).startswith("collect() was called for a device"):
            return True
        named = record.args[0] if isinstance(record.args, tuple) and record.args else None
        return all(flyer.name != named for flyer in self.flyers)


_both = _Both()
logging.getLogger("bluesky.emit_document").addFilter(_both)


def prefers_pages(flyer: Any) -> None:
    """Suppress that log line for this flyer."""
    _both.flyers.add(flyer)
