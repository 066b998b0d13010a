"""Users' values → wire values: what PyTango takes, and its errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from puretango.cdr import ANY
from puretango.errors import DevFailed
from puretango.idl import AttrDataFormat, CmdArgType, DevState
from puretango.values import (
    DeviceData,
    ExtractAs,
    decode_command_argument,
    encode_command_value,
    encode_value,
    join,
    to_wire,
)

T = CmdArgType
SCALAR, SPECTRUM, IMAGE = AttrDataFormat.SCALAR, AttrDataFormat.SPECTRUM, AttrDataFormat.IMAGE


def through_the_wire(cmd_type: CmdArgType, value: Any) -> Any:
    form = ANY.to_bytes(encode_command_value(cmd_type, value))
    return decode_command_argument(cmd_type, ANY.from_bytes(form))


@pytest.mark.parametrize(
    ("cmd_type", "value", "expected"),
    [
        (T.DevVoid, None, None),
        (T.DevBoolean, 1, True),
        (T.DevBoolean, np.True_, True),
        (T.DevLong, True, 1),
        (T.DevLong, np.int64(3), 3),
        (T.DevLong64, -(2**63), -(2**63)),
        (T.DevULong64, 2**64 - 1, 2**64 - 1),
        (T.DevUChar, 255, 255),
        (T.DevFloat, 1e300, float("inf")),
        (T.DevDouble, np.float32(1.5), 1.5),
        (T.DevString, b"by", "by"),
        (T.DevString, "a\0b", "a"),
        (T.DevString, "h\xe9", "h\xe9"),
        (T.DevState, DevState.FAULT, DevState.FAULT),
        (T.DevEncoded, ("f", b"\0\1"), ("f", b"\0\1")),
        (T.DevEncoded, ("f", "b\xe9"), ("f", b"b\xc3\xa9")),
        (T.DevVarStringArray, ["a", ""], ["a", ""]),
        (T.DevVarStateArray, [0, 13], [DevState.ON, DevState.UNKNOWN]),
    ],
)
def test_command_values(cmd_type: CmdArgType, value: Any, expected: Any) -> None:
    found = through_the_wire(cmd_type, value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("cmd_type", "value", "dtype", "expected"),
    [
        (T.DevVarDoubleArray, [1, 2.5], np.float64, [1, 2.5]),
        (T.DevVarBooleanArray, [True, 0], np.bool_, [True, False]),
        (T.DevVarCharArray, b"ab", np.uint8, [97, 98]),
        (T.DevVarCharArray, [255, 0], np.uint8, [255, 0]),
        (T.DevVarShortArray, np.array([1, 7000]), np.int16, [1, 7000]),
        (T.DevVarShortArray, np.array([2.0]), np.int16, [2]),
        (T.DevVarBooleanArray, np.array([1, 0]), np.bool_, [True, False]),
        (T.DevVarLongArray, [], np.int32, []),
        (T.DevVarULong64Array, [2**64 - 1], np.uint64, [2**64 - 1]),
        (T.DevVarFloatArray, [1e300], np.float32, [float("inf")]),
    ],
)
def test_command_arrays(cmd_type: CmdArgType, value: Any, dtype: Any, expected: Any) -> None:
    found = through_the_wire(cmd_type, value)
    assert found.dtype == dtype
    assert found.tolist() == expected
    assert found.flags.writeable


def test_number_and_string_arrays() -> None:
    numbers, strings = through_the_wire(T.DevVarLongStringArray, ([1, 2], ["a"]))
    assert (numbers.dtype, numbers.tolist(), strings) == (np.int32, [1, 2], ["a"])
    numbers, strings = through_the_wire(T.DevVarDoubleStringArray, [[1.5], []])
    assert (numbers.dtype, numbers.tolist(), strings) == (np.float64, [1.5], [])


@pytest.mark.parametrize(
    ("cmd_type", "value", "error"),
    [
        (T.DevBoolean, 2, OverflowError),
        (T.DevLong, "x", TypeError),
        (T.DevLong, 1.5, TypeError),
        (T.DevLong, 2**31, OverflowError),
        (T.DevLong, 2**70, TypeError),
        (T.DevULong, -1, TypeError),
        (T.DevDouble, "a", TypeError),
        (T.DevString, 5, TypeError),
        (T.DevString, "\u20ac", UnicodeError),
        (T.DevEncoded, 5, TypeError),
        (T.DevVarDoubleArray, "ab", DevFailed),
        (T.DevVarDoubleArray, 3, DevFailed),
        (T.DevVarShortArray, [1, 70000], OverflowError),
        (T.DevVarShortArray, np.array([1, 70000]), OverflowError),
        (T.DevVarShortArray, np.array([1.5]), TypeError),
        (T.DevVarShortArray, np.array([np.nan]), TypeError),
        (T.DevVarShortArray, np.array([1e300]), OverflowError),
        (T.DevVarULongArray, np.array([-1]), OverflowError),
        (T.DevVarLong64Array, np.array([2**63], np.uint64), OverflowError),
        (T.DevVarLong64Array, np.array([2.0**63]), OverflowError),
        (T.DevVarBooleanArray, np.array([2]), OverflowError),
        (T.DevVarDoubleArray, np.array([1j]), TypeError),
        (T.DevVarCharArray, [256], OverflowError),
        (T.DevVarCharArray, [-1], TypeError),
        (T.DevVarCharArray, np.array([256], object), OverflowError),
        (T.DevVarShortArray, [1.5], TypeError),
        (T.DevVarShortArray, np.zeros((1, 2)), DevFailed),
        (T.DevVarStringArray, "abc", DevFailed),
        (T.DevVarStringArray, ["a", 5], TypeError),
        (T.DevVarLongStringArray, [1], DevFailed),
        (T.DevVarLongStringArray, ([1], "ab"), DevFailed),
        (T.DevPipeBlob, 5, TypeError),
    ],
)
def test_refused(cmd_type: CmdArgType, value: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        encode_command_value(cmd_type, value)


def test_an_argument_of_another_type() -> None:
    with pytest.raises(DevFailed) as caught:
        decode_command_argument(T.DevLong, encode_command_value(T.DevDouble, 1.5))
    assert caught.value.args[0].reason == "API_IncompatibleCmdArgumentType"


@pytest.mark.parametrize(
    ("data_type", "data_format", "value", "expected"),
    [
        (T.DevDouble, SCALAR, 2, ([2.0], 1, 0)),
        (T.DevShort, SPECTRUM, [1, 2], ([1, 2], 2, 0)),
        (T.DevShort, IMAGE, [[1, 2, 3], [4, 5, 6]], ([1, 2, 3, 4, 5, 6], 3, 2)),
        (T.DevString, IMAGE, [["a"], ["b"]], (["a", "b"], 1, 2)),
        (T.DevString, SPECTRUM, [], ([], 0, 0)),
        (T.DevEnum, SCALAR, 2, ([2], 1, 0)),
        (T.DevState, SPECTRUM, np.array([1], np.uint32), ([DevState.OFF], 1, 0)),
    ],
)
def test_attribute_values(data_type: Any, data_format: Any, value: Any, expected: Any) -> None:
    assert to_wire(data_type, data_format, value) == expected


def test_arrays_are_not_copied() -> None:
    image = np.zeros((3, 4), np.int32)
    items, dim_x, dim_y = to_wire(T.DevLong, IMAGE, image)
    assert items is image
    assert (dim_x, dim_y) == (4, 3)


def test_wrong_shapes() -> None:
    for data_format, value in ((IMAGE, [1]), (IMAGE, np.zeros(3)), (SPECTRUM, np.zeros((2, 2)))):
        with pytest.raises(DevFailed, match="Expecting a sequence"):
            to_wire(T.DevDouble, data_format, value)
    with pytest.raises(IndexError):
        to_wire(T.DevDouble, IMAGE, [[1, 2], [3]])
    with pytest.raises(DevFailed, match="only supported for SCALAR"):
        to_wire(T.DevEncoded, SPECTRUM, [])


def test_read_and_set_part_together() -> None:
    assert join([1], [2]) == [1, 2]
    assert join(np.array([1, 2]), [3]).tolist() == [1, 2, 3]
    assert join(["a"], []) == ["a"]


def test_what_a_client_writes() -> None:
    value = encode_value("x", [1.0, 2.0], T.DevDouble, SPECTRUM)
    assert value.data_format is AttrDataFormat.FMT_UNKNOWN
    assert (value.w_dim.dim_x, value.w_dim.dim_y) == (2, 0)


def test_device_data() -> None:
    data = DeviceData()
    assert data.is_empty()
    assert data.extract() is None
    with pytest.raises(DevFailed, match="API_EmptyDeviceData"):
        data.get_type()
    data.insert(T.DevVarLongArray, [1, 2])
    assert data.get_type() is T.DevVarLongArray
    assert data.extract(ExtractAs.List) == [1, 2]
    assert data.extract(ExtractAs.Tuple) == (1, 2)
    assert data.extract(ExtractAs.Nothing) is None
    with pytest.raises(TypeError, match="DEV_VOID"):
        data.insert(T.DevVoid, None)
    assert repr(data) == "DeviceData()"
