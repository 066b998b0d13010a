"""TcpStream: a TCP socket as a stream."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from time import monotonic
from typing import Final

from puretango.giop import Buffer
from puretango.net.streams._names import addresses
from puretango.net.streams._sockets import (
    has_ended,
    lies_unread,
    send_buffers,
    set_receive_timeout,
    set_send_timeout,
    shut,
    tune,
)
from puretango.net.streams._stream import Place

_WAIT_ALL: Final[int] = getattr(socket, "MSG_WAITALL", 0)
_LEAST: Final = 0.01
_AT_ONCE: Final[int] = getattr(socket, "MSG_DONTWAIT", 0)


class TcpStream:
    """A connected socket; the stream owns it from now on.

    The three calls that every request makes are the socket's own: a method in between would cost as
    much as the call itself.
    """

    __slots__ = ("_sock", "recv", "recv_into", "sendall")

    def __init__(self, sock: socket.socket) -> None:
        tune(sock)
        self._sock = sock
        self.recv = sock.recv
        self.recv_into = sock.recv_into
        self.sendall = sock.sendall

    def recv_now(self, count: int, /) -> bytes:
        """What has arrived, without waiting (where the system can; else as ``recv``)."""
        return self._sock.recv(count, _AT_ONCE)

    def fill(self, buffer: Buffer, /) -> int:
        """Receive until the buffer is full, or the timeout has passed."""
        return self._sock.recv_into(buffer, 0, _WAIT_ALL)

    def send_buffers(self, buffers: Sequence[Buffer]) -> None:
        """Small ones joined, big ones gathered by the kernel without a copy."""
        send_buffers(self._sock, buffers)

    def set_timeouts(self, receive: float | None, send: float | None) -> None:
        """Bound every wait, in the kernel."""
        set_receive_timeout(self._sock, receive)
        set_send_timeout(self._sock, send)

    def shut(self) -> None:
        """Shut both directions down."""
        shut(self._sock)

    def shut_reading(self) -> None:
        """Shut the receiving direction down."""
        shut(self._sock, socket.SHUT_RD)

    def close(self) -> None:
        """Close the socket."""
        self._sock.close()

    def fileno(self) -> int:
        """The socket's descriptor."""
        return self._sock.fileno()

    def own_place(self) -> Place:
        """The socket's own address."""
        host, port = self._sock.getsockname()[:2]
        return host, port

    def has_ended(self) -> bool:
        """Whether the peer has closed the connection."""
        return has_ended(self._sock)

    def lies_unread(self) -> bool:
        """Whether a GIOP message has arrived in the socket, and stays unread."""
        return lies_unread(self._sock)


def connect_tcp(host: str, port: int, timeout: float | None) -> TcpStream:
    """Connect to a server, for ``timeout`` seconds at most; None or 0 is for ever.

    What name servers take is a part of it, and of a name with several addresses each has its share.
    """
    end = monotonic() + timeout if timeout else None
    places = addresses(host, port, end)
    failure = OSError(f"{host} has no address")
    for number, (family, kind, protocol, _, place) in enumerate(places):
        sock = socket.socket(family, kind, protocol)
        try:
            if end is not None:
                sock.settimeout(max(end - monotonic(), _LEAST) / (len(places) - number))
            sock.connect(place)
            return TcpStream(sock)
        except OSError as error:
            sock.close()
            failure = error
    raise failure
