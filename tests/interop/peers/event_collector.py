"""What the operations on events share: collecting events, and telling them in plain values."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

if __package__:
    from .plain import plain, stack
    from .registry import Operation, reading
else:
    from plain import plain, stack
    from registry import Operation, reading

EVENT_OPERATIONS: dict[str, Operation] = {}
# ZMQ's subscription travels by itself: what a publisher sends before it arrives, in any implementation, is lost.
SETTLED = 0.15


def operation(function: Operation) -> Operation:
    """Register under the function's name."""
    EVENT_OPERATIONS[function.__name__] = function
    return function


def is_late(event: Any) -> bool:
    """A busy machine: the polling of a C++ server tells when it has missed a turn."""
    return bool(event.err) and event.errors[0].reason == "API_PollThreadOutOfSync"


class Collector:
    """A callback that keeps what it is given."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self._arrived = threading.Condition()

    def push_event(self, event: Any) -> None:
        if is_late(event):
            return
        with self._arrived:
            self.events.append(event)
            self._arrived.notify_all()

    def wait(self, count: int, timeout: float = 20.0) -> None:
        self.wait_until(lambda: len(self.events) >= count, timeout)

    def wait_until(self, condition: Callable[[], bool], timeout: float = 20.0) -> None:
        with self._arrived:
            self._arrived.wait_for(condition, timeout)


def described(event: Any) -> Any:
    """What an attribute's event says; the host is left out."""
    name = event.attr_name.rpartition("://")[2].partition("/")[2].lower().removesuffix("#dbase=no")
    if event.err:
        return ["error", event.event, name, [one[:3] for one in _stack(event.errors)]]
    return [
        "value",
        event.event,
        name,
        reading(event.attr_value)[:-1],
    ]  # PyTango is unsure what is empty


def _stack(errors: Any) -> Any:
    class Carrier(Exception):
        pass

    return stack(Carrier(*errors))


def collected(
    tango: Any,
    proxy: Any,
    name: str,
    kind: str,
    *actions: Callable[[], Any],
    describe: Any = described,
    quiet: Sequence[int] = (),
    distinct: bool = False,
) -> Any:
    """The event at the subscription, and one for each action that is not a quiet one.

    With `distinct`, one that differs from the one before: a repeated event is not waited for.
    """

    def told() -> list[Any]:
        found = [describe(event) for event in list(collector.events)]
        return without_repeats(found) if distinct else found

    collector = Collector()
    subscription = proxy.subscribe_event(name, getattr(tango.EventType, kind), collector)
    try:
        collector.wait(1)
        time.sleep(SETTLED)
        for number, action in enumerate(actions):
            before = len(told())
            action()
            if number not in quiet:
                collector.wait_until(partial(_longer, told, before))
        time.sleep(0.05)
    finally:
        proxy.unsubscribe_event(subscription)
    return told()


def _longer(told: Callable[[], list[Any]], before: int) -> bool:
    return len(told()) > before


def without_repeats(events: list[Any]) -> list[Any]:
    """The first poll after a subscription may send the first value again, if it comes in time."""
    return [
        event for number, event in enumerate(events) if number == 0 or event != events[number - 1]
    ]


def without_set_value(event: Any) -> Any:
    """What was set may be one poll older or newer than the value read."""
    if event.err:
        return described(event)
    value = event.attr_value
    return [event.event, plain(value.value), str(value.quality), value.dim_x, str(value.type)]
