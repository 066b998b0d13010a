"""Bodies of requests in which only the value changes: writing an attribute, running a command.

The octets before and after the value are encoded once; numbers, texts and arrays of numbers are put between.
Other arrays are encoded each time, by the interface's own codec.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from typing import Any, TypeAlias

from puretango.cdr import Buffer, CdrWriter
from puretango.idl import OPERATIONS, AttrDataFormat, CmdArgType
from puretango.values._attribute import encode_value
from puretango.values._command import encode_command_value
from puretango.values._convert import SCALAR_TO_WIRE
from puretango.values.planned._arraybodies import (
    array_answer,
    array_command,
    array_result,
    array_write,
)
from puretango.values.planned._requests import (
    encode_write,
    scalar_command,
    scalar_result,
    scalar_write,
)

__all__ = ["Body", "command_body", "result_body", "result_reader", "write_body"]

Body: TypeAlias = "Callable[[Any], Buffer | list[Buffer]]"
"""From a user's value to the body of the request, a large one in parts; raises PyTango's errors for a wrong one."""

_COMMAND = OPERATIONS["command_inout_4"]
_LENGTH = Struct("<I")
_pack_length = _LENGTH.pack
_unpack_length = _LENGTH.unpack_from
_PADS = (b"\0\0\0\0", b"\0\0\0", b"\0\0", b"\0")
"""By a text's length modulo 4: its NUL, and what aligns the next word."""


def _parts(writer: CdrWriter) -> Buffer | list[Buffer]:
    """What was written: one buffer, or several of which the large ones were not copied."""
    parts = writer.buffers()
    return parts[0] if len(parts) == 1 else parts


class _TextBody:
    """A body with one text in it, whose length stands at a multiple of four."""

    __slots__ = ("_convert", "_head", "_tail")

    def __init__(self, data_type: int, without: bytes, place: int) -> None:
        """``without`` is the body of an empty text: its length, one, and the NUL, padded to a word."""
        self._head = without[:place]
        self._tail = without[place + 8 :]
        self._convert = SCALAR_TO_WIRE[data_type]

    def __call__(self, value: Any) -> bytes:
        text: bytes = self._convert(value).encode("latin-1")
        size = len(text)
        return self._head + _pack_length(size + 1) + text + _PADS[size & 3] + self._tail


def write_body(
    data_type: int,
    data_format: int,
    name: str,
    ident: Any,
    offset: int = 0,
    reads: list[str] | None = None,
) -> Body:
    """The body of write_attributes_4 for one attribute; with ``reads`` that of write_read_attributes_5.

    ``offset`` is the body's place in its message, as for :class:`~puretango.cdr.CdrWriter`.
    """
    if data_format == AttrDataFormat.SCALAR:
        if data_type != CmdArgType.DevState:
            number = scalar_write(data_type, name, ident, offset, True, reads)
            if number is not None:
                return number.body
        if data_type == CmdArgType.DevString and offset % 4 == 0:
            empty = encode_value(name, "", data_type, data_format)
            writer = CdrWriter(True, offset)
            encode_write(writer, empty, ident, reads)
            return _TextBody(data_type, writer.getvalue(), 12)

    def encode(value: Any) -> Buffer | list[Buffer]:
        writer = CdrWriter(True, offset)
        encoded = encode_value(name, value, data_type, data_format)
        encode_write(writer, encoded, ident, reads)
        return _parts(writer)

    if data_format in (AttrDataFormat.SPECTRUM, AttrDataFormat.IMAGE):
        return array_write(data_type, data_format, name, ident, offset, reads, encode) or encode
    return encode


def command_body(cmd_type: int, command: str, source: Any, ident: Any, offset: int = 0) -> Body:
    """The body of command_inout_4 with an argument of a known type."""
    if cmd_type != CmdArgType.DevState:
        number = scalar_command(cmd_type, command, source, ident, offset)
        if number is not None:
            return number.body
    if cmd_type == CmdArgType.DevString and offset % 4 == 0:
        argument = encode_command_value(cmd_type, "")
        writer = CdrWriter(True, offset)
        _COMMAND.encode_args(writer, command, argument, source, ident)
        before = CdrWriter(True, offset)
        before.string(command)
        argument.typecode.encode(before)
        place = before.tell()
        return _TextBody(cmd_type, writer.getvalue(), place + -place % 4)

    def encode(value: Any) -> Buffer | list[Buffer]:
        if cmd_type == CmdArgType.DevVoid and value is not None:
            raise TypeError("the command has no argument")
        writer = CdrWriter(True, offset)
        _COMMAND.encode_args(writer, command, encode_command_value(cmd_type, value), source, ident)
        return _parts(writer)

    return array_command(cmd_type, command, source, ident, offset, encode) or encode


def result_body(cmd_type: int, long_way: Body) -> Body:
    """The body of a command's reply, which stands at a multiple of eight in its message.

    ``long_way`` makes the bodies of results that are neither numbers, nor arrays of them, nor a text.
    """
    if cmd_type == CmdArgType.DevString:
        return _text_body
    if cmd_type != CmdArgType.DevState:
        number = scalar_result(cmd_type)
        if number is not None:
            return number.body
    return array_answer(cmd_type, long_way) or long_way


_TEXT_CODE = bytes((18, 0, 0, 0, 0, 0, 0, 0))
"""The type code of an unbounded string in an Any."""


def _text_body(value: Any) -> bytes:
    text: bytes = SCALAR_TO_WIRE[CmdArgType.DevString](value).encode("latin-1")
    # Nothing follows that would have to be aligned.
    return _TEXT_CODE + _pack_length(len(text) + 1) + text + b"\0"


def _text_result(body: Any) -> str | None:
    if body[:8] != _TEXT_CODE or len(body) < 13:
        return None
    (length,) = _unpack_length(body, 8)
    if not length or 12 + length != len(body) or body[11 + length]:
        return None
    return str(body[12 : 11 + length], "latin-1")


def result_reader(cmd_type: int, arrays: bool = True) -> Callable[[Any], Any] | None:
    """From the body of a command's reply to its result, None for another shape; None for other types.

    ``arrays`` are given as numpy's, or not at all.
    """
    if cmd_type == CmdArgType.DevString:
        return _text_result
    if cmd_type == CmdArgType.DevState:
        return None
    number = scalar_result(cmd_type)
    if number is not None:
        return number.match
    return array_result(cmd_type) if arrays else None
