"""Events: pushed and found by polling, criteria, errors, subscriptions refused."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from puretango.errors import DevFailed
from puretango.server import Device, attribute
from puretango.server.publishing._criteria import Last, has_changed
from puretango.values import AttrQuality, DevState, EventType
from tests.unit.server.conftest import Serve
from tests.waiting import LIMIT, Clock, never, until


class Collector:
    """Keeps the events that come."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self._come = threading.Condition()

    def __call__(self, event: Any) -> None:
        with self._come:
            self.events.append(event)
            self._come.notify_all()

    def wait(self, count: int) -> list[Any]:
        with self._come:
            assert self._come.wait_for(lambda: len(self.events) >= count, LIMIT), self.values()
        return self.events

    def wait_for_last(self, value: Any) -> None:
        with self._come:
            assert self._come.wait_for(lambda: self.values()[-1] == value, LIMIT), self.values()

    def values(self) -> list[Any]:
        return [
            event.errors[0].reason if event.err else event.attr_value.value for event in self.events
        ]


class Source(Device):
    level = 0.0

    def init_device(self) -> None:
        super().init_device()
        self.set_change_event("pushed", True, False)
        self.set_change_event("filtered", True, True)
        self.set_data_ready_event("pushed", True)
        self.set_change_event("State", True, False)

    @attribute
    def pushed(self) -> float:
        return 1.0

    @attribute(abs_change=2)
    def filtered(self) -> float:
        return 0.0

    @attribute(polling_period=20, abs_change=1, period=50, archive_period=60)
    def polled(self) -> float:
        if self.level < 0:
            raise ValueError("below zero")
        return self.level

    @attribute(polling_period=1000)
    def without_criteria(self) -> float:
        return 0.0


def test_what_is_pushed_arrives(serve: Serve) -> None:
    served = serve(Source)
    proxy = served.proxy()
    device = served.device
    got = Collector()
    proxy.subscribe_event("pushed", EventType.CHANGE_EVENT, got)
    got.wait(1)  # the present value, as with every subscription
    device.push_change_event("pushed", 5.0)
    device.push_change_event("pushed", 6.0, 1234.5, AttrQuality.ATTR_ALARM)
    device.push_change_event("pushed", ValueError("no value"))
    events = got.wait(4)
    assert got.values()[1:] == [5.0, 6.0, "PyDs_PythonError"]
    assert events[2].attr_value.quality is AttrQuality.ATTR_ALARM
    assert events[2].attr_value.time.totime() == 1234.5


def test_pushed_from_any_thread(serve: Serve) -> None:
    served = serve(Source)
    got = Collector()
    served.proxy().subscribe_event("pushed", EventType.CHANGE_EVENT, got)
    got.wait(1)
    threads = [
        threading.Thread(
            target=lambda: [served.device.push_change_event("pushed", float(i)) for i in range(50)]
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    got.wait(201)
    assert sum(got.values()[1:]) == 4 * sum(range(50))


def test_pushed_values_may_be_held_against_the_criteria(serve: Serve) -> None:
    served = serve(Source)
    got = Collector()
    served.proxy().subscribe_event("filtered", EventType.CHANGE_EVENT, got)
    got.wait(1)
    for value in (1.0, 2.5, 3.0, 4.6):
        served.device.push_change_event("filtered", value)
    got.wait(3)
    assert got.values()[1:] == [1.0, 3.0] or got.values()[1:] == [1.0, 3.0, 4.6][:2]


def test_the_end_of_polling_is_told_to_who_lives_on_it(serve: Serve) -> None:
    served = serve(Source)
    proxy = served.proxy()
    served.device.set_archive_event("polled", True, False)
    kinds = (EventType.CHANGE_EVENT, EventType.PERIODIC_EVENT, EventType.ALARM_EVENT)
    told = {kind: Collector() for kind in (*kinds, EventType.ARCHIVE_EVENT)}
    for kind, got in told.items():
        proxy.subscribe_event("polled", kind, got)
        got.wait(1)
    for stop in (proxy.stop_poll_attribute, served.device.stop_poll_attribute):
        stop("polled")
        for kind in kinds:
            told[kind].wait_for_last("API_PollObjNotFound")
        proxy.poll_attribute("polled", 20)
        for kind in kinds:
            told[kind].wait_for_last(0.0)
    assert set(told[EventType.ARCHIVE_EVENT].values()) == {0.0}  # the author pushes it


def test_polling_finds_changes_errors_and_recovery(serve: Serve) -> None:
    served = serve(Source)
    got = Collector()
    served.proxy().subscribe_event("polled", EventType.CHANGE_EVENT, got)
    got.wait(1)
    for level, count in ((5.0, 1), (5.5, 0), (-1.0, 1), (7.0, 1)):
        before = len(got.events)
        served.device.level = level
        if count:
            wanted = "PyDs_PythonError" if level < 0 else level
            until(lambda: wanted in got.values()[before:])  # noqa: B023 - within the turn
        else:
            never(lambda: 5.5 in got.values(), 0.06)


@pytest.mark.parametrize("kind", [EventType.PERIODIC_EVENT, EventType.ARCHIVE_EVENT])
def test_periods(serve: Serve, kind: EventType) -> None:
    got, clock = Collector(), Clock()
    served = serve(Source)
    served.server.publisher.feeds.clock = clock
    until(lambda: served.device._tango.polled["attribute", "polled"].ring)
    served.proxy().subscribe_event("polled", kind, got)
    got.wait(1)
    for count in range(1, 5):
        never(lambda count=count: len(got.events) > count, 0.05)  # type: ignore[misc]  # mypy infers no lambda with defaults
        clock.step(0.061)
        got.wait(count + 1)


def test_state_configuration_interface_and_data_ready(serve: Serve) -> None:
    served = serve(Source)
    proxy = served.proxy()
    state, config, interface, ready = (Collector() for _ in range(4))
    proxy.subscribe_event("State", EventType.CHANGE_EVENT, state)
    proxy.subscribe_event("pushed", EventType.ATTR_CONF_EVENT, config)
    proxy.subscribe_event(EventType.INTERFACE_CHANGE_EVENT, interface)
    proxy.subscribe_event("pushed", EventType.DATA_READY_EVENT, ready)
    for each in (state, config, interface):
        each.wait(1)
    served.device.set_state(DevState.MOVING)
    served.device.push_change_event("State")
    assert state.wait(2)[-1].attr_value.value == DevState.MOVING
    info = proxy.get_attribute_config("pushed")
    info.label = "New"
    proxy.set_attribute_config(info)
    assert config.wait(2)[-1].attr_conf.label == "New"
    served.device.add_attribute(attribute(name="more", dtype=int, fget=lambda dev, attr: 1))
    assert "more" in [each.name for each in interface.wait(2)[-1].att_list]
    served.device.push_data_ready_event("pushed", 42)
    assert ready.wait(1)[-1].ctr == 42


@pytest.mark.parametrize(
    ("name", "kind", "reason"),
    [
        ("unknown", EventType.CHANGE_EVENT, "API_AttrNotFound"),
        ("without_criteria", EventType.CHANGE_EVENT, "API_EventPropertiesNotSet"),
        ("filtered", EventType.PERIODIC_EVENT, "API_AttributePollingNotStarted"),
        ("filtered", EventType.DATA_READY_EVENT, "API_AttributeNotDataReadyEnabled"),
    ],
)
def test_subscriptions_that_could_bring_nothing_are_refused(
    serve: Serve, name: str, kind: EventType, reason: str
) -> None:
    with pytest.raises(DevFailed) as caught:
        serve(Source).proxy().subscribe_event(name, kind, Collector())
    assert caught.value.args[0].reason == reason


def test_nothing_is_made_for_nobody(serve: Serve) -> None:
    served = serve(Source)
    served.device.push_change_event("pushed", 1.0)
    with pytest.raises(TypeError):  # a mistake is told all the same
        served.device.push_change_event("pushed", object())
    assert served.server.publisher.feeds.book is None
    assert not served.device.is_there_subscriber("pushed", EventType.CHANGE_EVENT)
    got = Collector()
    served.proxy().subscribe_event("pushed", EventType.CHANGE_EVENT, got)
    assert served.device.is_there_subscriber("pushed", EventType.CHANGE_EVENT)
    with pytest.raises(TypeError):
        served.device.push_change_event("pushed", object())
    described = json.loads(served.admin().command_inout("QueryEventSystem"))
    assert any("pushed" in topic for topic in described["server"]["event_counters"])


def test_a_subscription_outlives_a_restart(serve: Serve) -> None:
    served = serve(Source)
    got = Collector()
    served.proxy().subscribe_event("pushed", EventType.CHANGE_EVENT, got)
    got.wait(1)
    served.admin().command_inout("DevRestart", served.name)
    served.device.push_change_event("pushed", 8.0)
    got.wait(2)
    assert got.values()[-1] == 8.0


class _Value:
    def __init__(self, data: Any, quality: Any = AttrQuality.ATTR_VALID) -> None:
        self.value = (None, data)
        self.quality = quality
        self.err_list: list[Any] = []
        self.r_dim = type("Dim", (), {"dim_x": len(data), "dim_y": 0})()


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ([10.0], [10.9], False),
        ([10.0], [11.0], True),
        ([10.0], [8.5], False),
        ([10.0], [8.0], True),
        ([float("nan")], [float("nan")], False),
        ([float("nan")], [1.0], True),
        ([1.0, 2.0], [1.0, 3.0], True),
        ([1.0, 2.0], [1.0, 2.5], False),
        ([1.0, 2.0], [1.0], True),
    ],
)
def test_two_valued_criteria(serve: Serve, old: Any, new: Any, changed: bool) -> None:
    class Two(Device):
        @attribute(abs_change="-2,1")
        def value(self) -> float:
            return 0.0

    found = serve(Two).device.get_device_attr().get_attr_by_name("value")
    last = Last()
    last.remember(_Value(old), 0.0)
    assert has_changed(last, _Value(new), found.data_type, found.settings, "") is changed


def test_a_restart_that_changes_nothing_is_no_interface_change(serve: Serve) -> None:
    served = serve(Source)
    proxy = served.proxy()
    interface = Collector()
    proxy.subscribe_event(EventType.INTERFACE_CHANGE_EVENT, interface)
    interface.wait(1)
    served.device.add_attribute(attribute(name="more", dtype=int, fget=lambda dev, attr: 1))
    assert "more" in [each.name for each in interface.wait(2)[-1].att_list]
    served.admin().command_inout("DevRestart", served.name)  # without the added one
    last = interface.wait(3)[-1]
    assert last.dev_started
    assert "more" not in [each.name for each in last.att_list]
    served.admin().command_inout("DevRestart", served.name)
    served.device.add_attribute(attribute(name="other", dtype=int, fget=lambda dev, attr: 1))
    last = interface.wait(4)[-1]
    assert (last.dev_started, "other" in [each.name for each in last.att_list]) == (False, True)
