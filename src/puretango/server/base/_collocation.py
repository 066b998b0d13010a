"""Devices of one process that call each other.

A device that in its own request calls another device, or itself, by a proxy waits for a request
that is served by another thread of the same process. If that request needs the first device's
monitor, it belongs to the same chain of calls, and must be let in, as the same client's second
step; otherwise both would wait for ever. Who waits for whom is read from the threads' stacks,
and only when a monitor is busy: calls that meet no busy monitor pay nothing.
"""

from __future__ import annotations

import os
import sys
import threading
from types import FrameType
from typing import Any

_CLIENT = os.path.join("puretango", "net", "_client.py")
_SERVED = os.path.join("puretango", "net", "_served.py")


def _object(frame: FrameType | None, file: str) -> Any:
    """The ``self`` of the outermost frame of that file in a thread's stack."""
    found = None
    while frame is not None:
        if frame.f_code.co_filename.endswith(file):
            found = frame.f_locals.get("self", found)
        frame = frame.f_back
    return found


def _callers(frames: dict[int, FrameType]) -> dict[int, list[int]]:
    """The threads that wait for a reply, by the local port of their connection."""
    waiting: dict[int, list[int]] = {}
    for thread, frame in frames.items():
        connection = _object(frame, _CLIENT)
        sock = getattr(connection, "_sock", None)
        if sock is None:
            continue
        try:
            port = sock.getsockname()[1]
        except OSError:
            continue
        waiting.setdefault(port, []).append(thread)
    return waiting


def belongs_to(owner: int) -> bool:
    """True if the running request was made, directly or not, on behalf of that thread's."""
    frames = sys._current_frames()
    waiting = _callers(frames)
    seen: set[int] = set()
    threads = [threading.get_ident()]
    while threads:
        thread = threads.pop()
        if thread == owner:
            return True
        if thread in seen:
            continue
        seen.add(thread)
        connection = _object(frames.get(thread), _SERVED)
        if connection is not None:
            threads += waiting.get(connection.peer.port, [])
    return False
