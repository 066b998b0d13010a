"""Histories of attributes and commands."""

from __future__ import annotations

import pytest

from puretango.cdr import Any as Any_
from puretango.cdr import CdrReader
from puretango.errors import DevError, DevFailed
from puretango.idl import (
    OPERATIONS,
    AttrDataFormat,
    AttributeDim,
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
    attribute_history,
    command_history,
    encode_command_value,
    encode_value,
    runs_of,
    to_any_value,
)
from tests.data.golden_files import golden_messages


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
