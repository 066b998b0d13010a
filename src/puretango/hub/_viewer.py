"""Somebody who looks: the newest values since the last look, and how many were skipped."""

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
    """What has changed since the viewer's last look: arrays of one length, and their samples when asked."""

    __slots__ = (
        "_board",
        "_places",
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
        """What each is: NUMBER, OBJECT (found by :meth:`sample`), ERROR."""
        self.values = board.value[places]
        """Read values of the numbers."""
        self.set_values = board.set_value[places]
        """Set values of the numbers; NaN where there is none."""
        self.qualities = board.quality[places]
        self.times = board.time[places]
        """Device times in seconds."""
        self.skipped = skipped
        """How many changes of each the viewer has missed since its last look."""
        self._places = places
        self._board = board

    def __len__(self) -> int:
        return len(self.indices)

    def sample(self, position: int) -> Sample | None:
        """The sample at a position of the arrays."""
        return self._board.last[int(self._places[position])]


class Viewer:
    """Looks at attributes; nothing is queued for it, so it may be as slow as it likes."""

    def __init__(self, hub: Sharing) -> None:
        self._hub = hub
        self._sources: list[Feed | None] = []
        self._index: dict[str, int] = {}
        self._places = np.zeros(0, np.int64)
        self._seen = np.zeros(0, np.int64)
        self._active = np.zeros(0, np.int64)
        self.closed = False

    @property
    def names(self) -> list[str]:
        """The attributes, as they were added."""
        return list(self._index)

    def __len__(self) -> int:
        return len(self._index)

    def looks_at(self, name: str) -> bool:
        """True if this attribute was added, under this name."""
        return name in self._index

    def add(
        self,
        name: str,
        kinds: Sequence[EventType] | None = None,
        poll_period: float | None = None,
    ) -> int:
        """Look at an attribute too; gives its number. Raises WrongNameSyntax."""
        known = self._index.get(name)
        if known is not None:
            return known
        source = self._hub.acquire(name, kinds, poll_period, True)
        number = len(self._sources)
        self._sources.append(source)
        self._index[name] = number
        self._places = np.append(self._places, source.place)
        self._seen = np.append(self._seen, -1)
        self._active = np.append(self._active, number)
        return number

    def remove(self, name: str) -> None:
        """Look away from an attribute; its number is not used again. KeyError if unknown."""
        number = self._index.pop(name)
        source = self._sources[number]
        self._sources[number] = None
        self._active = self._active[self._active != number]
        if source is not None:
            self._hub.release(source)

    def status(self, name: str) -> Status:
        """How an attribute's source fares. KeyError if the viewer does not look at it."""
        source = self._sources[self._index[name]]
        assert source is not None
        return source.status()

    def again(self) -> None:
        """Have everything in the next frame, as if it were the first."""
        self._seen[:] = -1

    def take(self) -> Frame | None:
        """What has changed since the last look; None if nothing has."""
        board = self._hub.board
        places = self._places[self._active]
        count = board.count[places]
        seen = self._seen[self._active]
        changed = np.nonzero((count != seen) & (count > 0))[0]
        if not len(changed):
            return None
        numbers = self._active[changed]
        now, before = count[changed], seen[changed]
        self._seen[numbers] = now
        skipped = np.where(before < 0, 0, now - before - 1)
        return Frame(board, numbers, places[changed], skipped)

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
        """Look at nothing any more."""
        self.closed = True
        for name in list(self._index):
            self.remove(name)
        self._hub.wake()
