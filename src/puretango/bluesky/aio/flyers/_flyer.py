"""Fly scans for ophyd-async by a controller with a busy flag, on any control layer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

from bluesky.protocols import (
    EventCollectable,
    EventPageCollectable,
    Flyable,
    HasHints,
    Hints,
    Pausable,
    Preparable,
    Stoppable,
)
from ophyd_async.core import (
    AsyncStatus,
    SignalR,
    SignalRW,
    StandardReadable,
    StandardReadableFormat,
    WatchableAsyncStatus,
    WatcherUpdate,
)

from puretango.bluesky.rules import FlightError, cut, data_key, events_of, page_of, prefers_pages

from ._flight import Flight

__all__ = ["BusyFlyer"]

#: Seconds between two reports of a flight's progress.
_REPORT = 0.2


class BusyFlyer(
    StandardReadable,
    Flyable,
    Preparable,
    EventCollectable,
    EventPageCollectable,
    Stoppable,
    Pausable,
    HasHints,
):
    """A flyer around a controller that is started by a busy flag and fills arrays.

    Its signals may be of any control layer that ophyd-async has a backend for.

    Parameters
    ----------
    busy
        The flag: `busy_value` begins a run, `done_value` ends it; its `set` is done when the
        controller has taken the value.
    times, arrays
        One value per point: when it was taken, and what was seen.
    count
        How many points of the arrays are of this run.
    hold
        Holds a run while it is true, for pauses.
    fault
        True after a run that failed.
    settings
        What `prepare` sets, recorded as configuration; ``num_points`` is how many points are to
        be taken, which a progress bar wants to know.
    timeout
        Seconds that a flight may take; time on hold does not count. None: for ever.
    start_timeout
        Seconds within which the controller must be busy.
    poll_interval
        Seconds between two reads of the flag if it sends no readings by itself.
    stream
        Name of the event stream. None if the plan declares the stream, with
        ``bps.declare_stream(flyer, name=…, collect=True)``.
    live
        The plan collects while it flies (``bps.collect_while_completing``). Stage such a flyer:
        its unstage is then what stops the controller when a plan is broken off.
    """

    def __init__(
        self,
        busy: SignalRW[Any],
        times: SignalR[Any],
        arrays: Mapping[str, SignalR[Any]],
        *,
        count: SignalR[int] | None = None,
        hold: SignalRW[bool] | None = None,
        fault: SignalR[bool] | None = None,
        settings: Mapping[str, SignalRW[Any]] | None = None,
        busy_value: Any = True,
        done_value: Any = False,
        timeout: float | None = None,
        start_timeout: float = 5.0,
        poll_interval: float = 0.1,
        stream: str | None = "primary",
        live: bool = False,
        name: str = "",
    ) -> None:
        self.busy = busy
        self.times = times
        self.count, self.hold, self.fault = count, hold, fault
        self._arrays = dict(arrays)
        for array, signal in self._arrays.items():
            setattr(self, array, signal)
        self._settings = dict(settings or {})
        with self.add_children_as_readables(StandardReadableFormat.CONFIG_SIGNAL):
            for setting, signal in self._settings.items():
                setattr(self, setting, signal)
        self.busy_value = busy_value
        self.done_value = done_value
        self.timeout = timeout
        self.start_timeout = start_timeout
        self.poll_interval = poll_interval
        self.stream = stream
        self.live = live
        self._flight: Flight | None = None
        self._given = 0
        self._replay = False
        self._cut = False
        super().__init__(name=name)
        prefers_pages(self)

    # -- Preparable
    @AsyncStatus.wrap
    async def prepare(self, value: Mapping[str, Any]) -> None:
        """Set up the controller: settings by their names, in their order."""
        unknown = [name for name in value if name not in self._settings]
        if unknown:
            raise ValueError(f"{self.name} has no settings {unknown}, only {list(self._settings)}")
        if self._replay:
            return  # repeated after a pause: the flight that it prepared is under way
        if self.flying:
            raise FlightError(f"{self.name} is flying already")
        for name, wanted in value.items():
            await self._settings[name].set(wanted)

    # -- Flyable
    @AsyncStatus.wrap
    async def kickoff(self) -> None:
        """Tell the controller to be busy; done when it is."""
        if self._replay and self._flight is not None:
            # The RunEngine repeats what it did since the last checkpoint; a
            # flight that was on hold meanwhile is still under way.
            self._replay = False
        else:
            self._take_off()
        assert self._flight is not None
        await asyncio.shield(self._flight.started)

    def _take_off(self) -> None:
        if self.flying:
            raise FlightError(f"{self.name} is flying already")
        self._flight = Flight(
            self.name,
            self.busy,
            busy_value=self.busy_value,
            done_value=self.done_value,
            start_timeout=self.start_timeout,
            timeout=self.timeout,
            poll_interval=self.poll_interval,
            failed=self.failure,
        )
        self._given = 0
        self._cut = False

    @WatchableAsyncStatus.wrap
    async def complete(self) -> AsyncIterator[WatcherUpdate[int]]:
        """Done when the controller is; reports the number of points meanwhile."""
        flight = self._flight
        if flight is None:
            raise FlightError(f"{self.name} has not been kicked off")
        self._replay = False
        if self._cut:
            raise FlightError(f"{self.name} was stopped by a pause")
        target = await self._target()
        while self.count is not None and not flight.done:
            with contextlib.suppress(Exception):  # the flight itself reports what is wrong
                yield self._update(await self.count.get_value(cached=False), target)
            await flight.join(_REPORT)
        await asyncio.shield(flight.over)
        if self.count is not None:
            yield self._update(await self.count.get_value(cached=False), target)

    async def _target(self) -> int | None:
        wanted = self._settings.get("num_points")
        return None if wanted is None else int(await wanted.get_value())

    def _update(self, taken: int, target: int | None) -> WatcherUpdate[int]:
        # Without a target a progress bar shows the number alone.
        wanted: Any = target
        return WatcherUpdate(
            current=int(taken), initial=0, target=wanted, name=self.name, unit="points"
        )

    @property
    def flying(self) -> bool:
        """Whether a flight is under way."""
        return self._flight is not None and not self._flight.done

    async def failure(self) -> str | None:
        """Why the run that just ended counts as failed, or None; subclasses may know more."""
        if self.fault is not None and await self.fault.get_value(cached=False):
            return f"{self.name}: the controller reports a fault"
        return None

    # -- interruptions
    async def stop(self, success: bool = False) -> None:
        """Stop the controller; the flight then fails unless ``success``."""
        self._replay = False
        await self._halt(None if success else f"{self.name} was stopped")

    async def _halt(self, reason: str | None) -> None:
        flight = self._flight
        if flight is None or flight.done:
            return
        flight.end(reason)
        await self._release()
        await self.busy.set(self.done_value)

    async def pause(self) -> None:
        """Hold the controller; without a ``hold`` signal it is stopped.

        On resume a held flight goes on. One that was stopped is flown again
        if the plan goes back to its kickoff, and counts as failed if not.
        """
        flight = self._flight
        if flight is None or flight.done:
            return
        if self.hold is None:
            self._cut = True
            await self._halt(None)
        else:
            self._replay = True
            flight.hold(True)
            await self.hold.set(True)

    async def resume(self) -> None:
        """Let a controller on hold go on."""
        if self._flight is not None:
            await self._release()
            self._flight.hold(False)

    async def _release(self) -> None:
        if self.hold is not None:
            await self.hold.set(False)

    @AsyncStatus.wrap
    async def unstage(self) -> None:
        """Make sure that the controller is idle."""
        # Part of a plan's clean-up: nobody waits for this flight any more.
        self._replay = False
        try:
            await self._halt(None)
            if self._flight is not None:
                await self._flight.join(self.start_timeout)
        finally:
            await super().unstage()

    # -- Collectable
    @property
    def _columns(self) -> dict[str, SignalR[Any]]:
        """By data key: the times, and the measured values."""
        return {signal.name: signal for signal in (self.times, *self._arrays.values())}

    async def describe_collect(self) -> dict[str, Any]:
        """The times, and each array's values, a number per event; below the name of the stream."""
        columns = self._columns
        described = await asyncio.gather(*(signal.describe() for signal in columns.values()))
        keys = {key: data_key(found[key]) for key, found in zip(columns, described)}
        return keys if self.stream is None else {self.stream: keys}

    async def collect(self) -> AsyncIterator[Any]:
        """The points taken, an event each, with the controller's own times."""
        async for page in self.collect_pages():
            for event in events_of(page):
                yield event

    async def collect_pages(self) -> AsyncIterator[Any]:
        """The points taken and not collected yet, as one page; nothing when there are none.

        A flyer with `live` gives the points so far during the flight. Any other
        stops its controller first: a plan that was aborted collects what
        was taken until then.
        """
        flight = self._flight
        if flight is None:
            return
        if not flight.done and not self.live:
            await self._halt(f"{self.name} was collected in flight")
            await flight.join(self.start_timeout)
        self._replay = False
        page = page_of(await self._points(), self.times.name, self._given)
        if page is not None:
            self._given += len(page["time"])
            yield page

    async def _points(self) -> dict[str, list[float]]:
        """Every array, cut to the points that were taken."""
        signals = [*self._columns.values()]
        if self.count is not None:
            signals.append(self.count)
        # All at once: signals of one Tango device are then one request.
        found = await asyncio.gather(*(signal.get_value(cached=False) for signal in signals))
        count = None if self.count is None else found.pop()
        return cut(dict(zip(self._columns, found)), count)

    @property
    def hints(self) -> Hints:
        """The fields for a live plot: the arrays."""
        return {"fields": [signal.name for signal in self._arrays.values()]}
