"""Requests as a server sees them, interned so that a repeated one is recognised by its bytes."""

from __future__ import annotations

from typing import Any, Final

from puretango.giop._header import FLAG_MORE
from puretango.giop._messages import Request

CACHED_SIZE: Final = 1024
"""Longer requests are never interned, nor are shapes with more octets around their value."""

CACHED_COUNT: Final = 8192
"""Interned requests per cache; for one more, one of them is dropped."""
_MOST_SPANS: Final = 8
"""How many places of a value are tried in a message of one size."""

Span = tuple[int, int]
"""The place in a message of the value that differs from request to request."""
_STRIDE: Final = 2_654_435_761
"""Odd, and near 2**32 divided by the golden ratio: its multiples are spread evenly."""


class Invocation:
    """A request without its id: the same object for the same bytes.

    ``plan`` is the server's: what it puts there is found again when the same bytes come from any
    client of this listener. A blocking listener calls it with the peer and the message, for an answer,
    or for None where it does not fit any more. An invocation without a plan is not kept. If the
    server says in ``span`` where a value stands that the plan reads for itself, the plan is found for
    every message of this shape: of this size, with the same octets around it.
    """

    __slots__ = (
        "_header",
        "body_start",
        "data",
        "little",
        "minor",
        "object_key",
        "operation",
        "plan",
        "response_expected",
        "span",
    )

    def __init__(self, request: Request) -> None:
        self.object_key = request.object_key
        self.operation = request.operation
        self.data = request.data
        """The whole message; the arguments are aligned as from its start."""
        self.body_start = request.body_start
        self.little = request.little
        self.minor = request.minor
        self.response_expected = request.response_expected
        self.plan: Any = None
        self.span: Span | None = None
        self._header = b""

    def with_data(self, data: bytes) -> Invocation:
        """This invocation with another value, from a message of the same shape."""
        other: Invocation = _new(Invocation)
        other.object_key = self.object_key
        other.operation = self.operation
        other.data = data
        other.body_start = self.body_start
        other.little = self.little
        other.minor = self.minor
        other.response_expected = self.response_expected
        other.plan = self.plan
        other.span = self.span
        return other

    def without_plan(self, data: bytes) -> Invocation:
        """The same message, whose plan does not fit: it is to be made again."""
        other = self.with_data(data)
        if self.span is None:
            self.plan = None
        other.plan = other.span = None
        return other

    @property
    def body(self) -> bytes | memoryview:
        """The encoded arguments."""
        return self.data[self.body_start :]

    @property
    def body_offset(self) -> int:
        """Where the arguments start, modulo 8."""
        return self.body_start % 8

    @property
    def version(self) -> tuple[int, int]:
        """The GIOP version of the request."""
        return (1, self.minor)

    def __repr__(self) -> str:
        return f"Invocation({self.object_key!r}, {self.operation!r}, {len(self.body)} bytes)"


_new: Final = object.__new__


class InvocationCache:
    """Finds the :class:`Invocation` of a message by its bytes after the request id, or by its shape."""

    __slots__ = ("_known", "_places", "_spans", "_turn", "limit")

    def __init__(self, limit: int = CACHED_COUNT) -> None:
        self.limit = limit
        self._known: dict[bytes, Invocation] = {}
        self._places: list[bytes] = []
        self._spans: dict[int, tuple[Span, ...]] = {}
        self._turn = 0

    def find(self, data: bytes) -> Invocation | None:
        """The interned invocation of which ``data`` is one whole message, with its value; or None."""
        found = self.match(data)
        return found if found is None or found.span is None else found.with_data(data)

    def match(self, data: bytes) -> Invocation | None:
        """The interned invocation whose plan is made for such a message as ``data``, or None.

        Anything but exactly one such message is not found: the header, which holds the length,
        is compared too.
        """
        size = len(data)
        try:
            # The request id is at 12 in GIOP 1.2, and before that version at 16, after the service contexts.
            start = 16 if data[5] == 2 else 20
            if size <= CACHED_SIZE:
                invocation = self._known.get(data[start:])
                if invocation is not None:
                    return invocation if data.startswith(invocation._header) else None
        except IndexError:
            return None
        for span in self._spans.get(size, ()):
            invocation = self._known.get(data[start : span[0]] + data[span[1] :])
            if (
                invocation is not None
                and invocation.span == span
                and data.startswith(invocation._header)
            ):
                return invocation
        return None

    def keep(self, invocation: Invocation) -> None:
        """Intern an invocation that got a plan, if its message is small and in one piece."""
        span = invocation.span
        if span is not None:
            if type(invocation.data) is not bytes:
                return  # large messages are not looked up either, since that would copy them
            data = invocation.data[: span[0]] + invocation.data[span[1] :]
        else:
            data = bytes(invocation.data)
        if len(data) > CACHED_SIZE or data[6] & FLAG_MORE:
            return
        # The octets in front of the id: before GIOP 1.2 they include the service contexts, of
        # which there must be none for the id to be where find() skips it.
        front, behind = (12, 16) if invocation.minor == 2 else (16, 20)
        if any(data[12:front]):
            return
        invocation._header = data[:front]
        if span is not None:
            self._note_span(len(invocation.data), span)
            invocation.data = b""
        self._intern(data[behind:], invocation)

    def _note_span(self, size: int, span: Span) -> None:
        spans = self._spans
        known = spans.get(size, ())
        if span not in known:
            if len(spans) >= self.limit:
                spans.clear()
            spans[size] = (*known[1 - _MOST_SPANS :], span)

    def _intern(self, key: bytes, invocation: Invocation) -> None:
        known, places = self._known, self._places
        if key not in known:
            if len(places) < self.limit:
                places.append(key)
            else:
                # Drop any of them, rather than the oldest: of 10,000 requests that come in turn most are
                # then still found, and a request that came once does not stay for ever.
                self._turn += 1
                place = self._turn * _STRIDE % 2**32 * self.limit >> 32
                known.pop(places[place], None)
                places[place] = key
                if len(known) > 2 * self.limit:  # many threads have added entries at the same time
                    known.clear()
        known[key] = invocation

    def clear(self) -> None:
        """Forget all entries: the server's plans are stale."""
        self._known.clear()
        self._spans.clear()
        self._places = []
