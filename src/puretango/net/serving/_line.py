"""The line: connections of a crowd, which a few threads serve in turn."""

from __future__ import annotations

import threading
from collections import deque
from functools import partial
from typing import Final, Protocol

from puretango.net.serving._worker import WorkerPool

HANDS: Final = 2
"""Threads that serve the line: more would hinder each other rather than be quicker."""


class Served(Protocol):
    """A connection, as the line sees it."""

    def run(self) -> None: ...
    def dismiss(self) -> None: ...


class _Hand:
    """One thread that serves the line."""

    __slots__ = ("seen", "turn")

    def __init__(self) -> None:
        self.turn = 0
        """Counts connections served: if it stays the same, the thread is held up by one of them."""
        self.seen = -1


class Line:
    """First come, first served: after each request a connection goes to the end of the line.

    A thread for each of a thousand connections that ask without pause is not fair: which of them runs next is
    chance, and some wait for seconds while others are answered again and again.
    """

    def __init__(self, workers: WorkerPool) -> None:
        self._workers = workers
        self._lock = threading.Lock()
        self._waiting: deque[Served] = deque()
        self._hands: set[_Hand] = set()

    def join(self, connection: Served) -> None:
        """A connection has something to be read, or may soon have."""
        with self._lock:
            self._waiting.append(connection)
            enough = len(self._hands) >= HANDS
        if not enough:
            self._lend()

    def _lend(self) -> None:
        hand = _Hand()
        with self._lock:
            self._hands.add(hand)
        if not self._workers.submit(partial(self._serve, hand)):
            with self._lock:
                self._hands.discard(hand)

    def _serve(self, hand: _Hand) -> None:
        while True:
            with self._lock:
                if hand not in self._hands:
                    return  # it was held up, and another thread has taken its place
                if not self._waiting:
                    self._hands.discard(hand)
                    return
                connection = self._waiting.popleft()
            hand.turn += 1
            connection.run()

    def look(self) -> bool:
        """Replace threads that are held up while connections wait; True if any do, or have been served."""
        active = bool(self._waiting)
        for hand in tuple(self._hands):
            if hand.turn != hand.seen:
                hand.seen = hand.turn
                active = True
            elif self._waiting:
                with self._lock:
                    self._hands.discard(hand)
                self._lend()
        if self._waiting and not self._hands:  # no thread could be started
            self._lend()
        return active

    def leave(self) -> list[Served]:
        """Returns the connections that wait; none of them is served any more."""
        with self._lock:
            left = list(self._waiting)
            self._waiting.clear()
        return left
