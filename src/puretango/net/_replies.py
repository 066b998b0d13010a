"""The reply that almost always comes: whole, alone, and without contexts."""

from __future__ import annotations

import struct
from typing import Final

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
