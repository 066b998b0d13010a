"""How much may wait between a server that pushes and a client that is busy: Tango's own two settings."""

from __future__ import annotations

from typing import Any

import pytest
import zmq

from puretango.client import ClientContext, environment_number, events_of
from puretango.server import Server
from tests.unit.hub.devices import Pushing


@pytest.mark.parametrize(
    ("text", "number"),
    [("5000", 5000), (" 7 ", 7), ("0", 1000), ("-3", 1000), ("many", 1000), ("", 1000)],
)
def test_settings_that_are_numbers(monkeypatch: pytest.MonkeyPatch, text: str, number: int) -> None:
    monkeypatch.setenv("TANGO_EVENT_BUFFER_HWM", text)
    assert environment_number("TANGO_EVENT_BUFFER_HWM", 1000) == number


@pytest.mark.parametrize(
    ("setting", "given", "room"), [("", None, 1000), ("5000", None, 5000), ("5000", 70_000, 70_000)]
)
def test_what_may_wait_at_a_client(
    monkeypatch: pytest.MonkeyPatch, setting: str, given: int | None, room: int
) -> None:
    seen: list[int] = []

    class Listening:
        def __init__(self, _receive: Any, *, high_water: int, connected: Any) -> None:
            seen.append(high_water)

        def close(self) -> None:
            """Nothing is open."""

    monkeypatch.setenv("TANGO_EVENT_BUFFER_HWM", setting)
    monkeypatch.setattr("puretango.client.events._link.EventSubscriber", Listening)
    context = ClientContext(given)
    try:
        events_of(context).link._socket()
        assert seen == [room]
    finally:
        context.close()


@pytest.mark.parametrize(("setting", "room"), [("", 1000), ("5000", 5000)])
def test_what_may_wait_at_a_server(
    monkeypatch: pytest.MonkeyPatch, setting: str, room: int
) -> None:
    monkeypatch.setenv("TANGO_DS_EVENT_BUFFER_HWM", setting)
    with Server("i", [Pushing], port=0, devices={"Pushing": ["lab/push/1"]}) as server:
        feeds: Any = server.publisher.feeds
        feeds.open()
        assert feeds._socket._events.getsockopt(zmq.SNDHWM) == room
