"""The layout of a reply with one text: the octets before and after it are compared, not decoded."""

from __future__ import annotations

from struct import Struct
from typing import Any

from puretango.cdr import Buffer, CdrWriter
from puretango.idl import TEXT, AttrDataFormat, AttributeDataType, AttrQuality, CmdArgType
from puretango.values._attribute import DeviceAttribute
from puretango.values._command import is_status
from puretango.values._time import TimeVal

__all__ = ["TextLayout"]

_QUALITIES = tuple(AttrQuality)
_STRING = CmdArgType.DevString
_HEAD_SIZE = 12
_new = object.__new__


class TextLayout:
    """Decodes the replies to reading one text, once one of them was decoded the long way.

    ``decode`` gives a DeviceAttribute, or None for a reply of another shape, which then goes the long way.
    """

    __slots__ = ("_head", "_length", "_name", "_name_bytes", "_rest", "_tail", "_two", "_written")

    def __init__(self, name: str, count: int, written: bool, little: bool) -> None:
        head, text, tail = CdrWriter(little), CdrWriter(little), CdrWriter(little)
        for number in (1, AttributeDataType.ATT_STRING, count):
            head.ulong(number)
        TEXT.encode(text, name)
        for number in (1, 0, 1 if written else 0, 0, 0):
            tail.ulong(number)
        self._head = head.getvalue()
        self._name, self._name_bytes, self._tail = name, text.getvalue(), tail.getvalue()
        self._two, self._written = count == 2, written
        order = "<" if little else ">"
        size = len(self._name_bytes)
        # Padding is not compared: other peers send garbage there.
        self._rest = Struct(f"{order}IIiiii{size}s{-size % 4}x{len(self._tail)}s")
        self._length = Struct(f"{order}I").unpack_from

    @classmethod
    def learn(cls, body: Buffer, little: bool, attribute: DeviceAttribute) -> TextLayout | None:
        """The layout of a reply's body (from its offset 24 on); None if it is not a valid text's."""
        if (
            attribute.has_failed
            or attribute.data_format is not AttrDataFormat.SCALAR
            or attribute.type != _STRING
            or attribute.quality is AttrQuality.ATTR_INVALID
            or is_status(attribute.name)
        ):
            return None
        body = bytes(body)
        count = int.from_bytes(body[8:_HEAD_SIZE], "little" if little else "big")
        if count not in (1, 2):
            return None
        layout = cls(attribute.name, count, attribute.w_dim_x == 1, little)
        return layout if layout.decode(body) is not None else None

    def decode(self, body: Any) -> DeviceAttribute | None:
        """The attribute in a reply's body; None if the body has another shape."""
        size = len(body)
        if size < 60 or body[:_HEAD_SIZE] != self._head:
            return None
        value, place = self._text(body, _HEAD_SIZE, size)
        w_value = value if self._written else None
        if self._two and place:
            w_value, place = self._text(body, place, size)
        if not place or size - place != self._rest.size:
            return None
        quality, form, kind, sec, usec, nsec, name, tail = self._rest.unpack_from(body, place)
        if (
            name != self._name_bytes
            or tail != self._tail
            or kind != _STRING
            or form
            or quality > 4
            or quality == 1
        ):
            return None
        result = _new(DeviceAttribute)
        result.name = self._name
        result.quality = _QUALITIES[quality]
        result.time = time = _new(TimeVal)
        time.tv_sec, time.tv_usec, time.tv_nsec = sec, usec, nsec
        result.has_failed = False
        result.is_empty = False
        result.type = _STRING
        result.value = value
        result.w_value = w_value
        if self._written:
            result._written = (1, 0)
        return result

    def _text(self, body: Any, place: int, size: int) -> tuple[str, int]:
        """A text, and where the next word is; 0 if there is no text."""
        start = place + 4
        if start > size:
            return "", 0
        end = start + self._length(body, place)[0]
        if end > size or end == start or body[end - 1]:
            return "", 0
        return str(body[start : end - 1], "latin-1"), end + (-end & 3)
