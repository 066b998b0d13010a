"""A plan answers byte for byte as the general way does."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import pytest

from puretango import idl
from puretango.cdr import CdrReader, CdrWriter
from puretango.errors import DevError, DevFailed, ErrSeverity
from puretango.giop import Connection, Invocation, RequestTemplate, Role
from puretango.idl import OPERATIONS, AttributeValueList_5
from puretango.net import Peer
from puretango.server import Device, attribute, command
from puretango.server.access._reading import read_from_device
from puretango.server.base._calling import drive
from puretango.testing import DeviceTestContext
from puretango.values import AttrQuality, AttrWriteType, DevSource, DevState
from tests.unit.server.conftest import Serve
from tests.unit.server.polling.test_server_polling import until

IDENT = (idl.LockerLanguage.CPP_6, idl.CppClntIdent_6(1, (0, idl.TraceContextW3C("", ""))))


class Colour(IntEnum):
    """Values of an enumeration."""

    RED = 0
    GREEN = 1
    BLUE = 2


class Mixed(Device):
    hooks = 0

    def always_executed_hook(self) -> None:
        self.hooks += 1

    @attribute
    def flag(self) -> bool:
        return True

    @attribute(dtype="int16")
    def short(self) -> int:
        return -5

    @attribute
    def double(self) -> float:
        return 2.5

    @attribute(max_alarm=1)
    def alarmed(self) -> float:
        return 2.5

    both = attribute(dtype=int, access=AttrWriteType.READ_WRITE)

    def read_both(self) -> int:
        return 7

    def write_both(self, _value: int) -> None: ...

    @attribute
    def text(self) -> str:
        return "caf\xe9"

    label = attribute(dtype=str, access=AttrWriteType.READ_WRITE)

    def read_label(self) -> str:
        return "four" * 3

    def write_label(self, _value: str) -> None: ...

    @attribute(dtype=str)
    def cut(self) -> str:
        return "before\0behind"

    @attribute(dtype=str)
    def foreign(self) -> str:
        return "\u20ac"

    @attribute(dtype=Colour)
    def colour(self) -> Colour:
        return Colour.BLUE

    shade = attribute(dtype=Colour, access=AttrWriteType.READ_WRITE)

    def read_shade(self) -> int:
        return 1

    def write_shade(self, _value: int) -> None: ...

    @attribute(dtype="DevEnum", enum_labels=["one", "two"])
    def beyond(self) -> int:
        return 2

    @attribute(dtype=(float,), max_dim_x=3000)
    def spectrum(self) -> Any:
        return [1.0, 2.0, 3.0] * 1000

    @attribute
    def fails(self) -> float:
        raise ValueError("as it should")

    @attribute(dtype=float)
    def doubtful(self) -> Any:
        return 1.0, AttrQuality.ATTR_CHANGING


def invocation(names: list[str], source: int = DevSource.CACHE_DEV) -> Invocation:
    template = RequestTemplate(b"test/unit/1", "read_attributes_5")
    writer = CdrWriter(offset=template.body_offset)
    OPERATIONS["read_attributes_5"].encode_args(writer, names, source, IDENT)
    connection = Connection(Role.SERVER)
    connection.receive_data(b"".join(template.build(2, writer.buffers())))
    return Invocation(connection.next_event())


def decoded(answer: Any) -> Any:
    status, body = answer
    assert status == 0
    whole = body if isinstance(body, bytes) else b"".join(bytes(part) for part in body)
    values = AttributeValueList_5.decode(CdrReader(whole, True))
    for value in values:
        value.time = None
        data = value.value[1]
        value.value = (value.value[0], list(data) if hasattr(data, "__len__") else data)
        value.err_list = [error.desc for error in value.err_list]
    return values


NAMES = [
    "flag",
    "short",
    "double",
    "alarmed",
    "both",
    "text",
    "label",
    "cut",
    "foreign",
    "colour",
    "shade",
    "beyond",
    "spectrum",
    "fails",
    "doubtful",
]


@pytest.mark.parametrize(
    "names",
    [
        *([name] for name in NAMES),
        NAMES,
        NAMES[::-1],
        ["double", "double", "short", "double", "both", "flag", "both"],
    ],
    ids=",".join,
)
def test_a_plan_gives_what_the_general_way_gives(serve: Serve, names: list[str]) -> None:
    served = serve(Mixed)
    device = served.device
    call = invocation(names)
    peer = Peer("127.0.0.1", 1)
    first = served.server.dispatcher.handle(call, peer)
    assert call.plan is not None
    second = served.server.dispatcher.handle(call, peer)
    writer = CdrWriter()
    AttributeValueList_5.encode(writer, drive(read_from_device(device, names, 5)))
    general = decoded((0, b"".join(bytes(part) for part in writer.buffers())))
    assert decoded(first) == general
    assert decoded(second) == general
    assert device.hooks == 3


def test_plans_end_with_what_they_were_made_for(serve: Serve) -> None:
    served = serve(Mixed)
    peer = Peer("127.0.0.1", 1)
    handle = served.server.dispatcher.handle
    call = invocation(["double"])
    handle(call, peer)
    plan = call.plan
    assert plan(peer) is not None
    served.device.poll_attribute("double", 1000)
    assert plan(peer) is None
    answer = handle(call, peer)  # a polled attribute is read from the cache, by a plan of its own
    assert call.plan is not plan
    until(lambda: served.device._tango.polled["attribute", "double"].ring)
    assert decoded(call.plan(peer)) == decoded(answer)
    plan = call.plan
    served.device.stop_poll_attribute("double")
    assert plan(peer) is None
    handle(call, peer)
    served.server.restart_device(served.device)
    assert call.plan(peer) is None
    assert decoded(handle(call, peer))[0].value[1] == [2.5]


def test_the_black_box_and_the_client_are_known_to_plans(serve: Serve) -> None:
    served = serve(Mixed)
    peer = Peer("127.0.0.1", 1)
    call = invocation(["double", "short"])
    for _ in range(2):
        served.server.dispatcher.handle(call, peer)
    first, second = served.device._tango.black_box.read(2)
    assert "read_attributes_5 (double, short) from cache_device" in first
    assert "PID 1)" in second


def test_state_among_many_is_planned_and_comes_last() -> None:
    told: list[list[int]] = []

    class Levels(Device):
        level = attribute(dtype=float, max_alarm=10.0, fget="read_level")
        other = attribute(dtype=int, fget="read_other")
        _level = 1.0

        def read_level(self) -> float:
            return self._level

        def read_other(self) -> int:
            return 7

        def read_attr_hardware(self, attr_list: list[int]) -> None:
            told.append(list(attr_list))

        @command(dtype_in=float)
        def move(self, level: float) -> None:
            self._level = level

        def init_device(self) -> None:
            super().init_device()
            self.set_state(DevState.ON)

    with DeviceTestContext(Levels) as proxy:
        names = ["State", "level", "Status", "other"]
        for level, state in ((1.0, DevState.ON), (11.0, DevState.ALARM), (2.0, DevState.ON)):
            proxy.move(level)
            for _ in range(3):  # the same bytes again: answered by the plan
                values = proxy.read_attributes(names)
                assert [one.name for one in values] == names
                assert [values[0].value, values[1].value, values[3].value] == [state, level, 7]
                assert str(state) in values[2].value
        assert all(len(one) == 2 for one in told)  # State and Status are no hardware
        told.clear()
        assert proxy.read_attribute("State").value == DevState.ON
        assert told
        assert all(len(one) == 1 for one in told)  # what has alarms
        told.clear()
        assert proxy.read_attributes(["Status"])[0].value == "The device is in ON state."
        assert not told


def test_what_is_special_about_one_attribute_takes_no_plan_from_the_others(serve: Serve) -> None:
    class Odd(Mixed):
        target = attribute(dtype=float, access=AttrWriteType.WRITE)

        def write_target(self, _value: float) -> None: ...

    served = serve(Odd)
    handle = served.server.dispatcher.handle
    for names in (["State"], ["double", "State", "flag"], ["double", "target", "Status"]):
        call = invocation(names)
        first = decoded(handle(call, Peer("127.0.0.1", 1)))
        assert call.plan is not None
        second = decoded(handle(call, Peer("127.0.0.1", 1)))
        assert [one.value[1] for one in first] == [one.value[1] for one in second]
        assert [one.name for one in second] == names
        assert not any(one.err_list for one in second)


@pytest.mark.parametrize("text", ["a", "ab", "abc", "abcd"])
def test_a_plain_value_behind_a_failure_that_ends_anywhere(serve: Serve, text: str) -> None:
    class Odd(Mixed):
        @attribute
        def broken(self) -> float:
            raise DevFailed(DevError(text, ErrSeverity.ERR, text, text))

    served = serve(Odd)
    names = ["broken", "double", "short", "broken", "short", "double", "State"]
    for call in [invocation(names)] * 2:
        values = decoded(served.server.dispatcher.handle(call, Peer("127.0.0.1", 1)))
        assert [list(values[place].value[1]) for place in (1, 2, 4, 5)] == [
            [2.5],
            [-5],
            [-5],
            [2.5],
        ]
        assert values[0].err_list == values[3].err_list == [text]


def test_a_planned_state_has_the_bytes_of_the_general_way(serve: Serve) -> None:
    served = serve(Mixed)
    state = served.device._tango.attributes.find("State")
    served.device.set_state(DevState.RUNNING)
    call = invocation(["State"])
    for _ in range(2):
        _, body = served.server.dispatcher.handle(call, Peer("127.0.0.1", 1))
        writer = CdrWriter()
        AttributeValueList_5.encode(writer, [state.to_wire(5)])
        assert body == writer.getvalue()
