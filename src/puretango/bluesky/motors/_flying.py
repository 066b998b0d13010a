"""Fly scans of a single motor: run-up, a run at one velocity, run-down."""

from __future__ import annotations

import logging
from typing import Any, Protocol

from ophyd.status import DeviceStatus, MoveStatus

from puretango.bluesky.rules import FlyRun, MoveFailed, fly_run, ramp_time
from puretango.bluesky.signals import TangoSignal
from puretango.bluesky.statuses import FinishedStatus, ReasonedDeviceStatus
from puretango.errors import DevFailed

__all__ = ["Flying"]

_logger = logging.getLogger("puretango.bluesky")


class Flyable(Protocol):
    """What flying needs of a motor."""

    name: str
    prefix: str

    @property
    def limits(self) -> tuple[float, float]:
        """(low, high); (0, 0) if there are none."""

    def refresh_configuration(self) -> None:
        """Read every attribute's configuration again."""

    def attribute(self, name: str) -> TangoSignal:
        """The signal of an attribute; KeyError if there is none."""

    def move(self, position: float, *, timeout: float | None = None) -> MoveStatus:
        """Start a move."""

    def stop(self, *, success: bool = False) -> None:
        """End the move."""


class Flying:
    """What a motor does between ``prepare`` and ``complete``; its velocity is restored after that."""

    def __init__(self, motor: Flyable, velocity: str, acceleration: str) -> None:
        self._motor = motor
        self._velocity, self._acceleration = velocity, acceleration
        self._run: FlyRun | None = None
        self._status: MoveStatus | None = None
        #: The status of the last move: to the run-up's start, or the run.
        self._order: MoveStatus | None = None
        #: The velocity before the run, while it is another one.
        self._before: float | None = None

    @property
    def attributes(self) -> tuple[str, str]:
        """The attributes that flying needs."""
        return (self._velocity, self._acceleration)

    def prepare(self, info: Any) -> DeviceStatus:
        """Move to where the run-up begins and set the velocity of the run."""
        motor = self._motor
        motor.refresh_configuration()
        ramp = self._ramp(float(info.speed))
        run = self._run = fly_run(motor.name, info, ramp, motor.limits, self._fastest)
        status = ReasonedDeviceStatus(motor, call_stop_on_failure=False)

        def arrived(move: Any) -> None:
            failure = move.exception(timeout=0)
            try:
                if failure is None and self._run is run:
                    self._set_velocity(run.speed)
            except Exception as refused:  # noqa: BLE001 - the status must say it
                failure = refused
            if failure is None:
                status.set_finished()
            else:
                status.set_exception(failure)

        self._order = motor.move(run.start)
        self._order.add_callback(arrived)
        return status

    def kickoff(self) -> FinishedStatus:
        """Begin the run."""
        run, self._run = self._run, None
        if run is None:
            raise MoveFailed(f"{self._motor.name} has not been prepared to fly")
        self._status = self._order = self._motor.move(run.end, timeout=run.timeout)
        self._status.add_callback(lambda _: self._restore())
        return FinishedStatus()

    def complete(self) -> MoveStatus:
        """The status of the run."""
        if self._status is None:
            raise MoveFailed(f"{self._motor.name} does not fly")
        return self._status

    def end(self) -> None:
        """Stop a run that is under way, or its run-up, and forget one that was never flown."""
        self._run = None
        if self._order is None or self._order.done:
            self._restore()
            return
        try:
            # Its own callback restores the velocity. Not as a failure: that would fail the plan, which is ending.
            self._motor.stop(success=True)
        except (DevFailed, RuntimeError) as failure:
            _logger.warning("%s could not be stopped: %s", self._motor.name, failure)

    def _named(self, name: str) -> TangoSignal | None:
        try:
            return self._motor.attribute(name)
        except KeyError:
            return None

    def _ramp(self, speed: float) -> float:
        signal = self._named(self._acceleration)
        return 0.0 if signal is None else ramp_time(signal.get(), signal.facts.unit, speed)

    @property
    def _fastest(self) -> float | None:
        signal = self._named(self._velocity)
        return None if signal is None else signal.facts.control.high

    def _set_velocity(self, speed: float) -> None:
        signal = self._named(self._velocity)
        if signal is None:
            raise MoveFailed(f"{self._motor.prefix} has no {self._velocity} to fly with")
        if self._before is None:
            self._before = signal.get()
        signal.put(speed)

    def _restore(self) -> None:
        before, self._before = self._before, None
        if before is None:
            return
        try:
            self._motor.attribute(self._velocity).put(before)
        except DevFailed as failure:
            _logger.warning("%s keeps the velocity of its run: %s", self._motor.name, failure)
