"""The hub: every attribute in use is subscribed to once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from typing import Any, Self

from puretango.client import ClientContext
from puretango.hub._board import Board
from puretango.hub._budget import Budget
from puretango.hub._device import HubDevice
from puretango.hub._intake import Intake
from puretango.hub._name import full_name
from puretango.hub._recorder import Recorder
from puretango.hub._sample import CONNECTING, LOST, POLLED
from puretango.hub._source import Source, SourceKey, kinds_of
from puretango.hub._viewer import Viewer
from puretango.hub._watch import Watches
from puretango.values import EventType

__all__ = ["Hub"]


class Hub:
    """Live values for many: viewers get the newest ones in frames, recorders get every one.

    Used on one event loop, as a context manager: ``async with Hub() as hub: …``. An attribute has one
    subscription whatever the number of its users, which ends ``linger`` seconds after the last one has left. At most
    ``capacity`` events wait for the loop; further ones wait in ZMQ, where losses are counted. A server is asked
    every ``watch_interval`` seconds whether it lives; after twice ``patience`` seconds without an answer it is lost.
    """

    def __init__(
        self,
        kinds: Sequence[EventType] = (EventType.CHANGE_EVENT,),
        poll_period: float = 1.0,
        linger: float = 5.0,
        watch_interval: float = 1.0,
        patience: float = 1.5,
        context: ClientContext | None = None,
        budget: Budget | None = None,
        capacity: int = 200_000,
    ) -> None:
        self.board = Board()
        self._capacity = capacity
        self._kinds = kinds_of(kinds)
        self._poll_period = poll_period
        self._linger = linger
        self.budget = budget or Budget()
        """The limit of attempts to connect; one of this hub's own if none is given."""
        self._watches = Watches(context, self.budget, watch_interval, patience)
        self._devices: dict[str, HubDevice] = {}
        self._sources: dict[SourceKey, Source] = {}
        self._leaving: dict[Source, asyncio.TimerHandle] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._waiting: set[asyncio.Future[None]] = set()
        self.version = 0
        """Counts the calls of :meth:`wake`."""

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._intake = Intake(self._loop, self.board, self.wake, capacity=self._capacity)
        self._starting = asyncio.Semaphore(32)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End every subscription."""
        for timer in self._leaving.values():
            timer.cancel()
        self._leaving.clear()
        for source in list(self._sources.values()):
            self._end(source)
        await asyncio.gather(*self._ending, return_exceptions=True)
        self.wake()

    # ------------------------------------------------------------------------- users

    def viewer(self, first: int = 0) -> Viewer:
        """A user of newest values; the numbers of its attributes begin at ``first``."""
        return Viewer(self, first)

    def recorder(self, capacity: int = 100_000) -> Recorder:
        """A user that needs every value; at most ``capacity`` of them wait."""
        return Recorder(self, capacity)

    @property
    def discarded(self) -> int:
        """How many events came faster than this loop could take them."""
        return self._intake.discarded

    @property
    def subscribed(self) -> int:
        """How many attributes are subscribed to, polled, or being connected."""
        return len(self._sources)

    # ----------------------------------------------------------------------- sources

    def acquire(
        self, name: str, kinds: Sequence[EventType] | None, poll_period: float | None, poll: bool
    ) -> Source:
        """The source of an attribute, for one more user. Raises WrongNameSyntax."""
        device, attribute = full_name(name)
        wanted = self._kinds if kinds is None else kinds_of(kinds)
        period = (self._poll_period if poll_period is None else poll_period) if poll else None
        key = (device, attribute, wanted, period)
        source = self._sources.get(key)
        if source is None:
            source = self._make(key)
        timer = self._leaving.pop(source, None)
        if timer is not None:
            timer.cancel()
        source.users += 1
        return source

    def expect(self, names: Iterable[str]) -> None:
        """Connect to attributes that are about to be used; those that remain unused are released after ``linger``."""
        for name in names:
            self.release(self.acquire(name, None, None, True))

    def _make(self, key: SourceKey) -> Source:
        device = self._devices.get(key[0])
        if device is None:
            device = self._devices[key[0]] = HubDevice(key[0], self._watches, self.wake)
        source = Source(key, device, self.board, self._intake, self._starting, self.budget.pause)
        self._sources[key] = source
        device.sources.add(source)
        source.start()
        return source

    def release(self, source: Source) -> None:
        """One user fewer; after the last one the source lingers, so that a page's reload need not subscribe again."""
        source.users -= 1
        if source.users == 0 and source.key in self._sources:
            self._leaving[source] = self._loop.call_later(self._linger, self._end, source)

    def _end(self, source: Source) -> None:
        self._leaving.pop(source, None)
        if self._sources.pop(source.key, None) is None:
            return
        task = self._loop.create_task(self._stop(source))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _stop(self, source: Source) -> None:
        await source.stop()
        device = source.device
        device.sources.discard(source)
        source.leave()
        if not device.sources and self._devices.get(device.name) is device:
            del self._devices[device.name]
            await device.close()
        self.wake()

    def told(self, name: str, data: Any) -> None:
        """Pass on a reading made for another reason, such as after a write, to the attribute's users.

        An event of the write itself may come after it, with the set value of before: it is read again then.
        """
        device, attribute = full_name(name)
        received = time.time()
        for key, source in list(self._sources.items()):
            if key[:2] == (device, attribute) and source.how not in (CONNECTING, LOST):
                source.take(source.how, data, received)
                if source.how != POLLED:
                    source.settle()
        self.wake()

    def restarted(self, device: str) -> None:
        """Read the present values of a device that was restarted from here, rather than wait for them."""
        base, mark, modifier = device.partition("#")
        known = self._devices.get(full_name(f"{base}/state{mark}{modifier}").device)
        for source in list(known.sources) if known is not None else ():
            source.again()

    # ----------------------------------------------------------------------- changes

    def wake(self) -> None:
        """Wake all tasks that wait for a change."""
        self.version += 1
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def changed(self) -> None:
        """Wait until something may have changed."""
        future: asyncio.Future[None] = self._loop.create_future()
        self._waiting.add(future)
        try:
            await future
        finally:
            self._waiting.discard(future)
