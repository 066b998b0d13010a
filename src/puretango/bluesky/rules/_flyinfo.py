"""The run of a motor that flies: start, end and speed, from what a plan prepares.

A plan prepares a motor with ophyd-async's ``FlyMotorInfo``, or with anything that has its
``start_position``, ``end_position``, ``speed``, ``timeout``, ``ramp_up_start_pos`` and
``ramp_down_end_pos``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ._move import Limits, check_position

__all__ = ["FlyRun", "fly_run", "ramp_time"]

#: Seconds that a run may take longer than it should.
_PATIENCE = 10.0


class FlyRun(NamedTuple):
    """From rest at ``start`` to rest at ``end``, between them at ``speed`` (units per second)."""

    start: float
    end: float
    speed: float
    #: Seconds that the whole run may take; None: for ever.
    timeout: float | None


def ramp_time(acceleration: float | None, unit: str, speed: float) -> float:
    """Seconds to reach ``speed``, by an acceleration attribute of this unit; 0 without one.

    Some devices give the time itself, as Sardana's and EPICS' motors do, others units per second
    squared: the unit shows which.
    """
    if not acceleration:
        return 0.0
    if any(mark in unit for mark in ("²", "^2", "s2", "**2", "/s/s")):
        return speed / acceleration
    return float(acceleration)


def fly_run(name: str, info: Any, ramp: float, limits: Limits, fastest: float | None) -> FlyRun:
    """The run that ``info`` asks for, with its ramps of ``ramp`` seconds.

    LimitError if an end is outside the limits, ValueError if it is too fast.
    """
    speed = float(info.speed)
    if fastest is not None and speed > fastest:
        raise ValueError(f"{name}: {speed:g} per second is faster than its {fastest:g}")
    start, end = float(info.ramp_up_start_pos(ramp)), float(info.ramp_down_end_pos(ramp))
    for position in (start, end):
        check_position(name, position, limits)
    timeout = info.timeout
    if isinstance(timeout, str):  # ophyd-async's marker for: calculate it
        timeout = float(info.time_for_move) + 2 * ramp + _PATIENCE
    return FlyRun(start, end, speed, timeout)
