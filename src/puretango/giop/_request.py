"""Requests, built from a precomputed header."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from puretango.errors import ProtocolError
from puretango.giop._fragment import fragment
from puretango.giop._header import HEADER_SIZE, ULONG, V1_2, MessageType, Version, build_header
from puretango.giop._messages import Buffer, ServiceContext
from puretango.giop._octets import OctetWriter

_PACK_ID: Final = ULONG[1].pack
_NONE: Final = bytes(4)
"""No contexts, or no principal."""
_PADS: Final = (b"", bytes(3), bytes(2), bytes(1))
"""The padding after so many octets, modulo four, up to the next word."""


_START: Final = tuple(build_header(MessageType.REQUEST, 0, minor)[:-4] for minor in range(3))
"""A request's header without its size, by minor version."""


class PreparedRequest:
    """A whole request without its id: ``head + id + tail`` goes to the wire as it is, and then ``more``."""

    __slots__ = ("head", "more", "response_expected", "tail")

    def __init__(
        self,
        head: bytes,
        tail: bytes,
        response_expected: bool = True,
        more: Sequence[Buffer] = (),
    ) -> None:
        self.head = head
        self.tail = tail
        self.response_expected = response_expected
        self.more = more
        """The rest of a large body, which is not copied, but sent from where it is."""

    def message(self, request_id: int) -> bytes:
        """The bytes of the request with this id."""
        return b"".join(self.buffers(request_id))

    def buffers(self, request_id: int) -> list[Buffer]:
        """The request with this id for a gathering send."""
        return [self.head + _PACK_ID(request_id) + self.tail, *self.more]

    def __len__(self) -> int:
        return len(self.head) + 4 + len(self.tail) + sum(map(len, self.more))


class RequestTemplate:
    """Everything of a request except its id and arguments, encoded once (little endian)."""

    __slots__ = (
        "_bare_suffix",
        "_prefix",
        "_start",
        "_suffix",
        "body_offset",
        "object_key",
        "operation",
        "response_expected",
        "version",
    )

    body_offset: int
    """Where the body starts, modulo 8: the ``offset`` for its CdrWriter."""

    def __init__(
        self,
        object_key: bytes,
        operation: str,
        version: Version | tuple[int, int] = V1_2,
        response_expected: bool = True,
        *,
        contexts: Sequence[ServiceContext] = (),
    ) -> None:
        self.object_key = object_key
        self.operation = operation
        self.version = Version(*version)
        self.response_expected = response_expected
        minor = self.version.minor
        self._start = _START[minor]
        if not contexts:
            self._without_contexts(minor)
            return
        writer = OctetWriter()
        writer.buffer.extend(bytes(HEADER_SIZE))
        if minor < 2:
            _write_contexts(writer, contexts)
            writer.align(4)
        self._prefix = writer.getvalue()[HEADER_SIZE:]
        writer.ulong(0)
        id_end = len(writer.buffer)
        if minor == 2:
            writer.octet(3 if response_expected else 0)
            writer.buffer.extend(bytes(3))
            writer.ushort(0)
        else:
            writer.octet(response_expected)
        writer.octets(object_key)
        writer.string(operation)
        if minor == 2:
            _write_contexts(writer, contexts)
        else:
            writer.octets(b"")
        self._bare_suffix = writer.getvalue()[id_end:]
        if minor == 2:
            # GIOP 1.2, 15.4.2.2: the body is aligned to 8; without one there is no padding.
            writer.align(8)
        self._suffix = writer.getvalue()[id_end:]
        self.body_offset = len(writer.buffer) % 8

    def _without_contexts(self, minor: int) -> None:
        """The usual headers, made in few steps, since each proxy has its own."""
        try:
            operation = self.operation.encode("latin-1") + b"\0"
        except UnicodeEncodeError as error:
            raise ProtocolError(f"{self.operation!r} is not Latin-1 text") from error
        key = self.object_key
        words = (
            _PACK_ID(len(key)),
            key,
            _PADS[len(key) & 3],
            _PACK_ID(len(operation)),
            operation,
            _PADS[len(operation) & 3],
            _NONE,
        )
        if minor == 2:
            self._prefix = b""
            flags = b"\3\0\0\0\0\0\0\0" if self.response_expected else bytes(8)
            self._bare_suffix = b"".join((flags, *words))
            # GIOP 1.2, 15.4.2.2: the body is aligned to 8; without one there is no padding.
            size = HEADER_SIZE + 4 + len(self._bare_suffix)
            self._suffix = self._bare_suffix + bytes(-size % 8)
            self.body_offset = 0
            return
        self._prefix = _NONE
        flags = b"\1\0\0\0" if self.response_expected else _NONE
        self._suffix = self._bare_suffix = b"".join((flags, *words))
        self.body_offset = (HEADER_SIZE + 8 + len(self._suffix)) % 8

    def build(
        self, request_id: int, body_buffers: Sequence[Buffer] = (), fragment_size: int = 0
    ) -> list[Buffer]:
        """The request as buffers for a gathering send, in fragments if wanted."""
        body_size = sum(map(len, body_buffers))
        suffix = self._suffix if body_size else self._bare_suffix
        head = self._prefix + _PACK_ID(request_id) + suffix
        size = len(head) + body_size
        minor = self.version.minor
        if fragment_size and minor and size > fragment_size:
            return fragment(MessageType.REQUEST, (head, *body_buffers), fragment_size, minor)
        return [build_header(MessageType.REQUEST, size, minor) + head, *body_buffers]

    def prepare(self, body: Buffer | list[Buffer] = b"") -> PreparedRequest:
        """A request whose arguments are fixed too, for repeated sending; a large one's come as buffers."""
        if type(body) is bytes and body:
            tail = self._suffix + body
            head = self._start + _PACK_ID(len(self._prefix) + 4 + len(tail)) + self._prefix
            return PreparedRequest(head, tail, self.response_expected)
        more: list[Buffer] = []
        first: Buffer
        if isinstance(body, list):
            first, *more = body
        else:
            first = body
        tail = self._suffix + bytes(first) if len(first) else self._bare_suffix
        size = len(self._prefix) + 4 + len(tail) + sum(map(len, more))
        head = self._start + _PACK_ID(size) + self._prefix
        return PreparedRequest(head, tail, self.response_expected, more)


def _write_contexts(writer: OctetWriter, contexts: Sequence[ServiceContext]) -> None:
    writer.ulong(len(contexts))
    for context in contexts:
        writer.ulong(context.ident)
        writer.octets(context.data)
