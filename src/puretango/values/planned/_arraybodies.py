"""Bodies with one array of numbers in them: writing an attribute, running a command, its result.

The octets before and after the numbers are encoded once; long arrays are sent from where they are.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from struct import Struct
from typing import Any, TypeAlias

import numpy as np

from puretango.cdr import Buffer, CdrWriter
from puretango.idl import OPERATIONS, TEXT, AttrDataFormat, CmdArgType
from puretango.values._attribute import encode_value
from puretango.values._command import encode_command_value
from puretango.values._convert import to_wire
from puretango.values._types import ARRAY_TO_SCALAR, SCALARS
from puretango.values.planned._requests import encode_write

__all__ = ["array_answer", "array_command", "array_result", "array_write"]

Body: TypeAlias = "Callable[[Any], Buffer | list[Buffer]]"
_NATIVE = sys.byteorder == "little"
_COUNT = Struct("<I")
_DIMS = Struct("<ii").pack
_JOINED = 16 * 1024
"""Octets up to which numbers are copied into the body."""
_COMMAND = OPERATIONS["command_inout_4"]


class _Around:
    """The octets around the numbers, taken from a body with two of them."""

    __slots__ = ("dtype", "head", "offset", "pad", "tail")

    def __init__(self, dtype: Any, whole: bytes, place: int, offset: int) -> None:
        """``place`` is that of the numbers' count in the body, ``offset`` the body's in its message."""
        start = place + 4
        start += -(start + offset) % dtype.itemsize
        end = start + 2 * dtype.itemsize
        end += -(end + offset) & 3
        self.dtype, self.offset = dtype, offset
        self.head, self.pad, self.tail = whole[:place], whole[place + 4 : start], whole[end:]

    def join(self, numbers: np.ndarray[Any, Any], tail: bytes) -> Buffer | list[Buffer]:
        """The body with these numbers, and another tail."""
        head = self.head + _COUNT.pack(numbers.size) + self.pad
        end = len(head) + numbers.nbytes + self.offset
        if tail:
            tail = bytes(-end & 3) + tail
        if numbers.nbytes <= _JOINED:
            return b"".join((head, numbers.data, tail))
        return [head, numbers.data.cast("B"), tail]


def _dtype_of(data_type: int) -> Any:
    if not _NATIVE or data_type == CmdArgType.DevState or data_type not in SCALARS:
        return None
    return SCALARS[data_type].dtype


def _whole(items: Any, dtype: Any) -> np.ndarray[Any, Any] | None:
    """Numbers in wire form as one row; None for none, and for what is in another form."""
    if type(items) is not np.ndarray or items.dtype is not dtype:
        return None
    if not items.size or not items.flags.c_contiguous:
        return None
    return items.reshape(-1) if items.ndim > 1 else items


def _is_ready(value: Any, dtype: Any) -> bool:
    """True for a row of numbers that travels as it lies in memory, so that nothing is to be converted."""
    return (
        type(value) is np.ndarray
        and value.dtype is dtype
        and value.ndim == 1
        and value.size > 0
        and value.flags.c_contiguous
    )


def array_write(
    data_type: int,
    data_format: int,
    name: str,
    ident: Any,
    offset: int,
    reads: list[str] | None,
    long_way: Body,
) -> Body | None:
    """The body of write_attributes_4 (with ``reads``, of write_read_attributes_5) for one array of numbers.

    None for other types; ``long_way`` makes the bodies of lists, and of what is to be refused.
    """
    dtype = _dtype_of(data_type)
    if dtype is None:
        return None
    image = data_format == AttrDataFormat.IMAGE
    example = np.zeros((2, 1) if image else 2, dtype)
    writer = CdrWriter(True, offset)
    encode_write(writer, encode_value(name, example, data_type, data_format), ident, reads)
    place = -offset % 4 + 8
    around = _Around(dtype, writer.getvalue(), place, offset)
    text = CdrWriter()
    TEXT.encode(text, name)
    # Quality, format and time; the name; the dimensions of the read part, which is missing.
    at = 20 + len(text.getvalue()) + -len(text.getvalue()) % 4 + 8
    first, last = around.tail[:at], around.tail[at + 8 :]

    def body(value: Any) -> Buffer | list[Buffer]:
        if not image and _is_ready(value, dtype):
            return around.join(value, first + _DIMS(value.size, 0) + last)
        items, dim_x, dim_y = to_wire(data_type, data_format, value)
        numbers = _whole(items, dtype)
        if numbers is None:
            return long_way(value)
        return around.join(numbers, first + _DIMS(dim_x, dim_y) + last)

    return body


def _element_of(cmd_type: int) -> Any:
    return _dtype_of(ARRAY_TO_SCALAR.get(CmdArgType(cmd_type), CmdArgType.DevVoid))


def array_command(
    cmd_type: int, command: str, source: Any, ident: Any, offset: int, long_way: Body
) -> Body | None:
    """The body of command_inout_4 with an array of numbers; None for other types."""
    dtype = _element_of(cmd_type)
    if dtype is None:
        return None
    argument = encode_command_value(cmd_type, np.zeros(2, dtype))
    writer = CdrWriter(True, offset)
    _COMMAND.encode_args(writer, command, argument, source, ident)
    before = CdrWriter(True, offset)
    TEXT.encode(before, command)
    argument.typecode.encode(before)
    place = before.tell()
    around = _Around(dtype, writer.getvalue(), place + -(place + offset) % 4, offset)

    def body(value: Any) -> Buffer | list[Buffer]:
        if _is_ready(value, dtype):
            return around.join(value, around.tail)
        numbers = _whole(encode_command_value(cmd_type, value).value, dtype)
        return long_way(value) if numbers is None else around.join(numbers, around.tail)

    return body


def array_answer(cmd_type: int, long_way: Body) -> Body | None:
    """The body of a command's reply with an array of numbers; None for other types."""
    dtype = _element_of(cmd_type)
    if dtype is None:
        return None
    result = encode_command_value(cmd_type, np.zeros(2, dtype))
    writer, before = CdrWriter(True), CdrWriter(True)
    _COMMAND.encode_result(writer, result)
    result.typecode.encode(before)
    place = before.tell()
    around = _Around(dtype, writer.getvalue(), place + -place % 4, 0)

    def body(value: Any) -> Buffer | list[Buffer]:
        if _is_ready(value, dtype):
            return around.join(value, around.tail)
        numbers = _whole(encode_command_value(cmd_type, value).value, dtype)
        return long_way(value) if numbers is None else around.join(numbers, around.tail)

    return body


def array_result(cmd_type: int) -> Callable[[Any], Any] | None:
    """From the body of a command's reply to the array in it, None for another shape; None for other types."""
    dtype = _element_of(cmd_type)
    if dtype is None:
        return None
    before = CdrWriter(True)
    encode_command_value(cmd_type, np.zeros(2, dtype)).typecode.encode(before)
    head = before.getvalue()
    place = len(head) + -len(head) % 4
    start = place + 4 + -(place + 4) % dtype.itemsize

    def match(body: Any) -> Any:
        if len(body) <= start or body[: len(head)] != head:
            return None
        (count,) = _COUNT.unpack_from(body, place)
        if not count or start + count * dtype.itemsize != len(body):
            return None
        numbers = np.frombuffer(body, dtype, count, start)
        return numbers if numbers.flags.writeable else numbers.copy()

    return match
