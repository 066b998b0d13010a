"""Many events decoded at once tell the same as each of them decoded alone."""

from __future__ import annotations

import math
from typing import Any

import pytest

from puretango.values import CmdArgType, EventShape, ScalarLayout
from puretango.values.planned._layout import ScalarReply

T = CmdArgType
VALUES: dict[CmdArgType, list[Any]] = {
    T.DevBoolean: [True, False],
    T.DevUChar: [0, 255],
    T.DevShort: [-32768, 32767],
    T.DevUShort: [0, 65535],
    T.DevLong: [-(2**31), 2**31 - 1],
    T.DevULong: [0, 2**32 - 1],
    T.DevLong64: [-(2**63), 2**63 - 1],
    T.DevULong64: [0, 2**64 - 1],
    T.DevFloat: [0.5, -1e30],
    T.DevDouble: [math.pi, -1e300, math.inf],
    T.DevEnum: [0, 3],
}
TIME = (1_700_000_000, 123_456, 789)


def payload(
    kind: CmdArgType, value: Any, name: str = "level", quality: int = 0, **more: Any
) -> bytes:
    reply = ScalarReply(kind, name, event=True, **more)
    if more.get("written"):
        return reply.pack2(value, value, quality, *TIME)
    return reply.pack(value, quality, *TIME)


def shape(kind: CmdArgType, name: str = "level", **more: Any) -> EventShape:
    written = bool(more)
    count = 2 if more.get("written") else 1
    found = EventShape.of(ScalarLayout(kind, name, count, written, False, True, event=True))
    assert found is not None
    return found


@pytest.mark.parametrize("kind", VALUES, ids=lambda kind: kind.name)
@pytest.mark.parametrize("more", [{}, {"written": True}, {"write_only": True}], ids=str)
@pytest.mark.parametrize("name", ["a", "level", "current", "position"])
def test_together_as_alone(kind: CmdArgType, more: dict[str, bool], name: str) -> None:
    one = shape(kind, name, **more)
    payloads = [
        payload(kind, value, name, quality, **more)
        for value, quality in zip(VALUES[kind], (0, 2, 4))
    ]
    assert all(one.match(each) == (one, each) for each in payloads)
    columns = one.record.columns(payloads)
    alone = [one.decode(each) for each in payloads]
    assert columns.value.tolist() == [each.value for each in alone]
    sets = [None] * len(alone) if columns.set_value is None else columns.set_value.tolist()
    assert sets == [each.w_value for each in alone]
    assert columns.quality.tolist() == [int(each.quality) for each in alone]
    assert columns.seconds().tolist() == [each.time.totime() for each in alone]
    seconds, micros, nanos = TIME
    assert columns.nanoseconds().tolist() == [seconds * 10**9 + micros * 1000 + nanos] * len(alone)
    assert {type(value) for value in columns.value.tolist()} == {type(each.value) for each in alone}


def test_one_record_for_all_attributes_of_a_kind() -> None:
    assert shape(T.DevDouble, "left").record is shape(T.DevDouble, "high").record
    assert shape(T.DevDouble, "left").record is not shape(T.DevDouble, "lower").record
    assert shape(T.DevDouble).record is not shape(T.DevLong64).record


def test_what_is_of_another_shape_is_not_taken() -> None:
    one = shape(T.DevDouble)
    good = payload(T.DevDouble, 1.0)
    assert one.match(good) is not None
    for other in (
        payload(T.DevDouble, 1.0, quality=1),  # ATTR_INVALID has no value
        payload(T.DevDouble, 1.0, quality=5),
        payload(T.DevDouble, 1.0, name="lever"),
        payload(T.DevLong64, 1),
        payload(T.DevDouble, 1.0, written=True),
        payload(T.DevDouble, 1.0, write_only=True),
        good[:-1],
        good + b"\0",
        b"",
        b"\0" * len(good),
    ):
        assert one.match(other) is None
    for at in (0, 4, 8, len(good) - 1):
        broken = bytearray(good)
        broken[at] ^= 0x40
        assert one.match(bytes(broken)) is None


def test_states_go_the_long_way() -> None:
    layout = ScalarLayout(T.DevState, "State", 1, False, False, True, event=True)
    assert EventShape.of(layout) is None
