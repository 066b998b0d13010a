"""Precomputed requests have the bytes that the long way gives."""

from __future__ import annotations

from typing import Any

import pytest

from puretango.cdr import CdrWriter
from puretango.idl import (
    OPERATIONS,
    CmdArgType,
    CppClntIdent_6,
    DevSource,
    LockerLanguage,
    TraceContextVersion,
    TraceContextW3C,
)
from puretango.values import (
    encode_command_value,
    encode_value,
    scalar_command,
    scalar_result,
    scalar_write,
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
