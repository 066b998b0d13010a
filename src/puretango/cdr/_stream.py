"""The two ends of a CDR stream: where the next byte goes, where the next byte comes from."""

from __future__ import annotations

from struct import Struct
from struct import error as struct_error
from typing import TypeAlias

from puretango.errors import MarshalError

Buffer: TypeAlias = "bytes | bytearray | memoryview"

BIG = 8192
"""Arrays of at least this many bytes are referenced by a writer instead of copied."""

PADS = tuple(bytes(n) for n in range(8))
USHORTS = (Struct(">H"), Struct("<H"))
ULONGS = (Struct(">I"), Struct("<I"))
ULONGLONGS = (Struct(">Q"), Struct("<Q"))
MAX_DEPTH = 64
"""Nesting of Anys, TypeCodes and recursive structs beyond this is refused."""


class CdrWriter:
    """Grows the CDR form of values.

    ``offset`` is the position, modulo 8, that the first byte will have in its message:
    alignment counts from there.  Codecs append to ``buf``; ``shift + len(buf)`` is the
    position of the next byte.
    """

    __slots__ = ("_chunks", "buf", "depth", "little", "offset", "shift")

    def __init__(self, little: bool = True, offset: int = 0) -> None:
        self.little = little
        self.offset = offset
        self.shift = offset
        self.buf = bytearray()
        self.depth = 0
        self._chunks: list[Buffer] = []

    def tell(self) -> int:
        """The number of bytes written."""
        return self.shift - self.offset + len(self.buf)

    def align(self, size: int) -> None:
        """Pad to a multiple of ``size`` (1, 2, 4 or 8)."""
        self.buf += PADS[-(self.shift + len(self.buf)) & (size - 1)]

    def raw(self, data: Buffer) -> None:
        """Append bytes as they are; large ones are referenced, not copied."""
        size = len(data)
        if size < BIG:
            self.buf += data
            return
        self.shift += len(self.buf) + size
        if self.buf:
            self._chunks.append(self.buf)
            self.buf = bytearray()
        self._chunks.append(data)

    def octet(self, value: int) -> None:
        """Append one octet."""
        self.buf.append(value)

    def ushort(self, value: int) -> None:
        """Append an unsigned short."""
        self.align(2)
        self.buf += USHORTS[self.little].pack(value)

    def ulong(self, value: int) -> None:
        """Append an unsigned long."""
        self.align(4)
        self.buf += ULONGS[self.little].pack(value)

    def ulonglong(self, value: int) -> None:
        """Append an unsigned long long."""
        self.align(8)
        self.buf += ULONGLONGS[self.little].pack(value)

    def octets(self, data: Buffer) -> None:
        """Append a sequence<octet>: its length, then its bytes."""
        self.ulong(len(data))
        self.raw(data)

    def string(self, text: str) -> None:
        """Append a string in Latin-1."""
        try:
            data = text.encode("latin-1")
        except UnicodeEncodeError as exc:
            raise MarshalError(f"a string outside Latin-1: {exc}") from exc
        if 0 in data:
            raise MarshalError("a string holds a NUL character")
        self.ulong(len(data) + 1)
        self.buf += data
        self.buf.append(0)

    def buffers(self) -> list[Buffer]:
        """What was written, as buffers to send one after the other."""
        if not self._chunks:
            return [self.buf]
        return [*self._chunks, self.buf] if self.buf else list(self._chunks)

    def getvalue(self) -> bytes:
        """What was written, as one bytes object."""
        return b"".join(self.buffers()) if self._chunks else bytes(self.buf)


class CdrReader:
    """Walks over received CDR bytes.

    Alignment counts from ``origin`` (which is at most ``pos``); ``pos`` of the reader is
    counted from there too.  ``data`` ends where the stream ends.
    """

    __slots__ = ("data", "depth", "little", "pos")

    def __init__(self, data: Buffer, little: bool = True, pos: int = 0, origin: int = 0) -> None:
        if origin:
            data = memoryview(data)[origin:]
            pos -= origin
        self.data: Buffer = data
        self.little = little
        self.pos = pos
        self.depth = 0

    @property
    def remaining(self) -> int:
        """The number of bytes not yet read."""
        return len(self.data) - self.pos

    def align(self, size: int) -> None:
        """Skip to a multiple of ``size`` (1, 2, 4 or 8)."""
        self.pos += -self.pos & (size - 1)

    def need(self, count: int) -> int:
        """Step over ``count`` bytes that must be there; the position where they start."""
        start = self.pos
        if count > len(self.data) - start:
            raise MarshalError(
                f"{count} bytes wanted at {start}, {max(0, len(self.data) - start)} left"
            )
        self.pos = start + count
        return start

    def octet(self) -> int:
        """Read one octet."""
        return self.data[self.need(1)]

    def boolean(self) -> bool:
        """Read one boolean."""
        return self.data[self.need(1)] != 0

    def ushort(self) -> int:
        """Read an unsigned short."""
        self.align(2)
        value: int = USHORTS[self.little].unpack_from(self.data, self.need(2))[0]
        return value

    def ulong(self) -> int:
        """Read an unsigned long."""
        pos = self.pos
        pos += -pos & 3
        try:
            value: int = ULONGS[self.little].unpack_from(self.data, pos)[0]
        except struct_error:
            raise MarshalError(f"an unsigned long wanted at {pos} of {len(self.data)}") from None
        self.pos = pos + 4
        return value

    def ulonglong(self) -> int:
        """Read an unsigned long long."""
        self.align(8)
        value: int = ULONGLONGS[self.little].unpack_from(self.data, self.need(8))[0]
        return value

    def raw(self, count: int) -> memoryview:
        """A view of the next ``count`` bytes."""
        start = self.need(count)
        return memoryview(self.data)[start : start + count]

    def octets(self) -> memoryview:
        """A view of a sequence<octet>."""
        return self.raw(self.ulong())

    def string(self) -> str:
        """Read a string in Latin-1."""
        size = self.ulong()
        start = self.need(size)
        if size < 1 or self.data[start + size - 1]:
            raise MarshalError(f"a string at {start} has no NUL at its end")
        return str(self.data[start : start + size - 1], "latin-1")

    def encapsulation(self) -> CdrReader:
        """A reader of the encapsulation (sequence<octet> with its own byte order) here."""
        data = self.octets()
        if not len(data):
            raise MarshalError("an empty encapsulation")
        inner = CdrReader(data, bool(data[0] & 1), 1)
        inner.depth = self.depth + 1
        if inner.depth > MAX_DEPTH:
            raise MarshalError("encapsulations nested too deeply")
        return inner
