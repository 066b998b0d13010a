"""Values read at their places in messages, against the decoding of whole messages."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from puretango import idl
from puretango.cdr import CdrReader, CdrWriter
from puretango.errors import MarshalError
from puretango.idl import OPERATIONS, AttributeDataType
from puretango.values import (
    CmdArgType,
    DevState,
    argument_parser,
    decode_command_argument,
    encode_command_value,
    written_parser,
)

IDENT = (idl.LockerLanguage.CPP, 7)
ARGUMENTS: dict[CmdArgType, tuple[Any, Any]] = {
    CmdArgType.DevBoolean: (True, False),
    CmdArgType.DevUChar: (0, 255),
    CmdArgType.DevShort: (-5, 7),
    CmdArgType.DevULong: (1, 2**32 - 1),
    CmdArgType.DevLong64: (-(2**63), 5),
    CmdArgType.DevFloat: (1.5, -0.25),
    CmdArgType.DevDouble: (1e300, 0.1),
    CmdArgType.DevState: (DevState.ON, DevState.FAULT),
    CmdArgType.DevString: ("abcd", "efghi"),
    CmdArgType.DevVarDoubleArray: ([1.0, 2.0], [3.0, 4.0]),
    CmdArgType.DevVarStringArray: (["a", "bc"], ["x", "yz"]),
    CmdArgType.DevVarLongStringArray: (([1], ["a"]), ([2], ["b"])),
    CmdArgType.DevEncoded: (("fmt", b"12"), ("fmt", b"34")),
}


def _command(cmd_type: CmdArgType, value: Any, little: bool, start: int) -> bytes:
    writer = CdrWriter(little, start)
    any_value = encode_command_value(cmd_type, value)
    OPERATIONS["command_inout_4"].encode_args(writer, "Move", any_value, 0, IDENT)
    return bytes(start) + writer.getvalue()


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value.tolist() if isinstance(value, np.ndarray) else value


@pytest.mark.parametrize("little", [True, False], ids=["little", "big"])
@pytest.mark.parametrize("start", [64, 68])
@pytest.mark.parametrize("cmd_type", ARGUMENTS, ids=lambda one: one.name)
def test_arguments(cmd_type: CmdArgType, start: int, little: bool) -> None:
    first, second = ARGUMENTS[cmd_type]
    message, other = (_command(cmd_type, one, little, start) for one in (first, second))
    parse, (begin, end) = argument_parser(cmd_type, message, start, little)
    assert message[:begin] == other[:begin]
    assert message[end:] == other[end:]
    for each in (message, other):
        reader = CdrReader(each, little, start)
        whole = OPERATIONS["command_inout_4"].decode_args(reader)
        assert _plain(parse(each)) == _plain(decode_command_argument(cmd_type, whole[1]))


WRITTEN: list[tuple[AttributeDataType, list[Any], list[Any]]] = [
    (AttributeDataType.ATT_BOOL, [True], [False]),
    (AttributeDataType.ATT_UCHAR, [1], [255]),
    (AttributeDataType.ATT_SHORT, [-1], [300]),
    (AttributeDataType.ATT_DOUBLE, [1.5], [-2.5]),
    (AttributeDataType.ATT_LONG64, [2**40], [-1]),
    (AttributeDataType.ATT_STATE, [DevState.ON], [DevState.OFF]),
    (AttributeDataType.ATT_STRING, ["abc"], ["xy"]),
    (AttributeDataType.ATT_DOUBLE, [1.0, 2.0], [3.0, 4.0]),
    (AttributeDataType.ATT_STRING, ["a", "b"], ["c", "d"]),
]


def _write(kind: AttributeDataType, data: list[Any], little: bool, start: int) -> bytes:
    dim = idl.AttributeDim
    value = idl.AttributeValue_4(
        (kind, data), 0, 0, idl.TimeVal(0, 0, 0), "level", dim(0, 0), dim(len(data), 0), []
    )
    writer = CdrWriter(little, start)
    OPERATIONS["write_attributes_4"].encode_args(writer, [value], IDENT)
    return bytes(start) + writer.getvalue()


@pytest.mark.parametrize("little", [True, False], ids=["little", "big"])
@pytest.mark.parametrize("start", [64, 68])
@pytest.mark.parametrize(("kind", "first", "second"), WRITTEN)
def test_written_values(
    kind: AttributeDataType, first: list[Any], second: list[Any], start: int, little: bool
) -> None:
    message, other = (_write(kind, one, little, start) for one in (first, second))
    parse, (begin, end) = written_parser(kind, len(first) == 1, message, start, little)
    assert message[:begin] == other[:begin]
    assert message[end:] == other[end:]
    assert list(parse(message)) == first
    assert list(parse(other)) == second


def test_a_value_that_ends_elsewhere_is_none() -> None:
    message = _command(CmdArgType.DevString, "12345678", True, 64)
    parse, (begin, _) = argument_parser(CmdArgType.DevString, message, 64, True)
    shorter = bytearray(message)
    shorter[begin : begin + 4] = (3).to_bytes(4, "little")
    shorter[begin + 4 : begin + 7] = b"12\0"
    with pytest.raises(MarshalError):
        parse(bytes(shorter))
    shorter[begin : begin + 4] = (2**31).to_bytes(4, "little")
    with pytest.raises(MarshalError):
        parse(bytes(shorter))
