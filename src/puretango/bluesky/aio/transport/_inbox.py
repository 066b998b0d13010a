"""Events that arrive in another thread, handed over to an event loop many at a time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

__all__ = ["Inbox"]


class Inbox:
    """The inbox of one loop: a burst of events from many attributes wakes it once."""

    _of_loops: WeakKeyDictionary[asyncio.AbstractEventLoop, Inbox] = WeakKeyDictionary()

    def __init__(self) -> None:
        self._waiting: deque[tuple[Callable[[Any], None], Any]] = deque()
        self._called = False

    @classmethod
    def of(cls, loop: asyncio.AbstractEventLoop) -> Inbox:
        """The one inbox of a loop."""
        return cls._of_loops.setdefault(loop, cls())

    def put(self, loop: asyncio.AbstractEventLoop, take: Callable[[Any], None], event: Any) -> None:
        """From any thread: have ``take`` called with the event on the loop."""
        self._waiting.append((take, event))
        if self._called:
            return
        self._called = True
        try:
            loop.call_soon_threadsafe(self._deliver)
        except RuntimeError:
            self._waiting.clear()  # the loop has been closed: no task waits for events any more

    def _deliver(self) -> None:
        # First of all: an event that comes from now on, and is not delivered below, wakes the loop again.
        self._called = False
        waiting = self._waiting
        while waiting:
            take, event = waiting.popleft()
            take(event)
