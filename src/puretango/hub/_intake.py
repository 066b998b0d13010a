"""The way from the thread in which events arrive to the loop: in batches, bounded."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Any

__all__ = ["Intake"]

Deliver = Callable[[Any], None]


class Intake:
    """Takes events in any thread; delivers them on the loop, at most every ``pause`` seconds.

    Waking a loop for each event would cost more than the event itself.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        done: Callable[[], None],
        pause: float = 0.01,
        capacity: int = 200_000,
    ) -> None:
        self._loop = loop
        self._done = done
        self._pause = pause
        self._capacity = capacity
        self._waiting: deque[tuple[Deliver, Any, float]] = deque()
        self._signalled = False
        self.discarded = 0
        """Events that found the loop too far behind."""

    def put(self, deliver: Deliver, event: Any) -> None:
        """An event is here; called in any thread."""
        if len(self._waiting) >= self._capacity:
            self.discarded += 1
            return
        self._waiting.append((deliver, event, time.time()))
        if not self._signalled:
            self._signalled = True
            try:
                self._loop.call_soon_threadsafe(self._begin)
            except RuntimeError:
                self._waiting.clear()  # the loop is closed: nobody is there to take anything

    def _begin(self) -> None:
        self._loop.call_later(self._pause, self._drain)

    def _drain(self) -> None:
        self._signalled = False  # before the queue is emptied: what comes meanwhile signals again
        waiting = self._waiting
        # What comes while this runs has its own turn: a flood must not keep the loop.
        for _ in range(len(waiting)):
            deliver, event, received = waiting.popleft()
            deliver((event, received))
        self._done()
