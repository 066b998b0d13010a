"""What both sides do with a TCP socket."""

from __future__ import annotations

import contextlib
import logging
import select
import socket
import struct
import sys
import time
from collections.abc import Sequence
from typing import Final

from puretango.giop import Buffer

LOG: Final = logging.getLogger("puretango.net")

#: The send buffer towards a peer on this machine. A long message then passes through the processor's
#: cache piece by piece: 4 MiB take half the time that they take through the kernel's own choice of
#: several MiB. Over a network that choice, which grows with the distance, is the right one.
_LOCAL_BUFFER: Final = 192 * 1024
_JOINED: Final = 16 * 1024
_GATHERED: Final = 512
_HAS_SENDMSG: Final = hasattr(socket.socket, "sendmsg")
_PEEK: Final[int] = socket.MSG_PEEK | socket.MSG_DONTWAIT if hasattr(socket, "MSG_DONTWAIT") else 0
_START: Final = 24
"""Bytes in which two replies differ: their request's number is among them."""
_UNREAD: Final = 0.05
_WINDOWS: Final = sys.platform == "win32"

#: What a recv or send raises when the kernel's timeout has passed. On POSIX a TimeoutError means
#: something else: the peer's machine has not acknowledged for minutes.
TIMED_OUT: Final[tuple[type[OSError], ...]] = (
    (TimeoutError, BlockingIOError) if _WINDOWS else (BlockingIOError,)
)


def allow_descriptors(count: int) -> None:
    """Let the process open that many files, as far as the system allows: the usual limit is 1,024."""
    if _WINDOWS:
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def tune(sock: socket.socket) -> None:
    """Blocking, without Nagle's delay, and aware of a peer whose machine vanished."""
    sock.settimeout(None)
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if sock.getsockname()[0] == sock.getpeername()[0]:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _LOCAL_BUFFER)


def kernel_timeout(seconds: float | None) -> bytes:
    """The value of SO_RCVTIMEO and SO_SNDTIMEO; zero is for ever."""
    seconds = seconds or 0
    if _WINDOWS:
        return struct.pack("@L", max(int(seconds * 1000), 1) if seconds else 0)
    whole = int(seconds)
    # Less than a microsecond would become zero, which is for ever.
    micro = max(int((seconds - whole) * 1e6), 1) if seconds else 0
    return struct.pack("@ll", whole, micro)


def set_receive_timeout(sock: socket.socket, seconds: float | None) -> None:
    """Bound every recv in the kernel: a poll before each, as settimeout() does, costs as much."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, kernel_timeout(seconds))


def set_send_timeout(sock: socket.socket, seconds: float | None) -> None:
    """Bound every send in the kernel."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, kernel_timeout(seconds))


def send_buffers(sock: socket.socket, buffers: Sequence[Buffer]) -> None:
    """Send all buffers: small ones joined, big ones gathered by the kernel without a copy."""
    size = sum(map(len, buffers))
    if size <= _JOINED or not _HAS_SENDMSG:
        if len(buffers) == 1:
            sock.sendall(buffers[0])
        elif size <= _JOINED:
            sock.sendall(b"".join(buffers))
        else:
            for buffer in buffers:
                sock.sendall(buffer)
        return
    rest = [memoryview(buffer) for buffer in buffers if len(buffer)]
    while rest:
        sent = sock.sendmsg(rest[:_GATHERED])
        done = 0
        for view in rest:
            if sent < len(view):
                break
            sent -= len(view)
            done += 1
        del rest[:done]
        if sent:
            rest[0] = rest[0][sent:]


def shut(sock: socket.socket, how: int = socket.SHUT_RDWR) -> None:
    """Wake threads that are blocked on the socket; the owner closes it."""
    with contextlib.suppress(OSError):
        sock.shutdown(how)


def lies_unread(sock: socket.socket) -> bool:
    """True if a message has arrived that nobody reads."""
    if not _PEEK:
        return False
    with contextlib.suppress(OSError):
        start = sock.recv(_START, _PEEK)
        if start.startswith(b"GIOP"):
            time.sleep(_UNREAD)
            return sock.recv(_START, _PEEK) == start
    return False


_ENDED: Final[int] = getattr(select, "POLLRDHUP", 0)


def has_ended(sock: socket.socket) -> bool:
    """True if the peer has closed the connection; does not wait, and takes nothing.

    Where the system cannot tell that (POLLRDHUP), a connection counts as ended once all that the
    peer sent has been taken.
    """
    try:
        if _ENDED:
            poll = select.poll()
            poll.register(sock, _ENDED)
            return bool(poll.poll(0))
        return bool(select.select([sock], [], [], 0)[0]) and not sock.recv(1, socket.MSG_PEEK)
    except (OSError, ValueError):
        return True


def address_text(host: str, port: int) -> str:
    """``host:port``, an IPv6 host in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
