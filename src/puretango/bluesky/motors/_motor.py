"""Tango motors for plans: a position attribute, the state MOVING, and Stop or Abort."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from ophyd import Kind
from ophyd.positioner import PositionerBase
from ophyd.status import DeviceStatus, MoveStatus

from puretango.bluesky.attributes import AttributeFacts, Sample
from puretango.bluesky.devices import TangoDevice
from puretango.bluesky.rules import (
    MoveCourse,
    are_close,
    check_position,
    narrowed,
)
from puretango.bluesky.signals import TangoSignal
from puretango.bluesky.statuses import FinishedStatus, ReasonedMoveStatus
from puretango.errors import DevFailed

from ._flying import Flying
from ._moving import Move, fail_parent

_logger = logging.getLogger("puretango.bluesky")
#: Seconds for the answer to a written position: some servers answer only when the motor has arrived.
_ORDER_TIMEOUT = 3600.0


class TangoMotor(TangoDevice, PositionerBase):
    """A motor behind any Tango device that has a writable position.

    A move is done when the state is no longer MOVING and the position's quality no longer
    CHANGING; then ``settle_time`` passes. It fails if the server refuses it, if the state
    ends as FAULT or the like, if the motor ends away from its target (``tolerance``; if none
    is given, a hundredth of the move), if it is stopped, and after ``timeout`` seconds; a move
    that times out is stopped.

    Parameters
    ----------
    prefix
        The motor's name, alias or locator.
    position
        Its position attribute.
    stop_commands
        The first of these that the device has is used to stop a move.
    limits
        Narrower limits than those of the position attribute.
    period
        Seconds between two reads of a moving motor.
    start_time
        Seconds that a motor may take before its state says MOVING.
    velocity, acceleration
        Its attributes of these meanings, for fly scans: ``prepare`` takes ophyd-async's
        ``FlyMotorInfo``. An acceleration is the time to full speed in seconds, unless its unit says
        that it is one.
    """

    #: The event type of ``bps.monitor`` and a plain ``subscribe``.
    _default_sub = PositionerBase.SUB_READBACK

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
        velocity: str = "Velocity",
        acceleration: str = "Acceleration",
        request_timeout: float | None = None,
        **kwargs: Any,
    ) -> None:
        self._position_name = position
        self._stop_commands = stop_commands
        self._own_limits = limits
        self._period = period
        self._start_time = start_time
        self._flying = Flying(self, velocity, acceleration)
        self._watching: int | None = None
        self._watchers: set[int] = set()
        self._to_be_watched = False
        self._move: Move | None = None
        self._move_lock = threading.Lock()
        self.tolerance = tolerance
        super().__init__(
            prefix, name=name, settle_time=settle_time, timeout=request_timeout, **kwargs
        )
        self._timeout = timeout

    # -- structure

    def fake_members(self) -> tuple[list[str], list[str]]:
        """A fake's position and the other members that a motor needs; it arrives at once."""
        attributes, commands = super().fake_members()
        motion = [self._position_name, *self._flying.attributes]
        return [*motion, *attributes], [*commands, *self._stop_commands]

    def _kind_of(self, fact: AttributeFacts) -> Kind:
        rest, chosen = self._chosen
        explicit = chosen.get(fact.name.lower(), rest)
        if explicit is not None:
            return explicit
        if self._is_position(fact.name):
            return Kind.hinted
        return Kind.config if fact.numeric and fact.scalar and fact.writes else Kind.omitted

    def _key(self, member: str) -> str:
        # The position's readings have the motor's own name, as with every ophyd motor.
        return self.name if self._is_position(member) else super()._key(member)

    def _is_position(self, member: str) -> bool:
        return member.lower() == self._position_name.lower()

    @property
    def readback(self) -> TangoSignal:
        """The signal of the position attribute."""
        return self.attribute(self._position_name)

    # -- what it is and where

    def subscribe(
        self, callback: Callable[..., None], event_type: str | None = None, run: bool = True
    ) -> int:
        """Call back with the position and then with each change, whichever client moves the motor.

        The position is monitored by its events if the device sends them, and otherwise by polling.
        """
        watching = event_type in (None, self.SUB_READBACK)
        # A move completes its status by itself, and ophyd does not unsubscribe a failed one.
        watching = watching and not isinstance(getattr(callback, "__self__", None), MoveStatus)
        if watching:
            self._watch_position()
        cid: int = super().subscribe(callback, event_type=event_type, run=run)
        if watching:
            self._watchers.add(cid)
        return cid

    def unsubscribe(self, cid: int) -> None:
        """End one subscription; monitoring the position ends with the last."""
        super().unsubscribe(cid)
        self._watchers.discard(cid)
        if not self._watchers:
            self._unwatch_position()

    def destroy(self) -> None:
        """Release the device."""
        self._unwatch_position()
        super().destroy()

    def _watch_position(self) -> None:
        if self._watching is not None:
            return
        try:
            readback = self.readback
            self.show(readback.sample())
        except (DevFailed, AttributeError) as failure:
            # Not reachable yet: monitoring begins when the motor connects.
            self._to_be_watched = True
            _logger.debug("%s is not watched yet: %s", self.name, failure)
            return
        self._to_be_watched = False
        self._watching = readback.subscribe(self._position_changed, run=False)

    def _unwatch_position(self) -> None:
        watching, self._watching = self._watching, None
        self._to_be_watched = False
        if watching is not None:
            self.readback.unsubscribe(watching)

    def _position_changed(self, value: Any = None, timestamp: Any = None, **_: Any) -> None:
        self._set_position(value, timestamp=timestamp)

    def wait_for_connection(self, *args: Any, **kwargs: Any) -> None:
        """Connect; TimeoutError, with Tango's reason, if that does not succeed in time."""
        super().wait_for_connection(*args, **kwargs)
        if self._to_be_watched:
            self._watch_position()

    @property
    def user_readback(self) -> TangoSignal:
        """The same signal as ``readback``, by the name that EPICS motors have for it."""
        return self.readback

    @property
    def user_setpoint(self) -> TangoSignal:
        """The signal that is written, by the name that EPICS motors have for it."""
        return self.readback

    @property
    def position(self) -> float:
        """Where the motor is now."""
        self._position = self.readback.get()
        found: float = self._position
        return found

    def locate(self) -> dict[str, Any]:
        """Where it was sent and where it is.

        The server's setpoint counts only if the motor is there: before the first move, and
        after moves that other clients made, it means nothing.
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
        """How many digits of the position are significant."""
        return self.readback.facts.precision

    @property
    def limits(self) -> tuple[float, float]:
        """(low, high); (0, 0) if there are none."""
        return narrowed(self.readback.limits, self._own_limits)

    @property
    def moving(self) -> bool:
        """Whether the motor is moving now, whichever client started that."""
        return bool(self.attribute("State").get() == "MOVING")

    def check_value(self, position: Any) -> None:
        """LimitError outside the limits, ValueError if it is not a position."""
        # The limits may have been widened or narrowed since they were read.
        self.readback.refresh_configuration()
        check_position(self.name, position, self.limits)

    # -- moving

    def move(
        self,
        position: float,
        wait: bool = False,
        timeout: float | None = None,
        moved_cb: Callable[..., None] | None = None,
    ) -> MoveStatus:
        """Start the move to ``position``; the status shows how it ends."""
        self._connect()
        self.check_value(position)
        position = float(position)  # a plan's numpy number would divide by 0 with a warning
        with self._move_lock:
            previous = self._move
            if previous is not None and not previous.ending:
                raise RuntimeError(f"{self.name} is moving to {previous.target} already")
            status = ReasonedMoveStatus(
                self,
                position,
                timeout=self._timeout if timeout is None else timeout,
                settle_time=self._settle_time,
                # Its thread would stop any move that has begun meanwhile.
                call_stop_on_failure=False,
            )
            course = MoveCourse(
                self.name,
                status.start_pos,
                position,
                tolerance=self.tolerance,
                precision=self.precision,
                start_time=self._start_time,
            )
            move = self._move = Move(self, course, status, after=previous)
        # Before the parent's own callback, which takes every end for a success.
        status.add_callback(partial(self._tell_parent, course))
        if moved_cb is not None:
            status.add_callback(lambda _: moved_cb(obj=self))
        self._run_subs(sub_type=self.SUB_START, timestamp=time.time())
        move.begin()
        if wait:
            status.wait()
        return status

    def _tell_parent(self, course: MoveCourse, status: MoveStatus) -> None:
        failure = status.exception(timeout=0)
        # The parent knows already of a stopped one: when that ends, another move may have begun.
        if failure is not None and course.stopped is None:
            fail_parent(self.parent, failure)

    def set(self, position: float, *, timeout: float | None = None, **kwargs: Any) -> MoveStatus:
        """Start the move to ``position``; the status shows how it ends."""
        return self.move(position, timeout=timeout, **kwargs)

    def stop(self, *, success: bool = False) -> None:
        """Stop the motor; a move of this object ends as ``success`` says."""
        with self._move_lock:
            move = self._move
        if move is not None:
            move.course.stopped = success
            if not success:
                fail_parent(self.parent, f"{self.name} was stopped")
        self.halt()

    def halt(self) -> None:
        """Send the first stop command that the device has."""
        commands = {name.lower(): command for name, command in self.commands.items()}
        for name in self._stop_commands:
            if name.lower() in commands:
                commands[name.lower()]()
                return
        raise RuntimeError(f"{self.prefix} has none of the commands {self._stop_commands}")

    # -- flying

    def prepare(self, value: Any) -> DeviceStatus:
        """Move to where the run-up begins and set the velocity of the run, from a ``FlyMotorInfo``.

        ValueError if that is too fast, LimitError if the run or its ramps leave the limits.
        """
        return self._flying.prepare(value)

    def kickoff(self) -> FinishedStatus:
        """Begin the run that was prepared."""
        return self._flying.kickoff()

    def complete(self) -> MoveStatus:
        """The status that is done when the run is."""
        return self._flying.complete()

    def unstage(self) -> list[object]:
        """End a run that is under way, and restore the velocity."""
        self._flying.end()
        unstaged: list[object] = super().unstage()
        return unstaged

    # -- what a move needs of its motor

    @property
    def move_period(self) -> float:
        """Seconds between two reads of a moving motor."""
        return self._period

    def order(self, target: float) -> None:
        """Write the position: done when the server has taken it, however long that takes."""
        self.readback.put(target, force=True, timeout=_ORDER_TIMEOUT)

    def look(self) -> tuple[str, Sample]:
        """The state and the position now."""
        state, position = self.attribute("State"), self.readback
        self.refresh([state, position])
        return str(state.latest()[state.name]["value"]), position.sample_now

    def status_text(self) -> str:
        """The motor's status text."""
        try:
            return str(self.attribute("Status").get()).strip()
        except (DevFailed, KeyError) as failure:
            return f"(no status: {failure})"

    def show(self, found: Sample) -> None:
        """Report to subscribers where the motor is."""
        self._set_position(found.value, timestamp=found.timestamp)

    def move_over(self, move: Move, success: bool) -> None:
        """Note that a move has ended."""
        with self._move_lock:
            if self._move is move:
                self._move = None
        if success:
            self._run_subs(sub_type=self.SUB_DONE, timestamp=time.time(), value=self._position)

    @property
    def hints(self) -> dict[str, Any]:
        """The position is worth plotting."""
        return {"fields": [self.name]} if self.readback.kind & Kind.normal else {"fields": []}
