"""Replies, built around an encoded result."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final

from puretango.giop._fragment import fragment
from puretango.giop._header import MAGIC, MessageType
from puretango.giop._messages import Buffer

#: Header and reply header in one, without service contexts: 24 bytes in every version.
#: GIOP 1.2 has request id, status, contexts; 1.0 and 1.1 have contexts, request id, status.
_REPLY: Final = (struct.Struct(">4sBBBBIIII"), struct.Struct("<4sBBBBIIII"))
_USUAL: Final = MAGIC + bytes((1, 2, 1, 1))
"""What nearly every reply begins with: GIOP 1.2, little endian, whole."""
_PACK: Final = struct.Struct("<IIII").pack


def reply_header(
    request_id: int, status: int, body_size: int, minor: int = 2, little: bool = True
) -> bytes:
    """The 24 bytes in front of a reply's body."""
    if minor == 2:
        if little:
            return _USUAL + _PACK(body_size + 12, request_id, status, 0)
        return _REPLY[0].pack(MAGIC, 1, 2, 0, 1, body_size + 12, request_id, status, 0)
    return _REPLY[little].pack(MAGIC, 1, minor, little, 1, body_size + 12, 0, request_id, status)


def build_reply(
    request_id: int,
    status: int,
    body_buffers: Sequence[Buffer] = (),
    minor: int = 2,
    *,
    little: bool = True,
    fragment_size: int = 0,
) -> list[Buffer]:
    """A reply as buffers for a gathering send, in fragments if wanted."""
    size = sum(map(len, body_buffers))
    header = reply_header(request_id, status, size, minor, little)
    if fragment_size and minor and size + len(header) > fragment_size:
        body = (header[12:], *body_buffers)
        return fragment(MessageType.REPLY, body, fragment_size, minor, little=little)
    return [header, *body_buffers]
