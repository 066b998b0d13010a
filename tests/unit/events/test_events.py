"""Topics, messages and books of events, against frames that real peers sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from puretango import events
from puretango.errors import DevError, DevFailed, MarshalError
from puretango.events import (
    Arrival,
    Cause,
    ChannelInput,
    ChannelState,
    Confirm,
    EventMessage,
    Heartbeat,
    Lost,
    PublisherBook,
    Retry,
    SubscriberBook,
    Timing,
    Topic,
    decode_event,
    diagnose,
)
from puretango.events._channel import without_frames
from puretango.values import decode_value

GOLDEN = Path(__file__).parents[2] / "data" / "golden" / "events"


def recorded() -> list[list[bytes]]:
    messages = []
    for path in sorted(GOLDEN.glob("*.hex")):
        for block in path.read_text().strip().split("\n\n"):
            title, rest = block.split("\n", 1)
            frames = rest.replace("\n", "").split("frame")[1:]
            messages.append([title.split()[1].encode(), *map(bytes.fromhex, frames)])
    return messages


MESSAGES = recorded()


def test_all_kinds_are_recorded() -> None:
    kinds = {bytes(frames[0]).rsplit(b".", 1)[1].decode() for frames in MESSAGES}
    assert kinds == {
        "idl5_change",
        "idl5_archive",
        "idl5_user_event",
        "idl5_attr_conf",
        "alarm",
        "data_ready",
        "intr_change",
        "heartbeat",
        "idl5_periodic",
        "change",
        "attr_conf",
    }


@pytest.mark.parametrize("frames", MESSAGES, ids=lambda frames: frames[0].decode())
def test_decode_and_encode_back(frames: list[bytes]) -> None:
    message = decode_event(frames)
    text = frames[0].decode()
    if isinstance(message, Heartbeat):
        assert message.topic == text
        assert len(events.encode_heartbeat(text)) == len(frames) == 3
        return
    assert message.topic.text == text
    if message.errors:
        payload = events.encode_errors(message.errors, message.topic.event)
    else:
        payload = events.encode_payload(message.topic.event, message.value, message.topic.idl)
    again = events.encode_event(message.topic, message.counter, payload, bool(message.errors))
    assert again[:2] == frames[:2]
    for ours, theirs in zip(again[2:], frames[2:], strict=True):
        assert len(ours) == len(theirs)
        assert all(mine in (0, other) for mine, other in zip(ours, theirs, strict=True))


def test_recorded_values() -> None:
    values = [
        decode_value(message.value).value
        for frames in MESSAGES
        if frames[0].endswith(b"/l64#dbase=no.idl5_change")
        and isinstance(message := decode_event(frames), EventMessage)
    ]
    assert values == [-7]


@pytest.mark.parametrize("frames", MESSAGES, ids=lambda frames: frames[0].decode())
def test_broken_messages(frames: list[bytes]) -> None:
    for number, frame in enumerate(frames):
        for end in range(0, len(frame), max(1, len(frame) // 60)):
            broken = [*frames[:number], frame[:end], *frames[number + 1 :]]
            try:
                decode_event(broken)
            except MarshalError:
                pass
    for size in (0, 1, 2, 5):
        with pytest.raises(MarshalError):
            decode_event([*frames, b"", b""][:size])


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        (Topic("h:1", "A/b/C", "X", "change", 5), "tango://h:1/a/b/c/x.idl5_change"),
        (Topic("h:1", "a/b/c", "x", "change", 4), "tango://h:1/a/b/c/x.change"),
        (Topic("h:1", "a/b/c", "x", "alarm", 5), "tango://h:1/a/b/c/x.alarm"),
        (
            Topic("h:1", "a/b/c", "", "intr_change", 5, False),
            "tango://h:1/a/b/c#dbase=no.intr_change",
        ),
        (
            Topic("h:1", "a/b/c", "x", "attr_conf", 5, False),
            "tango://h:1/a/b/c/x#dbase=no.idl5_attr_conf",
        ),
    ],
)
def test_topics(topic: Topic, text: str) -> None:
    assert topic.text == text
    assert events.parse_topic(text).text == text


@pytest.mark.parametrize(
    "text", ["", "beer", "tango://h:1/a.change", "tango://h:1/a/b/c/x", "tango://"]
)
def test_no_topics(text: str) -> None:
    with pytest.raises(MarshalError):
        events.parse_topic(text)


def test_aliases() -> None:
    text = "tango://db.lab:10000/a/b/c/x.idl5_change"
    assert events.alias_topics(text, ["db:10000", "db.lab:10000"]) == [
        text,
        "tango://db:10000/a/b/c/x.idl5_change",
    ]
    alone = "tango://h:1/a/b/c/x#dbase=no.idl5_change"
    assert events.alias_topics(alone, ["db:10000"]) == [alone]


def test_answers() -> None:
    longs = [1033, 6, 1000, 7, 8, 435]
    strings = ["tcp://a:1", "tcp://a:2", "tcp://b:1", "tcp://b:2", "topic", "base"]
    answer = events.parse_answer(longs, strings)
    assert answer.endpoints == (("tcp://a:1", "tcp://a:2"), ("tcp://b:1", "tcp://b:2"))
    assert (answer.longs(), answer.strings()) == (longs, strings)
    assert events.parse_answer([930, 5], strings).hwm == 1000
    # Before 9.3.0 the names were the client's business.
    old = events.parse_answer([925, 4], strings[:2])
    assert (old.endpoints, old.topic, old.hwm) == ((("tcp://a:1", "tcp://a:2"),), "", 1000)
    named = old.with_names("h:1", "dserver/X/t", Topic("", "a/b/c", "x", "change", 5))
    assert named.topic == "tango://h:1/a/b/c/x.change"
    assert named.heartbeat == "tango://h:1/dserver/x/t"
    for bad in (strings[:3], []):
        with pytest.raises(MarshalError):
            events.parse_answer(longs, bad)


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
