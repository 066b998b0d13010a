"""Readers: how one attribute's part of a reply is made, prepared once for many requests.

A reader gives the bytes of a whole one-attribute reply where the value is of the plainest kind
(a scalar of fixed size, not in alarm); otherwise the AttributeValue_5, to be encoded the
general way.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from puretango.server.access._arrays import make_array_taker
from puretango.server.access._single import (
    ORIGIN,
    STANDARD,
    check_was_read,
    read_one,
    read_standard,
    read_standard_now,
    read_value,
)
from puretango.server.access._takers import make_taker, note, take_any, thresholds
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
)

if TYPE_CHECKING:
    from puretango.server.access._ports import AttributesOwner
    from puretango.server.attribute._attribute import Attribute

Reader = Callable[[], Any]
AwaitedReader = Callable[[], Awaitable[Any]]
StateReader = Callable[[], "Awaitable[None] | bool | None"]
"""Reads an attribute whose alarm State depends on: True if the value is within all levels, or something to await."""

_T = CmdArgType
WIDE = frozenset({_T.DevLong64, _T.DevULong64, _T.DevDouble})
"""The types whose values are aligned to 8."""
_VALID = AttrQuality.ATTR_VALID
_READS = (AttrWriteType.READ, AttrWriteType.READ_WRITE)
_time_ns = time.time_ns


def can_be_kept(attribute: Attribute) -> bool:
    """True for attributes of the device's own that started without an error."""
    return not attribute.forwarded and attribute.startup_error is None


def _is_usual(attribute: Attribute) -> bool:
    """True for the attributes that need none of the special cases of the long way."""
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
    device: AttributesOwner,
    attribute: Attribute,
    fresh: frozenset[str],
    kept: bool,
    alone: bool = False,
) -> Reader:
    """The reader of an attribute of a blocking device.

    ``fresh`` are the attributes that the request reads before State and Status; ``kept`` wants
    these as values, not as bytes. For an array that is read ``alone`` it gives the reply's body,
    in parts if it is long.
    """
    method = _read_method(device, attribute) if _is_usual(attribute) else None
    if method is None:
        if attribute.lower_name in STANDARD:
            return _standard_reader(device, attribute, fresh, kept)
        special = _special_reader(device, attribute, fresh, kept)
        return lambda: drive(special())
    allowed = _allowed(device, attribute)
    take = make_array_taker(attribute, take_any) if alone else None
    take = take or make_taker(attribute, kept)

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
    """The reader of an attribute of an asyncio device."""
    method = _read_method(device, attribute) if _is_usual(attribute) else None
    if method is None or release != 5:
        return _special_reader(device, attribute, fresh, kept)
    take = make_taker(attribute, kept)
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
    """A function that reads an attribute whose alarm State depends on: a failure makes its quality INVALID."""
    method = None
    if not device._tango.is_asyncio and device._tango.spans is None and _is_usual(attribute):
        method = _read_method(device, attribute)
    if method is None:
        return lambda: read_one(device, attribute)
    allowed = _allowed(device, attribute)
    scalar = attribute.data_format == AttrDataFormat.SCALAR
    number = float if scalar and attribute.data_type == _T.DevDouble else None
    floor, ceiling = thresholds(attribute)
    levels_only = not attribute.settings.has_rds

    def read() -> bool | None:
        reason: object = "no value was given"
        try:
            if allowed is not None and not allowed(AttReqType.READ_REQ):
                return None
            attribute.has_value = False
            attribute.quality = _VALID
            attribute.when = 0
            value = method()
            if value is not None and not attribute.has_value:
                if type(value) is number and floor < value < ceiling:
                    note(attribute, value, _time_ns())
                    return levels_only
                attribute.set_complex_value(value)
        except AUTHORS_ERRORS as error:
            reason = error
        check_was_read(device, attribute, reason)
        return None

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


def _standard_reader(
    device: AttributesOwner, attribute: Attribute, fresh: frozenset[str], kept: bool
) -> Reader:
    """The reader of State or Status of a blocking device."""

    def read() -> Any:
        try:
            read_standard_now(device, attribute, fresh)
            return attribute.to_wire(5)
        except AUTHORS_ERRORS as error:
            return failed_value(5, attribute.name, errors_of(error))

    if kept or not attribute.is_state:
        return read
    finish, current = _state_bytes(attribute), device._tango.state.current_now

    def read_state() -> Any:
        try:
            note(attribute, current(fresh), _time_ns())
            return finish()
        except AUTHORS_ERRORS as error:
            return failed_value(5, attribute.name, errors_of(error))

    return read_state


def _state_bytes(attribute: Attribute) -> Callable[[], bytes]:
    """A function that makes the reply of State, once its value is set."""
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


def _special_reader(
    device: AttributesOwner, attribute: Attribute, fresh: frozenset[str], kept: bool
) -> AwaitedReader:
    """The reader of an attribute that needs the long way: a plan saves it nothing."""
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
