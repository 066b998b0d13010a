"""Event messages: topic, byte order, call information, payload.

A payload starts with the word 0xDEC0DEC0 (pipes: two of them); its CDR is aligned from the end
of that word.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from typing import Any, NamedTuple

from puretango.cdr import Buffer, CdrReader, CdrWriter, Codec
from puretango.errors import DevError, MarshalError
from puretango.events._topic import VALUE_EVENTS, Topic, is_heartbeat, parse_topic
from puretango.idl import (
    AttDataReady,
    AttributeConfig_3,
    AttributeConfig_5,
    AttributeValue_4,
    AttributeValue_5,
    DevErrorList,
    DevIntrChange,
    DevPipeData,
    ZmqCallInfo,
)

MAGIC = b"\xc0\xde\xc0\xde"
LITTLE, BIG = b"\x01", b"\x00"
CALL_VERSION = 1
_CALLS = (
    Struct(">iIIc3xI?"),
    Struct("<iIIc3xI?"),
)
_CALL_SIZE = 21
_COUNTERS = (Struct(">I"), Struct("<I"))

_CODECS: dict[str, Codec[Any]] = {
    **dict.fromkeys(VALUE_EVENTS, AttributeValue_5.codec),
    "attr_conf": AttributeConfig_5.codec,
    "data_ready": AttDataReady.codec,
    "intr_change": DevIntrChange.codec,
    "pipe": DevPipeData.codec,
}
_OLD_CODECS: dict[str, Codec[Any]] = {
    **_CODECS,
    **dict.fromkeys(VALUE_EVENTS - {"alarm"}, AttributeValue_4.codec),
    "attr_conf": AttributeConfig_3.codec,
}


class CallInfo(NamedTuple):
    """The third frame."""

    counter: int
    is_error: bool


class EventMessage(NamedTuple):
    """A decoded event: its value, or the errors that came instead."""

    topic: Topic
    counter: int
    value: Any
    """The interface's struct for the kind of event; None if there are errors."""
    errors: tuple[DevError, ...]


class Heartbeat(NamedTuple):
    """A server's sign of life."""

    topic: str


def encode_call(counter: int, is_error: bool = False, little: bool = True) -> bytes:
    """The third frame; counters wrap at 2³²."""
    return _CALLS[little].pack(CALL_VERSION, counter & 0xFFFFFFFF, 1, b"\0", 0, is_error)


def decode_call(frame: Buffer, little: bool) -> CallInfo:
    """The contents of the third frame."""
    if len(frame) == _CALL_SIZE:
        _, counter, size, _, oid, is_error = _CALLS[little].unpack(frame)
        if size == 1 and not oid:
            return CallInfo(counter, is_error)
    info: ZmqCallInfo = ZmqCallInfo.codec.decode(CdrReader(frame, little))
    return CallInfo(info.ctr, info.call_is_except)


def plain_counter(frames: Sequence[Buffer]) -> int:
    """The counter of a four-frame event in our byte order without errors; -1 for any other."""
    if len(frames) != 4 or frames[1] != LITTLE:
        return -1
    call = frames[2]
    if len(call) != _CALL_SIZE or call[20] or call[8] != 1:
        return -1
    counter: int = _COUNTERS[1].unpack_from(call, 4)[0]
    return counter


def encode_payload(event: str, value: Any, idl: int = 5, little: bool = True) -> bytes:
    """The fourth frame of an event: the struct of its kind."""
    writer = CdrWriter(little)
    codecs = _CODECS if idl >= 5 else _OLD_CODECS
    codecs[event].encode(writer, value)
    return _join(event, writer)


def encode_errors(errors: Sequence[DevError], event: str = "change", little: bool = True) -> bytes:
    """The fourth frame of an event that carries errors."""
    writer = CdrWriter(little)
    DevErrorList.encode(writer, list(errors))
    return _join(event, writer)


def _join(event: str, writer: CdrWriter) -> bytes:
    return b"".join((MAGIC * 2 if event == "pipe" else MAGIC, *writer.buffers()))


def payload_reader(frame: Buffer, event: str, little: bool) -> CdrReader:
    """A reader of the CDR in a fourth frame."""
    start = 8 if event == "pipe" else 4
    if len(frame) < start:
        raise MarshalError("an event's payload without its first word")
    return CdrReader(frame, little, start, start)


def decode_payload(frame: Buffer, event: str, idl: int, little: bool) -> Any:
    """The struct in a fourth frame."""
    codec = (_CODECS if idl >= 5 else _OLD_CODECS).get(event)
    if codec is None:
        raise MarshalError(f"no event is called {event!r}")
    return codec.decode(payload_reader(frame, event, little))


def decode_errors(frame: Buffer, event: str, little: bool) -> tuple[DevError, ...]:
    """The errors in a fourth frame."""
    return tuple(DevErrorList.decode(payload_reader(frame, event, little)))


def byte_order(frame: Buffer) -> bool:
    """True if the second frame says little endian."""
    if len(frame) != 1 or frame[0] not in (0, 1):
        raise MarshalError("an event without byte order")
    return frame[0] == 1


def encode_event(
    topic: Topic | str, counter: int, payload: bytes, is_error: bool = False
) -> list[bytes]:
    """The four frames of an event, in our byte order (little endian)."""
    text = topic.text if isinstance(topic, Topic) else topic
    return [text.encode(), LITTLE, encode_call(counter, is_error), payload]


def encode_heartbeat(topic: str, counter: int = 0) -> list[bytes]:
    """The three frames of a heartbeat: it has no payload."""
    return [topic.encode(), LITTLE, encode_call(counter)]


def decode_event(frames: Sequence[Buffer]) -> EventMessage | Heartbeat:
    """A received message: an event or a heartbeat; MarshalError for anything else."""
    if len(frames) not in (3, 4):
        raise MarshalError(f"an event of {len(frames)} frames")
    text = str(bytes(frames[0]), "utf-8", "replace")
    little = byte_order(frames[1])
    if is_heartbeat(text):
        return Heartbeat(text)
    if len(frames) != 4:
        raise MarshalError("an event without payload")
    topic = parse_topic(text)
    call = decode_call(frames[2], little)
    if call.is_error:
        errors = decode_errors(frames[3], topic.event, little)
        return EventMessage(topic, call.counter, None, errors)
    value = decode_payload(frames[3], topic.event, topic.idl, little)
    return EventMessage(topic, call.counter, value, ())
