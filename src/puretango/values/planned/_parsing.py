"""Parsers of requests in which only a value changes: the value's place, and the function that reads it.

A server that knows a request by all the octets around its value needs to decode no more than that.
The padding after the value belongs to it: its contents mean nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from struct import Struct
from typing import Any

import numpy as np

from puretango.cdr import CdrReader, Codec, TypeCode
from puretango.errors import MarshalError
from puretango.idl import AttrValUnion, CmdArgType
from puretango.values._command import _FROM_WIRE
from puretango.values._types import ARRAY_TO_SCALAR, COMMAND_CODECS, SCALARS

Parse = Callable[[bytes], Any]
"""From a whole message of the shape to its value; raises MarshalError if there is another one."""
Parsed = tuple[Parse, tuple[int, int]]
"""The parser, and where what it parses begins and ends."""

_SIZES = {"?": 1, "B": 1, "h": 2, "H": 2, "i": 4, "I": 4, "f": 4, "q": 8, "Q": 8, "d": 8}
_MEMBERS = AttrValUnion.arms
_CHARS: dict[int, str] = {
    kind.union: kind.char
    for kind in SCALARS.values()
    if kind.char and kind.tango != CmdArgType.DevState
}
"""struct's letters for types that are numbers to the user too."""
_TEXTS = SCALARS[CmdArgType.DevString].union
_PLAIN = frozenset("BhHiIqQfd")
"""Numbers of which every pattern of bits is one."""
_NATIVE = sys.byteorder == "little"


def argument_parser(cmd_type: int, data: bytes, start: int, little: bool) -> Parsed:
    """For messages like this command_inout_4, whose arguments begin at ``start``.

    It gives the argument as :func:`decode_command_argument` does.
    """
    reader = CdrReader(data, little, start)
    reader.string()
    TypeCode.decode(reader)
    codec, convert = COMMAND_CODECS[cmd_type], _FROM_WIRE[cmd_type]
    char = SCALARS[cmd_type].char if cmd_type in SCALARS else ""
    if char and cmd_type != CmdArgType.DevState:
        return _number(char, reader.pos, little)
    if cmd_type == CmdArgType.DevString:
        return _text(data, reader.pos, little)
    element = SCALARS.get(ARRAY_TO_SCALAR.get(CmdArgType(cmd_type), CmdArgType.DevVoid))
    if element is not None and _are_plain(element.char, little):
        parse, span = _numbers(element.dtype, data, reader.pos)
        return (lambda message: parse(message).copy()), span
    parse, span = _value(codec, data, reader.pos, little)
    return (lambda message: convert(parse(message))), span


def written_parser(kind: int, is_one: bool, data: bytes, start: int, little: bool) -> Parsed:
    """For messages like this write_attributes_4 or write_read_attributes_5 of one value.

    It gives the member of the union that ``kind`` selects: a list of one element if ``is_one``, else
    a list or an array, which may not be written to.
    """
    place = start + -start % 4 + 8  # after the number of values, and the union's discriminator
    char = _CHARS.get(kind)
    if not is_one and char is not None and _are_plain(char, little):
        return _numbers(np.dtype(char), data, place)
    if not is_one or (char is None and kind != _TEXTS):
        codec: Codec[Any] = _MEMBERS[kind][1]
        return _value(codec, data, place, little)
    if char is None:
        parse, span = _text(data, place + 4, little)
    else:
        parse, span = _number(char, place + 4, little)
    return (lambda message: [parse(message)]), span


def _number(char: str, place: int, little: bool) -> Parsed:
    """The parser of a number, whose place is always the same."""
    size = _SIZES[char]
    begin = place + -place % size
    unpack = Struct(("<" if little else ">") + char).unpack_from

    def parse(message: bytes) -> Any:
        return unpack(message, begin)[0]

    end = begin + size
    return parse, (place, end + -end % 4)


def _are_plain(char: str, little: bool) -> bool:
    return char in _PLAIN and little is _NATIVE


def _numbers(dtype: np.dtype[Any] | None, data: bytes, place: int) -> Parsed:
    """Numbers, as many each time."""
    assert dtype is not None
    begin = place + -place % 4
    unpack = Struct("=I").unpack_from
    start = begin + 4
    start += -start % dtype.itemsize
    (count,) = unpack(data, begin)
    if not count:
        start = begin + 4  # nothing follows that would have to be aligned

    def parse(message: bytes) -> Any:
        if unpack(message, begin)[0] != count:
            raise MarshalError("another number of values")
        return np.frombuffer(message, dtype, count, start)

    end = start + count * dtype.itemsize
    return parse, (begin, end + -end % 4)


def _text(data: bytes, place: int, little: bool) -> Parsed:
    """A text of Latin-1: another one has to end in the same word."""
    begin = place + -place % 4
    unpack = Struct("<I" if little else ">I").unpack_from

    last = -(begin + 4 + unpack(data, begin)[0]) // 4

    def parse(message: bytes) -> Any:
        end = begin + 4 + unpack(message, begin)[0]
        if -end // 4 != last or end < begin + 5 or message[end - 1]:
            raise MarshalError("a text of another size, or without a NUL at its end")
        return str(message[begin + 4 : end - 1], "latin-1")

    return parse, (begin, -4 * last)


def _value(codec: Codec[Any], data: bytes, place: int, little: bool) -> Parsed:
    """The parser of a value of some size: another value has to end where this one does."""
    decode = codec.decoder(little)
    reader = CdrReader(data, little, place)
    decode(reader)
    end = reader.pos

    def parse(message: bytes) -> Any:
        reader = CdrReader(message, little, place)
        value = decode(reader)
        if -reader.pos // 4 != -end // 4:
            raise MarshalError("a value of another size")
        return value

    return parse, (place, end + -end % 4)
