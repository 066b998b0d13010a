"""The tables of lives: every cell of them, and the page that shows them."""

from __future__ import annotations

import itertools
import threading
from enum import Enum
from typing import Any

import pytest

from puretango import events, giop
from puretango.errors import ProtocolError, PuretangoError
from puretango.giop._header import MessageType
from puretango.server.base import _life
from tests.unit.docs import lifecycles

SERVER = _life.SERVER, _life.ServerState, _life.ServerInput
DEVICE = _life.DEVICE, _life.DeviceLife, _life.DeviceInput


def test_the_page_shows_the_tables() -> None:
    page = lifecycles.PAGE.read_text("utf-8")
    assert page == lifecycles.drawn(page), "python -m tests.unit.docs.lifecycles"
    assert page.count("stateDiagram-v2") == len(lifecycles.LIVES)


@pytest.mark.parametrize(
    ("table", "state", "what"),
    [(table, *cell) for table, *kinds in (SERVER, DEVICE) for cell in itertools.product(*kinds)],
)
def test_each_cell_of_server_and_device(table: Any, state: Enum, what: Enum) -> None:
    life: _life.Life[Any, Any, Any] = _life.Life(table, state)
    if (state, what) in table:
        assert (life.state, life.feed(what))[1] == table[state, what][1]
        assert life.state == table[state, what][0]
    else:
        with pytest.raises(PuretangoError, match=f"^{what.value} while {state.value}$"):
            life.feed(what)
        assert life.state is state


@pytest.mark.parametrize(
    ("state", "what"), itertools.product(events.SubscriptionState, events.SubscriptionInput)
)
def test_each_cell_of_a_subscription(
    state: events.SubscriptionState, what: events.SubscriptionInput
) -> None:
    made = events.SubscriberBook().add("tango://h:1/a/b/c", "x", "change")
    made.state = state
    if (state, what) in events.SUBSCRIPTIONS:
        assert made.feed(what) is events.SUBSCRIPTIONS[state, what] is made.state
    else:
        with pytest.raises(PuretangoError, match=f"^{what.value} while {state.value}$"):
            made.feed(what)
        assert made.state is state


@pytest.mark.parametrize(
    ("state", "what"), itertools.product(events.ChannelState, events.ChannelInput)
)
def test_each_cell_of_a_source_of_events(
    state: events.ChannelState, what: events.ChannelInput
) -> None:
    channel = events.Channel("dserver/a/1")
    channel.state = state
    if (state, what) in events.TRANSITIONS:
        assert channel.feed(what) is events.TRANSITIONS[state, what] is channel.state
    else:
        with pytest.raises(PuretangoError, match=f"^{what.value} while {state.value}$"):
            channel.feed(what)
        assert channel.state is state


@pytest.mark.parametrize(
    ("role", "state", "kind"), itertools.product(giop.Role, giop.State, MessageType)
)
def test_each_cell_of_a_connection(role: giop.Role, state: giop.State, kind: MessageType) -> None:
    """Sent and received; an illegal one that is received ends the conversation."""
    table = giop.TRANSITIONS[role]
    sending = giop.Connection(role)
    sending.state = state
    if (after := table.get(("send", state, kind))) is not None:
        sending._sending(kind)
        assert sending.state is after
    else:
        with pytest.raises(ProtocolError, match=f"cannot send {kind.name}"):
            sending._sending(kind)
        assert sending.state is state
    receiving = giop.Connection(role)
    receiving.state = state
    receiving.receive_data(giop.build_header(kind, 0))
    after = table.get(("receive", state, kind))
    if kind is MessageType.FRAGMENT:  # of no message: refused before its place is looked at
        after = None
    if after is not None:
        assert receiving.next_message() is not None
        assert receiving.state is after
    else:
        with pytest.raises(ProtocolError):
            receiving.next_message()
        assert receiving.state is giop.State.FAILED


def test_what_several_threads_tell_at_once_is_done_once() -> None:
    for _ in range(50):
        life = _life.Life(_life.DEVICE, _life.DeviceLife.SERVED)
        done: list[_life.DeviceAction | None] = []
        threads = [
            threading.Thread(target=lambda: done.append(life.feed(_life.DeviceInput.FINISH)))  # noqa: B023
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(map(str, done)) == ["DeviceAction.DELETE", "None", "None", "None"]
