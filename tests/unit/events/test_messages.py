"""Messages and topics of events, against frames that real peers sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from puretango import events
from puretango.errors import MarshalError
from puretango.events import (
    EventMessage,
    Heartbeat,
    Topic,
    decode_event,
)
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
