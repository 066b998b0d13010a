"""The supervision of channels: heartbeats, servers that restart, subscriptions made again."""

from __future__ import annotations

from pathlib import Path

import pytest

from puretango import events
from puretango.errors import DevError, DevFailed
from puretango.events import (
    Arrival,
    Cause,
    ChannelInput,
    ChannelState,
    Confirm,
    Lost,
    Retry,
    SubscriberBook,
    Timing,
    diagnose,
)
from tests.unit.events.test_books import client_book


def test_another_thread_subscribes_while_it_is_looked_what_is_due() -> None:
    """The supervising thread asks without a lock, and must not end."""

    class Meeting(Timing):
        def pause(self, attempts: int) -> float:
            book.add("d", "met", "change")
            return super().pause(attempts)

    book = SubscriberBook(Meeting())
    for name in ("a", "b"):
        book.refused(book.add("d", name, "change"), ValueError(), 0.0)
    assert book.next_due(0.0) == 0.25


def test_supervision() -> None:
    book, made = client_book()
    channel = book.channel("adm")
    assert book.next_due(0.0) == pytest.approx(events.PATIENCE)
    assert book.due(9.0) == []
    assert book.heartbeat("hb", 10.0) == (channel, False)
    assert channel.state is ChannelState.ALIVE
    assert book.due(20.0) == []
    assert book.due(22.0) == [Lost(channel, [made]), Retry(channel, [made])]
    assert book.due(22.2) == []
    channel.failed(23.0, DevFailed(DevError("API_CantConnectToDevice", desc="no way")))
    assert diagnose(made, 24.0).cause is Cause.SERVER_GONE
    assert "no way" in str(diagnose(made, 24.0))
    # Tried again each second ten times, then after 2, 4, 5, 5, … seconds, and told again every 10.
    done = []
    for moment in range(24, 56):
        for action in book.due(float(moment)):
            done.append((moment, action))
            if isinstance(action, Retry):
                channel.failed(float(moment), OSError("x"))
    assert [moment for moment, action in done if type(action) is Retry] == [
        *range(24, 34),
        35,
        39,
        44,
        49,
        54,
    ]
    assert [moment for moment, action in done if type(action) is Lost] == [32, 42, 52]
    assert book.heartbeat("hb", 56.0) == (channel, True)
    assert channel.state is ChannelState.ALIVE
    for beat in range(66, 200, 10):
        book.heartbeat("hb", float(beat))
        assert book.due(float(beat)) == []
    book.heartbeat("hb", 201.0)
    assert book.due(201.0) == [Confirm(channel, ["a/b/c", "x", "change"])]
    assert book.due(202.0) == []


def test_resubscription_after_a_restart() -> None:
    book, made = client_book()
    channel = book.channel("adm")
    made.arrive(50, 1.0)
    book.due(12.0)
    assert channel.state is ChannelState.SILENT
    book.accepted(made, channel, ["t9"], ["hb2"], now=13.0)
    assert channel.state is ChannelState.WAITING
    assert b"t1" not in book.routes
    assert made.arrive(1, 14.0) == (Arrival.NEXT, 0)


def test_refused_subscriptions_are_tried_again() -> None:
    book = SubscriberBook()
    made = book.add("a/b/c", "x", "change")
    assert diagnose(made, 0.0).cause is Cause.PENDING
    book.refused(made, DevFailed(DevError("API_AttributePollingNotStarted", desc="d")), now=0.0)
    assert diagnose(made, 0.0).cause is Cause.NOT_POLLED
    assert book.next_due(0.0) == 0.25
    assert book.due(0.2) == []
    assert book.due(1.0) == [Retry(None, [made])]
    book.refused(made, OSError("x"), now=1.0)
    assert diagnose(made, 0.0).cause is Cause.REFUSED
    assert book.due(1.4) == []
    assert book.due(1.5) == [Retry(None, [made])]


def test_a_connection_that_ends_tells_at_once() -> None:
    book, made = client_book()
    channel = book.channel("adm")
    channel.endpoints = ("tcp://h:1", "tcp://h:2")
    assert not book.disconnected("tcp://h:3")
    assert book.due(1.0) == []
    assert book.disconnected("tcp://h:2")
    assert not book.disconnected("tcp://h:1")  # once is enough
    assert channel.state is ChannelState.SILENT
    assert book.due(1.0) == [Lost(channel, [made]), Retry(channel, [made])]
    channel.failed(1.1, OSError("x"))
    assert book.connected("tcp://h:1") == []
    assert book.connected("tcp://h:2") == [channel]
    book.accepted(made, channel, ["t9"], ["hb2"], now=2.0)
    assert channel.state is ChannelState.WAITING


def test_a_new_subscription_does_not_stand_for_those_that_a_restarted_server_has_forgotten() -> (
    None
):
    book, made = client_book()
    channel = book.channel("adm")
    channel.silent(ChannelInput.LEFT)
    book.due(1.0)
    channel.failed(1.0, OSError("still starting"))
    newcomer = book.add("tango://h:1/a/b/c", "y", "change")
    book.accepted(newcomer, channel, ["t7"], ["hb2"], now=1.1)
    assert channel.state is ChannelState.SILENT
    assert book.due(1.1) == [Retry(channel, [made, newcomer])]  # at once
    book.accepted(made, channel, ["t9"], ["hb2"], now=1.2)
    assert channel.state is ChannelState.WAITING


def test_a_server_that_came_back_without_the_attribute() -> None:
    book, made = client_book()
    other = book.add("tango://h:1/a/b/c", "y", "change")
    book.accepted(other, book.channel("adm"), ["t3"], ["hb"], now=0.0)
    channel = made.channel
    assert book.rejected(made, OSError("x"), 5.0) == ({"t1", "t2"}, None)
    assert made.channel is None
    assert book.of(book.channel("adm")) == [other]
    assert book.due(6.0) == [Retry(None, [made])]
    assert book.rejected(other, OSError("x"), 6.0) == ({"t3"}, channel)
    assert not book.channels
    assert not book.routes


def test_the_table_has_every_input_that_can_happen() -> None:
    for state in ChannelState:
        assert (state, ChannelInput.CLOSE) in events.TRANSITIONS
        assert (state, ChannelInput.SUBSCRIBED) in events.TRANSITIONS
    reached = set(events.TRANSITIONS.values())
    assert reached == set(ChannelState)


def test_the_protocol_page_shows_the_table() -> None:
    page = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text()
    inputs = ("SUBSCRIBED", "HEARTBEAT", "LATE", "FAILED", "CLOSE")
    for state in ChannelState:
        cells = [
            target.name if (target := events.TRANSITIONS.get((state, ChannelInput[name]))) else ""
            for name in inputs
        ]
        row = "".join(f" {cell} |" if cell else " |" for cell in cells)
        assert f"| {state.name} |{row}" in page
