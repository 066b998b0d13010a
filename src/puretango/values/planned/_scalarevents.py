"""Value events of scalars, alike but for value, quality and time: known by their bytes, many decoded at once."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from puretango.idl import AttrDataFormat, CmdArgType
from puretango.values._attribute import DeviceAttribute
from puretango.values.planned._layout import SIZES, ScalarLayout

__all__ = ["EventRecord", "EventShape", "ScalarColumns", "Undecoded"]

_FORMATS: Final = {"?": "u1", "f": "<f4", "d": "<f8"}
_INVALID: Final = 1
_QUALITIES: Final = 5
_SCALAR: Final = int(AttrDataFormat.SCALAR).to_bytes(4, "little")


class ScalarColumns:
    """The contents of many events of one record, in arrays of one length."""

    __slots__ = ("_fields", "quality", "set_value", "value")

    def __init__(
        self, value: NDArray[Any], set_value: NDArray[Any] | None, fields: NDArray[Any]
    ) -> None:
        self.value = value
        """The values read."""
        self.set_value = set_value
        """The values set; None if the attributes have none."""
        self.quality = fields["quality"]
        """AttrQuality as numbers."""
        self._fields = fields

    def seconds(self) -> NDArray[np.float64]:
        """The devices' times, seconds since 1970, as TimeVal.totime gives them."""
        fields = self._fields
        found: NDArray[np.float64] = fields["sec"] + 1e-6 * fields["usec"] + 1e-9 * fields["nsec"]
        return found

    def nanoseconds(self) -> NDArray[np.int64]:
        """The devices' times, ns since 1970."""
        fields = self._fields
        found: NDArray[np.int64] = fields["sec"].astype(np.int64) * 1_000_000_000
        found += fields["usec"].astype(np.int64) * 1000 + fields["nsec"]
        return found


class EventRecord:
    """Where value, quality and time are in a payload: the same for all attributes of a type and a length of name."""

    __slots__ = ("_boolean", "_dtype", "_two", "_written", "size")

    def __init__(self, char: str, offsets: dict[str, int], size: int, written: bool) -> None:
        kind = _FORMATS.get(char) or np.dtype(char).newbyteorder("<").str
        formats = [kind if "value" in name else "<i4" for name in offsets]
        self._dtype = np.dtype(
            {
                "names": list(offsets),
                "formats": formats,
                "offsets": list(offsets.values()),
                "itemsize": size,
            }
        )
        self._boolean = char == "?"
        self._two = "set_value" in offsets
        self._written = written
        self.size = size

    def columns(self, payloads: list[bytes]) -> ScalarColumns:
        """Payloads of this record, which have matched a shape of it, decoded."""
        fields = np.frombuffer(b"".join(payloads), self._dtype)
        value = self._values(fields["value"])
        if self._two:
            return ScalarColumns(value, self._values(fields["set_value"]), fields)
        return ScalarColumns(value, value if self._written else None, fields)

    def _values(self, field: NDArray[Any]) -> NDArray[Any]:
        return field != 0 if self._boolean else field


@cache
def _record(head: int, middle: str, name: int, tail: int, written: bool) -> EventRecord:
    """The record of a layout's pieces, one for all attributes that have it."""
    offsets: dict[str, int] = {}
    names = iter(("quality", "format", "kind", "sec", "usec", "nsec"))
    at, char = head, ""
    front, back = middle[:-6], middle[-6:]
    for letter in front:
        if letter != "x":
            offsets["set_value" if char else "value"] = at
            char = letter
        at += SIZES.get(letter, 1)
    for _ in back:
        offsets[next(names)] = at
        at += 4
    size = at + name + -name % 4 + tail
    del offsets["format"], offsets["kind"]
    return EventRecord(char, offsets, size, written)


class EventShape:
    """The constant parts of one attribute's events, made from the layout of one of them.

    Little-endian payloads only, of numbers and booleans.
    """

    __slots__ = (
        "_decode",
        "_fixed",
        "_fixed_at",
        "_head",
        "_name",
        "_name_at",
        "_quality",
        "_size",
        "_tail",
        "data_type",
        "record",
    )

    def __init__(self, layout: ScalarLayout) -> None:
        pieces = layout.pieces
        self.data_type: CmdArgType = layout.data_type
        self.record = _record(
            len(pieces.head),
            pieces.middle,
            len(pieces.name),
            len(pieces.tail),
            layout.written,
        )
        self._decode = layout.decode
        self._size = layout.size
        self._head = pieces.head
        self._tail = pieces.tail
        self._name = pieces.name
        padded = len(pieces.name) + -len(pieces.name) % 4
        self._name_at = layout.size - len(pieces.tail) - padded
        self._quality = self._name_at - 24
        # The quality's upper octets, the format and the data type.
        self._fixed = b"\0\0\0" + _SCALAR + int(self.data_type).to_bytes(4, "little")
        self._fixed_at = self._quality + 1

    @classmethod
    def of(cls, layout: ScalarLayout) -> EventShape | None:
        """The shape of a layout's events; None for states, whose values cannot be any number."""
        return None if layout.data_type == CmdArgType.DevState else cls(layout)

    def match(self, payload: bytes) -> Undecoded | None:
        """The payload with its shape; None if it has another shape, or its value is invalid."""
        if (
            len(payload) == self._size
            and payload.startswith(self._head)
            and payload.startswith(self._fixed, self._fixed_at)
            and payload.startswith(self._name, self._name_at)
            and payload.endswith(self._tail)
            and payload[self._quality] != _INVALID
            and payload[self._quality] < _QUALITIES
        ):
            return self, payload
        return None

    def decode(self, payload: bytes) -> DeviceAttribute:
        """The contents of a payload that has matched."""
        found = self._decode(payload)
        assert found is not None
        return found


Undecoded = tuple[EventShape, bytes]
"""An event's payload and the shape that it has."""
