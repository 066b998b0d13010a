"""Every kind of event, as functions of (implementation, device) that give what arrived, in plain values."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from tests.interop.peers.operations import polled_event_operations, polling_operations
from tests.interop.peers.operations.event_collector import (
    EVENT_OPERATIONS,
    Collector,
    Marker,
    collected,
    described,
    operation,
    settled,
    until_in_time,
    without_repeats,
    without_set_value,
)
from tests.interop.peers.operations.registry import Operation, is_kept
from tests.interop.peers.operations.value_operations import ATTRIBUTE_KINDS, arrays, images, scalars
from tests.interop.peers.plain import attempt, plain
from tests.waiting import until

__all__ = [
    "EVENT_OPERATIONS",
    "Collector",
    "polled_event_operations",
    "polling_operations",
]


def _change_of(kind: str, form: str) -> Operation:
    def run(tango: Any, name: str) -> Any:
        proxy = tango.DeviceProxy(name)
        attribute = f"{kind}_{form}"
        if form == "scalar":
            values = scalars(kind)
        else:
            values = list((arrays(kind) if form == "spectrum" else images(kind)).values())

        proxy.write_attribute(attribute, values[0])  # what was set before is part of each event

        def push(value: Any) -> Callable[[], Any]:
            def action() -> None:
                attempt(proxy.write_attribute, attribute, value)  # NaN is refused
                proxy.Push(["change", attribute])

            return action

        return collected(tango, proxy, attribute, "CHANGE_EVENT", *map(push, values))

    return run


for _kind in ATTRIBUTE_KINDS:
    for _form in ("scalar", "spectrum", "image"):
        EVENT_OPERATIONS[f"change_of_{_kind}_{_form}"] = _change_of(_kind, _form)


@operation
def change_of_states(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    states = [tango.DevState.ON, tango.DevState.FAULT]
    values = {
        "DevState_scalar": states[0],
        "DevState_spectrum": states,
        "DevState_image": [states, states],
    }
    found = []
    for attribute, value in values.items():
        proxy.write_attribute(attribute, value)
        push = partial(proxy.Push, ["change", attribute])
        found.append(collected(tango, proxy, attribute, "CHANGE_EVENT", push))
    return found


@operation
def change_of_encoded(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    return collected(
        tango, proxy, "encoded", "CHANGE_EVENT", lambda: proxy.Push(["encoded", "encoded"]),
        # PyTango's server sends an older set value.
        describe=lambda event: [event.event, event.err, plain(event.attr_value.value)],
    )  # fmt: skip


def _pushed(kind: str, event: str) -> Operation:
    def run(tango: Any, name: str) -> Any:
        proxy = tango.DeviceProxy(name)
        attribute = "DevDouble_spectrum"
        proxy.write_attribute(attribute, [1.0, 2.5])
        return collected(tango, proxy, attribute, event, lambda: proxy.Push([kind, attribute]))

    return run


EVENT_OPERATIONS["archive"] = _pushed("archive", "ARCHIVE_EVENT")
EVENT_OPERATIONS["alarm"] = _pushed("alarm", "ALARM_EVENT")
EVENT_OPERATIONS["user"] = _pushed("user", "USER_EVENT")


@operation
def errors_and_times(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    attribute = "DevLong_scalar"
    proxy.write_attribute(attribute, 5)
    events = collected(
        tango, proxy, attribute, "CHANGE_EVENT",
        lambda: proxy.Push(["error", attribute]), lambda: proxy.Push(["timed", attribute]),
        describe=lambda event: [described(event), None if event.err else event.attr_value.time.totime()],
    )  # fmt: skip
    return [events[0][0], *events[1:]]


@operation
def data_ready(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    attribute = "DevLong_scalar"
    collector = Collector()
    subscription = proxy.subscribe_event(attribute, tango.EventType.DATA_READY_EVENT, collector)
    settled(tango, proxy)
    proxy.Push(["ready", attribute])
    collector.wait(1)
    proxy.unsubscribe_event(subscription)
    return [
        [event.event, event.ctr, int(event.attr_data_type), event.err] for event in collector.events
    ]


@operation
def attribute_configuration(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)

    def change(label: str = "a label by event") -> None:
        info = proxy.get_attribute_config("DevLong_scalar")
        info.label = label
        proxy.set_attribute_config(info)

    change("the label before")

    return collected(
        tango, proxy, "DevLong_scalar", "ATTR_CONF_EVENT", change,
        describe=lambda event: [event.event, event.err, event.attr_conf.label, event.attr_conf.name],
    )  # fmt: skip


@operation
def interface_change(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    collector = Collector()
    subscription = proxy.subscribe_event(tango.EventType.INTERFACE_CHANGE_EVENT, collector)
    collector.wait(1)
    settled(tango, proxy)
    proxy.AddAttribute("from_event")
    collector.wait(2)
    proxy.RemoveAttribute("from_event")
    collector.wait(3)
    proxy.unsubscribe_event(subscription)
    return [
        [
            event.event,
            event.err,
            event.dev_started,
            "from_event" in [one.name for one in event.att_list],
        ]
        for event in collector.events
    ]


@operation
def periodic(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    info = proxy.get_attribute_config("limited")
    info.events.per_event.period = "100"
    proxy.set_attribute_config(info)
    proxy.write_attribute("limited", 1.0)
    proxy.poll_attribute("limited", 50)
    try:
        collector = Collector()
        subscription = proxy.subscribe_event("limited", tango.EventType.PERIODIC_EVENT, collector)
        collector.wait(4)
        proxy.unsubscribe_event(subscription)
    finally:
        proxy.stop_poll_attribute("limited")
    return [described(event) for event in collector.events[:4]]


def changed_while_polled(
    tango: Any, name: str, attribute: str, criterion: str, start: float, *values: float
) -> Any:
    """The change events of a polled attribute that is written some values, one after the other."""
    proxy = tango.DeviceProxy(name)
    info = proxy.get_attribute_config(attribute)
    info.events.ch_event.abs_change = criterion
    proxy.set_attribute_config(info)
    proxy.write_attribute(attribute, start)
    proxy.poll_attribute(attribute, 30)
    until(lambda: is_kept(proxy.attribute_history, attribute))

    def ask() -> Any:
        proxy.write_attribute(attribute, start)
        polled_event_operations.polled_again(proxy, attribute)
        steps = [lambda value=value: proxy.write_attribute(attribute, value) for value in values]
        return collected(
            tango, proxy, attribute, "CHANGE_EVENT", *steps,
            describe=without_set_value, distinct=True,
            ready=lambda: polled_event_operations.polled_again(proxy, attribute),
        )  # fmt: skip

    try:
        events = until_in_time(ask)
    finally:
        proxy.stop_poll_attribute(attribute)
    return without_repeats(events)


@operation
def polled_change(tango: Any, name: str) -> Any:
    return changed_while_polled(tango, name, "limited", "0.5", 1.0, 2.0, 4.0)


@operation
def quality_change(tango: Any, name: str) -> Any:
    return changed_while_polled(tango, name, "alarmed", "1000", 50.0, 101.0, 51.0)


@operation
def failing_attribute(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    proxy.poll_attribute("failing", 50)
    try:
        collector = Collector()
        subscription = proxy.subscribe_event("failing", tango.EventType.PERIODIC_EVENT, collector)
        collector.wait(1)
        proxy.unsubscribe_event(subscription)
    finally:
        proxy.stop_poll_attribute("failing")
    return [described(event) for event in collector.events[:1]]


@operation
def refusals(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    kinds = ("CHANGE_EVENT", "PERIODIC_EVENT", "ARCHIVE_EVENT", "DATA_READY_EVENT")
    found = [
        attempt(
            proxy.subscribe_event, "expert", getattr(tango.EventType, kind), Collector(), text=False
        )
        for kind in kinds
    ]
    found.append(
        attempt(
            proxy.subscribe_event, "no_such", tango.EventType.CHANGE_EVENT, Collector(), text=False
        )
    )
    found.append(attempt(proxy.unsubscribe_event, 987_654, text=False))
    return found


@operation
def queue(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    attribute = "DevLong_scalar"
    subscription = proxy.subscribe_event(attribute, tango.EventType.CHANGE_EVENT, 3)
    marker = Marker(tango, proxy)
    for number in range(5):
        proxy.write_attribute(attribute, number)
        proxy.Push(["change", attribute])
    marker.passed()
    marker.close()
    sizes = [proxy.event_queue_size(subscription), proxy.is_event_queue_empty(subscription)]
    events = proxy.get_events(subscription)
    sizes.append(proxy.event_queue_size(subscription))
    proxy.unsubscribe_event(subscription)
    return [sizes, [described(event) for event in events]]


@operation
def two_subscriptions(tango: Any, name: str) -> Any:
    proxy, other = tango.DeviceProxy(name), tango.DeviceProxy(name)
    attribute = "DevLong_scalar"
    first, second = Collector(), Collector()
    one = proxy.subscribe_event(attribute, tango.EventType.CHANGE_EVENT, first)
    two = other.subscribe_event(attribute, tango.EventType.CHANGE_EVENT, second)
    settled(tango, proxy)
    proxy.Push(["change", attribute])
    first.wait(2)
    second.wait(2)
    proxy.unsubscribe_event(one)
    proxy.Push(["change", attribute])
    second.wait(3)
    other.unsubscribe_event(two)
    return [len(first.events), len(second.events), plain(second.events[-1].attr_value.value)]


def _reasons(collector: Collector) -> list[str]:
    return [str(getattr(event, "event_reason", None)) for event in collector.events]


@operation
def event_modes(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    attribute = "DevLong_scalar"
    found = []
    for mode in ("Sync", "SyncRead", "Async", "AsyncRead", "Stateless"):
        collector = Collector()
        subscription = proxy.subscribe_event(
            attribute, tango.EventType.CHANGE_EVENT, collector, getattr(tango.EventSubMode, mode)
        )
        collector.wait(1)  # some modes subscribe in another thread
        settled(tango, proxy)
        proxy.Push(["change", attribute])
        reasons = partial(_reasons, collector)
        collector.wait_until(lambda reasons=reasons: reasons()[-1:] == ["Update"])
        proxy.unsubscribe_event(subscription)
        found.append([mode, reasons()])
    return found
