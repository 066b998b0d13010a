"""A planned turn of polling gives the cache, the histories and the events what the general one gives."""

from __future__ import annotations

import time
from typing import Any

import pytest

from puretango.errors import DevFailed, Except
from puretango.events import encode_payload
from puretango.server import Device, attribute, command
from puretango.server.access._ring import Polled
from puretango.server.polling._plan import PlainRecord, make_poll_plan
from puretango.values import AttrQuality, AttrWriteType, DevSource, EventType, ScalarReply
from tests.unit.server.conftest import Serve

from .test_server_polling import until

EXPECTED = {
    "flag": True,
    "short": -5,
    "wide": 2**64 - 1,
    "written": 3.5,
    "text": "caf\xe9",
    "curve": [1.0, 2.0],
    "doubtful": 1.5,
}


class Station(Device):
    turns = 0

    def always_executed_hook(self) -> None:
        if self.turns < 0:
            Except.throw_exception("HOOK", "no turn", "hook")
        self.turns += 1

    @attribute(polling_period=10, abs_change=1)
    def double(self) -> float:
        return float(self.turns)

    @attribute(polling_period=10)
    def flag(self) -> bool:
        return True

    @attribute(dtype="int16", polling_period=10)
    def short(self) -> int:
        return -5

    @attribute(dtype="uint64", polling_period=10)
    def wide(self) -> int:
        return 2**64 - 1

    @attribute(polling_period=10)
    def text(self) -> str:
        return "caf\xe9"

    @attribute(dtype=(float,), max_dim_x=5, polling_period=10)
    def curve(self) -> list[float]:
        return [1.0, 2.0]

    @attribute(polling_period=10)
    def broken(self) -> float:
        raise ValueError("as it should")

    @attribute(dtype=float, polling_period=10)
    def doubtful(self) -> Any:
        return 1.5, time.time(), AttrQuality.ATTR_CHANGING

    written = attribute(dtype=float, access=AttrWriteType.READ_WRITE, polling_period=10)

    def read_written(self) -> float:
        return 3.5

    def write_written(self, _value: float) -> None: ...

    @command(dtype_out=int, polling_period=10)
    def Turns(self) -> int:
        return self.turns

    @command(dtype_in=int)
    def Restart(self, turns: int) -> None:
        self.turns = turns


def test_the_cache_has_what_the_device_has(serve: Serve) -> None:
    served = serve(Station)
    proxy = served.proxy()
    polled: dict[Any, Polled] = served.device._tango.polled
    until(lambda: all(len(one.ring) > 2 for one in polled.values()))
    plain = {one.name for one in polled.values() if isinstance(one.ring[-1], PlainRecord)}
    assert plain == {"flag", "short", "wide", "double", "written"}
    for name, expected in EXPECTED.items():
        for source in (DevSource.CACHE, DevSource.DEV):
            proxy.set_source(source)
            found = proxy.read_attribute(name)
            assert (found.name, found.quality) == (
                name,
                AttrQuality.ATTR_CHANGING if name == "doubtful" else AttrQuality.ATTR_VALID,
            )
            value = list(found.value) if name == "curve" else found.value
            assert value == expected
            assert abs(found.time.totime() - time.time()) < 5
    assert [one.value for one in proxy.attribute_history("written", 2)] == [3.5, 3.5]
    assert [one.w_value for one in proxy.attribute_history("written", 2)] == [0.0, 0.0]
    assert proxy.attribute_history("broken", 1)[0].has_failed
    assert proxy.command_history("Turns", 1)[0].extract() > 0


def test_a_failing_hook_fails_all_and_ends(serve: Serve) -> None:
    served = serve(Station)
    proxy = served.proxy()
    proxy.set_source(DevSource.CACHE)
    served.device.turns = -1000
    ring = served.device._tango.polled["attribute", "flag"].ring
    until(lambda: ring and ring[-1].errors)
    with pytest.raises(DevFailed, match="no turn"):
        proxy.read_attribute("flag")
    served.device.turns = 1
    until(lambda: not ring[-1].errors)
    assert proxy.read_attribute("flag").value is True


def test_a_plan_lasts_until_something_changes(serve: Serve) -> None:
    served = serve(Station)
    objects = list(served.device._tango.polled.values())
    plan = make_poll_plan(served.device, objects)
    assert plan is not None
    assert [one.name for one in plan.commands] == ["turns"]
    assert plan.fits(objects)
    assert not plan.fits(list(objects))
    config = served.proxy().get_attribute_config("double")
    config.max_value = "100"
    served.proxy().set_attribute_config(config)
    assert not plan.fits(objects)


def test_events_of_numbers_follow_the_criteria(serve: Serve) -> None:
    served = serve(Station)
    proxy = served.proxy()
    told: list[Any] = []
    identity = proxy.subscribe_event("double", EventType.CHANGE_EVENT, told.append)
    until(lambda: len(told) > 10)
    proxy.unsubscribe_event(identity)
    values = [event.attr_value.value for event in told[1:] if not event.err]
    assert values == sorted(set(values))
    same: list[Any] = []
    identity = proxy.subscribe_event("flag", EventType.CHANGE_EVENT, same.append)
    turns = served.device.turns
    until(lambda: served.device.turns > turns + 10)
    proxy.unsubscribe_event(identity)
    assert len(same) == 1  # the first value; no change since


def test_an_event_from_a_reply_has_the_bytes_of_an_event(serve: Serve) -> None:
    served = serve(Station)
    plan = make_poll_plan(served.device, list(served.device._tango.polled.values()))
    assert plan is not None
    plain = [(one, record) for one, record in plan.read() if isinstance(record, PlainRecord)]
    assert len(plain) == 5
    for one, record in plain:
        made = ScalarReply.as_event(record.body, one.wide)
        assert made == encode_payload("change", record.value, 5)
