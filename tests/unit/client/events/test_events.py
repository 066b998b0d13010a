"""Event subscriptions on a server of this process."""

from __future__ import annotations

import asyncio
import json
import threading
from contextlib import ExitStack
from typing import Any

import numpy as np
import pytest

import puretango as tango
import puretango.asyncio
from puretango import DevFailed, EventReason, EventSubMode, EventType, Util
from puretango.server import Device, attribute
from puretango.testing import DeviceTestContext
from tests.unit.client.conftest import Thing
from tests.waiting import LIMIT, eventually, never, until

CHANGE = EventType.CHANGE_EVENT


class Events:
    """Keeps events and waits for some."""

    def __init__(self) -> None:
        self.got: list[Any] = []
        self._changed = threading.Condition()

    def push_event(self, event: Any) -> None:
        with self._changed:
            self.got.append(event)
            self._changed.notify_all()

    def wait(self, count: int, seconds: float = LIMIT) -> list[Any]:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.got) >= count, seconds), self.got
        return self.got


def test_first_event_then_pushed_ones(thing: Any) -> None:
    events = Events()
    number = thing.subscribe_event("pushed", CHANGE, events)
    assert [event.event_reason for event in events.got] == [EventReason.SubSuccess]
    thing.Push(3)
    events.wait(4)
    first, *others = events.got
    assert first.attr_value.value == -1.0
    assert [event.attr_value.value for event in others] == [0.0, 1.0, 2.0]
    assert first.device is thing
    assert first.event == "change"
    assert first.attr_name.endswith("/test/thing/1/pushed#dbase=no")
    assert thing.diagnose(number)["cause"] == "RECEIVING"
    assert thing.diagnose(number)["missed"] == 0
    thing.unsubscribe_event(number)
    with pytest.raises(KeyError):
        thing.unsubscribe_event(number)


def test_modes(thing: Any) -> None:
    for mode, reasons in (
        (EventSubMode.Sync, []),
        (EventSubMode.SyncRead, [True]),
        (EventSubMode.Stateless, [True]),
    ):
        events = Events()
        number = thing.subscribe_event("pushed", CHANGE, events, mode)
        assert [event.attr_value is not None for event in events.got] == reasons
        thing.unsubscribe_event(number)
    for mode, has_value in ((EventSubMode.Async, False), (EventSubMode.AsyncRead, True)):
        events = Events()
        number = thing.subscribe_event("pushed", CHANGE, events, mode)
        (event,) = events.wait(1)
        assert event.event_reason == EventReason.SubSuccess
        assert (event.attr_value is not None) == has_value
        thing.unsubscribe_event(number)


def test_refusals(thing: Any) -> None:
    for mode in (EventSubMode.Sync, EventSubMode.SyncRead):
        with pytest.raises(DevFailed) as caught:
            thing.subscribe_event("nothing", CHANGE, Events(), mode)
        assert caught.value.args[0].reason == "API_AttrNotFound"
        assert caught.value.args[-1].reason == "API_DSFailedRegisteringEvent"
    for mode in (EventSubMode.Async, EventSubMode.Stateless):
        events = Events()
        number = thing.subscribe_event("nothing", CHANGE, events, mode)
        (event,) = events.wait(1)
        assert (event.err, event.event_reason) == (True, EventReason.SubFail)
        assert thing.diagnose(number)["cause"] == "NO_ATTRIBUTE"
        thing.unsubscribe_event(number)


def test_queue(thing: Any) -> None:
    number = thing.subscribe_event("pushed", CHANGE, 2)
    thing.Push(5)
    until(lambda: thing.diagnose(number)["received"] >= 5)
    assert thing.event_queue_size(number) == 2
    assert [event.attr_value.value for event in thing.get_events(number)] == [3.0, 4.0]
    assert thing.is_event_queue_empty(number)
    assert thing.get_last_event_date(number).tv_sec > 0
    thing.unsubscribe_event(number)


def test_no_event_is_lost_between_the_first_value_and_those_after_it() -> None:
    class Counter(Device):
        """A value that grows while clients subscribe."""

        def init_device(self) -> None:
            super().init_device()
            self.set_change_event("count", True, False)
            self.value = 0

        @attribute
        def count(self) -> int:
            return self.value

        def step(self) -> None:
            self.value += 1
            self.push_change_event("count", self.value)

    with DeviceTestContext(Counter, device_name="test/counter/1") as proxy:
        device = Util.instance().get_device_by_name("test/counter/1")
        ended = threading.Event()

        def steps() -> None:
            while not ended.wait(0.001):
                device.step()

        stepping = threading.Thread(target=steps)
        stepping.start()
        try:
            for _ in range(5):
                events = Events()
                number = proxy.subscribe_event("count", CHANGE, events)
                values = [event.attr_value.value for event in events.wait(10)]
                proxy.unsubscribe_event(number)
                # An event that was sent before the first value was read may come after it, by the
                # other way; but none that is newer is lost, and they come in their order.
                first, later = values[0], values[1:]
                assert later == sorted(set(later))
                assert {*range(first + 1, later[-1] + 1)} <= {*later}
        finally:
            ended.set()
            stepping.join()


def test_a_queue_may_keep_the_oldest(thing: Any) -> None:
    number = thing.subscribe_event("pushed", CHANGE, 2, keep="oldest")
    thing.Push(5)
    until(lambda: thing.diagnose(number)["received"] >= 5)
    assert [event.attr_value.value for event in thing.get_events(number)] == [-1.0, 0.0]
    assert thing.diagnose(number)["discarded"] == 4
    thing.unsubscribe_event(number)
    with pytest.raises(TypeError, match="newest"):
        thing.subscribe_event("pushed", CHANGE, 2, keep="all")


def test_unsubscribing_from_inside_a_callback(thing: Any) -> None:
    done = threading.Event()
    numbers: list[int] = []

    def callback(event: Any) -> None:
        if event.event_reason == EventReason.Update:
            thing.unsubscribe_event(numbers[0])
            done.set()

    numbers.append(thing.subscribe_event("pushed", CHANGE, callback))
    thing.Push(3)
    assert done.wait(LIMIT)


def test_a_failing_callback_stops_nobody(thing: Any) -> None:
    def bad(_event: Any) -> None:
        raise ValueError("from the user's callback")

    events = Events()
    numbers = [thing.subscribe_event("pushed", CHANGE, each) for each in (bad, events)]
    thing.Push(2)
    events.wait(3)
    for number in numbers:
        thing.unsubscribe_event(number)


def test_coalescing(thing: Any) -> None:
    got: list[float] = []
    free = threading.Event()

    def slow(event: Any) -> None:
        got.append(event.attr_value.value)
        free.wait(LIMIT)

    number = thing.subscribe_event("pushed", CHANGE, slow, coalesce=True)
    thing.Push(100)
    until(lambda: thing.diagnose(number)["received"] >= 100)
    free.set()
    until(lambda: got[-1:] == [99.0])
    assert len(got) + thing.diagnose(number)["coalesced"] == 101
    thing.unsubscribe_event(number)


def test_other_kinds(thing: Any) -> None:
    config, interface = Events(), Events()
    numbers = [
        thing.subscribe_event("number", EventType.ATTR_CONF_EVENT, config),
        thing.subscribe_event(EventType.INTERFACE_CHANGE_EVENT, interface),
    ]
    assert config.got[0].attr_conf.unit == "mm"
    assert "Twice" in {each.cmd_name for each in interface.wait(1)[0].cmd_list}
    info = thing.get_attribute_config("number")
    info.unit = "m"
    thing.set_attribute_config(info)
    assert config.wait(2)[1].attr_conf.unit == "m"
    for number in numbers:
        thing.unsubscribe_event(number)


def test_a_proxy_that_goes_takes_its_subscriptions_along(thing: Any) -> None:
    events = Events()
    proxy = tango.DeviceProxy("test/thing/1")
    proxy.subscribe_event("pushed", CHANGE, events)
    events.got.clear()
    del proxy
    thing.Push(1)
    never(lambda: events.got, 0.1)


def server_of(device: str) -> Any:
    """The server in this process that has the device."""
    return Util.instance().get_device_by_name(device)._tango.server


def test_a_gap_is_told_and_followed_by_a_fresh_value(context: DeviceTestContext) -> None:
    proxy, server = context.device, server_of("test/thing/1")
    events = Events()
    number = proxy.subscribe_event("pushed", CHANGE, events)
    proxy.Push(1)
    events.wait(2)
    book = server.publisher.feeds.book
    (feed,) = book.feeds["test/thing/1", "pushed", "change"]
    feed.counter += 3  # three events that never arrive
    proxy.Push(1)
    _, _, missed, pushed, fresh = events.wait(5)
    assert [error.reason for error in missed.errors] == ["API_MissedEvents"]
    assert "3 event(s)" in missed.errors[0].desc
    assert pushed.attr_value.value == 0.0
    assert (fresh.attr_value.value, fresh.event_reason) == (-1.0, EventReason.Update)
    assert proxy.diagnose(number)["missed"] == 3
    proxy.unsubscribe_event(number)


def test_a_client_that_does_not_keep_up_is_told_of_all_that_it_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TANGO_DS_EVENT_BUFFER_HWM", "5")
    monkeypatch.setenv("TANGO_EVENT_BUFFER_HWM", "5")

    class Flood(Device):
        """Large events, faster than anybody reads."""

        def init_device(self) -> None:
            super().init_device()
            self.set_change_event("wave", True, False)

        @attribute(max_dim_x=100_000)
        def wave(self) -> list[float]:
            return [-1.0]

    free = threading.Event()
    events = Events()

    def slow(event: Any) -> None:
        if event.event_reason == EventReason.Update:
            free.wait(LIMIT)
        events.push_event(event)

    with DeviceTestContext(Flood, device_name="test/flood/1") as proxy:
        device = Util.instance().get_device_by_name("test/flood/1")
        number = proxy.subscribe_event("wave", CHANGE, slow)
        publisher = server_of("test/flood/1").publisher.feeds._socket
        sent = 200
        for count in range(sent):
            device.push_change_event("wave", np.full(50_000, float(count)))
            if count == 100:
                until(
                    lambda: publisher.dropped
                )  # a full subscriber holds back the others no longer
        free.set()

        def all_told() -> bool:
            nonlocal sent
            found = proxy.diagnose(number)
            if found["missed"] and found["missed"] + found["received"] == sent:
                return True
            # A loss shows with the next event that passes.
            device.push_change_event("wave", [float(sent)])
            sent += 1
            return False

        until(all_told, step=0.1)
        told = [event for event in events.got if event.err]
        assert {event.errors[0].reason for event in told} == {"API_MissedEvents"}
        proxy.unsubscribe_event(number)


def test_a_server_with_several_addresses(context: DeviceTestContext) -> None:
    """The first that can be reached is taken."""
    feeds, proxy = server_of("test/thing/1").publisher.feeds, context.device
    own = feeds.endpoints
    closed = "tcp://127.0.0.1:1"
    feeds.endpoints = lambda: ((closed, closed), *own())
    events = Events()
    number = proxy.subscribe_event("pushed", CHANGE, events)
    proxy.Push(1)
    events.wait(2)
    proxy.unsubscribe_event(number)


def test_one_client_of_several_servers() -> None:
    with ExitStack() as stack:
        proxies = [
            stack.enter_context(DeviceTestContext(Thing, device_name=f"test/thing/{place}"))
            for place in range(3)
        ]
        collected = [Events() for _ in proxies]
        numbers = [
            proxy.subscribe_event("pushed", CHANGE, events)
            for proxy, events in zip(proxies, collected, strict=True)
        ]
        for count, proxy in enumerate(proxies, 1):
            proxy.Push(count)
        for count, events in enumerate(collected, 1):
            values = [event.attr_value.value for event in events.wait(count + 1)]
            assert values == [-1.0, *map(float, range(count))]
        proxies[0].unsubscribe_event(numbers[0])
        proxies[0].Push(1)
        proxies[1].Push(1)
        collected[1].wait(4)
        assert len(collected[0].got) == 2
        for proxy, number in list(zip(proxies, numbers, strict=True))[1:]:
            proxy.unsubscribe_event(number)


def test_a_server_that_is_a_client_tells_of_it(context: DeviceTestContext) -> None:
    proxy, admin = context.device, context.server
    assert json.loads(admin.QueryEventSystem())["client"] is None
    number = proxy.subscribe_event("pushed", CHANGE, Events())
    later = proxy.subscribe_event("number", CHANGE, Events(), EventSubMode.Stateless)
    admin.EnableEventSystemPerfMon(True)
    proxy.Push(2)
    until(lambda: proxy.diagnose(number)["received"] >= 2)
    told = json.loads(admin.QueryEventSystem())["client"]
    (callback,) = told["event_callbacks"].values()
    assert (callback["callback_count"], callback["event_count"]) == (1, 2)
    assert callback["last_resubscribed"] is None
    (waiting,) = told["not_connected"]
    assert (waiting["attribute"], waiting["event_type"]) == ("number", "change")
    (channel,) = told["event_channels"].values()
    assert channel["endpoint"].startswith("tcp://")
    assert {sample["attr_name"] for sample in told["perf"]} == {"pushed"}
    for each in (number, later):
        proxy.unsubscribe_event(each)


async def test_asyncio(thing: Any) -> None:
    proxy = await puretango.asyncio.DeviceProxy("test/thing/1")
    async with proxy.events("pushed") as stream:
        assert (await anext(stream)).attr_value.value == -1.0
        await proxy.Push(2)
        assert [(await anext(stream)).attr_value.value for _ in range(2)] == [0.0, 1.0]
    async with proxy.events("pushed", queuesize=3) as newest:
        async with proxy.events("pushed", queuesize=3, keep="oldest") as oldest:
            await proxy.Push(10)
            await eventually(lambda: newest.discarded >= 8 and oldest.discarded >= 8)
            assert [(await anext(newest)).attr_value.value for _ in range(3)] == [7.0, 8.0, 9.0]
            assert [(await anext(oldest)).attr_value.value for _ in range(3)] == [-1.0, 0.0, 1.0]
    got: list[Any] = []

    second = asyncio.Event()

    async def callback(event: Any) -> None:
        got.append(event)
        if len(got) == 2:
            second.set()

    number = await proxy.subscribe_event("pushed", CHANGE, callback)
    await proxy.Push(1)
    await asyncio.wait_for(second.wait(), LIMIT)
    assert [event.attr_value.value for event in got] == [-1.0, 0.0]
    await proxy.unsubscribe_event(number)
