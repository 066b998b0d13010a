"""Records of polled values: what one turn of polling keeps of an attribute."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from puretango.cdr import CdrReader
from puretango.idl import AttributeValueList_5
from puretango.server.access._reader import WIDE
from puretango.server.access._ring import Polled, Record

if TYPE_CHECKING:
    from puretango.server.attribute._attribute import Attribute
    from puretango.server.base._ports import Owner

_time = time.time
POLLED_EVENTS = ("change", "archive", "alarm", "periodic")
"""The events that polling finds, in the order in which they are sent."""


class PlainRecord(Record):
    """A number read without error, as the bytes of the reply that holds it."""

    __slots__ = ("_decoded", "body", "number")

    def __init__(self, when: float, body: bytes, number: Any) -> None:
        self.when = when
        self.errors = ()
        self.body = body
        self.number = number
        self._decoded: Any = None

    @property
    def value(self) -> Any:
        """The AttributeValue_5, for callers that need more than the bytes."""
        if self._decoded is None:
            self._decoded = AttributeValueList_5.decode(CdrReader(self.body, True))[0]
        return self._decoded


class Watched:
    """One polled attribute in a plan."""

    __slots__ = ("attribute", "keys", "polled", "wide")

    def __init__(self, device: Owner, polled: Polled, attribute: Attribute) -> None:
        self.polled = polled
        self.attribute = attribute
        self.wide = attribute.data_type in WIDE
        lower = device._tango.lower_name, attribute.lower_name
        self.keys = tuple((event, (*lower, event)) for event in POLLED_EVENTS)


def record_of(value: Any, started: float) -> Record:
    """The record of an AttributeValue_5; ``started`` is when it has no time of its own."""
    keep(value)
    when = value.time.tv_sec + value.time.tv_usec * 1e-6 if not value.err_list else 0.0
    return Record(when or started or _time(), value, value.err_list)


def keep(value: Any) -> None:
    """Make a value our own: the author may change the array afterwards."""
    kind, data = value.value
    if hasattr(data, "copy"):
        value.value = (kind, data.copy())
