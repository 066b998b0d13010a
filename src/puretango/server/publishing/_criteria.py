"""When a value has changed enough for an event."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from puretango.server.attribute._distance import difference
from puretango.server.declaration.settings._settings import Settings
from puretango.values import AttrQuality, CmdArgType

_ONE = (1, 0)
Range = tuple[float | None, float | None]
_BY_EQUALITY = (
    CmdArgType.DevString,
    CmdArgType.DevBoolean,
    CmdArgType.DevState,
    CmdArgType.DevEnum,
    CmdArgType.DevEncoded,
)


class Last:
    """The value of the last event of one type."""

    __slots__ = ("data", "dims", "errors", "known", "quality", "when")

    def __init__(self) -> None:
        self.known = False
        self.data: Any = None
        self.dims: tuple[int, int] = (0, 0)
        self.quality = AttrQuality.ATTR_VALID
        self.errors: tuple[tuple[str, str], ...] = ()
        self.when = 0.0

    def remember(self, value: Any, when: float) -> None:
        """Remember the value, which is being sent."""
        self.known = True
        self.errors = _errors(value)
        self.quality = value.quality
        self.when = when
        if not self.errors and self.quality != AttrQuality.ATTR_INVALID:
            data = value.value[1]
            self.data = data.copy() if isinstance(data, np.ndarray) else data
            self.dims = (value.r_dim.dim_x, value.r_dim.dim_y)

    @property
    def is_plain(self) -> bool:
        """True if the last event held a valid scalar."""
        return (
            self.known
            and not self.errors
            and self.quality == AttrQuality.ATTR_VALID
            and self.dims == _ONE
            and self.data is not None
        )


def number_changed(
    last: Last, new: Any, data_type: CmdArgType, settings: Settings, prefix: str
) -> bool:
    """has_changed() for a valid number after a valid number."""
    old = last.data[0]
    if data_type in _BY_EQUALITY:
        return bool(new != old)
    changes = settings.changes
    return _scalar_changed(new, old, changes[f"{prefix}abs_change"], changes[f"{prefix}rel_change"])


def _errors(value: Any) -> tuple[tuple[str, str], ...]:
    return tuple((error.reason, error.desc) for error in value.err_list)


def has_criteria(settings: Settings, data_type: CmdArgType, prefix: str) -> bool:
    """True if the attribute's properties set the change that is worth an event."""
    if data_type in _BY_EQUALITY:
        return True
    ranges = (settings.changes[f"{prefix}rel_change"], settings.changes[f"{prefix}abs_change"])
    return any(side is not None for each in ranges for side in each)


def has_changed(
    last: Last, value: Any, data_type: CmdArgType, settings: Settings, prefix: str
) -> bool:
    """True if the value differs enough from that of the last event."""
    if not last.known:
        return True
    errors = _errors(value)
    if errors or last.errors:
        return errors != last.errors
    if value.quality != last.quality:
        return True
    if value.quality == AttrQuality.ATTR_INVALID:
        return False
    if (value.r_dim.dim_x, value.r_dim.dim_y) != last.dims:
        return True
    count = value.r_dim.dim_x * max(1, value.r_dim.dim_y)
    new, old = value.value[1], last.data
    if old is None:
        return True
    if data_type in _BY_EQUALITY:
        return _differ(new, old, count)
    absolute = settings.changes[f"{prefix}abs_change"]
    relative = settings.changes[f"{prefix}rel_change"]
    if count == 1:
        return _scalar_changed(new[0], old[0], absolute, relative)
    return _array_changed(np.asarray(new)[:count], np.asarray(old)[:count], absolute, relative)


def _differ(new: Any, old: Any, count: int) -> bool:
    if not hasattr(new, "__len__") or isinstance(new, str):
        return bool(new != old)
    return any(new[place] != old[place] for place in range(min(count, len(new), len(old))))


def _scalar_changed(new: Any, old: Any, absolute: Range, relative: Range) -> bool:
    # Integers are compared as such: those of 64 bits have more digits than a float.
    new, old = plain_number(new), plain_number(old)
    if new != new or old != old:
        return bool((new != new) != (old != old))
    delta = new - old
    if _outside(delta, absolute):
        return True
    if relative == (None, None) or delta == 0:
        return False
    percent = 100 * delta / old if old else math.copysign(100, delta)
    return _outside(percent, relative)


def plain_number(value: Any) -> int | float:
    """A number as Python's int or float, none of its digits lost."""
    found: int | float = value.item() if isinstance(value, np.generic) else value
    return found


def _outside(delta: float, limits: Range) -> bool:
    low, high = limits
    return (low is not None and delta <= -low and delta != 0) or (
        high is not None and delta >= high and delta != 0
    )


def _array_changed(new: Any, old: Any, absolute: Range, relative: Range) -> bool:
    if (np.isnan(new) != np.isnan(old)).any():
        return True
    delta = np.nan_to_num(difference(new, old))
    if _any_outside(delta, absolute):
        return True
    if relative == (None, None):
        return False
    with np.errstate(divide="ignore", invalid="ignore"):
        percent = np.where(old != 0, 100 * delta / old.astype(float), np.sign(delta) * 100)
    return _any_outside(np.nan_to_num(percent), relative)


def _any_outside(delta: Any, limits: Range) -> bool:
    low, high = limits
    moved = delta != 0
    if low is not None and (moved & (delta <= -low)).any():
        return True
    return high is not None and bool((moved & (delta >= high)).any())
