"""A recorder, which needs every event: a bounded queue of samples."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from puretango.hub._sample import Sample, Status
from puretango.values import EventType

if TYPE_CHECKING:
    from puretango.hub._ports import Feed, Sharing

__all__ = ["Recorder"]


class Recorder:
    """Gets every sample of the attributes added, the oldest first.

    Holds at most ``capacity`` samples; if more come than are taken, the oldest are dropped and counted.
    """

    def __init__(self, hub: Sharing, capacity: int) -> None:
        if capacity < 1:
            raise ValueError(f"a capacity of {capacity}: at least one sample must find place")
        self._hub = hub
        self._queue: deque[Sample] = deque(maxlen=capacity)
        self._sources: dict[str, Feed] = {}
        self._names: dict[Feed, str] = {}
        self._arrived = asyncio.Event()
        self.overflow = 0
        """Samples that were dropped since the recorder was made."""

    @property
    def waiting(self) -> int:
        """How many samples wait to be taken."""
        return len(self._queue)

    @property
    def names(self) -> list[str]:
        """The attributes, as they were added."""
        return list(self._sources)

    def add(
        self,
        name: str,
        kinds: Sequence[EventType] | None = None,
        poll_period: float | None = None,
        poll: bool = True,
    ) -> None:
        """Start to record an attribute's samples; returns at once, connecting goes on by itself.

        ``kinds`` are the events to try, in this order; if the device sends none of them, the
        attribute is read every ``poll_period`` seconds, unless ``poll`` is False. Raises
        WrongNameSyntax, or ValueError for an attribute that is recorded already.
        """
        if name in self._sources:
            raise ValueError(f"{name} is recorded already")
        source = self._hub.acquire(name, kinds, poll_period, poll)
        if source in self._names:
            self._hub.release(source)
            raise ValueError(f"{name} is recorded already, as {self._names[source]}")
        self._sources[name] = source
        self._names[source] = name
        source.recorders.append(self)

    def remove(self, name: str) -> None:
        """Stop recording an attribute; its waiting samples can still be taken. KeyError if unknown."""
        source = self._sources.pop(name)
        del self._names[source]
        source.recorders.remove(self)
        self._hub.release(source)

    def status(self, name: str) -> Status:
        """The status of an attribute's source. KeyError if it is not recorded."""
        return self._sources[name].status()

    def put(self, source: Feed, sample: Sample) -> None:
        """Take a sample from a source."""
        if len(self._queue) == self._queue.maxlen:
            self.overflow += 1
        name = self._names[source]
        if sample.name != name:
            sample = sample.renamed(name)
        self._queue.append(sample)
        self._arrived.set()

    async def take(self, limit: int = 5_000, timeout: float | None = None) -> list[Sample]:
        """The oldest samples, up to ``limit``; waits for the first, ``timeout`` seconds at most."""
        if not self._queue:
            self._arrived.clear()
            try:
                await asyncio.wait_for(self._arrived.wait(), timeout)
            except TimeoutError:
                return []
        queue = self._queue
        return [queue.popleft() for _ in range(min(limit, len(queue)))]

    def close(self) -> None:
        """Stop recording."""
        for name in list(self._sources):
            self.remove(name)
