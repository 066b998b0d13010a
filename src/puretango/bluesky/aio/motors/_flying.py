"""Fly scans of a single motor for ophyd-async: run-up, a run at one velocity, run-down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Protocol

from ophyd_async.core import WatcherUpdate

from puretango.bluesky.aio.transport import AsyncLink, logger
from puretango.bluesky.attributes import AttributeFacts
from puretango.bluesky.rules import FlyRun, Limits, MoveFailed, fly_run, ramp_time
from puretango.errors import DevFailed

__all__ = ["Flying"]


class Flyable(Protocol):
    """What flying needs of a motor."""

    @property
    def name(self) -> str:
        """The motor's name."""

    @property
    def trl(self) -> str:
        """Its locator."""

    @property
    def real(self) -> AsyncLink | None:
        """The device; None in mock mode."""

    async def limits(self) -> Limits:
        """(low, high); (0, 0) if there are none."""

    async def refresh_configuration(self) -> None:
        """Read the position's configuration again."""

    def set(self, new_position: float, timeout: Any) -> Any:
        """Start a move."""

    async def stop(self, success: bool = False) -> None:
        """End the move."""


class Flying:
    """What a motor does between ``prepare`` and ``complete``; its velocity is restored after that."""

    def __init__(self, motor: Flyable, velocity: str, acceleration: str) -> None:
        self._motor = motor
        self._velocity, self._acceleration = velocity, acceleration
        self._facts: dict[str, AttributeFacts] = {}
        self._run: FlyRun | None = None
        self._status: Any = None
        #: The status of the last move: to the run-up's start, or the run.
        self._order: Any = None
        #: The velocity before the run, while it is another one.
        self._before: float | None = None

    def learn(self, facts: list[AttributeFacts]) -> None:
        """Learn which attributes the motor has."""
        self._facts = {fact.name.lower(): fact for fact in facts}

    async def prepare(self, info: Any) -> None:
        """Move to where the run-up begins and set the velocity of the run."""
        motor = self._motor
        await motor.refresh_configuration()
        if motor.real is not None:
            self.learn(await motor.real.all_facts())
        ramp = await self._ramp(float(info.speed))
        velocity = self._facts.get(self._velocity.lower())
        fastest = None if velocity is None else velocity.control.high
        run = fly_run(motor.name, info, ramp, await motor.limits(), fastest)
        self._run = run
        self._order = motor.set(run.start, run.timeout)
        try:
            await self._order
        except BaseException:
            self._run = None
            raise
        if self._run is run:
            await self._set_velocity(run.speed)

    async def kickoff(self) -> None:
        """Begin the run."""
        run, self._run = self._run, None
        if run is None:
            raise MoveFailed(f"{self._motor.name} has not been prepared to fly")
        self._status = self._order = self._motor.set(run.end, run.timeout)

    async def complete(self) -> AsyncIterator[WatcherUpdate[float]]:
        """The updates of the run until it is over; then the velocity is restored."""
        status = self._status
        if status is None:
            raise MoveFailed(f"{self._motor.name} does not fly")
        updates: asyncio.Queue[Any] = asyncio.Queue()
        status.watch(lambda **update: updates.put_nowait(update))
        try:
            while not status.done:
                update = asyncio.ensure_future(updates.get())
                await asyncio.wait({update, status.task}, return_when=asyncio.FIRST_COMPLETED)
                if update.done():
                    yield WatcherUpdate(**update.result())
                else:
                    update.cancel()
            await status
        finally:
            await self.end()

    async def end(self) -> None:
        """Stop a run that is under way, or its run-up; restore the velocity."""
        self._run = None
        order, self._order = self._order, None
        if order is not None and not order.done:
            try:
                # Not as a failure: that would fail the plan, which is ending.
                await self._motor.stop(success=True)
                await asyncio.wait({order.task})
            except (DevFailed, RuntimeError) as failure:
                logger.warning("%s could not be stopped: %s", self._motor.name, failure)
        before, self._before = self._before, None
        if before is None or self._motor.real is None:
            return
        try:
            await self._motor.real.write(self._velocity, before)
        except DevFailed as failure:
            logger.warning("%s keeps the velocity of its run: %s", self._motor.name, failure)

    async def _ramp(self, speed: float) -> float:
        fact, link = self._facts.get(self._acceleration.lower()), self._motor.real
        if fact is None or link is None:
            return 0.0
        return ramp_time((await link.read(self._acceleration)).value, fact.unit, speed)

    async def _set_velocity(self, speed: float) -> None:
        link = self._motor.real
        if link is None:
            return
        if self._velocity.lower() not in self._facts:
            raise MoveFailed(f"{self._motor.trl} has no {self._velocity} to fly with")
        if self._before is None:
            self._before = float((await link.read(self._velocity)).value)
        await link.write(self._velocity, speed)
