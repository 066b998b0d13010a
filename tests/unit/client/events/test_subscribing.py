"""The arguments of subscribe_event, in every order."""

from __future__ import annotations

from typing import Any

import pytest

from puretango import EventSubMode, EventType, ExtractAs
from puretango.client.events.delivery._subscribing import parse_subscribe

CHANGE = EventType.CHANGE_EVENT
INTERFACE = EventType.INTERFACE_CHANGE_EVENT


def callback(_event: object) -> None:
    """Takes an event."""


class Listener:
    """Takes events with a method."""

    def push_event(self, _event: object) -> None:
        """Take an event."""


def parse(*args: Any, **kwargs: Any) -> Any:
    """As subscribe_event would."""
    return parse_subscribe(args, kwargs)


def test_forms() -> None:
    wanted = parse("a", CHANGE, callback)
    assert (wanted.attribute, wanted.callback, wanted.sub_mode) == (
        "a",
        callback,
        EventSubMode.SyncRead,
    )
    assert parse("a", CHANGE, 3).queue_size == 3
    assert parse(attr_name="a", event_type=CHANGE, queuesize=0).queue_size == 0
    listener = Listener()
    assert parse("a", CHANGE, listener).callback == listener.push_event
    assert parse("a", CHANGE, callback, EventSubMode.Async).sub_mode == EventSubMode.Async
    assert (
        parse("a", CHANGE, callback, EventSubMode.Async, ExtractAs.Tuple).extract_as
        == ExtractAs.Tuple
    )
    assert parse("a", CHANGE, callback, coalesce=True).coalesce
    assert parse(INTERFACE, callback).attribute == "dummy"
    assert parse(event_type=INTERFACE, cb=callback).event_type == INTERFACE


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_forms() -> None:
    assert parse("a", CHANGE, callback, [], True).sub_mode == EventSubMode.Stateless
    assert parse("a", CHANGE, callback, stateless=True).sub_mode == EventSubMode.Stateless
    assert parse("a", CHANGE, callback, []).sub_mode == EventSubMode.SyncRead
    assert parse(INTERFACE, callback, True).sub_mode == EventSubMode.Stateless


@pytest.mark.parametrize(
    ("args", "kwargs", "error"),
    [
        ((CHANGE,), {}, TypeError),
        ((INTERFACE,), {}, IndexError),
        (("a",), {}, IndexError),
        (("a", None), {}, TypeError),
        (("a", CHANGE), {}, TypeError),
        (("a", CHANGE, None), {}, TypeError),
        (("a", CHANGE), {"cb": callback, "queuesize": 1}, TypeError),
        (("a", CHANGE, callback), {"filters": [], "sub_mode": EventSubMode.Sync}, TypeError),
        (("a", CHANGE, callback), {"submode": EventSubMode.Sync}, TypeError),
        (("a", CHANGE, callback, EventSubMode.Sync, None), {}, TypeError),
    ],
)
def test_wrong_forms(args: tuple[Any, ...], kwargs: dict[str, Any], error: type) -> None:
    with pytest.raises(error):
        parse(*args, **kwargs)
