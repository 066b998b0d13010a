"""Frames in and out of a ZMQ socket, without pyzmq's wrappers.

pyzmq's own ``send`` wraps the compiled one, and its ``recv_multipart`` asks after each frame whether
more follow, which takes longer than the frame. Per event that is half of what ZMQ costs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import zmq

MORE: Final = int(zmq.SNDMORE) | int(zmq.DONTWAIT)
LAST: Final = int(zmq.DONTWAIT)
_RCVMORE: Final = int(zmq.RCVMORE)
_CALL_SIZE: Final = 21
_HEARTBEAT: Final = b".heartbeat"


def sender(sock: zmq.Socket[bytes]) -> Callable[[bytes, int], Any]:
    """The compiled ``send(frame, flags)`` of a socket."""
    send: Callable[[bytes, int], Any] = super(zmq.Socket, sock).send
    return send


def receiver(sock: zmq.Socket[bytes]) -> Callable[[], list[bytes]]:
    """A function that gives the next message, or raises :class:`zmq.Again` if there is none.

    It knows what a subscriber of Tango gets: three frames (heartbeats) or four (events), of which
    the second has one byte and the third 21; then it need not ask whether there are more, which takes
    four times as long as a frame. A message of another shape is returned together with whatever was queued after
    it; nobody knows its topic, and the next one is in order again.
    """
    take: Callable[[int], bytes] = super(zmq.Socket, sock).recv
    ask: Callable[[int], int | bytes] = super(zmq.Socket, sock).get

    def receive() -> list[bytes]:
        frames = [take(LAST)]
        try:
            # All frames of a message come at once.
            frames.append(take(LAST))
            frames.append(take(LAST))
        except zmq.Again:
            return frames
        topic, order, call = frames
        if len(order) == 1 and len(call) == _CALL_SIZE:
            if not topic.endswith(_HEARTBEAT):
                frames.append(take(LAST))
            return frames
        while ask(_RCVMORE):
            frames.append(take(LAST))
        return frames

    return receive
