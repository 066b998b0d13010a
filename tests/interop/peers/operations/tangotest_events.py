"""What C++ TangoTest 9.3.4 (IDL 5) can send, as functions of (implementation, device)."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

from tests.interop.peers.operations.event_collector import Collector, without_repeats
from tests.interop.peers.operations.registry import Operation, is_kept
from tests.interop.peers.plain import attempt, plain
from tests.waiting import until

TANGOTEST_OPERATIONS: dict[str, Operation] = {}


def operation(function: Operation) -> Operation:
    """Register under the function's name."""
    TANGOTEST_OPERATIONS[function.__name__] = function
    return function


def _shape(event: Any) -> Any:
    """What does not change from one event to the next: most values are random."""
    if event.err:
        return ["error", event.event, [(one.reason, one.desc) for one in event.errors]]
    value = event.attr_value
    return [
        "value", event.event, value.name.lower(), str(value.type), str(value.data_format), str(value.quality),
        type(value.value).__name__, str(getattr(value.value, "dtype", "")), getattr(value.value, "ndim", 0),
    ]  # fmt: skip


@operation
def periodic_of_everything(tango: Any, name: str) -> Any:
    """Each attribute, of every type and format; those that fail send errors."""
    proxy = tango.DeviceProxy(name)
    names = [one for one in proxy.get_attribute_list() if one != "Status"]
    for one in names:
        info = proxy.get_attribute_config(one)
        info.events.per_event.period = "100"
        attempt(proxy.set_attribute_config, info)
        proxy.poll_attribute(one, 100)
    collectors = {one: Collector() for one in names}

    def subscribed(one: str) -> Any:
        return proxy.subscribe_event(one, tango.EventType.PERIODIC_EVENT, collectors[one])

    # cppTango 9 refuses until the first value was polled.
    numbers = [until(partial(subscribed, one), forgiving=tango.DevFailed) for one in names]
    for collector in collectors.values():
        collector.wait(3)
    for number in numbers:
        proxy.unsubscribe_event(number)
    for one in names:
        proxy.stop_poll_attribute(one)
    return {
        one: [_shape(event) for event in collector.events[:2]]
        for one, collector in collectors.items()
    }


@operation
def changes(tango: Any, name: str) -> Any:
    """What is written comes back, of each type that TangoTest has."""
    proxy = tango.DeviceProxy(name)
    writes: dict[str, list[Any]] = {
        "boolean_scalar": [False, True],
        "short_scalar": [1, -32768],
        "ushort_scalar": [1, 65535],
        "long64_scalar": [1, -(2**63)],
        "ulong_scalar": [1, 2**32 - 1],
        "ulong64_scalar": [1, 2**64 - 1],
        "uchar_scalar": [1, 255],
        "float_scalar": [1.0, 2.5],
        "string_scalar": ["one", "\xe9"],
        "short_spectrum": [[1, 2], [1, 9], [1]],
        "double_spectrum": [[1.0], [2.5, 3.5]],
        "string_spectrum": [["one"], ["one", "two"]],
        "float_image": [[[1.0, 2.0]], [[1.0, 4.0]]],
        "string_image": [[["a", "b"]], [["a", "c"]]],
    }
    found = {}
    collectors = {}
    for attribute, values in writes.items():
        info = proxy.get_attribute_config(attribute)
        info.events.ch_event.abs_change = "0.5"
        attempt(proxy.set_attribute_config, info)
        attempt(proxy.write_attribute, attribute, values[0])
        proxy.poll_attribute(attribute, 50)
    until(lambda: is_kept(proxy.attribute_history, *writes))
    numbers = []
    for attribute in writes:
        collectors[attribute] = collector = Collector()
        numbers.append(proxy.subscribe_event(attribute, tango.EventType.CHANGE_EVENT, collector))
    for collector in collectors.values():
        collector.wait(1)
    for place in (1, 2):
        for attribute, values in writes.items():
            if place < len(values):
                attempt(proxy.write_attribute, attribute, values[place])
        time.sleep(0.4)
    for number in numbers:
        proxy.unsubscribe_event(number)
    for attribute, collector in collectors.items():
        proxy.stop_poll_attribute(attribute)
        # The first event may still have the value before; how many come depends on the moment.
        found[attribute] = _last_change(without_repeats(collector.events))
    return found


def _last_change(events: list[Any]) -> Any:
    """The last event; where the values are random, only what it is like."""
    event = events[-1]
    if event.err or "spectrum" in event.attr_name or "image" in event.attr_name:
        return _shape(event)
    return [*_shape(event), plain(event.attr_value.w_value)]


@operation
def the_other_kinds(tango: Any, name: str) -> Any:
    """Configuration, interface, and what this release refuses."""
    proxy = tango.DeviceProxy(name)
    found: list[Any] = []
    collector = Collector()

    def label(text: str) -> None:
        info = proxy.get_attribute_config("ushort_spectrum")
        info.label = text
        proxy.set_attribute_config(info)

    label("before")
    number = proxy.subscribe_event("ushort_spectrum", tango.EventType.ATTR_CONF_EVENT, collector)
    collector.wait(1)
    label("after")
    collector.wait(2)
    proxy.unsubscribe_event(number)
    found.append([[one.event, one.err, one.attr_conf.label] for one in collector.events])
    collector = Collector()
    number = proxy.subscribe_event(tango.EventType.INTERFACE_CHANGE_EVENT, collector)
    collector.wait(1)
    proxy.unsubscribe_event(number)
    found.append(
        [
            [one.event, one.err, len(one.att_list), len(one.cmd_list), one.dev_started]
            for one in collector.events[:1]
        ]
    )
    for kind in ("ALARM_EVENT", "DATA_READY_EVENT", "CHANGE_EVENT", "ARCHIVE_EVENT"):
        event_type = getattr(tango.EventType, kind)
        found.append(
            attempt(proxy.subscribe_event, "ulong_spectrum_ro", event_type, collector, text=False)
        )
    collector = Collector()
    number = proxy.subscribe_event("short_scalar_w", tango.EventType.USER_EVENT, collector)
    proxy.unsubscribe_event(number)
    found.append([_shape(event) for event in collector.events])
    return found
