"""Which server the running code belongs to.

Nothing of a server is process-wide; but PyTango's ``Util.instance()`` takes no argument, so the
thread that builds or runs a device knows its server. A thread that belongs to none (the
author's own) sees the server that was made last.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from puretango.server.base._ports import Host


class _Threads(threading.local):
    server: Host | None = None


_threads = _Threads()
_modes: list[Any] = []
_made: list[weakref.ref[Host]] = []


def note_made(server: Host) -> None:
    """Remember a new server for the threads that belong to none."""
    _made[:] = [ref for ref in _made if ref() is not None]
    _made.append(weakref.ref(server))


def forget(server: Host) -> None:
    """The server is gone for good."""
    _made[:] = [ref for ref in _made if ref() not in (None, server)]


def all_servers() -> list[Host]:
    """The servers of this process that are not gone for good."""
    return [server for ref in _made if (server := ref()) is not None]


def note_mode(mode: Any) -> None:
    """Remember the green mode of the server that starts: PyTango's get_worker returns it later."""
    _modes[:] = [mode]


def last_mode() -> Any:
    """The green mode of the server that started last; None if there was none."""
    return _modes[-1] if _modes else None


def adopt(server: Host) -> None:
    """This thread works for that server from now on."""
    _threads.server = server


def find_server() -> Host | None:
    """The server of this thread, or else the one made last."""
    server = _threads.server
    if server is not None and server.alive:
        return server
    for ref in reversed(_made):
        server = ref()
        if server is not None:
            return server
    return None


@contextmanager
def working_for(server: Host) -> Iterator[None]:
    """This thread works for that server for a while."""
    before = _threads.server
    _threads.server = server
    try:
        yield
    finally:
        _threads.server = before
