"""Events that polling finds: criteria, errors and recovery, periods; and other ways to subscribe."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from tests.interop.peers.operations.event_collector import (
    Collector,
    collected,
    described,
    operation,
    settled,
    until_in_time,
    without_repeats,
    without_set_value,
)
from tests.interop.peers.operations.registry import is_kept
from tests.interop.peers.plain import attempt, plain
from tests.waiting import until

PERIOD = 40


def _configured(proxy: Any, attribute: str, **criteria: str) -> None:
    """Set these criteria, and no others."""
    info = proxy.get_attribute_config(attribute)
    info.events.ch_event.abs_change = info.events.ch_event.rel_change = "Not specified"
    for name, value in criteria.items():
        group, _, field = name.partition("__")
        setattr(getattr(info.events, group), field, value)
    proxy.set_attribute_config(info)


def polled_again(proxy: Any, attribute: str) -> None:
    """Returns when polling has read the attribute twice from now on: an event of it is on its way."""

    def last() -> float:
        return float(proxy.attribute_history(attribute, 1)[0].time.totime())

    for _ in range(2):
        before = last()
        until(lambda before=before: last() > before)  # type: ignore[misc]  # mypy infers no lambda with defaults


def _polled(
    tango: Any,
    name: str,
    attribute: str,
    kind: str,
    *writes: Any,
    quiet: tuple[int, ...] = (),
    describe: Any = without_set_value,
    **criteria: str,
) -> Any:
    """The events while an attribute is polled and written; `quiet` are writes that bring none."""
    proxy = tango.DeviceProxy(name)
    if criteria:
        _configured(proxy, attribute, **criteria)
    first, *others = writes
    proxy.write_attribute(attribute, first)
    proxy.poll_attribute(attribute, PERIOD)
    until(lambda: is_kept(proxy.attribute_history, attribute))
    events: list[Any] = []

    def action(number: int, value: Any) -> Callable[[], None]:
        def act() -> None:
            proxy.write_attribute(attribute, value)
            if number in quiet:
                polled_again(proxy, attribute)

        return act

    def ask() -> Any:
        proxy.write_attribute(attribute, first)
        polled_again(proxy, attribute)
        return collected(
            tango, proxy, attribute, kind,
            *(action(number, value) for number, value in enumerate(others)),
            describe=describe, quiet=quiet, distinct=True, ready=lambda: polled_again(proxy, attribute),
        )  # fmt: skip

    try:
        events = until_in_time(ask)
    finally:
        proxy.stop_poll_attribute(attribute)
    return without_repeats(events)


@operation
def polled_error_and_recovery(tango: Any, name: str) -> Any:
    return _polled(
        tango, name, "fragile", "CHANGE_EVENT", 1.0, -1.0, -2.0, 5.0,
        quiet=(1,), describe=without_set_value, ch_event__abs_change="0.5",
    )  # fmt: skip


@operation
def polled_spectrum(tango: Any, name: str) -> Any:
    return _polled(
        tango, name, "wave", "CHANGE_EVENT",
        [1.0, 2.0, 3.0], [1.0, 2.0, 3.2], [1.0, 2.0, 9.0], [1.0, 2.0], [],
        quiet=(0,), describe=without_set_value, ch_event__abs_change="0.5",
    )  # fmt: skip


@operation
def polled_strings(tango: Any, name: str) -> Any:
    return _polled(
        tango, name, "words", "CHANGE_EVENT", ["one", "two"], ["one", "three"], ["one"],
        describe=without_set_value,
    )  # fmt: skip


@operation
def polled_enumeration(tango: Any, name: str) -> Any:
    return _polled(
        tango, name, "choice", "CHANGE_EVENT", 0, 2, 1, describe=without_set_value
    )  # fmt: skip


@operation
def polled_relative_change(tango: Any, name: str) -> Any:
    return _polled(
        tango, name, "limited", "CHANGE_EVENT", 5.0, 4.6, 4.0, 5.0, 7.0,
        quiet=(0, 2), describe=without_set_value, ch_event__rel_change="-15,60",
    )  # fmt: skip


@operation
def polled_archive(tango: Any, name: str) -> Any:
    return _polled(
        tango, name, "limited", "ARCHIVE_EVENT", 1.0, 2.0, 2.2, 4.0,
        quiet=(1,), describe=without_set_value, arch_event__archive_abs_change="0.5",
    )  # fmt: skip


@operation
def polled_archive_period(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    _configured(proxy, "fragile", arch_event__archive_period="100")
    proxy.poll_attribute("fragile", PERIOD)
    collector = Collector()
    try:
        subscription = proxy.subscribe_event("fragile", tango.EventType.ARCHIVE_EVENT, collector)
        collector.wait(4)
        proxy.unsubscribe_event(subscription)
    finally:
        proxy.stop_poll_attribute("fragile")
    return [without_set_value(event) for event in collector.events[:4]]


@operation
def polled_alarm(tango: Any, name: str) -> Any:
    return _polled(
        tango, name, "alarmed", "ALARM_EVENT", 50.0, 101.0, 103.0, 85.0, 50.0,
        quiet=(1,), describe=without_set_value,
    )  # fmt: skip


def some_turns() -> None:
    """Of polling State and Status, whose histories are no values that PyTango could give."""
    time.sleep(3 * PERIOD / 1000)


@operation
def polled_state_and_status(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    found = []
    for attribute in ("State", "Status"):
        proxy.GoTo(tango.DevState.ON)
        proxy.poll_attribute(attribute, PERIOD)
        some_turns()
        try:
            events = until_in_time(partial(_of_states, tango, proxy, attribute))
        finally:
            proxy.stop_poll_attribute(attribute)
        found.append(without_repeats(events))
    return found


def _of_states(tango: Any, proxy: Any, attribute: str) -> Any:
    proxy.GoTo(tango.DevState.ON)
    some_turns()
    return collected(
        tango, proxy, attribute, "CHANGE_EVENT",
        lambda: proxy.GoTo(tango.DevState.MOVING), lambda: proxy.GoTo(tango.DevState.FAULT),
        describe=without_set_value, distinct=True, ready=some_turns,
    )  # fmt: skip


@operation
def python_error_polled(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    proxy.poll_attribute("raising", PERIOD)
    collector = Collector()
    try:
        subscription = proxy.subscribe_event("raising", tango.EventType.PERIODIC_EVENT, collector)
        collector.wait(1)
        proxy.unsubscribe_event(subscription)
    finally:
        proxy.stop_poll_attribute("raising")
    (event,) = collector.events[:1]
    return [event.err, [(one.reason, str(one.severity)) for one in event.errors]]


@operation
def through_an_attribute_proxy(tango: Any, name: str) -> Any:
    base, sign, modifier = name.partition("#")
    attribute = tango.AttributeProxy(f"{base}/DevLong_scalar{sign}{modifier}")
    proxy = tango.DeviceProxy(name)
    attribute.write(3)
    collector = Collector()
    subscription = attribute.subscribe_event(tango.EventType.CHANGE_EVENT, collector)
    settled(tango, proxy)
    proxy.Push(["change", "DevLong_scalar"])
    collector.wait(2)
    attribute.unsubscribe_event(subscription)
    return [described(event) for event in collector.events]


@operation
def a_callback_function(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    collector = Collector()
    subscription = proxy.subscribe_event(
        "DevLong_spectrum", tango.EventType.CHANGE_EVENT, collector.push_event,
        tango.EventSubMode.SyncRead, tango.ExtractAs.List,
    )  # fmt: skip
    settled(tango, proxy)
    proxy.Push(["change", "DevLong_spectrum"])
    collector.wait(2)
    proxy.unsubscribe_event(subscription)
    return [[type(event.attr_value.value).__name__, event.err] for event in collector.events]


@operation
def old_and_odd_subscribers(tango: Any, name: str) -> Any:
    """What a server answers to clients of other releases, and to nonsense."""
    proxy = tango.DeviceProxy(name)
    admin = tango.DeviceProxy(_admin(tango, name))
    device = proxy.dev_name()
    requests = (
        [device, "DevLong_scalar", "subscribe", "change"],
        [device, "DevLong_scalar", "subscribe", "change", "0"],
        [device, "DevLong_scalar", "subscribe", "change", "4"],
        [device, "DevLong_scalar", "subscribe", "change", "5"],
        [device, "devlong_SCALAR", "subscribe", "idl5_change", "6"],
        [device, "DevLong_scalar", "subscribe", "attr_conf", "4"],
        [device, "DevLong_scalar", "subscribe", "alarm", "5"],
        [device, "DevLong_scalar", "subscribe", "alarm", "6"],
        [device, "DevLong_scalar", "subscribe", "quality", "6"],
        [device, "DevLong_scalar", "subscribe", "pipe", "6"],
        [device, "no_such", "subscribe", "change", "6"],
        ["no/such/device", "DevLong_scalar", "subscribe", "change", "6"],
        [device, "DevLong_scalar", "change"],
    )
    found = []
    for request in requests:
        try:
            longs, strings = admin.command_inout("ZmqEventSubscriptionChange", request)
        except tango.DevFailed as failed:
            found.append([failed.args[0].reason, failed.args[0].desc])
        else:
            topic = _without_host(strings[-2])
            found.append([plain(longs[1]), plain(longs[2]), len(strings) % 2, topic])
    found.extend(
        attempt(admin.command_inout, "EventConfirmSubscription", triples, text=False)
        for triples in (
            [device, "DevLong_scalar", "change"],
            [device, "DevLong_scalar", "archive"],
            [device, "no_such", "change"],
            [device, "DevLong_scalar"],
            [],
        )
    )
    return found


@operation
def event_system_query(tango: Any, name: str) -> Any:
    """QueryEventSystem and EnableEventSystemPerfMon."""
    import json

    proxy = tango.DeviceProxy(name)
    admin = tango.DeviceProxy(_admin(tango, name))
    attribute = "DevUShort_scalar"
    found: list[Any] = []

    def note() -> None:
        told = json.loads(admin.QueryEventSystem())
        server = told["server"]
        counters = {
            _without_host(topic): count
            for topic, count in server["event_counters"].items()
            if f"{attribute.lower()}.user_event" in topic.replace("#dbase=no", "")
        }
        perf = server["perf"]
        if perf is not None:
            # Nothing came before a server's very first event, which this may be.
            perf = [sorted(one) for one in perf]
        found.append([sorted(told), counters, perf, told["client"]])

    collector = Collector()
    subscription = proxy.subscribe_event(attribute, tango.EventType.USER_EVENT, collector)
    settled(tango, proxy)
    admin.EnableEventSystemPerfMon(False)
    admin.EnableEventSystemPerfMon(True)
    before = len(collector.events)
    note()
    for count in range(3):
        proxy.Push(["user", attribute])
        collector.wait(before + count + 1)
    note()
    note()
    admin.EnableEventSystemPerfMon(False)
    note()
    proxy.unsubscribe_event(subscription)
    # The count at the start depends on what ran before.
    start = next(iter(found[0][1].values()), 0)
    return [
        [keys, {topic: count - start for topic, count in counters.items()}, perf, client]
        for keys, counters, perf, client in found
    ]


def _without_host(topic: str) -> str:
    return topic.partition("://")[2].partition("/")[2].replace("#dbase=no", "")


def _admin(tango: Any, name: str) -> str:
    """The full name of a device's admin device."""
    admin = tango.DeviceProxy(name).adm_name()
    if "://" in admin:
        return str(admin)
    base, sign, modifier = name.partition("#")
    host = base.partition("://")[2].partition("/")[0]
    return f"tango://{host}/{admin}{sign}{modifier}"
