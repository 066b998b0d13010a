"""Precomputed layouts: a scalar's read_attributes_5 reply in one pack, one unpack.

The reply of a one-attribute read has the same bytes every time but for value, quality and
time.  Both sides keep, per attribute, the constant head and tail and the ``struct.Struct``
between them.
"""

from __future__ import annotations

from struct import Struct
from typing import Any, NamedTuple

from puretango.cdr import Buffer, CdrWriter
from puretango.errors import MarshalError
from puretango.idl import (
    TEXT,
    AttrDataFormat,
    AttributeDataType,
    AttrQuality,
    CmdArgType,
    DevState,
)
from puretango.values._attribute import DeviceAttribute
from puretango.values._time import TimeVal
from puretango.values._types import SCALARS

_QUALITIES = tuple(AttrQuality)
_STATES = tuple(DevState)
EVENT_MAGIC = b"\xc0\xde\xc0\xde"
SIZES = {"?": 1, "B": 1, "h": 2, "H": 2, "i": 4, "I": 4, "f": 4, "q": 8, "Q": 8, "d": 8}


class Pieces(NamedTuple):
    """A reply with one scalar: head, the format from the value to the time, name, tail."""

    head: bytes
    middle: str
    name: bytes
    tail: bytes

    def struct(self, little: bool) -> Struct:
        # Padding is left out of the pieces: other peers send garbage there.
        order = "<" if little else ">"
        pad = -len(self.name) % 4
        return Struct(
            f"{order}{len(self.head)}s{self.middle}{len(self.name)}s{pad}x{len(self.tail)}s"
        )


def _pieces(
    data_type: int,
    name: str,
    count: int,
    written: bool,
    device_state: bool,
    little: bool,
    event: bool = False,
) -> Pieces:
    kind = SCALARS[data_type]
    head = CdrWriter(little)
    if event:
        head.raw(EVENT_MAGIC)
    else:
        head.ulong(1)
    if device_state:
        head.ulong(AttributeDataType.DEVICE_STATE)
    else:
        head.ulong(kind.union)
        head.ulong(count)
    size = SIZES[kind.char]
    # An event's CDR is aligned from the end of its first word.
    place = head.tell() - 4 if event else head.tell()
    middle = "x" * (-place % size) + kind.char * count
    place += -place % size + size * count
    middle += "x" * (-place % 4) + "IIiiii"
    text = CdrWriter(little)
    TEXT.encode(text, name)
    tail = CdrWriter(little)
    for number in (1, 0, 1 if written else 0, 0, 0):
        tail.ulong(number)
    return Pieces(head.getvalue(), middle, text.getvalue(), tail.getvalue())


class ScalarReply:
    """A server's reply to read_attributes_5 of one scalar (reply body at offset 24).

    ``pack(value, quality, sec, usec, nsec)`` for a read-only attribute;
    ``pack2(value, set_value, quality, sec, usec, nsec)`` for one with a set part.
    With ``event`` it is the payload of a value event instead, first word included.
    Values must be in wire form (numbers, bools, ints for states); ``struct.error`` otherwise.
    """

    __slots__ = ("_constants", "_pack", "size")

    def __init__(
        self,
        data_type: int,
        name: str,
        written: bool = False,
        *,
        write_only: bool = False,
        device_state: bool = False,
        little: bool = True,
        event: bool = False,
    ) -> None:
        # A write-only attribute sends its set value once, with the dimensions of both parts.
        written = written or write_only
        count = 2 if written and not write_only else 1
        pieces = _pieces(data_type, name, count, written, device_state, little, event)
        packer = pieces.struct(little)
        self._pack = packer.pack
        self._constants = (
            pieces.head,
            int(AttrDataFormat.SCALAR),
            int(data_type),
            pieces.name,
            pieces.tail,
        )
        self.size = packer.size

    @staticmethod
    def supports(data_type: int) -> bool:
        """True if scalars of the type have a fixed size."""
        return data_type in SCALARS and bool(SCALARS[data_type].char)

    def pack(self, value: Any, quality: int, sec: int, usec: int, nsec: int) -> bytes:
        """The body of a reply with the read value only."""
        head, data_format, data_type, name, tail = self._constants
        return self._pack(head, value, quality, data_format, data_type, sec, usec, nsec, name, tail)

    def pack2(
        self, value: Any, set_value: Any, quality: int, sec: int, usec: int, nsec: int
    ) -> bytes:
        """The body of a reply with read and set value."""
        head, data_format, data_type, name, tail = self._constants
        return self._pack(
            head, value, set_value, quality, data_format, data_type, sec, usec, nsec, name, tail
        )

    @staticmethod
    def as_event(body: bytes, wide: bool) -> bytes:
        """The payload of a value event with the same contents as a reply's body.

        An event is aligned from the end of its first word, a reply from its start: of 8-octet
        values (``wide``) the reply has 4 octets of padding in front, the event none.
        """
        return EVENT_MAGIC + (body[4:12] + body[16:] if wide else body[4:])


_TAILS = (b"\0\0\0\0", b"\0\0\0", b"\0\0", b"\0")
"""By a text's length modulo 4: its NUL, and what aligns the next word."""


class TextReply:
    """A server's reply to read_attributes_5 of one DevString scalar, little-endian.

    ``pack(text, set_text, quality, sec, usec, nsec)`` with texts in Latin-1 and without NUL;
    ``set_text`` is None for a read-only attribute.
    """

    __slots__ = ("_behind", "_constants", "_first", "_length")

    def __init__(self, name: str, written: bool) -> None:
        kind = SCALARS[CmdArgType.DevString]
        head = CdrWriter()
        for number in (1, kind.union, 2 if written else 1):
            head.ulong(number)
        pieces = _pieces(CmdArgType.DevShort, name, 1, written, False, True)
        pad = -len(pieces.name) % 4
        self._first = head.getvalue()
        self._length = Struct("<I").pack
        self._behind = Struct(f"<IIiiii{len(pieces.name)}s{pad}x{len(pieces.tail)}s").pack
        scalar, text = int(AttrDataFormat.SCALAR), int(CmdArgType.DevString)
        self._constants = scalar, text, pieces.name, pieces.tail

    def pack(
        self, text: bytes, set_text: bytes | None, quality: int, sec: int, usec: int, nsec: int
    ) -> bytes:
        """The body of a reply."""
        data_format, data_type, name, tail = self._constants
        length, size = self._length, len(text)
        behind = self._behind(quality, data_format, data_type, sec, usec, nsec, name, tail)
        if set_text is None:
            return self._first + length(size + 1) + text + _TAILS[size & 3] + behind
        count = len(set_text)
        first = self._first + length(size + 1) + text + _TAILS[size & 3]
        return first + length(count + 1) + set_text + _TAILS[count & 3] + behind


class ScalarLayout:
    """Decodes the replies to reading one scalar, once one of them was decoded the long way.

    ``learn`` looks at a reply body (from its offset 24 on), or with ``event`` at the payload
    frame of a value event, and its decoded form; ``decode``
    gives a DeviceAttribute, or None for a reply of another shape (an error, a new type),
    which then goes the long way.
    """

    __slots__ = (
        "_head",
        "_name",
        "_name_bytes",
        "_state",
        "_tail",
        "_two",
        "_unpack",
        "data_type",
        "pieces",
        "size",
        "written",
    )

    def __init__(
        self,
        data_type: int,
        name: str,
        count: int,
        written: bool,
        device_state: bool,
        little: bool,
        event: bool = False,
    ) -> None:
        pieces = _pieces(data_type, name, count, written, device_state, little, event)
        unpacker = pieces.struct(little)
        self._unpack = unpacker.unpack
        self.pieces = pieces
        self._head = pieces.head
        self._tail = pieces.tail
        self._name_bytes = pieces.name
        self._name = name
        self._two = count == 2
        self.written = written
        self.data_type = CmdArgType(data_type)
        self._state = data_type == CmdArgType.DevState
        self.size = unpacker.size

    @classmethod
    def learn(
        cls, body: Buffer, little: bool, attribute: DeviceAttribute, event: bool = False
    ) -> ScalarLayout | None:
        """The layout of a reply; None if it is not a valid fixed-size scalar's."""
        if (
            attribute.has_failed
            or attribute.data_format is not AttrDataFormat.SCALAR
            or not ScalarReply.supports(attribute.type)
            or attribute.quality is AttrQuality.ATTR_INVALID
        ):
            return None
        body = bytes(body)
        order = "little" if little else "big"
        device_state = int.from_bytes(body[4:8], order) == AttributeDataType.DEVICE_STATE  # type: ignore[arg-type]  # the order is one of two literals
        # A write-only attribute has one value for both parts.
        count = 1 if device_state else int.from_bytes(body[8:12], order)  # type: ignore[arg-type]  # the order is one of two literals
        if count not in (1, 2):
            return None
        written = attribute.w_dim_x == 1
        try:
            layout = cls(
                attribute.type, attribute.name, count, written, device_state, little, event
            )
        except MarshalError:
            return None
        return layout if layout.decode(body) is not None else None

    def decode(self, body: bytes) -> DeviceAttribute | None:
        """The attribute in a reply body; None if the body has another shape."""
        if len(body) != self.size:
            return None
        w_value: Any = None
        if self._two:
            head, value, w_value, quality, fmt, kind, sec, usec, nsec, name, tail = self._unpack(
                body
            )
        else:
            head, value, quality, fmt, kind, sec, usec, nsec, name, tail = self._unpack(body)
            if self.written:
                w_value = value
        if (
            head != self._head
            or tail != self._tail
            or name != self._name_bytes
            or kind != self.data_type
            or fmt
            or quality > 4
            or quality == 1
        ):
            return None
        if self._state:
            if value > 13:
                return None
            value = _STATES[value]
            if w_value is not None:
                w_value = _STATES[w_value] if w_value <= 13 else DevState.UNKNOWN
        result = _new(DeviceAttribute)
        result.name = self._name
        result.quality = _QUALITIES[quality]
        result.time = time = _new(TimeVal)
        time.tv_sec = sec
        time.tv_usec = usec
        time.tv_nsec = nsec
        result.has_failed = False
        result.is_empty = False
        result.type = self.data_type
        result.value = value
        result.w_value = w_value
        if self.written:
            result._written = _ONE
        return result


_ONE = (1, 0)
_new = object.__new__
