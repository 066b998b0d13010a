"""A motor axis as physics: a trapezoidal velocity profile in closed form.

It has no thread and no timer: the position is a function of the clock, so a motor
that is not read costs nothing.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["LimitError", "MotorModel"]


class LimitError(ValueError):
    """A target outside the soft limits, or a setting that makes no sense."""


@dataclass(frozen=True, slots=True)
class _Segment:
    """A stretch of constant acceleration that begins at `start` (seconds)."""

    start: float
    duration: float
    position: float
    velocity: float
    acceleration: float

    def at(self, now: float) -> tuple[float, float]:
        t = min(max(now - self.start, 0.0), self.duration)
        return (
            self.position + self.velocity * t + 0.5 * self.acceleration * t * t,
            self.velocity + self.acceleration * t,
        )


class MotorModel:
    """One axis: position, velocity, acceleration and soft limits.

    Units are the user's: position in units, velocity in units/s, acceleration
    in units/s². `clock` is injectable so that tests need not wait.
    """

    def __init__(
        self,
        position: float = 0.0,
        *,
        velocity: float = 10.0,
        acceleration: float = 50.0,
        low_limit: float = -math.inf,
        high_limit: float = math.inf,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._velocity = velocity
        self._acceleration = acceleration
        self.low_limit = low_limit
        self.high_limit = high_limit
        self._rest = position
        self._target = position
        self._segments: list[_Segment] = []

    # -- settings -----------------------------------------------------------
    @property
    def velocity(self) -> float:
        """Cruising speed of the next move."""
        return self._velocity

    @velocity.setter
    def velocity(self, value: float) -> None:
        self._velocity = _positive("velocity", value)

    @property
    def acceleration(self) -> float:
        """Acceleration and deceleration of the next move."""
        return self._acceleration

    @acceleration.setter
    def acceleration(self, value: float) -> None:
        self._acceleration = _positive("acceleration", value)

    # -- readings -----------------------------------------------------------
    @property
    def position(self) -> float:
        """The present position."""
        return self._kinematics()[0]

    @property
    def speed(self) -> float:
        """Signed velocity now; 0.0 at rest."""
        return self._kinematics()[1]

    @property
    def target(self) -> float:
        """Where the last move goes to (or where it was stopped)."""
        return self._target

    @property
    def moving(self) -> bool:
        """True while a move, or the braking after a stop, goes on."""
        return self.remaining > 0.0

    @property
    def remaining(self) -> float:
        """Seconds until the axis is at rest."""
        if not self._segments:
            return 0.0
        last = self._segments[-1]
        return max(0.0, last.start + last.duration - self._clock())

    # -- commands -----------------------------------------------------------
    def check(self, target: float) -> None:
        """Raise LimitError when `target` is not reachable."""
        if not math.isfinite(target):
            raise LimitError(f"{target} is not a position")
        if not self.low_limit <= target <= self.high_limit:
            raise LimitError(
                f"{target} is outside the limits {self.low_limit} to {self.high_limit}"
            )

    def move(self, target: float) -> None:
        """Start a move to `target`; an axis that moves already does not halt first if possible."""
        self.check(target)
        position, speed = self._kinematics()
        now = self._clock()
        self._segments = []
        self._target = target
        stop_at = position + speed * abs(speed) / (2 * self._acceleration)
        if speed and (target - stop_at) * speed < 0:
            # It cannot stop in time (or goes the wrong way): brake first.
            now = self._append(now, position, speed, -math.copysign(self._acceleration, speed), 0.0)
            position, speed = stop_at, 0.0
        self._plan(now, position, speed, target)
        self._rest = target

    def stop(self) -> None:
        """Brake with the configured deceleration."""
        position, speed = self._kinematics()
        now = self._clock()
        self._segments = []
        if speed:
            self._append(now, position, speed, -math.copysign(self._acceleration, speed), 0.0)
            position += speed * abs(speed) / (2 * self._acceleration)
        self._rest = self._target = position

    def abort(self) -> None:
        """Halt on the spot."""
        self.define(self.position)

    def define(self, position: float) -> None:
        """Declare that the axis, at rest, is at `position`."""
        self._segments = []
        self._rest = self._target = position

    # -- the profile --------------------------------------------------------
    def _kinematics(self) -> tuple[float, float]:
        now = self._clock()
        for segment in self._segments:
            if now < segment.start + segment.duration:
                return segment.at(now)
        return self._rest, 0.0

    def _append(
        self, start: float, position: float, speed: float, acceleration: float, final: float
    ) -> float:
        duration = (final - speed) / acceleration
        if duration > 0:
            self._segments.append(_Segment(start, duration, position, speed, acceleration))
        return start + max(duration, 0.0)

    def _plan(self, now: float, position: float, speed: float, target: float) -> None:
        distance = target - position
        if not distance:
            return
        sign = math.copysign(1.0, distance)
        acc = self._acceleration
        peak = min(self._velocity, math.sqrt(acc * abs(distance) + speed * speed / 2))
        ramp = acc if peak >= abs(speed) else -acc
        now = self._append(now, position, speed, sign * ramp, sign * peak)
        position += sign * (peak * peak - speed * speed) / (2 * ramp)
        cruise = abs(target - position) - peak * peak / (2 * acc)
        if cruise > 0:
            self._segments.append(_Segment(now, cruise / peak, position, sign * peak, 0.0))
            now += cruise / peak
            position += sign * cruise
        self._append(now, position, sign * peak, -sign * acc, 0.0)


def _positive(name: str, value: float) -> float:
    if not (math.isfinite(value) and value > 0):
        raise LimitError(f"{name} must be positive, not {value}")
    return value
