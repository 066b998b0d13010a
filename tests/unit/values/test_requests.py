"""Precomputed requests have the bytes that the long way gives."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from puretango.cdr import CdrWriter
from puretango.idl import (
    OPERATIONS,
    CmdArgType,
    CppClntIdent_6,
    DevSource,
    DevState,
    LockerLanguage,
    TraceContextVersion,
    TraceContextW3C,
)
from puretango.values import (
    COMMAND_CODECS,
    SCALARS,
    command_body,
    encode_command_value,
    encode_value,
    result_body,
    result_reader,
    scalar_command,
    scalar_result,
    scalar_write,
    write_body,
)

IDENT = (
    LockerLanguage.CPP_6,
    CppClntIdent_6(7, (TraceContextVersion.W3C_TC_V0, TraceContextW3C("", ""))),
)
TYPES = [1, 2, 3, 4, 5, 6, 7, 19, 22, 23, 24, 29]


def long_way(operation: str, *args: Any, offset: int, little: bool) -> bytes:
    writer = CdrWriter(little, offset)
    OPERATIONS[operation].encode_args(writer, *args)
    return writer.getvalue()


@pytest.mark.parametrize("data_type", TYPES)
@pytest.mark.parametrize("little", [True, False])
@pytest.mark.parametrize("offset", range(8))
def test_writes(data_type: int, little: bool, offset: int) -> None:
    form = scalar_write(data_type, "abc", IDENT, offset, little)
    assert form is not None
    body = form.body(1)
    value = encode_value("abc", 1, data_type, 0)
    assert body == long_way("write_attributes_4", [value], IDENT, offset=offset, little=little)
    assert form.match(body) == form.match(memoryview(body)) == 1
    assert form.match(body + b"\0") is None
    assert form.match(b"\7" + body[1:]) is None
    assert form.match(body[:-1] + b"\7") is None


@pytest.mark.parametrize("data_type", TYPES)
@pytest.mark.parametrize("little", [True, False])
@pytest.mark.parametrize("offset", range(8))
def test_commands(data_type: int, little: bool, offset: int) -> None:
    form = scalar_command(data_type, "Do", DevSource.DEV, IDENT, offset, little)
    assert form is not None
    body = form.body(1)
    argument = encode_command_value(data_type, 1)
    args = ("Do", argument, DevSource.DEV, IDENT)
    assert body == long_way("command_inout_4", *args, offset=offset, little=little)
    assert form.match(body) == 1


@pytest.mark.parametrize("data_type", TYPES)
@pytest.mark.parametrize("little", [True, False])
def test_results(data_type: int, little: bool) -> None:
    form = scalar_result(data_type, little)
    assert form is not None
    writer = CdrWriter(little)
    OPERATIONS["command_inout_4"].encode_result(writer, encode_command_value(data_type, 1))
    assert form.body(1) == writer.getvalue()


def test_errors_are_pytangos() -> None:
    form = scalar_write(CmdArgType.DevShort, "x", IDENT)
    assert form is not None
    with pytest.raises(TypeError, match="Expecting a integer"):
        form.body("x")
    with pytest.raises(OverflowError):
        form.body(70000)
    assert scalar_write(CmdArgType.DevString, "x", IDENT) is None
    assert scalar_result(CmdArgType.DevVarLongArray) is None


ARRAYS = {
    CmdArgType.DevVarBooleanArray: CmdArgType.DevBoolean,
    CmdArgType.DevVarCharArray: CmdArgType.DevUChar,
    CmdArgType.DevVarShortArray: CmdArgType.DevShort,
    CmdArgType.DevVarUShortArray: CmdArgType.DevUShort,
    CmdArgType.DevVarLongArray: CmdArgType.DevLong,
    CmdArgType.DevVarULongArray: CmdArgType.DevULong,
    CmdArgType.DevVarLong64Array: CmdArgType.DevLong64,
    CmdArgType.DevVarULong64Array: CmdArgType.DevULong64,
    CmdArgType.DevVarFloatArray: CmdArgType.DevFloat,
    CmdArgType.DevVarDoubleArray: CmdArgType.DevDouble,
}
"""Types of arrays, and of their elements."""


def _numbers(data_type: int, shape: Any) -> np.ndarray[Any, Any]:
    numbers = np.zeros(shape, SCALARS[data_type].dtype)
    numbers.reshape(-1)[::2] = 1
    return numbers


def _joined(body: Any) -> bytes:
    return b"".join(body) if isinstance(body, list) else bytes(body)


@pytest.mark.parametrize("data_type", ARRAYS.values())
@pytest.mark.parametrize("reads", [None, ["abc"]])
@pytest.mark.parametrize("offset", [0, 3, 4])
def test_written_arrays(data_type: int, reads: list[str] | None, offset: int) -> None:
    operation = "write_attributes_4" if reads is None else "write_read_attributes_5"
    rest = (IDENT,) if reads is None else (reads, IDENT)
    for data_format, shapes in ((1, (1, 2, 7, 9_001)), (2, ((1, 1), (3, 5), (2, 5_001)))):
        for name in ("abc", "abcd", "an_attribute"):
            body = write_body(data_type, data_format, name, IDENT, offset, reads)
            for shape in shapes:
                numbers = _numbers(data_type, shape)
                value = encode_value(name, numbers, data_type, data_format)
                wanted = long_way(operation, [value], *rest, offset=offset, little=True)
                assert _joined(body(numbers)) == wanted
                assert _joined(body(numbers.tolist())) == wanted
            nothing = encode_value(name, [], data_type, data_format)
            wanted = long_way(operation, [nothing], *rest, offset=offset, little=True)
            assert _joined(body([])) == wanted


@pytest.mark.parametrize(("cmd_type", "data_type"), ARRAYS.items())
@pytest.mark.parametrize("offset", [0, 3, 4])
def test_arrays_of_commands(cmd_type: int, data_type: int, offset: int) -> None:
    for name in ("Do", "Dot", "DoThis"):
        body = command_body(cmd_type, name, DevSource.DEV, IDENT, offset)
        for size in (0, 1, 2, 7, 9_001):
            numbers = _numbers(data_type, size)
            args = (name, encode_command_value(cmd_type, numbers), DevSource.DEV, IDENT)
            wanted = long_way("command_inout_4", *args, offset=offset, little=True)
            assert _joined(body(numbers)) == wanted
            assert _joined(body(numbers.tolist())) == wanted


def _result_encoder(cmd_type: int) -> Any:
    def encoded(value: Any) -> bytes:
        writer = CdrWriter(True)
        result = encode_command_value(cmd_type, value)
        OPERATIONS["command_inout_4"].encode_result(writer, result)
        return writer.getvalue()

    return encoded


@pytest.mark.parametrize("cmd_type", [*SCALARS, CmdArgType.DevVarDoubleStringArray])
def test_whatever_a_command_gives(cmd_type: int) -> None:
    """Whatever a command gives: the same octets as by the interface's codec, and the same refusals."""
    if cmd_type not in COMMAND_CODECS:
        pytest.skip("no type of commands")
    encoded = _result_encoder(cmd_type)
    answer = result_body(cmd_type, encoded)
    values: list[Any] = [0, 1, True, -1, 2**15, 2**31, 2**63, 2**64, 1.5, 1e300, float("inf")]
    values += [
        np.int16(3),
        np.float64(2.5),
        np.float32(1.25),
        np.bool_(True),
        None,
        [],
        [1],
        "",
        "a",
    ]
    values += [
        "café",
        "abc",
        "abcd",
        "a\0b",
        "kΩ",
        b"abcd",
        DevState.ALARM,
        ("raw", b"x"),
        ([1.5], ["a"]),
    ]
    for value in values:
        try:
            wanted: Any = encoded(value)
        except Exception as error:
            with pytest.raises(type(error), match=re.escape(str(error))):
                answer(value)
        else:
            assert _joined(answer(value)) == wanted


@pytest.mark.parametrize(("cmd_type", "data_type"), ARRAYS.items())
def test_arrays_of_results(cmd_type: int, data_type: int) -> None:
    encoded = _result_encoder(cmd_type)
    answer, reader = result_body(cmd_type, encoded), result_reader(cmd_type)
    assert answer is not encoded
    assert reader is not None
    assert _joined(answer([])) == encoded([])
    assert reader(encoded([])) is None
    for size in (1, 2, 3, 7, 9_001):
        numbers = _numbers(data_type, size)
        body = encoded(numbers)
        assert _joined(answer(numbers)) == _joined(answer(numbers.tolist())) == body
        found = reader(body)
        assert found.dtype == numbers.dtype
        assert found.flags.writeable
        assert found.tolist() == numbers.tolist()
        assert reader(body + b"\0") is None
        assert reader(body[:-1]) is None
        assert reader(b"\7" + body[1:]) is None
    assert result_reader(cmd_type, arrays=False) is None
