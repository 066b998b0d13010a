"""Watching a signal: by polling, by events, over restarts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from puretango.bluesky import (
    TangoSignal,
)
from puretango.bluesky.signals._link import Link
from puretango.bluesky.signals._monitor import Monitor
from puretango.client import DeviceProxy
from puretango.server import Device as Tango
from puretango.server import Server, attribute
from tests.unit.bluesky.conftest import start_server
from tests.waiting import never, until

Locate = Callable[[str], str]


def test_polling_gives_the_first_value_and_the_changes(trl: Locate) -> None:
    signal = TangoSignal(trl("test/odd/1/position"), polling_period=0.05)
    seen: list[float] = []
    cid = signal.subscribe(lambda value, **_: seen.append(value))
    until(lambda: seen == [1.5])
    assert signal.monitored == "polling"
    signal.put(3.0)
    until(lambda: seen == [1.5, 3.0])
    signal.unsubscribe(cid)
    assert signal.monitored is None
    signal.put(4.0)
    never(lambda: seen != [1.5, 3.0], 0.15)


def test_events_where_the_device_sends_them(trl: Locate) -> None:
    signal = TangoSignal(trl("test/odd/1/events"))
    seen: list[float] = []
    signal.subscribe(lambda value, **_: seen.append(value))
    until(lambda: seen)
    assert signal.monitored == "events"
    from puretango.client import DeviceProxy

    DeviceProxy(trl("test/odd/1")).Push(12.5)
    until(lambda: 12.5 in seen)
    signal.destroy()


def test_errors_while_watching_are_visible(trl: Locate) -> None:
    signal = TangoSignal(trl("test/odd/1/broken"), polling_period=0.05)
    errors: list[Any] = []
    signal.subscribe(lambda error, **_: errors.append(str(error)), event_type=signal.SUB_ERROR)
    signal.subscribe(lambda **_: None)
    until(lambda: errors)
    assert "broken" in errors[0]
    assert len(errors) == 1
    signal.destroy()


def test_watching_survives_a_restart() -> None:
    server = start_server()
    port = server.port
    signal = TangoSignal(
        f"tango://127.0.0.1:{port}/test/odd/1/position#dbase=no", polling_period=0.05
    )
    seen: list[float] = []
    errors: list[Any] = []
    signal.subscribe(lambda value, **_: seen.append(value))
    signal.subscribe(lambda error, **_: errors.append(error), event_type=signal.SUB_ERROR)
    until(lambda: seen)
    signal.put(2.0)
    until(lambda: seen == [1.5, 2.0])
    server.stop()
    until(lambda: errors)
    again = start_server(port)
    try:
        until(lambda: seen[-1] == 1.5)
        assert signal.connected
    finally:
        signal.destroy()
        again.stop()


class Ticking(Tango):
    """A counter, whose changes are events only where it is polled."""

    @attribute(dtype=int, abs_change=1)
    def ticks(self) -> int:
        """More at every look."""
        self.seen = getattr(self, "seen", 0) + 1
        return self.seen


def ticking(port: int, events: bool) -> Server:
    """A server of it."""
    server = Server("t", [Ticking], devices={"Ticking": ["test/tick/1"]}, port=port).start()
    if events:
        DeviceProxy(f"tango://127.0.0.1:{server.port}/test/tick/1#dbase=no").poll_attribute(
            "ticks", 50
        )
    return server


@pytest.mark.slow
def test_a_server_that_sends_events_no_more() -> None:
    """After its restart it refuses the subscription: the attribute is read in turn."""
    server = ticking(0, events=True)
    port = server.port
    signal = TangoSignal(
        f"tango://127.0.0.1:{port}/test/tick/1/ticks#dbase=no", polling_period=0.05
    )
    seen: list[int] = []
    signal.subscribe(lambda value, **_: seen.append(value))
    until(lambda: len(seen) > 2)
    assert signal.monitored == "events"
    server.stop()
    again = ticking(port, events=False)
    try:
        until(lambda: signal.monitored == "polling")
        seen.clear()
        until(lambda: len(seen) > 2)
    finally:
        signal.destroy()
        again.stop()


def test_a_watch_that_its_first_event_ends() -> None:
    """The first event comes before the subscription is known, and may be all that was wanted."""

    class Proxy:
        ended: ClassVar[list[int]] = []

        def subscribe_event(self, attribute: str, kind: Any, take: Any) -> int:
            monitor.stop()
            return 7

        def unsubscribe_event(self, number: int) -> None:
            self.ended.append(number)

    link = Link("a/b/c")
    link._proxy = Proxy()
    monitor = Monitor(link, "position", lambda answer: None, lambda failure: None)
    monitor.start()
    assert Proxy.ended == [7]
