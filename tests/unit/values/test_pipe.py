"""Blobs: every type there and back, both spellings, and what is no blob."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from puretango.errors import ConnectionFailed
from puretango.idl import DevPipeBlob, DispLevel, PipeWriteType
from puretango.values import (
    CmdArgType,
    DevState,
    EventType,
    ExtractAs,
    PipeInfo,
    blob_from_wire,
    blob_to_wire,
    pipe_config,
    pipe_info,
)

T = CmdArgType


def there_and_back(blob: Any, extract_as: ExtractAs = ExtractAs.Numpy) -> Any:
    codec = DevPipeBlob.codec
    return blob_from_wire(codec.from_bytes(codec.to_bytes(blob_to_wire(blob))), extract_as)


def element(value: Any, dtype: Any = None) -> dict[str, Any]:
    given = {"name": "e", "value": value} | ({} if dtype is None else {"dtype": dtype})
    name, (found,) = there_and_back(("root", [given]))
    assert name == "root"
    assert found["name"] == "e"
    return found


SCALARS = [
    (T.DevBoolean, True),
    (T.DevUChar, 255),
    (T.DevShort, -32768),
    (T.DevUShort, 65535),
    (T.DevLong, -(2**31)),
    (T.DevULong, 2**32 - 1),
    (T.DevLong64, -(2**63)),
    (T.DevULong64, 2**64 - 1),
    (T.DevFloat, 1.5),
    (T.DevDouble, -1.7e308),
    (T.DevString, "caf\xe9"),
    (T.DevState, DevState.RUNNING),
    (T.DevEncoded, ("format", b"\0\1")),
]


@pytest.mark.parametrize(("dtype", "value"), SCALARS, ids=lambda each: str(each))
def test_every_scalar(dtype: CmdArgType, value: Any) -> None:
    assert element(value, dtype) == {"name": "e", "dtype": dtype, "value": value}
    assert element(value, str(dtype))["dtype"] is dtype


@pytest.mark.parametrize(("dtype", "value"), SCALARS[:-1], ids=lambda each: str(each))
@pytest.mark.parametrize("count", [0, 1, 2])
def test_every_array(dtype: CmdArgType, value: Any, count: int) -> None:
    found = element([value] * count, (dtype,))
    assert list(found["value"]) == [value] * count
    again = element(found["value"], found["dtype"])
    assert again["dtype"] is found["dtype"]
    assert list(again["value"]) == [value] * count


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (1, T.DevLong64),
        (True, T.DevBoolean),
        (1.5, T.DevDouble),
        ("text", T.DevString),
        (DevState.ON, T.DevState),
        ([1, 2], T.DevVarLong64Array),
        ((1.5,), T.DevVarDoubleArray),
        (["a"], T.DevVarStringArray),
        ([True], T.DevVarBooleanArray),
        ([DevState.ON], T.DevVarStateArray),
        (np.int16(3), T.DevShort),
        (np.arange(3, dtype=np.uint8), T.DevVarCharArray),
        (np.array(["a", "b"]), T.DevVarStringArray),
        (("inner", {"a": 1}), T.DevPipeBlob),
        (("inner", {}), T.DevPipeBlob),
    ],
)
def test_type_of_a_value_that_comes_without(value: Any, dtype: CmdArgType) -> None:
    assert element(value)["dtype"] is dtype


def test_blobs_in_blobs_in_every_spelling() -> None:
    expected = ("root", [{"name": "a", "dtype": T.DevLong64, "value": 1},
                         {"name": "b", "dtype": T.DevPipeBlob,
                          "value": ("in", [{"name": "c", "dtype": T.DevString, "value": "x"}])}])  # fmt: skip
    assert there_and_back(("root", {"a": 1, "b": ("in", {"c": "x"})})) == expected
    assert there_and_back(("root", [("a", 1), ("b", ("in", [("c", "x")]))])) == expected
    assert there_and_back(expected) == expected
    blob = {"name": "b", "blob": ("in", {"c": "x"})}
    assert there_and_back(("root", [{"name": "a", "value": 1}, blob])) == expected


def test_arrays_as_the_reader_wants_them() -> None:
    blob = ("", {"n": [1, 2], "s": ["a"]})
    as_numpy = there_and_back(blob)[1]
    assert isinstance(as_numpy[0]["value"], np.ndarray)
    as_list = there_and_back(blob, ExtractAs.List)[1]
    assert [each["value"] for each in as_list] == [[1, 2], ["a"]]
    as_tuple = there_and_back(blob, ExtractAs.Tuple)[1]
    assert [each["value"] for each in as_tuple] == [(1, 2), ("a",)]


@pytest.mark.parametrize(
    ("blob", "error"),
    [
        (3, TypeError),
        (("name", 3), TypeError),
        (("name", {"a": []}), ValueError),
        (("name", {"a": object()}), ValueError),
        (("name", {"a": {"b": 1}}), ValueError),
        (("name", {"a": 2**70}), TypeError),
        (("name", {"a": [[1]]}), TypeError),
        (("name", {"a": np.zeros((2, 2))}), TypeError),
        (("name", [{"name": "a", "value": [1], "dtype": (("int16",),)}]), TypeError),
        (("name", [{"name": "a", "value": 1, "dtype": "DevVoid"}]), TypeError),
        (("name", [{"name": "a", "value": 1, "type": "int16"}]), TypeError),
        (("name", [{"value": 1}]), TypeError),
        (("name", [{"name": "a", "value": 40000, "dtype": "int16"}]), OverflowError),
        (("\u20ac", {"a": 1}), UnicodeError),
    ],
)
def test_what_is_no_blob(blob: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        blob_to_wire(blob)


def test_names_are_unique_whatever_their_case() -> None:
    with pytest.raises(ConnectionFailed) as caught:
        blob_to_wire(("name", [("a", 1), ("A", 2)]))
    assert caught.value.args[0].reason == "API_PipeDuplicateDEName"


def test_a_blob_that_holds_itself() -> None:
    elements: list[Any] = []
    elements.append(("again", ("name", elements)))
    with pytest.raises(ValueError, match="nested too deeply"):
        blob_to_wire(("name", elements))


def test_configuration_there_and_back() -> None:
    info = PipeInfo(name="p", label="P", description="d", disp_level=DispLevel.EXPERT,
                    writable=PipeWriteType.PIPE_READ_WRITE)  # fmt: skip
    assert pipe_info(pipe_config(info)) == info
    assert "label = 'P'" in repr(info)


def test_pipe_events_are_no_attribute_events() -> None:
    assert EventType.PIPE_EVENT == 8
    assert EventType(8) is EventType.PIPE_EVENT
    assert EventType.PIPE_EVENT not in list(EventType)
    assert "PIPE_EVENT" not in EventType.__members__
