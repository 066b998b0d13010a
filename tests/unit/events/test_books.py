"""The books of subscriptions, a server's and a client's: counters, routes, diagnosis."""

from __future__ import annotations

import pytest

from puretango import events
from puretango.events import (
    Arrival,
    Cause,
    ChannelState,
    PublisherBook,
    SubscriberBook,
    diagnose,
)
from puretango.events._channel import without_frames


def test_the_servers_book() -> None:
    book = PublisherBook("h:1", "dserver/X/t", database=False)
    assert book.heartbeat_topic == "tango://h:1/dserver/x/t#dbase=no.heartbeat"
    key = book.key("A/b/c", "X", "change")
    assert book.wanted(key, 0.0) == []
    new = book.subscribe("a/b/c", "x", "change", 6, now=0.0)
    old = book.subscribe("a/b/c", "X", "change", 4, now=100.0)
    assert book.wanted(key, 200.0) == [new, old]
    assert book.wanted(key, 650.0) == [old]
    assert book.confirm("A/B/C", "x", "change", now=650.0)
    assert book.wanted(key, 1200.0) == [new, old]
    assert not book.confirm("a/b/c", "y", "change", now=650.0)
    assert not book.is_wanted("a/b/c", "y", "change", 0.0)
    first, second = new.frames(b"p"), new.frames(b"p")
    assert events.decode_call(first[2], True).counter == 1
    assert events.decode_call(second[2], True).counter == 2
    assert book.counters() == {new.topic.text: 2, old.topic.text: 0}
    with pytest.raises(ValueError, match="quality"):
        book.subscribe("a/b/c", "x", "quality", 6, now=0.0)
    dummy = book.subscribe("a/b/c", "dummy", "intr_change", 6, now=0.0)
    assert dummy.topic.text == "tango://h:1/a/b/c#dbase=no.intr_change"
    assert len(list(book.live(1.0))) == 3
    book.forget("a/b/c", ["X"])
    assert [feed.topic.event for feed in book.live(1.0)] == ["intr_change"]
    book.forget("a/b/c")
    assert not list(book.live(1.0))


def client_book() -> tuple[SubscriberBook, events.Subscription]:
    book = SubscriberBook()
    made = book.add("tango://h:1/a/b/c", "x", "change")
    book.accepted(made, book.channel("adm"), ["t1", "t2"], ["hb"], now=0.0)
    return book, made


def test_counters_tell_what_is_missing() -> None:
    _, made = client_book()
    assert made.arrive(7, 1.0) == (Arrival.NEXT, 0)
    assert made.arrive(7, 1.0) == (Arrival.DUPLICATE, 0)
    assert made.arrive(8, 1.0) == (Arrival.NEXT, 0)
    assert made.arrive(12, 1.0) == (Arrival.GAP, 3)
    assert made.arrive(1, 1.0) == (Arrival.RESTART, 0)
    assert made.arrive(2, 1.0) == (Arrival.NEXT, 0)
    assert made.counts.received == 5
    assert (made.counts.missed, made.counts.gaps, made.counts.duplicates) == (3, 1, 1)


def test_counters_wrap() -> None:
    _, made = client_book()
    made.arrive(0xFFFFFFFF, 1.0)
    assert made.arrive(0, 1.0) == (Arrival.NEXT, 0)


def test_routes() -> None:
    book, first = client_book()
    second = book.add("tango://h:1/a/b/c", "x", "change")
    book.accepted(second, book.channel("adm"), ["t1"], ["hb"], now=0.0)
    assert book.routes[b"t1"] == (first, second)
    gone, unused, channel = book.remove(first.id)
    assert (gone, unused, channel) == (first, {"t2"}, None)
    _, unused, channel = book.remove(second.id)
    assert unused == {"t1"}
    assert channel is not None
    assert channel.state is ChannelState.CLOSED
    assert not book.routes
    assert book.heartbeat("hb", 1.0) == (None, False)
    with pytest.raises(KeyError):
        book.remove(first.id)


def test_the_first_event_after_each_subscription_may_come_twice() -> None:
    book, made = client_book()
    for _ in range(2):
        assert made.arrive(7, 1.0) == (Arrival.NEXT, 0)
        assert made.arrive(7, 1.0) == (Arrival.DUPLICATE, 0)
        book.accepted(made, book.channel("adm"), ["t1"], ["hb"], now=2.0)


def test_diagnosis_of_a_healthy_subscription() -> None:
    _, made = client_book()
    assert diagnose(made, 5.0).cause is Cause.UNCHANGED
    made.arrive(1, 6.0)
    made.arrive(5, 7.0)
    found = diagnose(made, 8.0)
    assert found.cause is Cause.RECEIVING
    assert "3 missed" in found.detail


def test_pipe_events_of_a_cpp_server_are_not_counted() -> None:
    made = SubscriberBook().add("tango://h:1/a/b/c", "x", "pipe")
    for _ in range(3):
        assert made.arrive(0, 1.0) == (Arrival.NEXT, 0)
    made = SubscriberBook().add("tango://h:1/a/b/c", "x", "pipe")
    assert made.arrive(1, 1.0) == (Arrival.NEXT, 0)
    assert made.arrive(3, 1.0) == (Arrival.GAP, 1)


def test_errors_are_kept_without_their_frames() -> None:
    try:
        try:
            raise ValueError("first")
        except ValueError as cause:
            raise KeyError("second") from cause
    except KeyError as exc:
        error = exc
    first = error.__cause__
    assert first is not None
    first.__context__ = error  # as when one that was kept is raised again
    assert without_frames(error) is error
    assert error.__traceback__ is None
    assert first.__traceback__ is None
