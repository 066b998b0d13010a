"""Readers: how one attribute's part of a reply comes about, prepared once for many requests.

A reader gives the bytes of a whole one-attribute reply where the value is of the plainest kind
(a scalar of fixed size, not in alarm); otherwise the AttributeValue_5, to be encoded the
general way.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from puretango.server.access._single import (
    ORIGIN,
    STANDARD,
    check_was_read,
    read_one,
    read_standard,
    read_value,
)
from puretango.server.attribute._alarm import CALM
from puretango.server.attribute._wattribute import WAttribute
from puretango.server.attribute._wire import failed_value
from puretango.server.base._calling import drive
from puretango.server.base._failure import AUTHORS_ERRORS, errors_of, throw
from puretango.server.declaration._attr import Attr
from puretango.values import (
    AttrDataFormat,
    AttReqType,
    AttrQuality,
    AttrWriteType,
    CmdArgType,
    ScalarReply,
    TextReply,
)

if TYPE_CHECKING:
    from puretango.server.access._ports import AttributesOwner
    from puretango.server.attribute._attribute import Attribute

Reader = Callable[[], Any]
AwaitedReader = Callable[[], Awaitable[Any]]
StateReader = Callable[[], "Awaitable[None] | None"]
"""Reads for the State's sake; what it gives is to be awaited."""

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
WIDE = frozenset({_T.DevLong64, _T.DevULong64, _T.DevDouble})
"""The types whose values are aligned to 8."""
_VALID = AttrQuality.ATTR_VALID
_READS = (AttrWriteType.READ, AttrWriteType.READ_WRITE)
_time_ns = time.time_ns
_INFINITY = float("inf")


def can_be_kept(attribute: Attribute) -> bool:
    """True for the attributes of this device that are as they should be."""
    return not attribute.forwarded and attribute.startup_error is None


def _is_usual(attribute: Attribute) -> bool:
    """True for the attributes that have nothing special about them."""
    return (
        attribute.writable in _READS
        and not attribute.forwarded
        and attribute.lower_name not in STANDARD
        and attribute.memorized_error is None
        and type(attribute.spec).read is Attr.read
        and type(attribute.spec).is_allowed is Attr.is_allowed
        and not attribute.spec.passes_attribute
    )


def make_reader(
    device: AttributesOwner, attribute: Attribute, fresh: frozenset[str], kept: bool
) -> Reader:
    """The reader of an attribute of a blocking device.

    ``fresh`` are the attributes that the request reads before State and Status; ``kept`` wants
    these as values, not as bytes.
    """
    method = _read_method(device, attribute) if _is_usual(attribute) else None
    if method is None:
        special = _special_reader(device, attribute, fresh, kept)
        return lambda: drive(special())
    allowed = _allowed(device, attribute)
    take = _taker(attribute, kept)

    def read() -> Any:
        try:
            if allowed is not None and not allowed(AttReqType.READ_REQ):
                return _refused(attribute)
            attribute.has_value = False
            attribute.quality = _VALID
            attribute.when = 0
            return take(method())
        except AUTHORS_ERRORS as error:
            attribute.note_failure()
            return failed_value(5, attribute.name, errors_of(error))

    return read


def make_awaited_reader(
    device: AttributesOwner,
    attribute: Attribute,
    fresh: frozenset[str],
    kept: bool,
    release: int = 5,
) -> AwaitedReader:
    """The same for an asyncio device."""
    method = _read_method(device, attribute) if _is_usual(attribute) else None
    if method is None or release != 5:
        return _special_reader(device, attribute, fresh, kept)
    take = _taker(attribute, kept)
    simple = attribute.spec.allowed_method is None

    async def read() -> Any:
        try:
            if not simple and not await device._tango.access.ask_allowed(
                attribute, AttReqType.READ_REQ
            ):
                return _refused(attribute)
            attribute.has_value = False
            attribute.quality = _VALID
            attribute.when = 0
            value = await device._tango.call(method)
            if value is not None:
                attribute.has_value = False  # what another request has read meanwhile
            return take(value)
        except AUTHORS_ERRORS as error:
            attribute.note_failure()
            return failed_value(5, attribute.name, errors_of(error))

    return read


def make_state_reader(device: AttributesOwner, attribute: Attribute) -> StateReader:
    """What reads an attribute for the State's sake: a failure makes its quality INVALID."""
    method = None
    if not device._tango.is_asyncio and device._tango.spans is None and _is_usual(attribute):
        method = _read_method(device, attribute)
    if method is None:
        return lambda: read_one(device, attribute)
    allowed = _allowed(device, attribute)

    def read() -> None:
        reason: object = "no value was given"
        try:
            if allowed is not None and not allowed(AttReqType.READ_REQ):
                return
            attribute.has_value = False
            attribute.quality = _VALID
            attribute.when = 0
            value = method()
            if value is not None and not attribute.has_value:
                attribute.set_complex_value(value)
        except AUTHORS_ERRORS as error:
            reason = error
        check_was_read(device, attribute, reason)

    return read


def make_long_reader(
    device: AttributesOwner,
    attribute: Attribute,
    fresh: frozenset[str],
    kept: bool = True,
    release: int = 5,
) -> AwaitedReader:
    """The reader that gives an AttributeValue of any release, of any device."""
    if attribute.lower_name in STANDARD:
        return _long_way(attribute, lambda: read_standard(device, attribute, fresh), None, release)
    return _long_way(attribute, lambda: read_value(device, attribute), None, release)


def _state_bytes(attribute: Attribute) -> Callable[[], bytes]:
    """What makes the reply of State, once it is set."""
    pack = ScalarReply(_T.DevState, attribute.name, device_state=True).pack

    def finish() -> bytes:
        seconds, rest = divmod(attribute.when, 1_000_000_000)
        return pack(attribute.value[0], attribute.quality, seconds, rest // 1000, rest % 1000)

    return finish


def _read_method(device: AttributesOwner, attribute: Attribute) -> Callable[[], Any] | None:
    method = attribute.spec.read_method
    if isinstance(method, str):
        return getattr(device, method, None)
    return None if method is None else method.__get__(device)


def _taker(attribute: Attribute, kept: bool) -> Callable[[Any], Any]:
    """What makes a reply, or an AttributeValue_5, of what a read method gives.

    ``kept``: only what is a number becomes a reply, which polling compares with the last one.
    """
    if attribute.data_format != AttrDataFormat.SCALAR or attribute.settings.has_rds:
        return lambda value: _take(attribute, value)
    if attribute.data_type in PLAIN:
        return _scalar_taker(attribute)
    if attribute.data_type == _T.DevString and not kept:
        return _text_taker(attribute)
    if attribute.data_type == _T.DevEnum and not kept:
        return _enum_taker(attribute)
    return lambda value: _take(attribute, value)


def _special_reader(
    device: AttributesOwner, attribute: Attribute, fresh: frozenset[str], kept: bool
) -> AwaitedReader:
    """The reader of an attribute with something special: only the others gain by the plan."""
    if attribute.is_state and not kept:
        finish = _state_bytes(attribute)
        return _long_way(attribute, lambda: read_standard(device, attribute, fresh), finish)
    return make_long_reader(device, attribute, fresh)


def _long_way(
    attribute: Attribute,
    take: Callable[[], Awaitable[None]],
    finish: Callable[[], Any] | None,
    release: int = 5,
) -> AwaitedReader:
    async def read() -> Any:
        try:
            await take()
            return attribute.to_wire(release) if finish is None else finish()
        except AUTHORS_ERRORS as error:
            return failed_value(release, attribute.name, errors_of(error))

    return read


def _allowed(device: AttributesOwner, attribute: Attribute) -> Callable[[AttReqType], Any] | None:
    rule = attribute.spec.allowed_method
    if isinstance(rule, str):
        return getattr(device, rule, None)
    return None if rule is None else rule.__get__(device)


def _refused(attribute: Attribute) -> Any:
    refusal = throw(
        "API_AttrNotAllowed",
        f"It is currently not allowed to read attribute {attribute.name}",
        ORIGIN,
    )
    return failed_value(5, attribute.name, errors_of(refusal))


def _take(attribute: Attribute, value: Any) -> Any:
    """What the read method gave, in general: the AttributeValue_5."""
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


def _thresholds(attribute: Attribute) -> tuple[float, float]:
    """Between these two no level is passed."""
    settings = attribute.settings
    low = [v for v in (settings.min_alarm, settings.min_warning) if v is not None]
    high = [v for v in (settings.max_alarm, settings.max_warning) if v is not None]
    return max(low, default=-_INFINITY), min(high, default=_INFINITY)


def _scalar_taker(attribute: Attribute) -> Callable[[Any], Any]:
    """What makes a reply of what a scalar's read method gives."""
    alarmed = attribute.settings.alarmed
    floor, ceiling = _thresholds(attribute)
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
        ):
            return _take(attribute, value)
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
            return _take(attribute, value)
        # As _note does it, without a call: numbers are read more often than anything else.
        attribute.value = (value,)
        attribute.dim_x = 1
        attribute.has_value = True
        attribute.quality = _VALID
        if attribute.noted is not CALM:
            attribute.calm()
        attribute.when = moment
        return body

    return take


def _note(attribute: Attribute, value: Any, moment: int) -> None:
    """The attribute has this value, which is well."""
    attribute.value = (value,)
    attribute.dim_x = 1
    attribute.has_value = True
    attribute.quality = _VALID
    if attribute.noted is not CALM:
        attribute.calm()
    attribute.when = moment


def _text_taker(attribute: Attribute) -> Callable[[Any], Any]:
    """The same for a text."""
    setter = attribute if isinstance(attribute, WAttribute) else None
    pack = TextReply(attribute.name, setter is not None).pack

    def take(value: Any) -> Any:
        if type(value) is not str or attribute.has_value or "\0" in value:
            return _take(attribute, value)
        moment = _time_ns()
        seconds, rest = divmod(moment, 1_000_000_000)
        second = None
        try:
            if setter is not None:
                second = setter.set_part()[0][0].encode("latin-1")
            text = value.encode("latin-1")
        except UnicodeEncodeError:
            return _take(attribute, value)
        _note(attribute, value, moment)
        return pack(text, second, 0, seconds, rest // 1000, rest % 1000)

    return take


def _enum_taker(attribute: Attribute) -> Callable[[Any], Any]:
    """The same for an enumeration's value, which may be a member of Python's."""
    setter = attribute if isinstance(attribute, WAttribute) else None
    reply = ScalarReply(attribute.data_type, attribute.name, setter is not None)
    pack, pack2 = reply.pack, reply.pack2
    count = len(attribute.settings.enum_labels)

    def take(value: Any) -> Any:
        if not isinstance(value, int) or attribute.has_value or attribute.settings.alarmed:
            return _take(attribute, value)
        number = int(value)
        if type(value) is bool or not 0 <= number < count:
            return _take(attribute, value)
        moment = _time_ns()
        seconds, rest = divmod(moment, 1_000_000_000)
        _note(attribute, number, moment)
        if setter is None:
            return pack(number, 0, seconds, rest // 1000, rest % 1000)
        second = setter.set_part()[0][0]
        return pack2(number, second, 0, seconds, rest // 1000, rest % 1000)

    return take
