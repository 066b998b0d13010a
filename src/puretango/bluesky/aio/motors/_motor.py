"""Tango motors for ophyd-async."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated as A
from typing import Any

from bluesky.protocols import HasHints, Location
from ophyd import Kind
from ophyd.utils import LimitError
from ophyd_async.core import (
    CALCULATE_TIMEOUT,
    CalculatableTimeout,
    MovableLogic,
    SignalR,
    SignalRW,
    StandardMovable,
    StandardReadableFormat,
    WatchableAsyncStatus,
    WatcherUpdate,
)

from puretango.bluesky.aio.devices import TangoDeviceConnector, TangoReadable
from puretango.bluesky.aio.signals import AsyncLink, TangoSignalBackend, TangoState, logger
from puretango.bluesky.attributes import AttributeFacts, Sample, join, sample, unreachable
from puretango.bluesky.rules import (
    Limits,
    MoveCourse,
    MoveFailed,
    are_close,
    check_position,
    is_moving,
    narrowed,
)
from puretango.errors import DevFailed

__all__ = ["TangoMotor"]


class TangoMotor(TangoReadable, StandardMovable[float], HasHints):
    """A motor behind any Tango device that has a writable position.

    A move is done when the state is no longer MOVING and the position's quality no longer
    CHANGING; then ``settle_time`` passes. It fails where the server refuses it, where the state
    ends as FAULT or the like, where the motor ends away from its target (``tolerance``; if none
    is given a hundredth of the move), where it is stopped, and after ``timeout`` seconds; a move
    that times out is stopped. What else the motor lets its users set, such as a velocity, is its
    configuration.

    Parameters
    ----------
    trl
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
    patience
        Seconds that a request may wait for a server that is away.
    """

    readback: A[SignalRW[float], StandardReadableFormat.HINTED_UNCACHED_SIGNAL]
    state: SignalR[TangoState]

    def __init__(
        self,
        trl: str,
        name: str = "",
        *,
        position: str = "Position",
        stop_commands: tuple[str, ...] = ("Stop", "Abort"),
        tolerance: float | None = None,
        settle_time: float = 0.0,
        timeout: float | None = None,
        limits: Limits | None = None,
        period: float = 0.05,
        start_time: float = 0.5,
        patience: float = 0.0,
    ) -> None:
        self.tolerance = tolerance
        self.settle_time = settle_time
        self.timeout = timeout
        self._position = position
        self._stop_commands = stop_commands
        self._own_limits = limits
        self._period = period
        self._start_time = start_time
        self._course: MoveCourse | None = None
        self._at_rest = asyncio.Event()
        self._facts: AttributeFacts | None = None
        self._stop_command = ""
        names = {"readback": position, "state": "State"}
        connector = TangoDeviceConnector(trl, names=names, patience=patience)
        super().__init__(name=name, connector=connector)

    @cached_property
    def movable_logic(self) -> TangoMotorLogic:
        """How ophyd-async moves the motor."""
        return TangoMotorLogic(setpoint=self.readback, readback=self.readback, motor=self)

    # -- structure
    def _kind_of(self, fact: AttributeFacts) -> Kind:
        return Kind.config if fact.numeric and fact.scalar and fact.writes else Kind.omitted

    async def _structure_known(
        self, connector: TangoDeviceConnector, facts: list[AttributeFacts]
    ) -> None:
        wanted = self._position.lower()
        self._facts = next(fact for fact in facts if fact.name.lower() == wanted)
        if self._facts.dtype == "integer":
            # Motors that count in steps are motors too.
            self._backend.datatype = int
        commands = {name.lower(): name for name in connector.commands}
        found = [commands[each.lower()] for each in self._stop_commands if each.lower() in commands]
        self._stop_command = found[0] if found else ""
        await super()._structure_known(connector, facts)

    @property
    def _backend(self) -> TangoSignalBackend:
        backend: Any = self.readback._connector.backend
        return backend  # type: ignore[no-any-return]

    @property
    def _real(self) -> AsyncLink | None:
        """The device; None in mock mode."""
        return None if self._mock is not None else self._link

    # -- what it is and where
    async def limits(self) -> Limits:
        """(low, high); (0, 0) where there are none."""
        low_high = (0.0, 0.0) if self._facts is None else self._facts.control_limits
        return narrowed(low_high, self._own_limits)

    async def check_value(self, value: float) -> None:
        """LimitError outside the limits, ValueError for what is no position."""
        try:
            check_position(self.name, value, await self.limits())
        except LimitError:
            if self._real is None:
                raise
            # The limits may have been changed since they were read.
            self._facts = await self._real.facts(self._position)
            check_position(self.name, value, await self.limits())

    async def locate(self) -> Location[float]:
        """Where it was sent and where it is.

        The server's setpoint counts only if the motor is there: before the first move, and
        after moves that others made, it tells nothing.
        """
        course = self._course
        if self._real is None:
            value = await self.readback.get_value()
            return Location(setpoint=value, readback=value)
        _, found = await self._look()
        if course is not None:
            return Location(setpoint=course.target, readback=found.value)
        near = found.setpoint is not None and are_close(
            found.setpoint, found.value, tolerance=self.tolerance, precision=self._precision
        )
        return Location(setpoint=found.setpoint if near else found.value, readback=found.value)

    @property
    def _precision(self) -> int | None:
        return None if self._facts is None else self._facts.precision

    async def moving(self) -> bool:
        """Whether the motor moves now, by whoever's order."""
        if self._real is None:
            return self._course is not None
        state, found = await self._look()
        return is_moving(state, found.quality)

    # -- moving
    @WatchableAsyncStatus.wrap
    async def set(
        self,
        new_position: float,
        timeout: CalculatableTimeout = CALCULATE_TIMEOUT,  # type: ignore[assignment]
    ) -> AsyncIterator[WatcherUpdate[float]]:
        """Set off for ``new_position``; the status tells how it ends."""
        seconds = self.timeout if isinstance(timeout, str) else timeout
        async for update in self._move(new_position, seconds):
            yield update

    async def stop(self, success: bool = False) -> None:
        """Stop the motor; a move of this object ends as ``success`` says."""
        await asyncio.sleep(0)  # a move that was ordered just now must have begun to be stopped
        if self._course is not None:
            self._course.stopped = success
        await self.halt()

    async def halt(self) -> None:
        """Send the first stop command that the device has."""
        if self._real is None:
            return
        if not self._stop_command:
            raise RuntimeError(f"{self.trl} has none of the commands {self._stop_commands}")
        await self._real.call(self._stop_command)

    async def _move(
        self, target: float, timeout: float | None
    ) -> AsyncIterator[WatcherUpdate[float]]:
        await self._former_move(timeout)
        course = self._course = MoveCourse(
            self.name,
            0.0,
            target,
            tolerance=self.tolerance,
            precision=self._precision,
            start_time=self._start_time,
        )
        try:
            await self.check_value(target)
            if self._real is None:
                await self.readback.set(target)
                return
            _, found = await self._look()
            course.start = found.value
            async with asyncio.timeout(timeout):
                async for update in self._follow(course):
                    yield update
        except TimeoutError as late:
            raise TimeoutError(f"{self.name} did not reach {target} in time") from late
        except DevFailed as failure:
            if unreachable(failure):
                raise MoveFailed(f"{self.name} cannot be reached any more: {failure}") from failure
            raise
        finally:
            self._course = None
            self._at_rest.set()
        await asyncio.sleep(self.settle_time)

    async def _former_move(self, timeout: float | None) -> None:
        """One that was stopped may take its time to end; one that was not is in the way."""
        if self._course is not None and self._course.stopped is not None:
            await asyncio.wait_for(self._at_rest.wait(), timeout)
        if self._course is not None:
            raise RuntimeError(f"{self.name} is moving to {self._course.target} already")
        self._at_rest.clear()

    async def _follow(self, course: MoveCourse) -> AsyncIterator[WatcherUpdate[float]]:
        loop = asyncio.get_running_loop()
        try:
            if not course.told_to_stop():
                await self._backend.put(course.target)
                if course.told_to_stop():
                    # Told to stop before the motor had its order.
                    await self.halt()
            ordered = loop.time()
            while True:
                state, found = await self._look()
                yield self._update(course, found)
                if course.look(state, found.value, found.quality, loop.time() - ordered):
                    # A server reads State last: what stood beside it may be a position on the way.
                    state, found = await self._look()
                    yield self._update(course, found)
                    if not is_moving(state, found.quality):
                        break
                await asyncio.sleep(self._period)
        except (asyncio.CancelledError, GeneratorExit):
            # Nobody waits for it any more, or it took too long: it is not left running.
            if course.stopped is None:
                await asyncio.shield(self._halt_quietly())
            raise
        text = await self._status_text() if course.failing(state, found.value) else ""
        failure = course.verdict(state, found.value, text)
        if failure is not None:
            raise failure

    def _update(self, course: MoveCourse, found: Sample) -> WatcherUpdate[float]:
        return WatcherUpdate(
            current=found.value,
            initial=course.start,
            target=course.target,
            name=self.name,
            unit=(self._facts.unit or None) if self._facts is not None else None,
            precision=self._precision,
        )

    async def _look(self) -> tuple[str, Sample]:
        assert self._link is not None
        assert self._facts is not None
        state, position = await self._link.read_many(["State", self._position])
        return state.value.name, sample(self._facts, join(self.trl, self._position), position)

    async def _status_text(self) -> str:
        assert self._link is not None
        try:
            return str((await self._link.read("Status")).value).strip()
        except DevFailed as failure:
            return f"(no status: {failure})"

    async def _halt_quietly(self) -> None:
        try:
            await self.halt()
        except (DevFailed, RuntimeError) as failure:
            logger.warning("%s could not be stopped: %s", self.name, failure)


@dataclass
class TangoMotorLogic(MovableLogic[float]):
    """A Tango motor's moves for what works with ophyd-async's logics."""

    motor: TangoMotor

    async def stop(self) -> None:
        """Stop the motor."""
        await self.motor.halt()

    async def check_move(self, new_position: float) -> None:
        """LimitError outside the limits."""
        await self.motor.check_value(new_position)

    async def move(self, new_position: float, timeout: Any) -> None:
        """Move and wait for the end."""
        async for _ in self.motor._move(new_position, timeout()):
            pass
