"""Takers: functions that turn what an author's read method returned into a reply, prepared once for an attribute.

A plain scalar becomes the bytes of a whole reply with that one value; anything else an AttributeValue_5.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from puretango.server.access._single import ORIGIN
from puretango.server.attribute._alarm import CALM
from puretango.server.attribute._wattribute import WAttribute
from puretango.server.base._failure import throw
from puretango.values import AttrDataFormat, AttrQuality, CmdArgType, ScalarReply, TextReply

if TYPE_CHECKING:
    from puretango.server.attribute._attribute import Attribute

_T = CmdArgType
_INTEGERS = (
    _T.DevUChar,
    _T.DevShort,
    _T.DevUShort,
    _T.DevLong,
    _T.DevULong,
    _T.DevLong64,
    _T.DevULong64,
)
PLAIN: dict[CmdArgType, tuple[type, ...]] = {
    _T.DevBoolean: (bool,),
    **dict.fromkeys(_INTEGERS, (int,)),
    _T.DevFloat: (float, int, np.float64),
    _T.DevDouble: (float, int, np.float64),
}
"""What a read method usually returns, by data type."""
_ROUNDED = frozenset({_T.DevFloat, _T.DevBoolean, _T.DevString, _T.DevEnum})
"""For these types the distance from the set value is not a subtraction of Python numbers."""
_VALID = AttrQuality.ATTR_VALID
_time_ns = time.time_ns
_INFINITY = float("inf")


def make_taker(attribute: Attribute, kept: bool) -> Callable[[Any], Any]:
    """A function that turns what a read method returns into a reply, or an AttributeValue_5.

    With ``kept`` only numbers become replies, which polling compares with the last one.
    """
    settings = attribute.settings
    if attribute.data_format != AttrDataFormat.SCALAR or (
        settings.has_rds and attribute.data_type in _ROUNDED
    ):
        return lambda value: take_any(attribute, value)
    if attribute.data_type in PLAIN:
        return _scalar_taker(attribute)
    if attribute.data_type == _T.DevString and not kept:
        return _text_taker(attribute)
    if attribute.data_type == _T.DevEnum and not kept:
        return _enum_taker(attribute)
    return lambda value: take_any(attribute, value)


def take_any(attribute: Attribute, value: Any) -> Any:
    """The AttributeValue_5 of whatever the read method returned."""
    if value is not None and not attribute.has_value:
        attribute.set_complex_value(value)
    if attribute.quality != AttrQuality.ATTR_INVALID:
        if not attribute.has_value:
            raise throw(
                "API_AttrValueNotSet",
                f"Read value for attribute {attribute.name} has not been updated",
                ORIGIN,
            )
        if attribute.settings.alarmed:
            attribute.check_alarm()
    return attribute.to_wire(5)


def thresholds(attribute: Attribute) -> tuple[float, float]:
    """The lowest and highest level: a value between them is not in alarm."""
    settings = attribute.settings
    low = [v for v in (settings.min_alarm, settings.min_warning) if v is not None]
    high = [v for v in (settings.max_alarm, settings.max_warning) if v is not None]
    return max(low, default=-_INFINITY), min(high, default=_INFINITY)


def note(attribute: Attribute, value: Any, moment: int) -> None:
    """Give the attribute this value, which is valid and not in alarm."""
    attribute.value = (value,)
    attribute.dim_x = 1
    attribute.has_value = True
    attribute.quality = _VALID
    if attribute.noted is not CALM:
        attribute.calm()
    attribute.when = moment


def _scalar_taker(attribute: Attribute) -> Callable[[Any], Any]:
    """A function that turns what a scalar's read method returns into a reply."""
    alarmed = attribute.settings.alarmed
    floor, ceiling = thresholds(attribute)
    delta = attribute.settings.delta_val if attribute.settings.has_rds else None
    setter = attribute if isinstance(attribute, WAttribute) else None
    default = attribute.wire.default
    reply = ScalarReply(attribute.data_type, attribute.name, setter is not None)
    pack, pack2 = reply.pack, reply.pack2
    kinds = PLAIN[attribute.data_type]

    def take(value: Any) -> Any:
        if (
            type(value) not in kinds
            or attribute.has_value
            or (alarmed and not floor < value < ceiling)
            or (delta is not None and not _is_near(attribute, value, delta))
        ):
            return take_any(attribute, value)
        moment = _time_ns()
        seconds, rest = divmod(moment, 1_000_000_000)
        try:
            if setter is None:
                body = pack(value, 0, seconds, rest // 1000, rest % 1000)
            else:
                written = setter.written
                second = default if written is None else written[0]
                body = pack2(value, second, 0, seconds, rest // 1000, rest % 1000)
        except (struct.error, OverflowError):
            return take_any(attribute, value)
        # As note does it, without a call: numbers are read more often than anything else.
        attribute.value = (value,)
        attribute.dim_x = 1
        attribute.has_value = True
        attribute.quality = _VALID
        if attribute.noted is not CALM:
            attribute.calm()
        attribute.when = moment
        return body

    return take


def _is_near(attribute: Attribute, value: Any, delta: Any) -> bool:
    """True if the read value is not far from the set one, or nobody has set any."""
    if not attribute.written_at:
        return True
    part = attribute.set_part()
    return part is not None and bool(abs(value - part[0][0]) < delta)


def _text_taker(attribute: Attribute) -> Callable[[Any], Any]:
    """A function that turns what a string's read method returns into a reply."""
    setter = attribute if isinstance(attribute, WAttribute) else None
    pack = TextReply(attribute.name, setter is not None).pack

    def take(value: Any) -> Any:
        if type(value) is not str or attribute.has_value or "\0" in value:
            return take_any(attribute, value)
        moment = _time_ns()
        seconds, rest = divmod(moment, 1_000_000_000)
        second = None
        try:
            if setter is not None:
                second = setter.set_part()[0][0].encode("latin-1")
            text = value.encode("latin-1")
        except UnicodeEncodeError:
            return take_any(attribute, value)
        note(attribute, value, moment)
        return pack(text, second, 0, seconds, rest // 1000, rest % 1000)

    return take


def _enum_taker(attribute: Attribute) -> Callable[[Any], Any]:
    """A function that does so for an enumeration, whose value may be a member of a Python Enum."""
    setter = attribute if isinstance(attribute, WAttribute) else None
    reply = ScalarReply(attribute.data_type, attribute.name, setter is not None)
    pack, pack2 = reply.pack, reply.pack2
    count = len(attribute.settings.enum_labels)

    def take(value: Any) -> Any:
        if not isinstance(value, int) or attribute.has_value or attribute.settings.alarmed:
            return take_any(attribute, value)
        number = int(value)
        if type(value) is bool or not 0 <= number < count:
            return take_any(attribute, value)
        moment = _time_ns()
        seconds, rest = divmod(moment, 1_000_000_000)
        note(attribute, number, moment)
        if setter is None:
            return pack(number, 0, seconds, rest // 1000, rest % 1000)
        second = setter.set_part()[0][0]
        return pack2(number, second, 0, seconds, rest // 1000, rest % 1000)

    return take
