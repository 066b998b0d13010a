"""Sardana's elements for ophyd-async: motors, counters and measurement groups of a Pool."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated as A
from typing import Any

from bluesky.protocols import Stoppable
from ophyd import Kind
from ophyd_async.core import (
    SignalR,
    StandardReadableFormat,
    WatchableAsyncStatus,
    WatcherUpdate,
)

from puretango.bluesky.aio.devices import TangoDeviceConnector, TangoName, TangoReadable
from puretango.bluesky.aio.transport import AsyncLink
from puretango.bluesky.attributes import AttributeFacts
from puretango.bluesky.rules import FAILED_STATES, SWITCHES, AcquisitionFailed, Limits, user_limits

from ._motor import TangoMotor

__all__ = ["Acquiring", "SardanaCounter", "SardanaMotor"]


class SardanaMotor(TangoMotor):
    """A motor or pseudo motor of a Sardana Pool: ``SardanaMotor("mot01", "mot01")``."""

    _switches = False

    async def _structure_known(
        self, connector: TangoDeviceConnector, facts: list[AttributeFacts], timeout: float
    ) -> None:
        self._switches = set(SWITCHES) <= {fact.name for fact in facts}
        await super()._structure_known(connector, facts, timeout)

    async def limits(self) -> Limits:
        """The limits of the position attribute; if it has none, the motor's own limit switches."""
        low, high = await super().limits()
        if not low == high == 0 or self.real is None or not self._switches:
            return (low, high)
        answers = await self.real.read_many(list(SWITCHES))
        return user_limits(*(float(answer.value) for answer in answers))


class Acquiring(TangoReadable, Stoppable):
    """A device that counts for an integration time when it is triggered."""

    def __init__(
        self,
        trl: str,
        name: str = "",
        *,
        integration_time: float = 1.0,
        timeout: float | None = None,
        period: float = 0.02,
        patience: float = 0.0,
    ) -> None:
        self.integration_time = integration_time
        self.timeout = timeout
        self._period = period
        self._status: Any = None
        super().__init__(trl, name, patience=patience)

    def _kind_of(self, fact: AttributeFacts) -> Kind:
        return Kind.config if fact.name.lower() == "integrationtime" else Kind.omitted

    @property
    def real(self) -> AsyncLink | None:
        """The device; None in mock mode."""
        return None if self._mock is not None else self._link

    def trigger(self) -> Any:
        """Count for the integration time; the status fails if the acquisition does.

        An acquisition that is still running, as when the RunEngine repeats the trigger after a pause, is
        not begun again.
        """
        if self._status is None or self._status.done:
            self._status = WatchableAsyncStatus(self._acquire(), self.name)
        return self._status

    async def _acquire(self) -> AsyncIterator[WatcherUpdate[float]]:
        link = self.real
        if link is None:
            return
        finished = False
        try:
            async with asyncio.timeout(self.timeout):
                await self._set_up(link)
                await self._begin(link)
                async for update in self._follow(link):
                    yield update
            finished = True
        except TimeoutError as late:
            raise TimeoutError(f"{self.name} did not finish in {self.timeout} s") from late
        finally:
            if not finished:
                await asyncio.shield(link.call("Stop"))

    async def _set_up(self, link: AsyncLink) -> None:
        await link.write("IntegrationTime", self.integration_time)

    async def _begin(self, link: AsyncLink) -> None:
        await link.call("Start")

    async def _follow(self, link: AsyncLink) -> AsyncIterator[WatcherUpdate[float]]:
        loop, wanted = asyncio.get_running_loop(), self.integration_time
        begun = loop.time()
        while (state := (await link.read("State")).value.name) == "MOVING":
            yield WatcherUpdate(
                current=min(loop.time() - begun, wanted),
                initial=0.0,
                target=wanted,
                name=self.name,
                unit="s",
            )
            await asyncio.sleep(self._period)
        if state in FAILED_STATES:
            text = (await link.read("Status")).value
            raise AcquisitionFailed(f"{self.name} is in state {state}: {text}")

    async def stop(self, success: bool = True) -> None:
        """End an acquisition."""
        if self.real is not None:
            await self.real.call("Stop")


class SardanaCounter(Acquiring):
    """A counter channel of a Pool, counting by itself when it is triggered."""

    value: A[SignalR[float], TangoName("Value"), StandardReadableFormat.HINTED_UNCACHED_SIGNAL]

    def set_name(self, name: str, *, child_name_separator: str | None = None) -> None:
        """Name the counter; its value gets the same name."""
        super().set_name(name, child_name_separator=child_name_separator)
        self.value.set_name(name)
