"""The last values of all attributes side by side, so that a viewer's tick is a few array operations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from puretango.hub._sample import Sample
from puretango.values import AttrDataFormat, AttrQuality, ScalarColumns

__all__ = ["ERROR", "NEW", "NUMBER", "OBJECT", "Board"]

# The contents of a place of the board.
NEW, NUMBER, OBJECT, ERROR = range(4)

_EXACT = 2**53
_SCALAR = AttrDataFormat.SCALAR
_INVALID = int(AttrQuality.ATTR_INVALID)
_NAN = float("nan")


class Board:
    """One place per attribute: value, quality, time, kind of contents, and a count of its changes.

    ``value`` is the number of a numeric scalar (also enums, states and booleans) that a double holds
    exactly; anything else is in ``last``.
    """

    def __init__(self, size: int = 64) -> None:
        self.value: NDArray[np.float64] = np.full(size, _NAN)
        self.set_value: NDArray[np.float64] = np.full(size, _NAN)
        self.time: NDArray[np.float64] = np.zeros(size)
        self.received: NDArray[np.float64] = np.zeros(size)
        self.quality: NDArray[np.uint8] = np.full(size, _INVALID, np.uint8)
        self.kind: NDArray[np.uint8] = np.full(size, NEW, np.uint8)
        self.count: NDArray[np.int64] = np.zeros(size, np.int64)
        self.last: list[Sample | None] = [None] * size
        self._free = list(range(size - 1, -1, -1))

    def take(self) -> int:
        """A place for one more attribute."""
        if not self._free:
            self._grow()
        place = self._free.pop()
        self.value[place] = self.set_value[place] = _NAN
        self.time[place] = self.received[place] = 0.0
        self.quality[place] = _INVALID
        self.kind[place] = NEW
        self.count[place] = 0
        return place

    def give_back(self, place: int) -> None:
        """Free the place of an attribute without users."""
        self.last[place] = None
        self._free.append(place)

    def _grow(self) -> None:
        size = len(self.last)
        for name in ("value", "set_value", "time", "received", "quality", "kind", "count"):
            old = getattr(self, name)
            setattr(self, name, np.concatenate([old, np.zeros(size, old.dtype)]))
        self.last.extend([None] * size)
        self._free.extend(range(2 * size - 1, size - 1, -1))

    def put(self, place: int, sample: Sample) -> None:
        """Store a value or an error that has arrived."""
        data = sample.data
        self.received[place] = sample.received
        if data is None:
            # The last value stays visible, greyed out.
            self.kind[place] = ERROR
            self.quality[place] = _INVALID
        else:
            self.time[place] = data.time.totime()
            self.quality[place] = data.quality
            self.kind[place] = self._put_value(place, data)
        self.last[place] = sample
        self.count[place] += 1

    def put_scalars(
        self,
        places: NDArray[np.intp],
        columns: ScalarColumns,
        samples: Sequence[Sample],
    ) -> None:
        """Store many numbers, the older ones first."""
        exact = _are_exact(columns.value) and _are_exact(columns.set_value)
        if not exact:
            for place, sample in zip(places.tolist(), samples, strict=True):
                self.put(place, sample)
            return
        # If a place occurs twice, the later number stays.
        self.received[places] = [sample.received for sample in samples]
        self.time[places] = columns.seconds()
        self.quality[places] = columns.quality
        self.kind[places] = NUMBER
        self.value[places] = columns.value
        self.set_value[places] = _NAN if columns.set_value is None else columns.set_value
        np.add.at(self.count, places, 1)
        last = self.last
        for place, sample in zip(places.tolist(), samples, strict=True):
            last[place] = sample

    def confirm(self, place: int, sample: Sample) -> None:
        """Note that the same value has come again: only its time is new."""
        self.time[place] = sample.data.time.totime()
        self.received[place] = sample.received
        self.last[place] = sample

    def _put_value(self, place: int, data: Any) -> int:
        if data.data_format != _SCALAR:
            return OBJECT
        value = _as_number(data.value)
        written = data.w_value
        setting = _NAN if written is None else _as_number(written)
        if value is None or setting is None:
            return OBJECT
        self.value[place] = value
        self.set_value[place] = setting
        return NUMBER


def _are_exact(values: NDArray[Any] | None) -> bool:
    """True if doubles hold all of them exactly."""
    if values is None or values.dtype.itemsize < 8 or values.dtype.kind == "f":
        return True
    return bool(((values <= _EXACT) & (values >= -_EXACT)).all())


def _as_number(value: Any) -> float | None:
    """The value as a double, if it is a number that a double holds exactly."""
    if type(value) is float:
        return value
    if isinstance(value, (int, np.integer, np.bool_)):
        return float(value) if -_EXACT <= int(value) <= _EXACT else None
    if isinstance(value, np.floating):
        return float(value)
    return None
