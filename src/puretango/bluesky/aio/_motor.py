"""Tango motors for ophyd-async."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from typing import Any

from bluesky.protocols import Location, Stoppable
from ophyd_async.core import (
    AsyncStatus,
    StandardReadable,
    StandardReadableFormat,
    WatchableAsyncStatus,
    WatcherUpdate,
)

from puretango.bluesky._reading import sample
from puretango.bluesky._trl import join
from puretango.idl import AttrQuality

from ._backend import TangoCommandBackend
from ._datatypes import TangoState
from ._link import AsyncLink
from ._signals import tango_signal_r, tango_signal_rw, tango_signal_x

_FAILED = frozenset({"FAULT", "UNKNOWN", "DISABLE", "OFF"})


class TangoMotor(StandardReadable, Stoppable):
    """A motor behind any Tango device with a writable position and the state MOVING.

    A move is done when the state is no longer MOVING and the position's quality no longer
    CHANGING, and fails where the motor is refused, stopped, in a fault state, away from its
    target or too late; then it is stopped.
    """

    def __init__(
        self,
        trl: str,
        name: str = "",
        *,
        position: str = "Position",
        stop_command: str = "Stop",
        tolerance: float | None = None,
        timeout: float | None = None,
        period: float = 0.05,
        start_time: float = 0.5,
    ) -> None:
        self.tolerance = tolerance
        self._move_timeout = timeout
        self._period = period
        self._start_time = start_time
        self._link = AsyncLink(trl)
        self._position = position
        self._position_trl = join(trl, position)
        self._stopped: bool | None = None
        with self.add_children_as_readables(StandardReadableFormat.HINTED_UNCACHED_SIGNAL):
            self.readback = tango_signal_rw(float, self._position_trl)
        self.state = tango_signal_r(TangoState, join(trl, "State"))
        self.halt = tango_signal_x(join(trl, stop_command))
        super().__init__(name=name)

    def set_name(self, name: str, *, child_name_separator: str | None = None) -> None:
        """The position's readings bear the motor's own name."""
        super().set_name(name, child_name_separator=child_name_separator)
        self.readback.set_name(name)

    async def locate(self) -> Location[float]:
        """Where it was sent, if it is there, and where it is."""
        backend: Any = self.readback._connector.backend
        readback = await backend.get_value()
        setpoint = await backend.get_setpoint()
        # Before the first move, and after moves that others made, the setpoint tells nothing.
        near = abs(setpoint - readback) <= self._slack(0.0)
        return Location(setpoint=setpoint if near else readback, readback=readback)

    def set(self, value: float) -> WatchableAsyncStatus[float]:
        """Set off for ``value``; the status tells how it ends."""
        return WatchableAsyncStatus(self._move(float(value)), name=self.name)

    async def stop(self, success: bool = True) -> None:
        """Stop the motor; a move of this object ends as ``success`` says."""
        self._stopped = success
        await self.halt.trigger()

    @AsyncStatus.wrap
    async def stage(self) -> None:
        """Nothing is watched: each reading is a fresh one."""

    @AsyncStatus.wrap
    async def unstage(self) -> None:
        """Nothing was watched."""

    async def _move(self, target: float) -> AsyncIterator[WatcherUpdate[float]]:
        backend: Any = self.readback._connector.backend
        if not isinstance(self.halt._connector.backend, TangoCommandBackend):
            # In mock mode there is no device: the move is the write.
            await self.readback.set(target)
            return
        self._check(target, backend.facts)
        self._stopped = None
        start = float(await backend.get_value())
        finished = False
        try:
            async with asyncio.timeout(self._move_timeout):
                await backend.put(target)
                async for update in self._follow(start, target, backend.facts):
                    yield update
            finished = True
        except TimeoutError as exc:
            raise TimeoutError(f"{self.name} did not reach {target} in time") from exc
        finally:
            if not finished and self._stopped is None:
                await asyncio.shield(self._link.call(self.halt._connector.backend._name))

    def _check(self, target: float, facts: Any) -> None:
        low, high = facts.control.low, facts.control.high
        if not math.isfinite(target):
            raise ValueError(f"{self.name}: {target} is not a position")
        if (low is not None and target < low) or (high is not None and target > high):
            raise ValueError(f"{self.name}: {target} is outside of {low} to {high}")

    async def _follow(
        self, start: float, target: float, facts: Any
    ) -> AsyncIterator[WatcherUpdate[float]]:
        loop = asyncio.get_running_loop()
        begun, seen = loop.time(), False
        while True:
            state_answer, answer = await self._link.read_many(["State", self._position])
            found = sample(facts, self._position_trl, answer)
            state = state_answer.value.name
            yield WatcherUpdate(
                current=found.value,
                initial=start,
                target=target,
                name=self.name,
                unit=facts.unit or None,
                precision=facts.precision,
            )
            moving = state == "MOVING" or found.quality == int(AttrQuality.ATTR_CHANGING)
            seen = seen or moving
            close = abs(found.value - target) <= self._slack(abs(target - start))
            waited = loop.time() - begun > self._start_time
            if not moving and (seen or close or waited or self._stopped is not None):
                self._judge(state, found.value, target, close)
                return
            await asyncio.sleep(self._period)

    def _judge(self, state: str, value: float, target: float, close: bool) -> None:
        if self._stopped is not None:
            if self._stopped:
                return
            raise RuntimeError(f"{self.name} was stopped at {value}")
        self._stopped = True
        if state in _FAILED or (state == "ALARM" and not close):
            raise RuntimeError(f"{self.name} is in state {state} at {value}")
        if not close:
            raise RuntimeError(f"{self.name} stopped at {value}, not at {target}")

    def _slack(self, distance: float) -> float:
        return self.tolerance if self.tolerance is not None else max(1e-9, distance * 0.01)
