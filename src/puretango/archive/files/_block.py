"""A block: columns of one generation, each packed and compressed by itself, the whole with a checksum.

Layout, little-endian: ``u32`` rows, ``u8`` columns, then per column its head and its bytes. Integers
lose their smallest value (times first become differences), then take the fewest bytes that hold the
rest; bytes of equal weight stand together, so that zlib finds what repeats. A plane of bytes that zlib
cannot shrink (the mantissa of a noisy number) is stored as it is, which is what makes reading quick.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from puretango.archive.sample import BlockDamaged

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

__all__ = ["checksum", "pack", "unpack"]

_HEAD = struct.Struct("<IB")
# Name, way of packing, bytes per packed element, numpy type, smallest value, first value, scale, size.
_COLUMN = struct.Struct("<8sBB4sqqqI")
_LEVEL = 1
_MOST_ROWS = 1 << 20  # of a block; a greater number means that it is damaged
_NONSENSE = (struct.error, zlib.error, ValueError, TypeError, LookupError, OverflowError)
_WORTH = 0.94  # a plane is stored compressed if that takes at most this part of its size

CONSTANT, INTEGERS, DIFFERENCES, PLAIN, PIECES = range(5)

Columns = dict[str, Any]


class _Packed(NamedTuple):
    """How a column was packed."""

    way: int
    width: int
    dtype: str
    base: int
    first: int
    scale: int
    data: bytes


def checksum(data: bytes) -> int:
    """The checksum that stands beside a block."""
    return zlib.crc32(data)


def pack(columns: Columns) -> bytes:
    """The bytes of columns: numpy arrays of one length, or lists of ``bytes`` or None.

    A column called ``time`` is expected to rise: its differences are packed.
    """
    rows = len(next(iter(columns.values())))
    parts = [_HEAD.pack(rows, len(columns))]
    for name, column in columns.items():
        packed = _packed(column, differences=name == "time")
        head = _COLUMN.pack(
            name.encode(),
            packed.way,
            packed.width,
            packed.dtype.encode(),
            packed.base,
            packed.first,
            packed.scale,
            len(packed.data),
        )
        parts += (head, packed.data)
    return b"".join(parts)


def unpack(data: bytes, crc: int, wanted: Collection[str] | None = None) -> Columns:
    """The columns of a block, or only those wanted.

    Raises:
        BlockDamaged: The checksum is wrong, or the bytes make no sense.
    """
    if zlib.crc32(data) != crc:
        raise BlockDamaged(f"a block of {len(data)} bytes has another checksum than was written")
    try:
        rows, count = _HEAD.unpack_from(data)
        if not 0 < rows <= _MOST_ROWS:
            raise ValueError(f"{rows} rows")
        at, found = _HEAD.size, {}
        for _ in range(count):
            name, way, width, dtype, base, first, scale, size = _COLUMN.unpack_from(data, at)
            at += _COLUMN.size
            told = name.rstrip(b"\0").decode()
            if wanted is None or told in wanted:
                piece = memoryview(data)[at : at + size]
                packed = (way, width, dtype.rstrip(b"\0").decode(), base, first, scale)
                found[told] = _unpacked(rows, *packed, piece)
            at += size
    except _NONSENSE as error:
        raise BlockDamaged(f"a block of {len(data)} bytes cannot be read: {error}") from error
    return found


def _packed(column: Any, *, differences: bool) -> _Packed:
    if isinstance(column, list):
        return _packed_pieces(column)
    dtype = column.dtype.str
    if column.dtype.kind == "f":
        bits = column.view(f"<i{column.dtype.itemsize}")
        if len(bits) and bool(np.all(bits == bits[0])):
            return _Packed(CONSTANT, 0, dtype, int(bits[0]), 0, 1, b"")
        width = column.dtype.itemsize
        return _Packed(PLAIN, width, dtype, 0, 0, 1, _planes(np.ascontiguousarray(column), width))
    if differences:
        return _packed_differences(column, dtype)
    return _packed_integers(column, dtype)


def _packed_integers(column: NDArray[Any], dtype: str) -> _Packed:
    # As int64 a value of DevULong64 may look negative: the differences are right modulo 2**64.
    whole = column.astype("<i8", copy=False)
    base = int(whole.min()) if len(whole) else 0
    rest = (whole - base).view("<u8")
    width = _width(rest)
    if not width:
        return _Packed(CONSTANT, 0, dtype, base, 0, 1, b"")
    return _Packed(INTEGERS, width, dtype, base, 0, 1, _planes(rest.astype(f"<u{width}"), width))


def _packed_differences(column: NDArray[np.int64], dtype: str) -> _Packed:
    steps = np.diff(column)
    scale = 1000 if not np.any(steps % 1000) else 1
    steps //= scale
    base = int(steps.min()) if len(steps) else 0
    rest = (steps - base).view("<u8")
    width = _width(rest)
    data = _planes(rest.astype(f"<u{width}"), width) if width else b""
    return _Packed(DIFFERENCES, width, dtype, base, int(column[0]), scale, data)


def _packed_pieces(column: list[Any]) -> _Packed:
    """Texts and arrays: their lengths, then their bytes."""
    lengths = np.array([0 if piece is None else len(piece) for piece in column], "<u4")
    everything = b"".join(piece for piece in column if piece is not None)
    data = zlib.compress(lengths.tobytes() + everything, _LEVEL)
    return _Packed(PIECES, 0, "", len(everything), 0, 1, data)


def _width(rest: NDArray[Any]) -> int:
    """The fewest bytes that hold every number: 0 (all are 0), 1, 2, 4 or 8."""
    highest = int(rest.max()) if len(rest) else 0
    return next(w for w in (0, 1, 2, 4, 8) if highest < 1 << (8 * w))


def _planes(array: NDArray[Any], width: int) -> bytes:
    """Bytes of equal weight together, each plane compressed if that helps."""
    raw = array.view("u1").reshape(-1, width)
    if len(array) < 512:
        return b"\xff" + zlib.compress(raw.T.tobytes(), _LEVEL)
    compressed = 0
    parts: list[bytes] = []
    for plane in range(width):
        plain = raw[:, plane].tobytes()
        small = zlib.compress(plain, _LEVEL)
        if len(small) < _WORTH * len(plain):
            compressed |= 1 << plane
            parts += (struct.pack("<I", len(small)), small)
        else:
            parts.append(plain)
    # 0xff marks the other layout: eight planes that all compress are packed as that.
    if compressed == 0xFF:
        return b"\xff" + zlib.compress(raw.T.tobytes(), _LEVEL)
    return bytes([compressed]) + b"".join(parts)


def _from_planes(data: memoryview, rows: int, width: int) -> NDArray[np.uint8]:
    if data[0] == 0xFF:
        turned = np.frombuffer(zlib.decompress(data[1:]), "u1").reshape(width, rows)
        return np.ascontiguousarray(turned.T)
    out = np.empty((rows, width), "u1")
    at = 1
    for plane in range(width):
        if data[0] >> plane & 1:
            (size,) = struct.unpack_from("<I", data, at)
            out[:, plane] = np.frombuffer(zlib.decompress(data[at + 4 : at + 4 + size]), "u1")
            at += 4 + size
        else:
            out[:, plane] = np.frombuffer(data[at : at + rows], "u1")
            at += rows
    return out


def _unpacked(
    rows: int, way: int, width: int, dtype: str, base: int, first: int, scale: int, data: memoryview
) -> Any:
    if way == PIECES:
        return _unpacked_pieces(rows, base, data)
    kind = np.dtype(dtype)
    if way == CONSTANT:
        if kind.kind == "f":
            return np.full(rows, base, f"<i{kind.itemsize}").view(kind)
        return np.full(rows, base, "<i8").astype(kind)
    if way == PLAIN:
        return _from_planes(data, rows, width).view(kind).reshape(rows)
    if way == INTEGERS:
        rest = _from_planes(data, rows, width).view(f"<u{width}").reshape(rows)
        return (rest.astype("<i8") + base).astype(kind)
    return _unpacked_differences(rows, width, base, first, scale, data)


def _unpacked_differences(
    rows: int, width: int, base: int, first: int, scale: int, data: memoryview
) -> NDArray[np.int64]:
    out = np.empty(rows, "<i8")
    out[0] = first
    steps = out[1:]
    if width:
        steps[:] = _from_planes(data, rows - 1, width).view(f"<u{width}").reshape(rows - 1)
        steps += base
    else:
        steps[:] = base
    steps *= scale
    return np.cumsum(out, out=out)


def _unpacked_pieces(rows: int, size: int, data: memoryview) -> list[bytes]:
    plain = zlib.decompress(data)
    if len(plain) != 4 * rows + size:
        raise ValueError("texts of another length than was written")
    ends = (4 * rows + np.cumsum(np.frombuffer(plain, "<u4", rows), dtype="<i8")).tolist()
    starts = [4 * rows, *ends[:-1]]
    return [plain[start:end] for start, end in zip(starts, ends)]
