"""The twelve bytes in front of every GIOP message."""

from __future__ import annotations

import struct
from enum import IntEnum
from typing import Final, NamedTuple

from puretango.errors import ProtocolError

MAGIC: Final = b"GIOP"
HEADER_SIZE: Final = 12
REPLY_BODY: Final = 24
"""Where the body of every reply without service contexts starts, in each version of GIOP."""

MAX_MESSAGE: Final = 256 * 1024 * 1024
"""Tango's largest transfer, in bytes; a longer message is refused before memory is taken."""

FLAG_LITTLE: Final = 0x01
FLAG_MORE: Final = 0x02


class MessageType(IntEnum):
    """The third column of GIOP's table of messages."""

    REQUEST = 0
    REPLY = 1
    CANCEL_REQUEST = 2
    LOCATE_REQUEST = 3
    LOCATE_REPLY = 4
    CLOSE_CONNECTION = 5
    MESSAGE_ERROR = 6
    FRAGMENT = 7


class Version(NamedTuple):
    """A GIOP or IIOP version."""

    major: int
    minor: int


V1_0: Final = Version(1, 0)
V1_1: Final = Version(1, 1)
V1_2: Final = Version(1, 2)

#: Message types that may carry the flag "more fragments follow", per minor version.
FRAGMENTABLE: Final[dict[int, frozenset[MessageType]]] = {
    0: frozenset(),
    1: frozenset({MessageType.REQUEST, MessageType.REPLY, MessageType.FRAGMENT}),
    2: frozenset(
        {
            MessageType.REQUEST,
            MessageType.REPLY,
            MessageType.LOCATE_REQUEST,
            MessageType.LOCATE_REPLY,
            MessageType.FRAGMENT,
        }
    ),
}

_TYPES: Final = tuple(MessageType)
_LITTLE: Final = struct.Struct("<4sBBBBI")
_BIG: Final = struct.Struct(">4sBBBBI")
ULONG: Final = (struct.Struct(">I"), struct.Struct("<I"))
"""An unsigned long, big endian and little endian: index by ``little``."""


class Header(NamedTuple):
    """A message header, taken apart."""

    kind: MessageType
    minor: int
    little: bool
    more: bool
    size: int
    """Bytes after the header."""


def parse_header(data: bytes | bytearray | memoryview, max_message: int = MAX_MESSAGE) -> Header:
    """Take apart and check the header at the start of ``data`` (at least 12 bytes)."""
    magic, major, minor, flags, kind, size = _LITTLE.unpack_from(data)
    if magic != MAGIC:
        raise ProtocolError(f"the peer does not speak GIOP: message starts with {magic!r}")
    if major != 1 or minor > 2:
        raise ProtocolError(f"the peer speaks GIOP {major}.{minor}; 1.0 to 1.2 are known")
    little = bool(flags & FLAG_LITTLE)
    if not little:
        (size,) = ULONG[0].unpack_from(data, 8)
    if kind > MessageType.FRAGMENT:
        raise ProtocolError(f"the peer sent a message of unknown type {kind}")
    message_type = _TYPES[kind]
    if size + HEADER_SIZE > max_message:
        raise ProtocolError(f"the peer's message of {size} bytes exceeds the {max_message} allowed")
    more = bool(flags & FLAG_MORE) and minor > 0
    if more and message_type not in FRAGMENTABLE[minor]:
        raise ProtocolError(f"the peer fragments a {message_type.name} of GIOP 1.{minor}")
    if message_type is MessageType.FRAGMENT and minor == 0:
        raise ProtocolError("the peer sent a Fragment in GIOP 1.0")
    return Header(message_type, minor, little, more, size)


def build_header(
    kind: MessageType, size: int, minor: int = 2, *, little: bool = True, more: bool = False
) -> bytes:
    """The header of a message whose remainder has ``size`` bytes."""
    flags = (FLAG_LITTLE if little else 0) | (FLAG_MORE if more else 0)
    layout = _LITTLE if little else _BIG
    return layout.pack(MAGIC, 1, minor, flags, kind, size)
