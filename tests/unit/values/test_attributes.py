"""Received attribute values as DeviceAttribute, against what PyTango showed of the same bytes."""

from __future__ import annotations

import contextlib
import random
from typing import Any

import numpy as np
import pytest

from puretango.cdr import Any as Any_
from puretango.cdr import CdrReader, CdrWriter
from puretango.errors import DevError, DevFailed, MarshalError
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
    DevAttrHistory,
    DevAttrHistory_5,
    DevCmdHistory,
    DevCmdHistory_4,
    DevState,
    DevVarLongStringArray,
    EltInArray,
    TimeVal,
)
from puretango.values import (
    DeviceAttribute,
    ExtractAs,
    ScalarLayout,
    ScalarReply,
    attribute_config,
    attribute_history,
    attribute_info,
    command_history,
    command_info,
    decode_value,
    decode_values,
    device_info,
    encode_command_value,
    encode_value,
    runs_of,
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


@pytest.mark.parametrize("event", [False, True])
@pytest.mark.parametrize("little", [False, True])
@pytest.mark.parametrize("written", [False, True])
@pytest.mark.parametrize("data_type", [1, 2, 3, 4, 5, 6, 7, 19, 22, 23, 24, 29])
def test_layouts(data_type: int, written: bool, little: bool, event: bool) -> None:
    name = "n" * (1 + data_type % 5)
    reply = ScalarReply(data_type, name, written, little=little, event=event)
    body = reply.pack2(1, 0, 4, 5, 6, 7) if written else reply.pack(1, 4, 5, 6, 7)
    if event:
        reader = CdrReader(body, little, 4, 4)
        value = AttributeValue_5.codec.decode(reader)
    else:
        reader = CdrReader(body, little)
        (value,) = OPERATIONS["read_attributes_5"].decode_result(reader)
    assert reader.remaining == 0
    found = decode_value(value)
    assert (found.value, found.w_value) == (1, 0 if written else None)
    assert (found.time.tv_sec, found.time.tv_usec, found.time.tv_nsec) == (5, 6, 7)
    layout = ScalarLayout.learn(body, little, found, event)
    assert layout is not None
    again = layout.decode(body)
    assert str(again) == str(found)
    assert layout.decode(body[:-1]) is None
    for place in range(len(body)):
        changed = bytearray(body)
        changed[place] ^= 0xFF
        layout.decode(bytes(changed))  # a value or None, never an exception


def test_layouts_of_real_replies() -> None:
    learned = 0
    for message in golden_messages("read_attributes_5"):
        if message.part != "reply":
            continue
        values = OPERATIONS["read_attributes_5"].decode_result(
            CdrReader(message.data, message.little, message.body)
        )
        if len(values) != 1:
            continue
        found = decode_value(values[0])
        body = message.data[message.body :]
        layout = ScalarLayout.learn(body, message.little, found)
        fixed = found.type not in (CmdArgType.DevString, CmdArgType.DevEncoded)
        if found.value is not None and found.data_format == AttrDataFormat.SCALAR and fixed:
            assert layout is not None
        if layout is not None:
            learned += 1
            assert str(layout.decode(body)) == str(found)
    assert learned > 30


def test_histories() -> None:
    seen = 0
    for message in golden_messages("read_attribute_history_5"):
        if message.part == "reply":
            received = OPERATIONS[message.operation].decode_result(
                CdrReader(message.data, message.little, message.body)
            )
            records = attribute_history(received)
            seen += len(records)
            assert all(record.name == received.name for record in records)
            times = [record.time.totime() for record in records]
            assert times == sorted(times)
            if received.name == "State":
                assert records[0].value is DevState.RUNNING
            if received.name == "bad":
                assert records[0].has_failed
                assert records[0].get_err_stack()[0].reason == "PyDs_PythonError"
    assert seen > 10
    for message in golden_messages("command_inout_history_4"):
        if message.part == "reply":
            records4 = command_history(
                OPERATIONS[message.operation].decode_result(
                    CdrReader(message.data, message.little, message.body)
                )
            )
            assert isinstance(records4[0].extract(), DevState)


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


def test_histories_of_old_devices() -> None:
    value = to_any_value(encode_value("x", 1.5, 5, AttrDataFormat.SCALAR), 5)
    good = DevAttrHistory(False, value, [])
    bad = DevAttrHistory(True, value, [DevError("R")])
    found = attribute_history([good, bad])
    assert [each.value for each in found] == [1.5, None]
    assert found[1].has_failed
    assert found[1].get_err_stack()[0].reason == "R"
    done = DevCmdHistory(TimeVal(1, 2, 3), False, encode_command_value(5, 2.5), [])
    (record,) = command_history([done])
    assert record.extract() == 2.5
    assert record.get_date().tv_usec == 2


def test_runs() -> None:
    assert runs_of(["a", "a", "b", None, "b"]) == (
        ["b", "b", "a"],
        [EltInArray(4, 1), EltInArray(2, 1), EltInArray(1, 2)],
    )


@pytest.mark.parametrize("start", [-1, 2, 5])
def test_histories_that_make_no_sense(start: int) -> None:
    history = DevAttrHistory_5(
        name="x",
        data_type=5,
        dates=[TimeVal(), TimeVal()],
        quals=[AttrQuality.ATTR_VALID],
        quals_array=[EltInArray(start, 3)],
    )
    with pytest.raises(DevFailed, match="API_WrongHistoryDataBuffer"):
        attribute_history(history)


def test_number_and_string_histories() -> None:
    both = DevVarLongStringArray([3, 4, 1, 2], ["b", "a"])
    history = DevCmdHistory_4(
        dates=[TimeVal(1), TimeVal(2)],
        value=Any_(DevVarLongStringArray.codec.typecode, both),
        dims=[AttributeDim(1, 2)],
        dims_array=[EltInArray(1, 2)],
        cmd_type=CmdArgType.DevVarLongStringArray,
    )
    form = DevCmdHistory_4.codec.from_bytes(DevCmdHistory_4.codec.to_bytes(history))
    found = command_history(form)
    assert [(list(n), s) for n, s in (each.extract() for each in found)] == [
        ([1, 2], ["a"]),
        ([3, 4], ["b"]),
    ]


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
