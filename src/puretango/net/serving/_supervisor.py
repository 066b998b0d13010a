"""The supervisor: it lets a connection be read on while one of its requests is slow."""

from __future__ import annotations

import threading
from collections.abc import Collection
from typing import Final, Protocol

from puretango.net.serving._worker import WorkerPool

TICK: Final = 0.003
"""Seconds between two checks: a request that two of them find running is slow."""

_QUIET: Final = 20
"""Checks without any request after which the supervisor goes to sleep."""


class Watched(Protocol):
    """A connection, as the supervisor sees it."""

    turn: int
    seen: int
    role: threading.Lock

    @property
    def is_stuck(self) -> bool: ...
    def run(self) -> None: ...


class Overseen(Protocol):
    """Connections that wait for a thread, and the threads that serve them."""

    def look(self) -> bool:
        """True if anything happened since the last check."""


class Supervisor:
    """Checks the connections while there are requests, and sleeps when there are none."""

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
        """Start checking."""
        self._thread.start()

    def wake(self) -> None:
        """A request has begun."""
        self.asleep = False
        self._wake.set()

    def stop(self) -> None:
        """Stop checking."""
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
                # A request may have begun just before it could know that the supervisor sleeps.
                if not self._look():
                    self._wake.wait()
                self.asleep = False
                quiet = 0
            self._stopping.wait(TICK)
            quiet = 0 if self._look() else quiet + 1

    def _look(self) -> bool:
        """Hand slow requests' connections over; True if anything was executed since the last check."""
        active = self._line.look()
        for connection in tuple(self._connections):
            turn = connection.turn
            if turn != connection.seen:
                connection.seen = turn
                active = True
            elif not connection.is_stuck and connection.role.acquire(False):
                # It has been executing since before the last check. The new reader starts with the role held.
                active = True
                if not self._workers.submit(connection.run):
                    connection.role.release()
        return active
