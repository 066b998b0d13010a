"""The reply that almost always comes: whole, alone, and without contexts."""

from __future__ import annotations

import struct
from typing import Final

from puretango.giop import Reply

BUFFER: Final = 64 * 1024
"""Octets that a client receives at once."""
_WRITABLE: Final = 1024

#: The fixed part of a reply: magic, version, flags and type in one, size, three words.
REPLY_START: Final = struct.Struct("<8sIIII").unpack_from
REPLY_1_2: Final = b"GIOP\x01\x02\x01\x01"
REPLY_1_0: Final = b"GIOP\x01\x00\x01\x01"


def taken(view: memoryview, count: int) -> bytes | memoryview:
    """A copy of what was received into a buffer that is used again; writable unless it is small."""
    if count < _WRITABLE:
        return bytes(view[:count])
    return memoryview(bytearray(view[:count]))


def whole_replies(view: memoryview, count: int) -> tuple[list[Reply], int]:
    """The complete plain replies at the start of what was received, and where they end.

    They end before the first message of another kind, or one that is incomplete.
    """
    found: list[Reply] = []
    place = 0
    while count - place >= _LEAST:
        kind, size, first, second, third = REPLY_START(view, place)
        end = place + size + 12
        if end > count:
            break
        if kind == REPLY_1_2 and third == 0:
            found.append(Reply(first, second, taken(view[place:end], end - place)))
        elif kind == REPLY_1_0 and first == 0:
            found.append(Reply(second, third, taken(view[place:end], end - place), 24, True, 0))
        else:
            break
        place = end
    return found, place


_LEAST: Final = 24
"""Octets of the shortest reply: its header, and three words."""
