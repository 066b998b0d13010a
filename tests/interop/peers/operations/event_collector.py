"""What the operations on events share: collecting events, and telling them in plain values."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from tests.interop.peers.operations.registry import Operation, reading
from tests.interop.peers.plain import plain, stack
from tests.waiting import until

EVENT_OPERATIONS: dict[str, Operation] = {}
MARKED = "DevULong64_scalar"
"""An attribute of the device Rich whose user events nobody else wants."""


def operation(function: Operation) -> Operation:
    """Register under the function's name."""
    EVENT_OPERATIONS[function.__name__] = function
    return function


def is_late(event: Any) -> bool:
    """A busy machine: the polling of a C++ server tells when it has missed a turn."""
    return bool(event.err) and event.errors[0].reason == "API_PollThreadOutOfSync"


class LateError(Exception):
    """Polling has missed a turn: what it told then is not what is to be compared."""


def until_in_time(ask: Callable[[], Any]) -> Any:
    """What `ask` gives, asked again where polling has missed a turn meanwhile; six times at most."""
    for _ in range(5):
        try:
            return ask()
        except LateError:
            pass
    return ask()


class Collector:
    """A callback that keeps what it is given."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.late = 0
        """Turns that polling has missed: it tells the value after each of them, changed or not."""
        self._arrived = threading.Condition()

    def push_event(self, event: Any) -> None:
        if is_late(event):
            self.late += 1
            return
        with self._arrived:
            self.events.append(event)
            self._arrived.notify_all()

    def wait(self, count: int, timeout: float = 20.0) -> None:
        self.wait_until(lambda: len(self.events) >= count, timeout)

    def wait_until(self, condition: Callable[[], bool], timeout: float = 20.0) -> None:
        with self._arrived:
            self._arrived.wait_for(condition, timeout)


class Marker:
    """One more subscription to a device, whose events tell where those of the others are.

    A subscription travels by itself: what a publisher sends before it arrives, in any implementation, is lost. All
    go one way, in their order, and so do a publisher's events.
    """

    def __init__(self, tango: Any, proxy: Any) -> None:
        """When this is made, all subscriptions that were made before it have arrived."""
        self._proxy = proxy
        self._come = Collector()
        self._number = proxy.subscribe_event(MARKED, tango.EventType.USER_EVENT, self._come)
        until(lambda: self._pushed(0.05))

    def _pushed(self, patience: float = 20.0) -> bool:
        before = len(self._come.events)
        self._proxy.Push(["user", MARKED])
        self._come.wait(before + 1, patience)
        return len(self._come.events) > before

    def passed(self) -> None:
        """Returns when all that was pushed before has come."""
        assert self._pushed()

    def close(self) -> None:
        """End it."""
        self._proxy.unsubscribe_event(self._number)


def settled(tango: Any, proxy: Any) -> None:
    """Returns when the subscriptions to a device have arrived there."""
    Marker(tango, proxy).close()


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
    ready: Callable[[], Any] = lambda: None,
) -> Any:
    """The event at the subscription, and one for each action that is not a quiet one.

    With `distinct`, one that differs from the one before: a repeated event is not waited for. `ready` returns when
    the first action may come: polling compares values from its first turn after the subscription on.
    """

    def told() -> list[Any]:
        found = [describe(event) for event in list(collector.events)]
        return without_repeats(found) if distinct else found

    collector = Collector()
    subscription = proxy.subscribe_event(name, getattr(tango.EventType, kind), collector)
    try:
        collector.wait(1)
        marker = Marker(tango, proxy)
        ready()
        for number, action in enumerate(actions):
            before = len(told())
            action()
            if number not in quiet:
                collector.wait_until(partial(_longer, told, before))
        marker.passed()
        marker.close()
    finally:
        proxy.unsubscribe_event(subscription)
    if distinct and collector.late:
        raise LateError
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
