"""The waiting room: connections that are silent, and need no thread until they speak."""

from __future__ import annotations

import selectors
import socket
import threading
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Final, Protocol

from puretango.net.serving._serving import SETTLED
from puretango.net.streams._sockets import LOG
from puretango.net.streams._stream import Stream

_TICK: Final = 0.01
"""Seconds after which a connection that has sent something, and found no thread, tries again."""


class Guest(Protocol):
    """A connection in the waiting room."""

    stream: Stream
    since: float
    """When it last sent something, by the monotonic clock."""


class WaitingRoom:
    """One thread that waits for a listening socket and for all connections that are silent.

    ``arrived()`` is called when the listening socket has a new connection, ``spoken(guest)`` when a
    guest has sent something, and has left the room for it; False lets it come back, and try again
    in a moment.
    """

    def __init__(
        self,
        listening: socket.socket,
        arrived: Callable[[], None],
        spoken: Callable[[Guest], bool],
    ) -> None:
        self._listening = listening
        self._arrived = arrived
        self._spoken = spoken
        self._wake, self._woken = socket.socketpair()
        self._wake.setblocking(False)
        self._called = False
        """True while the thread has been woken and has not looked yet: once is enough.

        Bytes that nobody takes would fill the socket pair, and the thread that sends the next one would wait, with the
        lock held, for this thread, which may itself be waiting for the lock.
        """
        self._coming: deque[Guest] = deque()
        self._patient: deque[Guest] = deque()
        self._guests: dict[Guest, int] = {}
        """The connections in the room, with the numbers of their descriptors."""
        self._gone: deque[Guest] = deque()
        self._selector = selectors.DefaultSelector()
        self._door = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="puretango-accept", daemon=True)

    def start(self) -> None:
        """Begin to wait."""
        self._selector.register(self._listening, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._thread.start()

    def enter(self, guest: Guest) -> bool:
        """Take in a silent connection; from any thread. False if the room is closed."""
        with self._door:
            if self._stopping.is_set():
                return False
            self._coming.append(guest)
            if not self._called and threading.current_thread() is not self._thread:
                self._called = True
                self._wake.send(b"\0")
        return True

    def forget(self, guest: Guest) -> None:
        """A connection has been closed by another thread, which was still busy with it."""
        if guest in self._guests:
            self._gone.append(guest)

    def take_quietest(self) -> Guest | None:
        """The guest that has been silent for longest, out of the room; only in the room's thread."""
        quietest = min(self._guests, key=lambda one: one.since, default=None)
        if quietest is None or quietest.since > monotonic() - SETTLED:
            return None
        self._leave(quietest)
        return quietest

    def _leave(self, guest: Guest) -> None:
        self._selector.unregister(self._guests.pop(guest))

    def _run(self) -> None:
        while not self._stopping.is_set():
            ready = self._selector.select(_TICK if self._patient else None)
            if self._stopping.is_set():
                return
            for _ in range(len(self._patient)):
                self._speak(self._patient.popleft())
            for key, _ in ready:
                if key.fileobj is self._listening:
                    self._arrived()
                elif key.fileobj is self._woken:
                    self._woken.recv(4096)
                    self._called = False  # cleared before arrivals are taken in: later ones wake the thread again
                elif key.data in self._guests:  # and not taken meanwhile
                    self._leave(key.data)
                    self._speak(key.data)
            self._let_in()

    def _speak(self, guest: Guest) -> None:
        if not self._spoken(guest):
            self._patient.append(guest)

    def _let_in(self) -> None:
        while self._gone:
            gone = self._gone.popleft()
            if gone in self._guests:
                self._leave(gone)
        while self._coming:
            guest = self._coming.popleft()
            try:
                self._selector.register(guest.stream, selectors.EVENT_READ, guest)
            except (OSError, ValueError, KeyError) as error:
                LOG.debug("a connection was closed on its way to the waiting room: %s", error)
                self._spoken(guest)
                continue
            self._guests[guest] = guest.stream.fileno()

    def stop(self) -> list[Guest]:
        """Stop waiting; returns the guests that were there."""
        with self._door:
            self._stopping.set()
            self._wake.send(b"\0")
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join()
        left = [*self._guests, *self._coming, *self._patient]
        self._selector.close()
        self._wake.close()
        self._woken.close()
        return left
