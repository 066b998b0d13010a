"""A scalar pushed by the author: the event's payload in one pack.

An author who pushes often pushes plain numbers. Their payload has the same bytes every time except
for value and time; whatever is unusual (alarms, other types) goes the general way.
"""

from __future__ import annotations

import struct
import time
from typing import TYPE_CHECKING, Any

from puretango.server.access._takers import PLAIN
from puretango.values import SCALARS, AttrDataFormat, AttrQuality, AttrWriteType, ScalarReply

if TYPE_CHECKING:
    from puretango.server.attribute._attribute import Attribute

_VALID = AttrQuality.ATTR_VALID


class PushPlan:
    """Makes payloads of one attribute's pushed numbers."""

    __slots__ = ("_kinds", "_reply", "_written")

    def __init__(self, attribute: Attribute) -> None:
        self._written = attribute.write_part() is not None
        self._kinds = PLAIN[attribute.data_type]
        self._reply = ScalarReply(attribute.data_type, attribute.name, self._written, event=True)

    def payload(self, attribute: Attribute, value: Any) -> bytes | None:
        """The payload of a pushed number; None if the general way has to make it."""
        if type(value) not in self._kinds or attribute.settings.alarmed:
            return None
        part = attribute.write_part()
        moment = time.time_ns()
        sec, nanos = divmod(moment, 1_000_000_000)
        usec, nsec = divmod(nanos, 1000)
        try:
            if part is None:
                if self._written:
                    return None
                found = self._reply.pack(value, 0, sec, usec, nsec)
            else:
                if not self._written:
                    return None
                found = self._reply.pack2(value, part[0][0], 0, sec, usec, nsec)
        except (struct.error, OverflowError, IndexError, TypeError):
            return None  # the general way raises the right error
        return found


def push_plan(attribute: Attribute) -> PushPlan | None:
    """The plan of an attribute; None if its pushed values are not plain numbers."""
    if (
        attribute.data_format != AttrDataFormat.SCALAR
        or attribute.data_type not in PLAIN
        or attribute.writable == AttrWriteType.WRITE
        or attribute.forwarded
    ):
        return None
    return PushPlan(attribute)


def is_plain(attribute: Attribute, args: tuple[Any, ...]) -> bool:
    """True for what is pushed most often: one number that the attribute can hold."""
    if len(args) != 1 or attribute.data_format != AttrDataFormat.SCALAR:
        return False
    value, kinds = args[0], PLAIN.get(attribute.data_type, ())
    if type(value) not in kinds:
        return False
    kind = SCALARS[attribute.data_type]
    return float in kinds or bool in kinds or kind.low <= value <= kind.high
