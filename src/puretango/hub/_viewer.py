"""A viewer: it takes the newest values since the last time, and learns how many were skipped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from puretango.hub._board import Board
from puretango.hub._sample import Sample, Status
from puretango.values import EventType

if TYPE_CHECKING:
    from puretango.hub._ports import Feed, Sharing

__all__ = ["Frame", "Viewer"]


class Frame:
    """The changes since the viewer's last frame: arrays of one length, and their samples on request."""

    __slots__ = (
        "_samples",
        "indices",
        "kinds",
        "qualities",
        "set_values",
        "skipped",
        "times",
        "values",
    )

    def __init__(
        self,
        board: Board,
        indices: NDArray[np.int64],
        places: NDArray[np.int64],
        skipped: NDArray[np.int64],
    ) -> None:
        self.indices = indices
        """The attributes that changed, as numbered by :meth:`Viewer.add`."""
        self.kinds = board.kind[places]
        """The kind of each: NUMBER, OBJECT (see :meth:`sample`), ERROR."""
        self.values = board.value[places]
        """Read values of the numbers."""
        self.set_values = board.set_value[places]
        """Set values of the numbers; NaN if there is none."""
        self.qualities = board.quality[places]
        self.times = board.time[places]
        """Device times in seconds."""
        self.skipped = skipped
        """How many changes of each the viewer has skipped since its last frame."""
        last = board.last
        # Kept rather than looked up later: by then a place may belong to another attribute.
        self._samples: list[Sample | None] = [last[place] for place in places.tolist()]

    def __len__(self) -> int:
        return len(self.indices)

    def sample(self, position: int) -> Sample | None:
        """The sample at a position of the arrays."""
        return self._samples[position]


class Viewer:
    """Shows attributes; nothing is queued for it, so it may be as slow as it likes."""

    def __init__(self, hub: Sharing, first: int = 0) -> None:
        self._hub = hub
        self._sources: dict[str, tuple[int, Feed]] = {}
        self._fresh: list[tuple[int, int]] = []
        """Numbers and places of the attributes added since the last frame."""
        self._numbers = np.zeros(0, np.int64)
        self._places = np.zeros(0, np.int64)
        self._seen = np.zeros(0, np.int64)
        self.next = first
        """The number of the next attribute to be added."""
        self.closed = False

    @property
    def names(self) -> list[str]:
        """The attributes, as they were added."""
        return list(self._sources)

    def __len__(self) -> int:
        return len(self._sources)

    def looks_at(self, name: str) -> bool:
        """True if this attribute was added, under this name."""
        return name in self._sources

    def add(
        self,
        name: str,
        kinds: Sequence[EventType] | None = None,
        poll_period: float | None = None,
    ) -> int:
        """Add an attribute; returns its number. Raises WrongNameSyntax."""
        known = self._sources.get(name)
        if known is not None:
            return known[0]
        source = self._hub.acquire(name, kinds, poll_period, True)
        number, self.next = self.next, self.next + 1
        self._sources[name] = number, source
        self._fresh.append((number, source.place))
        return number

    def remove(self, name: str) -> int:
        """Remove an attribute; returns its number, which is not used again. KeyError if unknown."""
        number, source = self._sources.pop(name)
        self._settle()
        kept = self._numbers != number
        self._numbers, self._places = self._numbers[kept], self._places[kept]
        self._seen = self._seen[kept]
        self._hub.release(source)
        return number

    def _settle(self) -> None:
        """Add new attributes to the arrays, many at a time, since each time costs as much as all."""
        if not self._fresh:
            return
        numbers, places = np.array(self._fresh, np.int64).T
        self._fresh.clear()
        self._numbers = np.concatenate([self._numbers, numbers])
        self._places = np.concatenate([self._places, places])
        self._seen = np.concatenate([self._seen, np.full(len(numbers), -1, np.int64)])

    def status(self, name: str) -> Status:
        """The status of an attribute's source. KeyError if the viewer does not have it."""
        return self._sources[name][1].status()

    def again(self) -> None:
        """Put everything into the next frame, as if it were the first."""
        self._seen[:] = -1

    def take(self) -> Frame | None:
        """The changes since the last frame; None if there are none."""
        self._settle()
        board, places, seen = self._hub.board, self._places, self._seen
        count = board.count[places]
        changed = np.nonzero((count != seen) & (count > 0))[0]
        if not len(changed):
            return None
        now, before = count[changed], seen[changed]
        seen[changed] = now
        skipped = np.where(before < 0, 0, now - before - 1)
        return Frame(board, self._numbers[changed], places[changed], skipped)

    async def frames(self, interval: float = 0.1) -> AsyncIterator[Frame]:
        """A frame per ``interval`` in which anything changed, until the viewer is closed."""
        while not self.closed:
            frame = self.take()
            if frame is None:
                await self._hub.changed()
            else:
                yield frame
                await asyncio.sleep(interval)

    def close(self) -> None:
        """Remove all attributes."""
        self.closed = True
        sources, self._sources = self._sources, {}
        self._fresh.clear()
        self._numbers = self._places = self._seen = np.zeros(0, np.int64)
        for _, source in sources.values():
            self._hub.release(source)
        self._hub.wake()
