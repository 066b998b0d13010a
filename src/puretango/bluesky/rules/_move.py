"""When a move is over and how it ended, by state and quality; and which targets are allowed.

It has no control layer, thread or clock: classic ophyd and ophyd-async move by the same rules.
"""

from __future__ import annotations

import math
from typing import Any, SupportsFloat

from ophyd.utils import LimitError

from puretango.idl import AttrQuality

__all__ = ["MoveCourse", "MoveFailed", "are_close", "check_position", "narrowed", "user_limits"]

#: How far from its target, as a fraction of the move, a motor may end if no tolerance is given.
_SLACK = 0.01
_FAILED_STATES = frozenset({"FAULT", "UNKNOWN", "DISABLE", "OFF"})
_CHANGING = int(AttrQuality.ATTR_CHANGING)

#: (low, high); (0, 0) if there are none.
Limits = tuple[float, float]


class MoveFailed(RuntimeError):
    """A motor did not get where it was sent."""


class MoveCourse:
    """The course of one move, from the readings of its motor."""

    def __init__(
        self,
        name: str,
        start: float,
        target: float,
        *,
        tolerance: float | None,
        precision: int | None,
        start_time: float,
    ) -> None:
        self.name = name
        self.start = start
        self.target = target
        #: None until it is stopped, then whether it counts as a success.
        self.stopped: bool | None = None
        self._tolerance = tolerance
        self._precision = precision
        self._start_time = start_time
        self._seen_moving = False

    def told_to_stop(self) -> bool:
        """Whether it has been told to stop."""
        return self.stopped is not None

    def look(self, state: str, value: float, quality: int, elapsed: float) -> bool:
        """Whether the move is over; ``elapsed`` are the seconds since it was requested."""
        if is_moving(state, quality):
            self._seen_moving = True
            return False
        # A motor at rest means that it is over, unless it has yet to begin.
        if self._seen_moving or self.stopped is not None or self._close(value, None):
            return True
        return elapsed > self._start_time

    def failing(self, state: str, value: float) -> bool:
        """Whether the motor's state makes the move fail, so that its status text is of interest."""
        if self.stopped is not None:
            return False
        return state in _FAILED_STATES or (state == "ALARM" and not self._close(value, self.start))

    def verdict(self, state: str, value: float, status: str = "") -> MoveFailed | None:
        """How the move failed; None if it succeeded."""
        if self.stopped is not None:
            return None if self.stopped else MoveFailed(f"{self.name} was stopped at {value}")
        if self.failing(state, value):
            return MoveFailed(f"{self.name} is in state {state}: {status}")
        if not self._close(value, self.start):
            return MoveFailed(f"{self.name} stopped at {value}, not at {self.target}")
        return None

    def _close(self, value: float, start: float | None) -> bool:
        return are_close(
            self.target, value, tolerance=self._tolerance, precision=self._precision, start=start
        )


def is_moving(state: str, quality: int) -> bool:
    """Whether a motor moves, by its state and its position's quality."""
    return state == "MOVING" or quality == _CHANGING


def are_close(
    one: float,
    other: float,
    *,
    tolerance: float | None,
    precision: int | None,
    start: float | None = None,
) -> bool:
    """Whether two positions are the same for a motor, at the end of a move from ``start``."""
    if tolerance is not None:
        return abs(one - other) <= tolerance
    slack = 10.0**-precision if precision else 0.0
    if start is not None:
        slack = max(slack, abs(one - start) * _SLACK)
    return abs(one - other) <= max(slack, 1e-9 * max(abs(one), abs(other)))


def check_position(name: str, position: Any, limits: Limits) -> None:
    """LimitError outside the limits, ValueError if it is not a position."""
    if not isinstance(position, SupportsFloat) or isinstance(position, bool):
        raise ValueError(f"{name}: {position!r} is not a position")
    if not math.isfinite(position):
        raise ValueError(f"{name}: {position} is not a position")
    low, high = limits
    if not low == high == 0 and not low <= float(position) <= high:
        raise LimitError(f"{name}: {position} is outside of {low} to {high}")


def narrowed(limits: Limits, own: Limits | None) -> Limits:
    """A motor's limits and those that its user gave it."""
    if own is None:
        return limits
    low, high = limits
    if low == high == 0:
        return own
    return (max(low, own[0]), min(high, own[1]))


def user_limits(low: float, high: float, sign: float, offset: float) -> Limits:
    """Limit switches, given in dial units, in the user's units, as the position of a Sardana motor is."""
    ends = sorted((sign * low + offset, sign * high + offset))
    return (ends[0], ends[1])
