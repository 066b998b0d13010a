"""Tango motors for plans: a position attribute, the state MOVING, and Stop or Abort."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from ophyd import Kind
from ophyd.positioner import PositionerBase
from ophyd.status import MoveStatus
from ophyd.utils import LimitError

from puretango.bluesky.attributes import AttributeFacts, Sample, unreachable
from puretango.bluesky.devices import TangoDevice
from puretango.bluesky.rules import (
    MoveCourse,
    MoveFailed,
    are_close,
    check_position,
    is_moving,
    narrowed,
)
from puretango.bluesky.signals import TangoSignal
from puretango.errors import DevFailed

_logger = logging.getLogger("puretango.bluesky")


class TangoMotor(TangoDevice, PositionerBase):
    """A motor behind any Tango device that has a writable position.

    A move is done when the state is no longer MOVING and the position's quality no longer
    CHANGING; then ``settle_time`` passes. It fails where the server refuses it, where the state
    ends as FAULT or the like, where the motor ends away from its target (``tolerance``; if none
    is given a hundredth of the move), where it is stopped, and after ``timeout`` seconds; a move
    that times out is stopped.

    Parameters
    ----------
    prefix
        The motor's name, alias or locator.
    position
        Its position attribute.
    stop_commands
        The first of these that the device has ends a move.
    limits
        Narrower limits than those of the position attribute.
    period
        Seconds between two looks at a moving motor.
    start_time
        Seconds that a motor may take before its state says MOVING.
    """

    def __init__(
        self,
        prefix: str,
        *,
        name: str | None = None,
        position: str = "Position",
        stop_commands: tuple[str, ...] = ("Stop", "Abort"),
        tolerance: float | None = None,
        settle_time: float = 0.0,
        timeout: float | None = None,
        limits: tuple[float, float] | None = None,
        period: float = 0.05,
        start_time: float = 0.5,
        request_timeout: float | None = None,
        **kwargs: Any,
    ) -> None:
        self._position_name = position
        self._stop_commands = stop_commands
        self._own_limits = limits
        self._period = period
        self._start_time = start_time
        self._move: _Move | None = None
        self._move_lock = threading.Lock()
        self.tolerance = tolerance
        super().__init__(
            prefix, name=name, settle_time=settle_time, timeout=request_timeout, **kwargs
        )
        self._timeout = timeout

    # -- structure

    def _kind_of(self, fact: AttributeFacts) -> Kind:
        rest, chosen = self._chosen
        explicit = chosen.get(fact.name.lower(), rest)
        if explicit is not None:
            return explicit
        if self._is_position(fact.name):
            return Kind.hinted
        return Kind.config if fact.numeric and fact.scalar and fact.writes else Kind.omitted

    def _key(self, member: str) -> str:
        # The position's readings bear the motor's own name, as with every ophyd motor.
        return self.name if self._is_position(member) else super()._key(member)

    def _is_position(self, member: str) -> bool:
        return member.lower() == self._position_name.lower()

    @property
    def readback(self) -> TangoSignal:
        """The signal of the position attribute."""
        return self.attribute(self._position_name)

    # -- what it is and where

    @property
    def position(self) -> float:
        """Where the motor is now."""
        self._position = self.readback.get()
        found: float = self._position
        return found

    def locate(self) -> dict[str, Any]:
        """Where it was sent and where it is.

        The server's setpoint counts only if the motor is there: before the first move, and
        after moves that others made, it tells nothing.
        """
        move = self._move
        found = self.readback.sample()
        if move is not None:
            return {"setpoint": move.target, "readback": found.value}
        near = found.setpoint is not None and are_close(
            found.setpoint, found.value, tolerance=self.tolerance, precision=self.precision
        )
        return {"setpoint": found.setpoint if near else found.value, "readback": found.value}

    @property
    def egu(self) -> str:
        """The position's unit."""
        return self.readback.facts.unit

    @property
    def precision(self) -> int | None:
        """How many digits of the position make sense."""
        return self.readback.facts.precision

    @property
    def limits(self) -> tuple[float, float]:
        """(low, high); (0, 0) where there are none."""
        return narrowed(self.readback.limits, self._own_limits)

    @property
    def moving(self) -> bool:
        """Whether the motor moves now, by whoever's order."""
        return bool(self.attribute("State").get() == "MOVING")

    def check_value(self, position: Any) -> None:
        """LimitError outside the limits, ValueError for what is no position."""
        try:
            check_position(self.name, position, self.limits)
        except LimitError:
            # The limits may have been changed since they were read.
            self.readback._connect_quietly()
            check_position(self.name, position, self.limits)

    # -- moving

    def move(
        self,
        position: float,
        wait: bool = False,
        timeout: float | None = None,
        moved_cb: Callable[..., None] | None = None,
    ) -> MoveStatus:
        """Set off for ``position``; the status tells how it ends."""
        self._connect()
        self.check_value(position)
        position = float(position)  # a plan's numpy number would divide by 0 with a warning
        with self._move_lock:
            previous = self._move
            if previous is not None and not previous.ending:
                raise RuntimeError(f"{self.name} is moving to {previous.target} already")
            status = MoveStatus(
                self,
                position,
                timeout=self._timeout if timeout is None else timeout,
                settle_time=self._settle_time,
                # Its thread would stop whatever move has been begun meanwhile.
                call_stop_on_failure=False,
            )
            move = self._move = _Move(self, position, status, after=previous)
        if moved_cb is not None:
            status.add_callback(lambda _: moved_cb(obj=self))
        self._run_subs(sub_type=self.SUB_START, timestamp=time.time())
        move.begin()
        if wait:
            status.wait()
        return status

    def set(self, position: float, *, timeout: float | None = None, **kwargs: Any) -> MoveStatus:
        """Set off for ``position``; the status tells how it ends."""
        return self.move(position, timeout=timeout, **kwargs)

    def stop(self, *, success: bool = False) -> None:
        """Stop the motor; a move of this object ends as ``success`` says."""
        with self._move_lock:
            move = self._move
        if move is not None:
            move.course.stopped = success
        self.halt()

    def halt(self) -> None:
        """Send the first stop command that the device has."""
        commands = {name.lower(): command for name, command in self.commands.items()}
        for name in self._stop_commands:
            if name.lower() in commands:
                commands[name.lower()]()
                return
        raise RuntimeError(f"{self.prefix} has none of the commands {self._stop_commands}")

    def _look(self) -> tuple[str, Sample]:
        state, position = self.attribute("State"), self.readback
        self.refresh([state, position])
        return str(state.latest()[state.name]["value"]), position.sample_now

    def _show(self, found: Sample) -> None:
        self._set_position(found.value, timestamp=found.timestamp)

    def _move_over(self, move: _Move, success: bool) -> None:
        with self._move_lock:
            if self._move is move:
                self._move = None
        if success:
            self._run_subs(sub_type=self.SUB_DONE, timestamp=time.time(), value=self._position)

    @property
    def hints(self) -> dict[str, Any]:
        """The position is what is worth plotting."""
        return {"fields": [self.name]} if self.readback.kind & Kind.normal else {"fields": []}


class _Move:
    """One move from its order to its end, followed by a thread of its own."""

    def __init__(
        self, motor: TangoMotor, target: float, status: MoveStatus, after: _Move | None
    ) -> None:
        self.target = target
        self.status = status
        self.course = MoveCourse(
            motor.name,
            status.start_pos,
            target,
            tolerance=motor.tolerance,
            precision=motor.precision,
            start_time=motor._start_time,
        )
        self._motor = motor
        #: A move that was told to stop, which must have ended first.
        self._after = after
        self._over = threading.Event()

    @property
    def ending(self) -> bool:
        """Whether it was told to stop, or nobody waits for it any more."""
        return bool(self.status.done) or self.course.stopped is not None

    def begin(self) -> None:
        name = f"tango-move-{self._motor.name}"
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def _run(self) -> None:
        failure: Exception | None = None
        try:
            if self._after is not None:
                self._after._over.wait()
                self._after = None
            if self.course.stopped is None and not self.status.done:
                self._motor.readback.put(self.target, force=True)
                if self.ending:
                    # Told to stop before the motor had its order.
                    self._motor.halt()
            failure = self._follow(time.monotonic())
        except Exception as exc:  # noqa: BLE001 - whatever it is, the status must say it
            failure = exc
        given_up = failure is not None or self.status.done
        if given_up and self.course.stopped is None and not self._at_rest():
            self._halt_quietly()
        self._motor._move_over(self, failure is None)
        self._finish(failure)
        self._over.set()

    def _follow(self, ordered: float) -> MoveFailed | None:
        course = self.course
        while not self.status.done:
            state, found = self._look()
            if course.look(state, found.value, found.quality, time.monotonic() - ordered):
                # A server reads State last: what stood beside it may be a position on the way.
                state, found = self._look()
                if is_moving(state, found.quality):
                    continue
                text = self._status_text() if course.failing(state, found.value) else ""
                return course.verdict(state, found.value, text)
            time.sleep(self._motor._period)
        return None

    def _look(self) -> tuple[str, Sample]:
        state, found = self._motor._look()
        self._motor._show(found)
        return state, found

    def _status_text(self) -> str:
        try:
            return str(self._motor.attribute("Status").get()).strip()
        except (DevFailed, KeyError) as failure:
            return f"(no status: {failure})"

    def _at_rest(self) -> bool:
        try:
            state, found = self._motor._look()
        except DevFailed:
            return False
        return not is_moving(state, found.quality)

    def _halt_quietly(self) -> None:
        try:
            self._motor.halt()
        except (DevFailed, RuntimeError) as failure:
            _logger.warning("%s could not be stopped: %s", self._motor.name, failure)

    def _finish(self, failure: Exception | None) -> None:
        if self.status.done:
            return
        if failure is None:
            self.status.set_finished()
            return
        if isinstance(failure, DevFailed) and unreachable(failure):
            failure = MoveFailed(f"{self._motor.name} cannot be reached any more: {failure}")
        self.status.set_exception(failure)
