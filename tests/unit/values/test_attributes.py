"""Received attribute values as DeviceAttribute, against what PyTango showed of the same bytes."""

from __future__ import annotations

import contextlib
import random
from typing import Any

import numpy as np
import pytest

from puretango.cdr import CdrReader, CdrWriter
from puretango.errors import MarshalError
from puretango.idl import (
    OPERATIONS,
    AttrDataFormat,
    AttributeDataType,
    AttributeDim,
    AttributeValue,
    AttributeValue_3,
    AttributeValue_4,
    AttributeValue_5,
    AttrQuality,
    CmdArgType,
    DevState,
    TimeVal,
)
from puretango.values import (
    DeviceAttribute,
    ExtractAs,
    attribute_config,
    attribute_info,
    command_info,
    decode_value,
    decode_values,
    device_info,
    encode_command_value,
    encode_value,
    to_any_value,
)
from tests.data.golden_files import Golden, golden_messages


def read(peer: str, name: str) -> tuple[Golden, Any]:
    """The first recorded reply that holds just this attribute."""
    for message in golden_messages("read_attributes_5"):
        if message.peer == peer and message.part == "reply":
            values = OPERATIONS["read_attributes_5"].decode_result(
                CdrReader(message.data, message.little, message.body)
            )
            if len(values) == 1 and values[0].name == name:
                return message, values[0]
    raise AssertionError(name)


def test_a_scalar() -> None:
    found = decode_value(read("pytango", "double0")[1])
    assert (found.value, found.w_value) == (2.5, 0.0)
    assert found.type is CmdArgType.DevDouble
    assert found.data_format is AttrDataFormat.SCALAR
    assert found.quality is AttrQuality.ATTR_VALID
    assert (found.dim_x, found.dim_y, found.w_dim_x, found.w_dim_y) == (1, 0, 1, 0)
    assert (found.nb_read, found.nb_written) == (1, 1)
    assert not found.has_failed
    assert not found.is_empty
    assert found.get_date() is found.time
    assert found.time.totime() > 1.7e9


@pytest.mark.parametrize(
    ("name", "value", "w_value"),
    [
        ("boolr", True, None),
        ("long640", -(2**63), 0),
        ("ulong64r", 2**64 - 1, None),
        ("string0", "h\xe9llo", "Not initialised"),
        ("state0", DevState.MOVING, DevState.UNKNOWN),
        ("State", DevState.ALARM, None),
        ("enum0", 1, 0),
        ("enc", ("fmt", b"\1\2\3"), ("Not initialised", b"")),
        ("wo", 0.0, 0.0),
        ("string1", ("h\xe9llo", "h\xe9llo"), ("Not initialised",)),
        ("inv", None, None),
    ],
)
def test_plain_values(name: str, value: Any, w_value: Any) -> None:
    found = decode_value(read("pytango", name)[1])
    assert (found.value, found.w_value) == (value, w_value)
    assert type(found.value) is type(value)


@pytest.mark.parametrize(
    ("name", "dtype", "value", "w_value"),
    [
        ("double1", np.float64, [2.5, 2.5], [0.0]),
        ("double2", np.float64, [[2.5] * 3] * 2, []),
        ("bool1", np.bool_, [True, True], [True]),
        ("state1", np.uint32, [6, 6], [13]),
        ("enum1", np.int16, [1, 1], [0]),
        ("empty", np.float64, [], []),
    ],
)
def test_arrays(name: str, dtype: Any, value: Any, w_value: Any) -> None:
    found = decode_value(read("pytango", name)[1])
    assert found.value.dtype == found.w_value.dtype == dtype
    assert found.value.tolist() == value
    assert found.w_value.tolist() == w_value


@pytest.mark.parametrize(
    ("extract_as", "name", "value"),
    [
        (ExtractAs.Tuple, "double1", (2.5, 2.5)),
        (ExtractAs.List, "double2", [[2.5] * 3] * 2),
        (ExtractAs.Bytes, "bool1", b"\1\1"),
        (ExtractAs.ByteArray, "state1", bytearray(b"\6\0\0\0\6\0\0\0")),
        (ExtractAs.String, "enc", ("fmt", "\1\2\3")),
        (ExtractAs.Tuple, "state1", (DevState.MOVING, DevState.MOVING)),
        (ExtractAs.List, "double0", 2.5),
    ],
)
def test_other_forms(extract_as: ExtractAs, name: str, value: Any) -> None:
    assert decode_value(read("pytango", name)[1], extract_as).value == value


def test_no_value_wanted() -> None:
    found = decode_value(read("pytango", "double1")[1], ExtractAs.Nothing)
    assert not hasattr(found, "value")


def test_a_failed_attribute() -> None:
    found = decode_value(read("cpptango", "nosuch")[1])
    assert found.has_failed
    assert found.is_empty
    assert found.value is None
    assert found.type is CmdArgType.DevVoid
    assert found.data_format is AttrDataFormat.FMT_UNKNOWN
    assert found.get_err_stack()[0].reason == "API_AttrNotFound"


def test_text_forms() -> None:
    found = decode_value(read("pytango", "doubler")[1])
    lines = str(found).splitlines()
    assert lines[0] == "DeviceAttribute["
    assert lines[1] == "    data_format = <AttrDataFormat.SCALAR: 0>"
    assert '    name = "doubler"' in lines
    assert any(line.startswith("    time = TimeVal(tv_nsec = ") for line in lines)
    assert repr(DeviceAttribute()).startswith(
        "DeviceAttribute(data_format = <AttrDataFormat.FMT_UNKNOWN: 3>, dim_x = 0, dim_y = 0, "
        "name = 'Name not set', nb_read = 0,"
    )


def test_copies_are_deep() -> None:
    found = decode_value(read("pytango", "double1")[1])
    copy = DeviceAttribute(found)
    copy.value[0] = 99
    assert found.value[0] == 2.5
    assert copy.name == "double1"


def test_dimensions_that_do_not_fit() -> None:
    value = AttributeValue_5(
        (AttributeDataType.ATT_DOUBLE, [1.0]),
        data_format=AttrDataFormat.SPECTRUM,
        data_type=5,
        r_dim=AttributeDim(1000, 0),
    )
    with pytest.raises(MarshalError):
        decode_value(value)


def test_configurations_go_round() -> None:
    for message in golden_messages("get_attribute_config_5"):
        if message.part != "reply":
            continue
        for config in OPERATIONS[message.operation].decode_result(
            CdrReader(message.data, message.little, message.body)
        ):
            again = attribute_config(attribute_info(config), 5)
            again.mem_init = config.mem_init  # only kept for memorized attributes
            assert again == config
            for version in (1, 2, 3):
                assert attribute_config(attribute_info(config), version).name == config.name


def test_descriptions() -> None:
    for message in golden_messages("info_6", "info_3", "command_list_query_2"):
        if message.part != "reply":
            continue
        received = OPERATIONS[message.operation].decode_result(
            CdrReader(message.data, message.little, message.body)
        )
        if message.operation == "command_list_query_2":
            assert all(command_info(each).cmd_name for each in received)
        else:
            info = device_info(received)
            assert info.server_host
            assert bool(info.version_info) == (message.operation == "info_6")


@pytest.mark.parametrize("extract_as", [ExtractAs.Numpy, ExtractAs.List, ExtractAs.Nothing])
@pytest.mark.parametrize("little", [False, True])
def test_several_at_once_as_one_by_one(extract_as: ExtractAs, little: bool) -> None:
    operation = OPERATIONS["read_attributes_5"]
    for message in golden_messages("read_attributes_5"):
        if message.part != "reply":
            continue
        values = operation.decode_result(CdrReader(message.data, message.little, message.body))
        writer = CdrWriter(little)
        operation.encode_result(writer, values)
        reader = CdrReader(writer.getvalue(), little)
        found = decode_values(reader, extract_as)
        assert reader.remaining == 0
        assert [str(each) for each in found] == [
            str(decode_value(each, extract_as)) for each in values
        ]
        assert [each.get_err_stack() for each in found] == [tuple(each.err_list) for each in values]


def test_several_from_hostile_bytes() -> None:
    chance = random.Random(3)
    for message in golden_messages("read_attributes_5"):
        if message.part != "reply" or len(message.data) > 2000:
            continue
        for end in range(message.body, len(message.data), 5):
            with contextlib.suppress(MarshalError):
                decode_values(CdrReader(message.data[:end], message.little, message.body))
        for _ in range(60):
            data = bytearray(message.data)
            data[chance.randrange(message.body, len(data))] = chance.randrange(256)
            with contextlib.suppress(MarshalError, ValueError):
                decode_values(CdrReader(data, message.little, message.body))


@pytest.mark.parametrize("data_type", [1, 5, 8, 19, 28, 29])
def test_values_of_old_devices(data_type: int) -> None:
    """IDL 1 to 4: in an Any or in a union without data type, one pair of dimensions or two."""
    samples = {1: True, 5: 1.5, 8: "a", 19: DevState.ALARM, 28: ("f", b"x"), 29: 3}
    sample = samples[data_type]
    form = encode_value("x", sample, data_type, AttrDataFormat.SCALAR)
    old = to_any_value(form, data_type)
    again = AttributeValue.codec.from_bytes(AttributeValue.codec.to_bytes(old))
    found = decode_value(again)
    assert found.value == sample
    assert found.data_format is AttrDataFormat.SCALAR
    three = AttributeValue_3(
        again.value, again.quality, again.time, "x", form.w_dim, AttributeDim(0, 0), []
    )
    assert decode_value(three).value == sample
    form.data_format = AttrDataFormat.SCALAR
    form.r_dim = form.w_dim
    four = AttributeValue_4.codec.from_bytes(AttributeValue_4.codec.to_bytes(form))
    assert decode_value(four).value == sample


def test_the_state_of_an_old_device() -> None:
    """IDL 3 sends the device's State as a single enum in the Any."""
    state = encode_command_value(CmdArgType.DevState, DevState.MOVING)
    value = AttributeValue_3(state, name="State", r_dim=AttributeDim(1, 0))
    found = decode_value(value)
    assert found.value is DevState.MOVING
    assert found.type is CmdArgType.DevState


def test_values_of_another_type_than_announced() -> None:
    """What a server says of its own value may be wrong: that is one error, not a surprise."""
    for label, items, data_type in (
        (AttributeDataType.ATT_STATE, [DevState.ON], CmdArgType.DevEncoded),
        (AttributeDataType.ATT_STRING, ["text"], CmdArgType.DevState),
        (AttributeDataType.ATT_DOUBLE, [1.0], CmdArgType.DevString),
    ):
        for data_format in (AttrDataFormat.SCALAR, AttrDataFormat.SPECTRUM):
            value = AttributeValue_5(
                value=(label, items),
                quality=AttrQuality.ATTR_VALID,
                data_format=data_format,
                data_type=data_type,
                time=TimeVal(0, 0, 0),
                name="x",
                r_dim=AttributeDim(1, 0),
                w_dim=AttributeDim(0, 0),
                err_list=[],
            )
            with pytest.raises(MarshalError, match="announced as data type"):
                decode_value(value)
