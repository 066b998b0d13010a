"""The bodies of GIOP's messages, parsed and built in every version."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Final, NamedTuple

from puretango.errors import ProtocolError
from puretango.giop._assembly import Message
from puretango.giop._header import (
    HEADER_SIZE,
    REPLY_BODY,
    ULONG,
    MessageType,
    build_header,
)
from puretango.giop._octets import OctetReader, OctetWriter

Buffer = bytes | bytearray | memoryview

CODE_SETS_CONTEXT: Final = 1
"""Service context in which a client gives the code sets that it sends."""

#: Service context 1 as omniORB sends it: char Latin-1 (0x00010001), wchar UTF-16 (0x00010109).
LATIN1_UTF16: Final = bytes.fromhex("01000000 01000100 09010100")


class ReplyStatus(IntEnum):
    """How a request ended."""

    NO_EXCEPTION = 0
    USER_EXCEPTION = 1
    SYSTEM_EXCEPTION = 2
    LOCATION_FORWARD = 3
    LOCATION_FORWARD_PERM = 4
    NEEDS_ADDRESSING_MODE = 5


class LocateStatus(IntEnum):
    """Answer to a LocateRequest."""

    UNKNOWN_OBJECT = 0
    OBJECT_HERE = 1
    OBJECT_FORWARD = 2
    OBJECT_FORWARD_PERM = 3
    LOC_SYSTEM_EXCEPTION = 4
    LOC_NEEDS_ADDRESSING_MODE = 5


_REPLY_STATUS: Final = tuple(ReplyStatus)
_LOCATE_STATUS: Final = tuple(LocateStatus)

#: Statuses that a version does not know yet.
_LAST_REPLY_STATUS: Final = (3, 3, 5)
_LAST_LOCATE_STATUS: Final = (2, 2, 5)


class ServiceContext(NamedTuple):
    """A tagged blob beside a request or reply."""

    ident: int
    data: bytes


class Request:
    """A request, its header fields taken apart; the body is ``data[body_start:]``."""

    __slots__ = (
        "body_start",
        "contexts",
        "data",
        "little",
        "minor",
        "object_key",
        "operation",
        "request_id",
        "response_expected",
    )

    def __init__(
        self,
        request_id: int,
        object_key: bytes,
        operation: str,
        *,
        data: bytes | memoryview = b"",
        body_start: int = 0,
        little: bool = True,
        minor: int = 2,
        response_expected: bool = True,
        contexts: tuple[ServiceContext, ...] = (),
    ) -> None:
        self.request_id = request_id
        self.object_key = object_key
        self.operation = operation
        self.data = data
        self.body_start = body_start
        self.little = little
        self.minor = minor
        self.response_expected = response_expected
        self.contexts = contexts

    @property
    def body(self) -> bytes | memoryview:
        """The encoded arguments."""
        return self.data[self.body_start :]

    def __repr__(self) -> str:
        return f"Request({self.request_id}, {self.object_key!r}, {self.operation!r})"


class Reply:
    """A reply; the body is ``data[body_start:]``, aligned as from the start of ``data``."""

    __slots__ = ("body_start", "data", "little", "minor", "request_id", "status")

    def __init__(
        self,
        request_id: int,
        status: int,
        data: bytes | memoryview,
        body_start: int = REPLY_BODY,
        little: bool = True,
        minor: int = 2,
    ) -> None:
        self.request_id = request_id
        self.status = status
        self.data = data
        self.body_start = body_start
        self.little = little
        self.minor = minor

    @property
    def body(self) -> bytes | memoryview:
        """The encoded result or exception."""
        return self.data[self.body_start :]

    def __repr__(self) -> str:
        return f"Reply({self.request_id}, {ReplyStatus(self.status).name}, {len(self.data)} bytes)"


class CancelRequest(NamedTuple):
    """The client no longer wants a reply."""

    request_id: int


class LocateRequest(NamedTuple):
    """The question whether an object is here."""

    request_id: int
    object_key: bytes
    minor: int = 2
    little: bool = True


class LocateReply(NamedTuple):
    """Where the object is."""

    request_id: int
    status: LocateStatus
    body: bytes | memoryview = b""
    minor: int = 2
    little: bool = True


class CloseConnection(NamedTuple):
    """The peer closes in order: what it has not answered, it has not done."""


class MessageError(NamedTuple):
    """The peer did not understand what we sent."""


Event = (
    Request | Reply | CancelRequest | LocateRequest | LocateReply | CloseConnection | MessageError
)


def parse_message(message: Message) -> Event:
    """The event in a whole message."""
    return _PARSERS[message.kind](message)


def _reader(message: Message) -> OctetReader:
    return OctetReader(message.data, little=message.little, pos=HEADER_SIZE)


def _contexts(reader: OctetReader) -> tuple[ServiceContext, ...]:
    count = reader.ulong()
    if count * 8 > reader.end - reader.pos:
        raise ProtocolError(f"the peer announces {count} service contexts in a shorter message")
    return tuple(ServiceContext(reader.ulong(), reader.octets()) for _ in range(count))


def parse_request(message: Message) -> Request:
    """Take a Request apart."""
    reader = _reader(message)
    if message.minor == 2:
        request_id = reader.ulong()
        # GIOP 1.2: SyncScope in the low bits; 0 is oneway, 1 and 3 want a reply.
        expected = bool(reader.octet() & 1)
        reader.pos += 3
        key = _target(reader)
        operation = reader.string()
        contexts = _contexts(reader)
        reader.align(8)
    else:
        contexts = _contexts(reader)
        request_id = reader.ulong()
        expected = bool(reader.octet())
        if message.minor == 1:
            reader.pos += 3
        key = reader.octets()
        operation = reader.string()
        reader.octets()  # the requesting principal, which is not used
    return Request(
        request_id,
        key,
        operation,
        data=message.data,
        body_start=reader.pos,
        little=message.little,
        minor=message.minor,
        response_expected=expected,
        contexts=contexts,
    )


def _target(reader: OctetReader) -> bytes:
    """The object key out of GIOP 1.2's TargetAddress."""
    disposition = reader.ushort()
    if disposition == 0:
        return reader.octets()
    if disposition == 1:  # a profile: its encapsulation ends with key and components
        reader.ulong()
        return _profile_key(reader.octets())
    if disposition == 2:  # an IOR and the index of the profile in it
        index = reader.ulong()
        reader.string()
        count = reader.ulong()
        if index >= count or count * 8 > reader.end - reader.pos:
            raise ProtocolError("the peer addresses a profile that its IOR does not have")
        profiles = []
        for _ in range(count):
            reader.ulong()
            profiles.append(reader.octets())
        return _profile_key(profiles[index])
    raise ProtocolError(f"the peer uses addressing disposition {disposition}")


def _profile_key(profile: bytes) -> bytes:
    if not profile:
        raise ProtocolError("the peer addresses an empty profile")
    inner = OctetReader(profile, little=bool(profile[0]), pos=3)
    inner.string()
    inner.ushort()
    return inner.octets()


def parse_reply(message: Message) -> Reply:
    """Take a Reply apart."""
    reader = _reader(message)
    if message.minor == 2:
        request_id, status = reader.ulong(), reader.ulong()
        _contexts(reader)
        reader.align(8)
    else:
        _contexts(reader)
        request_id, status = reader.ulong(), reader.ulong()
    if status > _LAST_REPLY_STATUS[message.minor]:
        raise ProtocolError(f"the peer sent reply status {status} in GIOP 1.{message.minor}")
    return Reply(request_id, status, message.data, reader.pos, message.little, message.minor)


def _parse_cancel(message: Message) -> CancelRequest:
    return CancelRequest(_reader(message).ulong())


def _parse_locate(message: Message) -> LocateRequest:
    reader = _reader(message)
    request_id = reader.ulong()
    key = _target(reader) if message.minor == 2 else reader.octets()
    return LocateRequest(request_id, key, message.minor, message.little)


def _parse_locate_reply(message: Message) -> LocateReply:
    reader = _reader(message)
    request_id, status = reader.ulong(), reader.ulong()
    if status > _LAST_LOCATE_STATUS[message.minor]:
        raise ProtocolError(f"the peer sent locate status {status} in GIOP 1.{message.minor}")
    body = message.data[reader.pos :]
    return LocateReply(request_id, _LOCATE_STATUS[status], body, message.minor, message.little)


def _parse_close(_message: Message) -> CloseConnection:
    return CloseConnection()


def _parse_error(_message: Message) -> MessageError:
    return MessageError()


_PARSERS: Final[dict[MessageType, Callable[[Message], Event]]] = {
    MessageType.REQUEST: parse_request,
    MessageType.REPLY: parse_reply,
    MessageType.CANCEL_REQUEST: _parse_cancel,
    MessageType.LOCATE_REQUEST: _parse_locate,
    MessageType.LOCATE_REPLY: _parse_locate_reply,
    MessageType.CLOSE_CONNECTION: _parse_close,
    MessageType.MESSAGE_ERROR: _parse_error,
}


def build_cancel(request_id: int, minor: int = 2) -> bytes:
    """A CancelRequest."""
    return build_header(MessageType.CANCEL_REQUEST, 4, minor) + ULONG[1].pack(request_id)


def build_locate(request_id: int, object_key: bytes, minor: int = 2) -> bytes:
    """A LocateRequest."""
    writer = OctetWriter()
    writer.ulong(request_id)
    if minor == 2:
        writer.ushort(0)
    writer.octets(object_key)
    body = writer.getvalue()
    return build_header(MessageType.LOCATE_REQUEST, len(body), minor) + body


def build_locate_reply(
    request_id: int, status: LocateStatus, minor: int = 2, *, little: bool = True
) -> bytes:
    """A LocateReply without a body."""
    layout = ULONG[little]
    return (
        build_header(MessageType.LOCATE_REPLY, 8, minor, little=little)
        + layout.pack(request_id)
        + layout.pack(status)
    )


def build_close(minor: int = 2) -> bytes:
    """A CloseConnection."""
    return build_header(MessageType.CLOSE_CONNECTION, 0, minor)


def build_error(minor: int = 2) -> bytes:
    """A MessageError."""
    return build_header(MessageType.MESSAGE_ERROR, 0, minor)
