"""The layout of a reply with several plain scalars, once it was seen: read by one unpacking."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from struct import Struct
from typing import Any

from puretango.cdr import Buffer
from puretango.idl import AttrDataFormat, AttributeDataType, AttrQuality, CmdArgType, DevState
from puretango.values._attribute import DeviceAttribute
from puretango.values._time import TimeVal
from puretango.values._types import SCALARS

__all__ = ["RowsLayout"]

_QUALITIES = tuple(AttrQuality)
_INVALID = AttrQuality.ATTR_INVALID
_STATES = tuple(DevState)
_SCALAR = AttrDataFormat.SCALAR
_DEVICE_STATE = int(AttributeDataType.DEVICE_STATE)
_ONE, _NONE = (1, 0), (0, 0)
_SIZES = {"?": 1, "B": 1, "h": 2, "H": 2, "i": 4, "I": 4, "f": 4, "q": 8, "Q": 8, "d": 8}
_new = object.__new__
_word = Struct("<I").unpack_from


class _Draft:
    """The format of a reply while it is learned, and the places of its parts."""

    def __init__(self) -> None:
        self.text = ["<I"]  # the number of attributes, which is a constant too
        self.place = 4
        self.count = 1
        self.constants = [0]
        self.values: list[int] = []
        self.set_values: list[int] = []
        self.qualities: list[int] = []
        self.times: list[int] = []

    def align(self, size: int) -> None:
        pad = -self.place % size
        self.text.append("x" * pad)
        self.place += pad

    def add(self, char: str, size: int, into: list[int]) -> None:
        self.text.append(char)
        self.place += size
        into.append(self.count)
        self.count += 1

    def words(self, chars: str, into: list[int]) -> None:
        for char in chars:
            self.add(char, 4, into)


def _is_plain(attribute: DeviceAttribute) -> bool:
    return (
        not attribute.has_failed
        and attribute.quality is not _INVALID
        and attribute._format is _SCALAR
        and attribute._read == _ONE
        and attribute._written in (_NONE, _ONE)
        and bool(getattr(SCALARS.get(attribute.type), "char", ""))
    )


def _draft(draft: _Draft, body: bytes, attribute: DeviceAttribute) -> bool:
    """Note where one attribute stands; False if its place is not always the same."""
    draft.align(4)
    label, size = Struct("<II").unpack_from(body, draft.place)
    draft.words("I", draft.constants)
    written = attribute._written == _ONE
    if label == _DEVICE_STATE:
        draft.words("I", draft.values)
        draft.set_values.append(draft.values[-1])
    elif attribute.type == CmdArgType.DevState or size not in (1, 2):
        return False
    else:
        draft.words("I", draft.constants)
        char = SCALARS[attribute.type].char
        draft.align(_SIZES[char])
        draft.add(char, _SIZES[char], draft.values)
        if size == 2:
            draft.add(char, _SIZES[char], draft.set_values)
        else:
            draft.set_values.append(draft.values[-1])
        if size == 2 and not written:
            return False
    draft.align(4)
    draft.words("I", draft.qualities)
    draft.words("Ii", draft.constants)
    draft.words("iii", draft.times)
    (length,) = _word(body, draft.place)
    draft.words("I", draft.constants)
    draft.add(f"{length}s", length, draft.constants)
    draft.align(4)
    draft.words("iiiiI", draft.constants)
    return True


def _picker(places: list[int]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    if len(places) == 1:
        (only,) = places
        return lambda fields: (fields[only],)
    return itemgetter(*places)


class RowsLayout:
    """Decodes the replies to reading several fixed-size scalars, once one was decoded the long way.

    ``decode`` gives the DeviceAttributes, or None for a reply of another shape (an error, a new type, an array),
    which then goes the long way. Bodies are little-endian and start at an offset that is a multiple of 8.
    """

    __slots__ = (
        "_constant",
        "_pick",
        "_quality",
        "_rows",
        "_set",
        "_times",
        "_unpack",
        "_value",
        "size",
    )

    def __init__(self, draft: _Draft, attributes: Sequence[DeviceAttribute]) -> None:
        layout = Struct("".join(draft.text))
        self._unpack = layout.unpack
        self.size = layout.size
        self._pick = _picker(draft.constants)
        self._value, self._set = _picker(draft.values), _picker(draft.set_values)
        self._quality = _picker(draft.qualities)
        self._times = tuple(_picker(draft.times[start::3]) for start in range(3))
        self._rows = [
            (one.name, one.type, one._written == _ONE, one.type == CmdArgType.DevState)
            for one in attributes
        ]
        self._constant: Any = None

    @classmethod
    def learn(cls, body: Buffer, attributes: Sequence[DeviceAttribute]) -> RowsLayout | None:
        """The layout of a reply's body; None if one of its attributes is not a valid fixed-size scalar."""
        if not attributes or not all(map(_is_plain, attributes)):
            return None
        body, draft = bytes(body), _Draft()
        if not all(_draft(draft, body, one) for one in attributes):
            return None
        layout = cls(draft, attributes)
        if layout.size != len(body):
            return None
        layout._constant = layout._pick(layout._unpack(body))
        return layout

    def decode(self, body: Buffer) -> list[DeviceAttribute] | None:
        """The attributes in a reply's body; None if the body has another shape."""
        if len(body) != self.size:
            return None
        fields = self._unpack(body)
        if self._pick(fields) != self._constant:
            return None
        seconds, micro, nano = self._times
        found = []
        for (name, kind, written, is_state), value, w_value, quality, sec, usec, nsec in zip(
            self._rows,
            self._value(fields),
            self._set(fields),
            self._quality(fields),
            seconds(fields),
            micro(fields),
            nano(fields),
            strict=True,
        ):
            if quality > 4 or quality == 1:
                return None
            if is_state:
                if value > 13:
                    return None
                value = w_value = _STATES[value]
            one = _new(DeviceAttribute)
            one.name = name
            one.quality = _QUALITIES[quality]
            one.time = time = _new(TimeVal)
            time.tv_sec = sec
            time.tv_usec = usec
            time.tv_nsec = nsec
            one.has_failed = False
            one.is_empty = False
            one.type = kind
            one.value = value
            if written:
                one.w_value = w_value
                one._written = _ONE
            else:
                one.w_value = None
            found.append(one)
        return found
