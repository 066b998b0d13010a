"""The way from the thread in which events arrive to the loop: in batches, bounded."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from puretango.hub._numbers import take_numbers

if TYPE_CHECKING:
    from puretango.hub._board import Board
    from puretango.hub._ports import Connected

__all__ = ["Intake"]

_BATCH = 5_000
"""How many events are delivered before the loop does anything else."""
_PATIENCE = 2.0
"""Seconds that the receiving thread waits for a loop that lags behind: meanwhile events wait in ZMQ."""

Waiting = tuple["Connected", Any, float]


class Intake:
    """Takes events in any thread; delivers them on the loop, at most every ``pause`` seconds.

    Waking a loop for each event would cost more than the event itself.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        board: Board,
        done: Callable[[], None],
        pause: float = 0.01,
        capacity: int = 200_000,
    ) -> None:
        self._loop = loop
        self._board = board
        self._done = done
        self._pause = pause
        self._capacity = capacity
        self._thread = threading.get_ident()
        self._waiting: deque[Waiting] = deque()
        self._signalled = False
        self.discarded = 0
        """How many events were dropped because the loop lagged too far behind."""

    def put(self, connection: Connected, event: Any) -> None:
        """Take an event; called in any thread."""
        waiting = self._waiting
        if len(waiting) >= self._capacity and not self._finds_room():
            self.discarded += 1
            return
        waiting.append((connection, event, time.time()))
        if not self._signalled:
            self._signalled = True
            try:
                self._loop.call_soon_threadsafe(self._begin)
            except RuntimeError:
                waiting.clear()  # the loop is closed: nothing will take events any more

    def _finds_room(self) -> bool:
        """Wait, in the events' thread, for the loop; ZMQ keeps further events, and their counters show losses."""
        if threading.get_ident() == self._thread:
            return False
        patience = time.monotonic() + _PATIENCE
        while len(self._waiting) >= self._capacity:
            if time.monotonic() > patience or self._loop.is_closed():
                return False
            time.sleep(0.002)
        return True

    def _begin(self) -> None:
        self._loop.call_later(self._pause, self._drain)

    def _drain(self) -> None:
        self._signalled = False  # cleared before the queue is emptied: an event that comes meanwhile signals again
        waiting = self._waiting
        batch = [waiting.popleft() for _ in range(min(len(waiting), _BATCH))]
        # A flood must not block the loop: other tasks have their turn first.
        if waiting and not self._signalled:
            self._signalled = True
            self._loop.call_soon(self._drain)
        self._deliver(batch)
        self._done()

    def _deliver(self, batch: list[Waiting]) -> None:
        """Deliver events in their order, successive numbers together."""
        numbers: list[Waiting] = []
        for each in batch:
            connection, event, received = each
            if type(event) is tuple:
                numbers.append(each)
                continue
            take_numbers(self._board, numbers)
            numbers.clear()
            connection.source.take_event(connection.turn, connection.how, event, received)
        take_numbers(self._board, numbers)
