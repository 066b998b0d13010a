"""From a stream of bytes to whole messages: framing and the joining of fragments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from puretango.errors import ProtocolError
from puretango.giop._header import (
    HEADER_SIZE,
    MAX_MESSAGE,
    ULONG,
    Header,
    MessageType,
    parse_header,
)

SMALL: Final = 16 * 1024
"""Shorter messages are cut out of the receive buffer; longer ones get a buffer of their own."""

WRITABLE: Final = 1024
"""Messages from this size on are handed out writable, so that arrays made of them are."""

TRUSTED: Final = 16 * 1024 * 1024
"""How much memory may be allocated for a length that is only announced; the rest must arrive first."""

STRANGER: Final = 64 * 1024
"""How much memory that is for a server's client, until it has sent longer messages."""

MAX_PARTIAL: Final = 64
"""Fragmented messages under way on one connection at once."""


class Message:
    """One whole message, fragments joined: ``data`` starts with the (first) header."""

    __slots__ = ("data", "kind", "little", "minor")

    def __init__(
        self, kind: MessageType, minor: int, little: bool, data: bytes | memoryview
    ) -> None:
        self.kind = kind
        self.minor = minor
        self.little = little
        self.data = data

    def __repr__(self) -> str:
        return f"Message({self.kind.name}, GIOP 1.{self.minor}, {len(self.data)} bytes)"


class _Growing:
    """A buffer of known final or still growing size, filled front to back."""

    __slots__ = ("allocate", "expected", "filled", "trusted", "view")

    def __init__(self, expected: int, allocate: Callable[[int], memoryview], trusted: int) -> None:
        self.allocate = allocate
        self.expected = expected
        self.filled = 0
        self.trusted = trusted
        self.view = allocate(min(expected, trusted))

    def expect(self, size: int) -> None:
        """Note that ``size`` more bytes are announced."""
        self.expected += size

    def space(self) -> memoryview:
        """The space for the next expected bytes; never empty while some are missing."""
        have = len(self.view)
        if self.filled == have and have < self.expected:
            self._grow(min(self.expected, max(2 * have, self.trusted)))
        return self.view[self.filled : self.expected]

    def _grow(self, capacity: int) -> None:
        bigger = self.allocate(capacity)
        bigger[: self.filled] = self.view[: self.filled]
        self.view = bigger

    def append(self, data: memoryview) -> int:
        """Copy in as much of ``data`` as is expected; return how much."""
        taken = 0
        while taken < len(data) and self.filled < self.expected:
            space = self.space()
            size = min(len(space), len(data) - taken)
            space[:size] = data[taken : taken + size]
            self.filled += size
            taken += size
        return taken

    @property
    def complete(self) -> bool:
        return self.filled == self.expected


class _Partial:
    """A fragmented message under way."""

    __slots__ = ("buffer", "header")

    def __init__(self, header: Header, buffer: _Growing) -> None:
        self.header = header
        self.buffer = buffer


def _bytearray_view(size: int) -> memoryview:
    return memoryview(bytearray(size))


class Assembler:
    """Cuts received bytes into whole messages.

    Bytes come in through :meth:`feed`, or without a copy through :meth:`get_buffer` and
    :meth:`buffer_updated`. A long message is received into a buffer of its own, which ``allocate``
    makes and nobody reuses: views on it may be handed to users. ``trusted`` bytes of it are made
    when a message is announced, or as many as the longest message so far had.
    """

    def __init__(
        self,
        max_message: int = MAX_MESSAGE,
        allocate: Callable[[int], memoryview] | None = None,
        trusted: int = TRUSTED,
    ) -> None:
        self.max_message = max_message
        self.allocate = allocate or _bytearray_view
        self.trusted = trusted
        self._scratch = bytearray(0)
        self._pending = bytearray()
        self._target: _Growing | None = None
        self._target_header: Header | None = None
        self._key: int | None = None
        self._partials: dict[int | None, _Partial] = {}
        self._partial_bytes = 0

    @property
    def at_boundary(self) -> bool:
        """True if no part of a message is held: the next byte starts a message."""
        return not self._pending and self._target is None and not self._partials

    @property
    def filling(self) -> bool:
        """True if :meth:`get_buffer` is the rest of a long message's own buffer."""
        target = self._target
        return target is not None and not target.complete and not self._pending

    def feed(self, data: bytes | bytearray | memoryview) -> None:
        """Take received bytes."""
        if self.filling and (target := self._target) is not None:
            view = memoryview(data)
            taken = target.append(view)
            if taken == len(view):
                return
            data = view[taken:]
        self._pending += data

    def get_buffer(self) -> memoryview:
        """The buffer to receive into; tell :meth:`buffer_updated` how many bytes arrived."""
        if self.filling and (target := self._target) is not None:
            return target.space()
        if not self._scratch:
            self._scratch = bytearray(4 * SMALL)
        return memoryview(self._scratch)

    def buffer_updated(self, count: int) -> None:
        """Note that ``count`` bytes were put into the buffer from :meth:`get_buffer`."""
        if self.filling and (target := self._target) is not None:
            target.filled += count
        else:
            with memoryview(self._scratch) as view, view[:count] as part:
                self._pending += part

    def next_message(self) -> Message | None:
        """The next whole message, or None until more bytes have come."""
        while True:
            if self._target is not None:
                if not self._fill_target():
                    return None
                message = self._finish_target()
            else:
                if len(self._pending) < HEADER_SIZE:
                    return None
                header = parse_header(self._pending, self.max_message)
                total = HEADER_SIZE + header.size
                if header.kind is MessageType.FRAGMENT or header.more:
                    if not self._start_fragment(header):
                        return None
                    continue
                if len(self._pending) < total:
                    if total <= SMALL:
                        return None
                    self._target = _Growing(total, self.allocate, self.trusted)
                    self._target_header = header
                    continue
                message = Message(header.kind, header.minor, header.little, self._cut(total))
            if message is not None:
                if message.kind is MessageType.CANCEL_REQUEST:
                    self._drop_cancelled(message)
                return message

    def _cut(self, size: int) -> bytes | memoryview:
        pending = self._pending
        data: bytes | memoryview
        with memoryview(pending) as view, view[:size] as part:
            if size >= WRITABLE:
                data = self.allocate(size)
                data[:] = part
            else:
                data = bytes(part)
        del pending[:size]
        return data

    def _fill_target(self) -> bool:
        target = self._target
        assert target is not None
        if self._pending and not target.complete:
            with memoryview(self._pending) as view:
                taken = target.append(view)
            del self._pending[:taken]
        return target.complete

    def _finish_target(self) -> Message | None:
        target, header = self._target, self._target_header
        assert target is not None
        assert header is not None
        self._target = self._target_header = None
        if target.filled > self.trusted:
            self.trusted = min(target.filled, TRUSTED)
        if header.kind is MessageType.FRAGMENT or header.more:
            return self._finish_fragment(target, header)
        return Message(header.kind, header.minor, header.little, target.view[: target.filled])

    # Fragments. GIOP 1.1 continues the one fragmented message of the connection; 1.2 names the
    # request it continues in the first four bytes of every fragment.

    def _start_fragment(self, header: Header) -> bool:
        """Begin to receive a message that is one of several; False until more bytes have come."""
        pending = self._pending
        first = header.kind is not MessageType.FRAGMENT
        key: int | None = None
        skip = 0 if first else HEADER_SIZE
        if header.minor == 2:
            if header.size < 4:
                raise ProtocolError("the peer sent a fragment without its request id")
            if len(pending) < HEADER_SIZE + 4:
                return False
            key = ULONG[header.little].unpack_from(pending, HEADER_SIZE)[0]
            skip += 0 if first else 4
        size = HEADER_SIZE + header.size - skip
        if first:
            if key in self._partials or len(self._partials) >= MAX_PARTIAL:
                raise ProtocolError("the peer starts a fragmented message inside another")
            self._bound(size)
            partial = _Partial(header, _Growing(size, self.allocate, self.trusted))
            self._partials[key] = partial
        else:
            known = self._partials.get(key)
            if known is None:
                raise ProtocolError("the peer sent a fragment of a message that it never began")
            partial = known
            if header.little != partial.header.little:
                raise ProtocolError("the peer changes the byte order inside a fragmented message")
            self._bound(size)
            partial.buffer.expect(size)
        del pending[:skip]
        self._target = partial.buffer
        self._target_header = header
        self._key = key
        return True

    def _bound(self, size: int) -> None:
        self._partial_bytes += size
        if self._partial_bytes > self.max_message:
            raise ProtocolError(f"the peer's fragments exceed the {self.max_message} bytes allowed")

    def _finish_fragment(self, buffer: _Growing, header: Header) -> Message | None:
        if header.more:
            return None
        partial = self._partials.pop(self._key)
        self._partial_bytes -= buffer.filled
        first = partial.header
        return Message(first.kind, first.minor, first.little, buffer.view[: buffer.filled])

    def _drop_cancelled(self, message: Message) -> None:
        """A CancelRequest also ends a request of which only fragments have come."""
        if len(message.data) >= HEADER_SIZE + 4:
            key: int = ULONG[message.little].unpack_from(message.data, HEADER_SIZE)[0]
            partial = self._partials.pop(key, None)
            if partial is not None:
                self._partial_bytes -= partial.buffer.expected
