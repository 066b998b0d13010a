"""The short way for the request that almost always comes: whole, alone, and without contexts."""

from __future__ import annotations

import struct
from typing import Final

from puretango.giop._header import FLAG_LITTLE, FLAG_MORE, MAGIC, ULONG
from puretango.giop._messages import Request

# Header and the fixed fields after it, up to the length of the object key at 24. In GIOP 1.2:
# request id, response flags, addressing disposition; before: contexts, request id, response flag.
_NEW: Final = (struct.Struct(">4sBBBBIIBxxxHxxI"), struct.Struct("<4sBBBBIIBxxxHxxI"))
_OLD: Final = (struct.Struct(">4sBBBBIIIBxxxI"), struct.Struct("<4sBBBBIIIBxxxI"))
_KEY: Final = 28


def whole_request(data: bytes) -> Request | None:
    """The request in ``data``, if that is exactly one request; None sends it the long way.

    Nothing is refused here: odd messages give None too, and the long way reports what is wrong.
    """
    try:
        flags, minor = data[6], data[5]
        little = flags & FLAG_LITTLE
        if minor == 2:
            fields = _NEW[little].unpack_from(data)
            magic, major, _, _, kind, size, request_id, response, odd, key_size = fields
            response &= 1
        else:
            fields = _OLD[little].unpack_from(data)
            magic, major, _, _, kind, size, odd, request_id, response, key_size = fields
        if size + 12 != len(data) or magic != MAGIC or major != 1 or minor > 2:
            return None
        if kind or odd or flags & FLAG_MORE:
            return None
        ulong = ULONG[little].unpack_from
        name = (_KEY + key_size + 7) & ~3
        end = name + ulong(data, name - 4)[0]
        start = (end + 7) & ~3
        # Service contexts in GIOP 1.2, the principal before: there should be none.
        if data[end - 1] or name == end or ulong(data, start - 4)[0]:
            return None
    except (struct.error, IndexError):
        return None
    return Request(
        request_id,
        data[_KEY : _KEY + key_size],
        str(data[name : end - 1], "latin-1"),
        data=data,
        body_start=min((start + 7) & ~7, len(data)) if minor == 2 else start,
        little=bool(little),
        minor=minor,
        response_expected=bool(response),
    )
