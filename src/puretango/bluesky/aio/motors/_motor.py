"""Tango motors for ophyd-async."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import cached_property
from typing import Annotated as A
from typing import Any

from bluesky.protocols import Flyable, HasHints, Location, Preparable
from ophyd import Kind
from ophyd_async.core import (
    CALCULATE_TIMEOUT,
    AsyncStatus,
    CalculatableTimeout,
    NotConnectedError,
    SignalR,
    SignalRW,
    StandardMovable,
    StandardReadableFormat,
    WatchableAsyncStatus,
    WatcherUpdate,
)

from puretango.bluesky.aio.devices import TangoDeviceConnector, TangoReadable
from puretango.bluesky.aio.signals import TangoSignalBackend, TangoState
from puretango.bluesky.aio.transport import AsyncLink, logger
from puretango.bluesky.attributes import (
    AttributeFacts,
    AttributeFailed,
    Sample,
    join,
    sample,
    unreachable,
)
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

from ._flying import Flying
from ._logic import TangoMotorLogic

__all__ = ["TangoMotor"]

#: Seconds for the answer to a written position: some servers answer only when the motor has arrived.
_ORDER_TIMEOUT = 3600.0


class TangoMotor(TangoReadable, StandardMovable[float], HasHints, Preparable, Flyable):
    """A motor behind any Tango device that has a writable position.

    A move is done when the state is no longer MOVING and the position's quality no longer
    CHANGING; then ``settle_time`` passes. It fails if the server refuses it, if the state
    ends as FAULT or the like, if the motor ends away from its target (``tolerance``; if none
    is given, a hundredth of the move), if it is stopped, and after ``timeout`` seconds; a move
    that times out is stopped. Other settings that the motor offers, such as a velocity, are its
    configuration.

    Parameters
    ----------
    trl
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
        Its attributes of these meanings, for fly scans: ``prepare`` takes a ``FlyMotorInfo``. An
        acceleration is the time to full speed in seconds, unless its unit is that of an acceleration.
    patience
        Seconds that a request may wait for a server that does not answer.
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
        velocity: str = "Velocity",
        acceleration: str = "Acceleration",
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
        self._flying = Flying(self, velocity, acceleration)
        names = {"readback": position, "state": "State"}
        connector = TangoDeviceConnector(trl, names=names, patience=patience)
        super().__init__(name=name, connector=connector)

    @cached_property
    def movable_logic(self) -> TangoMotorLogic:
        """The logic by which ophyd-async moves the motor."""
        return TangoMotorLogic(setpoint=self.readback, readback=self.readback, motor=self)

    # -- structure
    def _kind_of(self, fact: AttributeFacts) -> Kind:
        return Kind.config if fact.numeric and fact.scalar and fact.writes else Kind.omitted

    async def _structure_known(
        self, connector: TangoDeviceConnector, facts: list[AttributeFacts], timeout: float
    ) -> None:
        wanted = self._position.lower()
        found_facts = [fact for fact in facts if fact.name.lower() == wanted]
        if not found_facts:
            raise NotConnectedError(f"{self.trl} has no attribute {self._position}")
        self._facts = found_facts[0]
        self._flying.learn(facts)
        if self._facts.dtype == "integer":
            # Motors that count in steps are motors too.
            self._backend.datatype = int
        commands = {name.lower(): name for name in connector.commands}
        found = [commands[each.lower()] for each in self._stop_commands if each.lower() in commands]
        self._stop_command = found[0] if found else ""
        await super()._structure_known(connector, facts, timeout)

    @property
    def _backend(self) -> TangoSignalBackend:
        backend: Any = self.readback._connector.backend
        return backend  # type: ignore[no-any-return]  # ophyd-async's own annotation is wider

    @property
    def real(self) -> AsyncLink | None:
        """The device; None in mock mode."""
        return None if self._mock is not None else self._link

    # -- what it is and where
    async def limits(self) -> Limits:
        """(low, high); (0, 0) if there are none."""
        low_high = (0.0, 0.0) if self._facts is None else self._facts.control_limits
        return narrowed(low_high, self._own_limits)

    async def check_value(self, value: float) -> None:
        """LimitError outside the limits, ValueError if it is not a position."""
        # The limits may have been widened or narrowed since they were read.
        await self.refresh_configuration()
        check_position(self.name, value, await self.limits())

    async def refresh_configuration(self) -> None:
        """Read the position's configuration again: its limits, unit and format."""
        if self.real is not None:
            await self._backend.refresh_configuration()
            self._facts = self._backend.facts

    async def locate(self) -> Location[float]:
        """Where it was sent and where it is.

        The server's setpoint counts only if the motor is there: before the first move, and
        after moves that other clients made, it means nothing.
        """
        course = self._course
        if self.real is None:
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
        """Whether the motor is moving now, whichever client started that."""
        if self.real is None:
            return self._course is not None
        state, found = await self._look()
        return is_moving(state, found.quality)

    # -- moving
    @WatchableAsyncStatus.wrap
    async def set(
        self,
        new_position: float,
        timeout: CalculatableTimeout = CALCULATE_TIMEOUT,  # type: ignore[assignment]  # ophyd-async's own default, typed so by itself
    ) -> AsyncIterator[WatcherUpdate[float]]:
        """Start the move to ``new_position``; the status shows how it ends."""
        seconds = self.timeout if isinstance(timeout, str) else timeout
        async for update in self.moves(new_position, seconds):
            yield update

    async def stop(self, success: bool = False) -> None:
        """Stop the motor; a move of this object ends as ``success`` says."""
        await asyncio.sleep(
            0
        )  # a move that was requested just now must have begun before it can be stopped
        if self._course is not None:
            self._course.stopped = success
        await self.halt()

    async def halt(self) -> None:
        """Send the first stop command that the device has."""
        if self.real is None:
            return
        if not self._stop_command:
            raise RuntimeError(f"{self.trl} has none of the commands {self._stop_commands}")
        await self.real.call(self._stop_command)

    async def moves(
        self, target: float, timeout: float | None
    ) -> AsyncIterator[WatcherUpdate[float]]:
        """Move, and report where the motor is meanwhile."""
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
            if self.real is None:
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

    # -- flying
    @AsyncStatus.wrap
    async def prepare(self, value: Any) -> None:
        """Move to where the run-up begins and set the velocity of the run, from a ``FlyMotorInfo``.

        ValueError if that is too fast, LimitError if the run or its ramps leave the limits.
        """
        await self._flying.prepare(value)

    @AsyncStatus.wrap
    async def kickoff(self) -> None:
        """Begin the run that was prepared."""
        await self._flying.kickoff()

    @WatchableAsyncStatus.wrap
    async def complete(self) -> AsyncIterator[WatcherUpdate[float]]:
        """Done when the run is, and the velocity is what it was before."""
        async for update in self._flying.complete():
            yield update

    @AsyncStatus.wrap
    async def unstage(self) -> None:
        """End a run that is under way, and restore the velocity."""
        await self._flying.end()
        await super().unstage()

    async def _former_move(self, timeout: float | None) -> None:
        """Wait for a former move that was stopped; raise if one is still under way."""
        if self._course is not None and self._course.stopped is not None:
            await asyncio.wait_for(self._at_rest.wait(), timeout)
        if self._course is not None:
            raise RuntimeError(f"{self.name} is moving to {self._course.target} already")
        self._at_rest.clear()

    async def _follow(self, course: MoveCourse) -> AsyncIterator[WatcherUpdate[float]]:
        loop = asyncio.get_running_loop()
        try:
            if not course.told_to_stop():
                async for update in self._ordered(course):
                    yield update
                if course.told_to_stop():
                    # Told to stop before the motor was given its target.
                    await self.halt()
            ordered = loop.time()
            while True:
                state, found = await self._look()
                yield self._update(course, found)
                if course.look(state, found.value, found.quality, loop.time() - ordered):
                    # A server reads State last: the position read with it may be one on the way.
                    state, found = await self._look()
                    yield self._update(course, found)
                    if not is_moving(state, found.quality):
                        break
                await asyncio.sleep(self._period)
        except (asyncio.CancelledError, GeneratorExit):
            # The move was cancelled or took too long: it must not go on.
            if course.stopped is None:
                await asyncio.shield(self._halt_quietly())
            raise
        text = await self._status_text() if course.failing(state, found.value) else ""
        failure = course.verdict(state, found.value, text)
        if failure is not None:
            raise failure

    async def _ordered(self, course: MoveCourse) -> AsyncIterator[WatcherUpdate[float]]:
        """Wait until the server has taken the position: some servers answer only when the motor has arrived."""
        assert self._link is not None
        order = asyncio.ensure_future(
            self._link.write(self._position, course.target, timeout=_ORDER_TIMEOUT)
        )
        try:
            while not (await asyncio.wait({order}, timeout=self._period))[0]:
                try:
                    _, found = await self._look()
                except DevFailed as failure:
                    logger.debug("%s is busy with its order: %s", self.name, failure)
                else:
                    yield self._update(course, found)
            try:
                await order
            except DevFailed as failure:
                raise AttributeFailed.from_failure(self._backend.read_trl, failure) from failure
        finally:
            order.cancel()

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
