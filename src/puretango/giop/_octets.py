"""A bounded reader over the few primitive types that GIOP's own headers use."""

from __future__ import annotations

import struct
from typing import Final

from puretango.errors import ProtocolError

_SHORT: Final = (struct.Struct(">H"), struct.Struct("<H"))
_LONG: Final = (struct.Struct(">I"), struct.Struct("<I"))


class OctetReader:
    """Reads header fields; running off the end is a :class:`ProtocolError`."""

    __slots__ = ("data", "end", "little", "pos")

    def __init__(self, data: bytes | bytearray | memoryview, *, little: bool, pos: int = 0) -> None:
        self.data = data
        self.little = little
        self.pos = pos
        self.end = len(data)

    def _take(self, size: int, align: int = 1) -> int:
        start = -(-self.pos // align) * align
        if start + size > self.end:
            raise ProtocolError(f"the message ends inside a field of {size} bytes")
        self.pos = start + size
        return start

    def octet(self) -> int:
        """One byte."""
        return self.data[self._take(1)]

    def ushort(self) -> int:
        """Two bytes, aligned to 2."""
        start = self._take(2, 2)
        value: int = _SHORT[self.little].unpack_from(self.data, start)[0]
        return value

    def ulong(self) -> int:
        """Four bytes, aligned to 4."""
        start = self._take(4, 4)
        value: int = _LONG[self.little].unpack_from(self.data, start)[0]
        return value

    def octets(self) -> bytes:
        """A sequence of octets: length, then bytes."""
        size = self.ulong()
        start = self._take(size)
        return bytes(self.data[start : start + size])

    def string(self) -> str:
        """A string: length with the final NUL, then Latin-1 text."""
        raw = self.octets()
        if not raw:
            # Some peers send the empty string without its NUL.
            return ""
        if raw[-1] != 0:
            raise ProtocolError("a string does not end in NUL")
        return raw[:-1].decode("latin-1")

    def align(self, size: int) -> None:
        """Skip the padding up to the next multiple of ``size``; it may be absent at the end."""
        self.pos = min(-(-self.pos // size) * size, self.end)


class OctetWriter:
    """Writes header fields in the given byte order."""

    __slots__ = ("buffer", "little")

    def __init__(self, *, little: bool = True) -> None:
        self.buffer = bytearray()
        self.little = little

    def octet(self, value: int) -> None:
        """One byte."""
        self.buffer.append(value)

    def align(self, size: int) -> None:
        """Pad with zeros to a multiple of ``size``."""
        self.buffer.extend(bytes(-len(self.buffer) % size))

    def ushort(self, value: int) -> None:
        """Two bytes, aligned to 2."""
        self.align(2)
        self.buffer.extend(_SHORT[self.little].pack(value))

    def ulong(self, value: int) -> None:
        """Four bytes, aligned to 4."""
        self.align(4)
        self.buffer.extend(_LONG[self.little].pack(value))

    def octets(self, value: bytes) -> None:
        """A sequence of octets: length, then bytes."""
        self.ulong(len(value))
        self.buffer.extend(value)

    def string(self, value: str) -> None:
        """A string: length with the final NUL, then Latin-1 text."""
        try:
            self.octets(value.encode("latin-1") + b"\0")
        except UnicodeEncodeError as error:
            raise ProtocolError(f"{value!r} is not Latin-1 text") from error

    def getvalue(self) -> bytes:
        """All that was written."""
        return bytes(self.buffer)
