"""One value as one cell of a row of the open segment: None, a number, a text or bytes.

A cell keeps every bit of the value: a NaN is eight bytes, since SQLite would make NULL of it.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from puretango.archive.sample._kind import Kind

__all__ = ["Cell", "cell_of", "number_of", "value_of"]

Cell = int | float | str | bytes | None

_DIMENSIONS = struct.Struct("<II")
_LENGTH = struct.Struct("<I")
_DOUBLE = struct.Struct("<d")
_MIDDLE = 1 << 63


def cell_of(kind: Kind, value: Any) -> Cell:
    """The cell of a value as a client receives it.

    Raises:
        TypeError, ValueError: The value is not of this kind.
    """
    if value is None:
        return None
    if not kind.is_scalar:
        return _array_cell(kind, value)
    if kind.is_float:
        number = float(value)
        return number if number == number else _DOUBLE.pack(number)
    if kind.type == "DevString":
        return str(value)
    if kind.type == "DevEncoded":
        return _encoded_cell(value)
    whole = int(value)
    if kind.type == "DevULong64" and whole >= _MIDDLE:
        whole -= 2 * _MIDDLE  # SQLite's integers are signed.
    return whole


def value_of(kind: Kind, cell: Cell) -> Any:
    """The value of a cell: a number, a text, (format, bytes), an array of one or two dimensions."""
    if cell is None:
        return None
    if not kind.is_scalar:
        return _array_value(kind, _bytes(cell))
    if kind.type == "DevString":
        return cell if isinstance(cell, str) else _bytes(cell).decode("utf-8", "replace")
    if kind.type == "DevEncoded":
        return _encoded_value(_bytes(cell))
    number = number_of(cell)
    if kind.is_float:
        return float(number)
    if kind.type == "DevBoolean":
        return bool(number)
    if kind.type == "DevULong64" and number < 0:
        return int(number) + 2 * _MIDDLE
    return int(number)


def number_of(cell: Cell) -> int | float:
    """The number in a scalar's cell."""
    if isinstance(cell, bytes):
        return float(_DOUBLE.unpack(cell)[0])
    if isinstance(cell, (int, float)):
        return cell
    raise TypeError(f"{cell!r} is not a number")


def _bytes(cell: Cell) -> bytes:
    if isinstance(cell, bytes):
        return cell
    raise TypeError(f"{cell!r} is not bytes")


def _encoded_cell(value: Any) -> bytes:
    name, data = value
    told = str(name).encode("utf-8")
    return _LENGTH.pack(len(told)) + told + bytes(data)


def _encoded_value(cell: bytes) -> tuple[str, bytes]:
    (size,) = _LENGTH.unpack_from(cell)
    return cell[4 : 4 + size].decode("utf-8"), cell[4 + size :]


def _array_cell(kind: Kind, value: Any) -> bytes:
    if kind.dtype is not None:
        array = np.ascontiguousarray(value, dtype=kind.dtype)
        return _DIMENSIONS.pack(*_dimensions(kind, array.shape)) + array.tobytes()
    rows = value if kind.format == "IMAGE" else [value]
    shape = (len(rows), len(rows[0]) if len(rows) else 0)
    parts = [_DIMENSIONS.pack(shape[1], shape[0] if kind.format == "IMAGE" else 0)]
    for row in rows:
        for text in row:
            piece = _encoded_cell(text) if kind.type == "DevEncoded" else str(text).encode("utf-8")
            parts += (_LENGTH.pack(len(piece)), piece)
    return b"".join(parts)


def _dimensions(kind: Kind, shape: tuple[int, ...]) -> tuple[int, int]:
    """dim_x and dim_y as Tango counts them: a spectrum's dim_y is 0."""
    if kind.format == "IMAGE":
        if len(shape) != 2:
            raise ValueError(f"an image has two dimensions, not {len(shape)}")
        return shape[1], shape[0]
    if len(shape) != 1:
        raise ValueError(f"a spectrum has one dimension, not {len(shape)}")
    return shape[0], 0


def _array_value(kind: Kind, cell: bytes) -> Any:
    dim_x, dim_y = _DIMENSIONS.unpack_from(cell)
    if kind.dtype is not None:
        array = np.frombuffer(cell, dtype=kind.dtype, offset=_DIMENSIONS.size)
        return array.reshape(dim_y, dim_x) if kind.format == "IMAGE" else array
    texts = _texts(kind, cell)
    if kind.format == "SPECTRUM":
        return tuple(texts)
    return tuple(tuple(texts[row * dim_x : (row + 1) * dim_x]) for row in range(dim_y))


def _texts(kind: Kind, cell: bytes) -> list[Any]:
    at, found = _DIMENSIONS.size, []
    while at < len(cell):
        (size,) = _LENGTH.unpack_from(cell, at)
        piece = cell[at + 4 : at + 4 + size]
        found.append(_encoded_value(piece) if kind.type == "DevEncoded" else piece.decode("utf-8"))
        at += 4 + size
    return found
