"""Precomputed requests: writing a scalar, a command with a scalar, in one pack.

All but the value is the same in every request of the kind: the constant head and tail are kept.
The same objects take requests apart again on the server; a request that differs in anything
else (its padding too) does not match, and goes the long way.
"""

from __future__ import annotations

from struct import Struct
from typing import Any

from puretango.cdr import CdrWriter
from puretango.idl import OPERATIONS, TEXT, AttrDataFormat
from puretango.values._attribute import encode_value
from puretango.values._command import encode_command_value
from puretango.values._convert import SCALAR_TO_WIRE
from puretango.values._types import SCALARS

_SIZES = {"?": 1, "B": 1, "h": 2, "H": 2, "i": 4, "I": 4, "f": 4, "q": 8, "Q": 8, "d": 8}


def _kind_of(data_type: int) -> str | None:
    kind = SCALARS.get(data_type)
    return kind.char if kind is not None and kind.char else None


class ScalarBody:
    """A body with one number in it: ``head``, the number, ``tail``."""

    __slots__ = ("_convert", "_number", "_place", "head", "size", "tail")

    def __init__(self, data_type: int, whole: bytes, place: int, little: bool) -> None:
        char = SCALARS[data_type].char
        self._number = Struct(("<" if little else ">") + char)
        self._place = place
        end = place + _SIZES[char]
        self.head = whole[:place]
        self.tail = whole[end:]
        self.size = len(whole)
        self._convert = SCALAR_TO_WIRE[data_type]

    def body(self, value: Any) -> bytes:
        """The body with a user's value in it; raises PyTango's errors for a wrong one."""
        return self.head + self._number.pack(self._convert(value)) + self.tail

    def match(self, body: Any) -> Any:
        """The number in a body that is the same otherwise; None if it is not."""
        if (
            len(body) != self.size
            or body[: self._place] != self.head
            or body[self.size - len(self.tail) :] != self.tail
        ):
            return None
        return self._number.unpack_from(body, self._place)[0]


def encode_write(writer: CdrWriter, value: Any, ident: Any, reads: list[str] | None) -> None:
    """The arguments of write_attributes_4, or of write_read_attributes_5 if there is something to read."""
    if reads is None:
        OPERATIONS["write_attributes_4"].encode_args(writer, [value], ident)
    else:
        OPERATIONS["write_read_attributes_5"].encode_args(writer, [value], reads, ident)


def scalar_write(
    data_type: int,
    name: str,
    ident: Any,
    offset: int = 0,
    little: bool = True,
    reads: list[str] | None = None,
) -> ScalarBody | None:
    """The body of write_attributes_4 for one scalar; None for types of no fixed size.

    ``offset`` is the body's place in its message, as for :class:`~puretango.cdr.CdrWriter`; with ``reads``
    it is the body of write_read_attributes_5, which reads those.
    """
    char = _kind_of(data_type)
    if char is None:
        return None
    writer = CdrWriter(little, offset)
    value = encode_value(name, 0, data_type, AttrDataFormat.SCALAR)
    encode_write(writer, value, ident, reads)
    place = offset + -offset % 4 + 12
    place += -place % _SIZES[char]
    return ScalarBody(data_type, writer.getvalue(), place - offset, little)


def scalar_command(
    cmd_type: int,
    command: str,
    source: Any,
    ident: Any,
    offset: int = 0,
    little: bool = True,
) -> ScalarBody | None:
    """The body of command_inout_4 with a scalar argument; None for types of no fixed size."""
    char = _kind_of(cmd_type)
    if char is None:
        return None
    writer = CdrWriter(little, offset)
    argument = encode_command_value(cmd_type, 0)
    OPERATIONS["command_inout_4"].encode_args(writer, command, argument, source, ident)
    before = CdrWriter(little, offset)
    TEXT.encode(before, command)
    argument.typecode.encode(before)
    place = offset + before.tell()
    place += -place % _SIZES[char]
    return ScalarBody(cmd_type, writer.getvalue(), place - offset, little)


def scalar_result(cmd_type: int, little: bool = True) -> ScalarBody | None:
    """The body of a command's reply with a scalar result; None for types of no fixed size."""
    char = _kind_of(cmd_type)
    if char is None:
        return None
    writer = CdrWriter(little)
    result = encode_command_value(cmd_type, 0)
    OPERATIONS["command_inout_4"].encode_result(writer, result)
    before = CdrWriter(little)
    result.typecode.encode(before)
    place = before.tell()
    place += -place % _SIZES[char]
    return ScalarBody(cmd_type, writer.getvalue(), place, little)
