"""A stream without a socket: two ends in memory."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Self

from puretango.giop import Buffer


class _Way:
    """One direction."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.octets = bytearray()
        self.ended = False


class MemoryStream:
    """One end of a pair; the other one is made by :meth:`pair`."""

    def __init__(self, incoming: _Way, outgoing: _Way) -> None:
        self._in = incoming
        self._out = outgoing
        self._patience: float | None = None

    @classmethod
    def pair(cls) -> tuple[Self, Self]:
        there, back = _Way(), _Way()
        return cls(back, there), cls(there, back)

    def _take(self, count: int, least: int, patience: float | None) -> bytes:
        way = self._in
        with way.changed:
            if not way.changed.wait_for(lambda: len(way.octets) >= least or way.ended, patience):
                raise BlockingIOError
            taken = bytes(way.octets[:count])
            del way.octets[:count]
        return taken

    def recv(self, count: int, /) -> bytes:
        return self._take(count, 1, self._patience)

    def recv_now(self, count: int, /) -> bytes:
        return self._take(count, 1, 0)

    def recv_into(self, buffer: Buffer, /) -> int:
        data = self._take(len(buffer), 1, self._patience)
        memoryview(buffer)[: len(data)] = data
        return len(data)

    def fill(self, buffer: Buffer, /) -> int:
        data = self._take(len(buffer), len(buffer), self._patience)
        memoryview(buffer)[: len(data)] = data
        return len(data)

    def sendall(self, data: Buffer, /) -> None:
        way = self._out
        with way.changed:
            if way.ended:
                raise BrokenPipeError("the other end is closed")
            way.octets += data
            way.changed.notify_all()

    def send_buffers(self, buffers: Sequence[Buffer]) -> None:
        for buffer in buffers:
            self.sendall(buffer)

    def set_timeouts(self, receive: float | None, send: float | None) -> None:
        self._patience = receive or None

    def shut(self) -> None:
        for way in (self._in, self._out):
            with way.changed:
                way.ended = True
                way.changed.notify_all()

    def shut_reading(self) -> None:
        with self._in.changed:
            self._in.ended = True
            self._in.changed.notify_all()

    close = shut

    def fileno(self) -> int:
        return -1

    def own_place(self) -> tuple[str, int]:
        return "memory", 1

    def has_ended(self) -> bool:
        return self._in.ended

    def lies_unread(self) -> bool:
        return bool(self._in.octets)
