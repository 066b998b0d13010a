"""Replies with one spectrum or image of numbers: the octets around the numbers are packed and unpacked in one step."""

from __future__ import annotations

import sys
from struct import Struct
from typing import Any

import numpy as np

from puretango.cdr import Buffer, CdrWriter
from puretango.idl import TEXT, AttrDataFormat, AttrQuality, CmdArgType
from puretango.values._attribute import DeviceAttribute
from puretango.values._time import TimeVal
from puretango.values._types import SCALARS

__all__ = ["ArrayLayout", "ArrayReply"]

_QUALITIES = tuple(AttrQuality)
_HEAD = Struct("<III")
"""One attribute, the label of its union, how many numbers."""
_NATIVE = sys.byteorder == "little"
_JOINED = 16 * 1024
"""Octets up to which numbers are copied into the reply; more are sent from where they are."""
_new = object.__new__


class _Rest:
    """What follows the numbers: quality, format, type, time, name, dimensions, no errors."""

    def __init__(self, name: str) -> None:
        text = CdrWriter()
        TEXT.encode(text, name)
        self.name = text.getvalue()
        # Padding is not compared: other peers send garbage there.
        self.struct = Struct(f"<IIiiii{len(self.name)}s{-len(self.name) % 4}xiiiiI")


def _numeric(data_type: int, data_format: AttrDataFormat) -> bool:
    return (
        _NATIVE
        and data_format in (AttrDataFormat.SPECTRUM, AttrDataFormat.IMAGE)
        and data_type != CmdArgType.DevState
        and data_type in SCALARS
        and SCALARS[data_type].dtype is not None
    )


class ArrayReply:
    """A server's reply to read_attributes_5 of one array of numbers (reply body at offset 24).

    ``pack`` takes the read and the set values as contiguous one-dimensional arrays of the type's dtype.
    """

    __slots__ = ("_constants", "_label", "_pad", "_rest")

    def __init__(self, data_type: int, data_format: AttrDataFormat, name: str) -> None:
        kind = SCALARS[data_type]
        assert kind.dtype is not None
        rest = _Rest(name)
        self._label = int(kind.union)
        self._pad = b"\0" * (-_HEAD.size % kind.dtype.itemsize)
        self._rest = rest.struct.pack
        self._constants = int(data_format), int(data_type), rest.name

    supports = staticmethod(_numeric)

    def pack(
        self,
        read: np.ndarray[Any, Any],
        written: np.ndarray[Any, Any] | None,
        dims: tuple[int, int, int, int],
        quality: int,
        sec: int,
        usec: int,
        nsec: int,
    ) -> bytes | list[Buffer]:
        """The body of a reply; ``dims`` are those of the read and of the set part. Long ones are in parts."""
        size, count = read.nbytes, read.size
        if written is not None:
            size += written.nbytes
            count += written.size
        data_format, data_type, name = self._constants
        head = _HEAD.pack(1, self._label, count) + (self._pad if count else b"")
        rest = bytes(-size & 3) + self._rest(
            quality, data_format, data_type, sec, usec, nsec, name, *dims, 0
        )
        if size <= _JOINED:
            if written is None:
                return head + read.tobytes() + rest
            return head + read.tobytes() + written.tobytes() + rest
        parts: list[Buffer] = [head, read.data.cast("B")]
        if written is not None and written.nbytes:
            parts.append(written.data.cast("B"))
        parts.append(rest)
        return parts


class ArrayLayout:
    """Decodes the replies to reading one array of numbers, once one of them was decoded the long way.

    ``decode`` gives a DeviceAttribute with numpy arrays, or None for a reply of another shape, which then goes
    the long way. Bodies start at an offset that is a multiple of 8.
    """

    __slots__ = ("_dtype", "_format", "_kind", "_label", "_name", "_rest", "_start")

    def __init__(self, attribute: DeviceAttribute) -> None:
        kind = SCALARS[attribute.type]
        assert kind.dtype is not None
        self._label, self._dtype = int(kind.union), kind.dtype
        self._start = _HEAD.size + -_HEAD.size % kind.dtype.itemsize
        self._rest = _Rest(attribute.name)
        self._name, self._kind, self._format = attribute.name, attribute.type, attribute._format

    @classmethod
    def learn(cls, body: Buffer, little: bool, attribute: DeviceAttribute) -> ArrayLayout | None:
        """The layout of a reply's body; None if it is not a valid array's."""
        if (
            attribute.has_failed
            or not little
            or attribute.quality is AttrQuality.ATTR_INVALID
            or not _numeric(attribute.type, attribute._format)
        ):
            return None
        layout = cls(attribute)
        return layout if layout.decode(body) is not None else None

    def decode(self, body: Any) -> DeviceAttribute | None:
        """The attribute in a reply's body; None if the body has another shape."""
        size = len(body)
        if size < _HEAD.size:
            return None
        one, label, count = _HEAD.unpack_from(body)
        start = self._start
        end = start + count * self._dtype.itemsize
        place = end + (-end & 3)
        rest = self._rest
        if one != 1 or label != self._label or not count or size - place != rest.struct.size:
            return None
        quality, form, kind, sec, usec, nsec, name, r_x, r_y, w_x, w_y, failed = (
            rest.struct.unpack_from(body, place)
        )
        if (
            name != rest.name
            or form != self._format
            or kind != self._kind
            or failed
            or quality > 4
            or quality == 1
            or min(r_x, r_y, w_x, w_y) < 0
        ):
            return None
        image = form == AttrDataFormat.IMAGE
        read = r_x * r_y if image else r_x
        written = w_x * w_y if image else w_x
        # A write-only attribute sends its set part once, with both dimensions: both are shown.
        second = read if read + written <= count else 0
        if read > count or second + written > count:
            return None
        numbers = np.frombuffer(body, self._dtype, count, start)
        if not numbers.flags.writeable:
            numbers = numbers.copy()
        value = numbers[:read] if read != count else numbers
        w_value = numbers[second : second + written]
        result = _new(DeviceAttribute)
        result.name = self._name
        result.quality = _QUALITIES[quality]
        result.time = time = _new(TimeVal)
        time.tv_sec = sec
        time.tv_usec = usec
        time.tv_nsec = nsec
        result._format = self._format
        result._read, result._written = (r_x, r_y), (w_x, w_y)
        result.has_failed = False
        result.is_empty = False
        result.type = self._kind
        result.value = value.reshape((r_y, r_x)) if image else value
        result.w_value = w_value.reshape((w_y, w_x)) if image else w_value
        return result
