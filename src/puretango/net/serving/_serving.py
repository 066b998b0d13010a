"""What both kinds of listener do with a request."""

from __future__ import annotations

import struct
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Final, Protocol, TypeVar

from puretango.errors import UNKNOWN, PuretangoError, SystemException
from puretango.giop import (
    Buffer,
    Invocation,
    LocateRequest,
    LocateStatus,
    ReplyStatus,
    build_locate_reply,
    build_system_exception,
    reply_header,
)
from puretango.net._chain import HOUSEHOLD, Step
from puretango.net.streams._sockets import LOG, address_text

Answer = tuple[int, "bytes | Sequence[Buffer]"]
"""Reply status, and the body as bytes or as buffers to be gathered."""

Handler = Callable[[Invocation, "Peer"], Answer]
AsyncHandler = Callable[[Invocation, "Peer"], "Answer | Awaitable[Answer]"]
Locate = Callable[[bytes], bool]

MAX_CONNECTIONS: Final = 5000
"""The most connections of a listener, unless set otherwise."""
BACKLOG: Final = 4096
"""Connections that wait to be accepted (Linux keeps no more, unless configured otherwise).

The kernel of a client that finds no place tries again after 1, 3 and 7 seconds: clients that
come in hundreds, as after a restart, would have to wait that long, and would give up.
"""
SILENT: Final = 5.0
"""Seconds within which a new client must send its first request to keep its place."""
SEND_TIMEOUT: Final = 30.0
_SYSTEM_EXCEPTION: Final = int(ReplyStatus.SYSTEM_EXCEPTION)


class Peer:
    """The client at the other end of a connection."""

    __slots__ = ("calls", "closed", "host", "port", "state")

    def __init__(self, host: str, port: int) -> None:
        self.calls: dict[int, Step] | None = None
        """The steps of requests that come from this process, by number (see _chain)."""
        self.host = host
        self.port = port
        self.closed = False
        """True once the client has left: nobody waits for the reply any more."""
        self.state: Any = None
        """The server's, for as long as the connection lasts."""

    def __str__(self) -> str:
        return address_text(self.host, self.port)

    def __repr__(self) -> str:
        return f"<Peer {self}{' closed' if self.closed else ''}>"


def failed(invocation: Invocation, peer: Peer, error: BaseException) -> Answer:
    """The answer to a request whose handler raised ``error``."""
    if not isinstance(error, SystemException):
        if isinstance(error, PuretangoError):
            LOG.warning("%r of %s failed: %s", invocation.operation, peer, error)
        else:
            LOG.error("%r of %s failed", invocation.operation, peer, exc_info=error)
        error = UNKNOWN(str(error), completed=2)
    return _SYSTEM_EXCEPTION, build_system_exception(error)


def reply_buffers(
    request_id: int, minor: int, status: int, body: bytes | Sequence[Buffer]
) -> list[Buffer]:
    """A reply as buffers for a gathering send."""
    if isinstance(body, bytes):
        return [reply_header(request_id, status, len(body), minor) + body]
    return [reply_header(request_id, status, sum(map(len, body)), minor), *body]


def located(request: LocateRequest, locate: Locate | None, peer: Peer) -> bytes:
    """The answer to a LocateRequest."""
    family = HOUSEHOLD.recognise(request.object_key, (peer.host, peer.port))
    if family is not None:
        peer.calls = family.calls
    here = family is not None or locate is None or locate(request.object_key)
    status = LocateStatus.OBJECT_HERE if here else LocateStatus.UNKNOWN_OBJECT
    return build_locate_reply(request.request_id, status, request.minor, little=request.little)


SETTLED: Final = 0.1
"""Seconds of silence after which a connection may be closed to make room for another one."""
SILENT_CLOSED: Final = "connection from %s closed: all %d places are taken, it has asked nothing"
QUIET_CLOSED: Final = "connection from %s closed: all %d places are taken, it is the quietest"
_INTERVAL: Final = 10.0


class Told:
    """Log lines about too many connections: one line for many of them."""

    def __init__(self) -> None:
        self._last = -_INTERVAL

    def tell(self, text: str, *values: object) -> None:
        """Log a warning; further ones soon after it are logged at level DEBUG."""
        now = time.monotonic()
        if now - self._last < _INTERVAL:
            LOG.debug(text, *values)
        else:
            self._last = now
            LOG.warning(text, *values)


_ID: Final = struct.Struct("<I").unpack_from
_BIG_ID: Final = struct.Struct(">I").unpack_from


def request_id_of(invocation: Invocation, data: bytes) -> int:
    """The number of the request that was found by its other bytes."""
    unpack = _ID if invocation.little else _BIG_ID
    number: int = unpack(data, 12 if invocation.minor == 2 else 16)[0]
    return number


class Place(Protocol):
    """A connection among those that a listener has."""

    since: float
    """When it was made, by the monotonic clock."""

    @property
    def asked(self) -> bool:
        """Whether it has ever sent a request."""


P = TypeVar("P", bound=Place)


def silent_one(connections: Iterable[P]) -> P | None:
    """The connection that gives up its place when all are taken: the oldest of those that have asked for nothing.

    So connections that are opened and left, or never finish their first message, keep nobody out.
    """
    before = time.monotonic() - SILENT
    silent = (one for one in connections if not one.asked and one.since < before)
    return min(silent, key=lambda one: one.since, default=None)
