"""Sees to it that a slow request does not keep its connection from being read."""

from __future__ import annotations

import threading
from collections.abc import Collection
from typing import Final, Protocol

from puretango.net.serving._worker import WorkerPool

TICK: Final = 0.003
"""Seconds between two looks: a request that lasts over two of them is slow."""

_QUIET: Final = 20
"""Looks without any request before the supervisor goes to sleep."""


class Watched(Protocol):
    """A connection, as far as its slow requests go."""

    turn: int
    seen: int
    role: threading.Lock

    @property
    def is_stuck(self) -> bool: ...
    def run(self) -> None: ...


class Overseen(Protocol):
    """Connections that wait for a thread, and the threads that serve them."""

    def look(self) -> bool:
        """True if anything happened since the last look."""


class Supervisor:
    """Looks at the connections while there are requests, and sleeps when there are none."""

    def __init__(
        self, workers: WorkerPool, connections: Collection[Watched], line: Overseen
    ) -> None:
        self.asleep = True
        """A connection that begins a request wakes a sleeping supervisor."""
        self._workers = workers
        self._connections = connections
        self._line = line
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="puretango-supervisor", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def wake(self) -> None:
        """A request has begun."""
        self.asleep = False
        self._wake.set()

    def stop(self) -> None:
        """Stop looking."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        quiet = 0
        while not self._stopping.is_set():
            if quiet >= _QUIET:
                self._wake.clear()
                self.asleep = True
                # A request may have begun just before it could see that we sleep.
                if not self._look():
                    self._wake.wait()
                self.asleep = False
                quiet = 0
            self._stopping.wait(TICK)
            quiet = 0 if self._look() else quiet + 1

    def _look(self) -> bool:
        """Hand slow requests' connections over; True if anything was executed since the last look."""
        active = self._line.look()
        for connection in tuple(self._connections):
            turn = connection.turn
            if turn != connection.seen:
                connection.seen = turn
                active = True
            elif not connection.is_stuck and connection.role.acquire(False):
                # Executing since before the last look. The new reader starts with the role held.
                active = True
                if not self._workers.submit(connection.run):
                    connection.role.release()
        return active
