"""Stream: what a connection needs of the transport below it, and no more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from puretango.giop import Buffer

Place = tuple[str, int]
"""A host's name or address, and a port."""


class Stream(Protocol):
    """Octets in both directions, in order, between two ends.

    TCP is behind it (``TcpStream``); another transport is one more class with these methods, and
    what makes it: ``Connect`` for clients, the listener's ``wrap`` for servers. One thread reads at a time, and one
    sends; ``shut`` may come from any other. A wait that takes longer than its timeout raises one
    of ``TIMED_OUT``, any other fault an OSError.
    """

    def recv(self, count: int, /) -> bytes:
        """Up to ``count`` octets, as soon as there are some; none at the stream's end."""

    def recv_now(self, count: int, /) -> bytes:
        """As ``recv`` without waiting: raises one of ``TIMED_OUT`` if there is nothing yet."""

    def recv_into(self, buffer: Buffer, /) -> int:
        """As ``recv``, into a buffer; returns how many octets came."""

    def fill(self, buffer: Buffer, /) -> int:
        """As ``recv_into``, in as few calls as possible: it may wait until the buffer is full."""

    def sendall(self, data: Buffer, /) -> None:
        """Send all of it."""

    def send_buffers(self, buffers: Sequence[Buffer]) -> None:
        """Send all of them, one after the other."""

    def set_timeouts(self, receive: float | None, send: float | None) -> None:
        """Seconds that receiving and sending may wait; None or 0 is for ever."""

    def shut(self) -> None:
        """End both directions: a thread that waits in one of these methods returns."""

    def shut_reading(self) -> None:
        """Stop reading; data can still be sent."""

    def close(self) -> None:
        """Release everything."""

    def fileno(self) -> int:
        """What a selector waits for: readable when the peer has sent something."""

    def own_place(self) -> Place:
        """The address of this end."""

    def has_ended(self) -> bool:
        """Whether the other end has closed it; does not wait, and reads nothing."""

    def lies_unread(self) -> bool:
        """Whether a message has arrived that no thread reads."""


Connect = Callable[[str, int, "float | None"], Stream]
"""Connects to a host and port, for so many seconds at most; raises OSError or UnicodeError if it cannot."""
