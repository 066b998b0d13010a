"""Reading one attribute the long way, which knows all that can be special about it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from puretango.errors import DevFailed
from puretango.server.attribute._attribute import Attribute
from puretango.server.base._failure import AUTHORS_ERRORS, errors_of, throw, to_dev_failed
from puretango.values import AttReqType, AttrQuality, AttrWriteType

if TYPE_CHECKING:
    from puretango.server.access._ports import AttributesOwner

ORIGIN = "Device_3Impl::read_attributes_no_except"
LOG = logging.getLogger(__name__)
STANDARD = ("state", "status")
"""Read after all others: what they say depends on them."""


def hardware_indexes(device: AttributesOwner, attributes: Sequence[Attribute]) -> list[int]:
    """The argument of read_attr_hardware: the attributes to read, and for State those with alarms."""
    wanted = [item for item in attributes if item.writable != AttrWriteType.WRITE]
    indexes = [
        device._tango.attributes.index_of(item.name)
        for item in wanted
        if item.lower_name not in STANDARD
    ]
    if any(item.is_state for item in wanted):
        for attribute in device._tango.attributes.alarmed():
            index = device._tango.attributes.index_of(attribute.name)
            if index not in indexes:
                indexes.append(index)
    return indexes


async def read_standard(device: AttributesOwner, item: Attribute, fresh: frozenset[str]) -> None:
    """Take State or Status; ``fresh`` are the attributes read in the same request."""
    state = device._tango.state
    if not device._tango.is_asyncio:
        read_standard_now(device, item, fresh)
    elif item.is_state:
        item.set_value(await state.current(fresh))
    else:
        item.set_value(await state.current_status())


def read_standard_now(device: AttributesOwner, item: Attribute, fresh: frozenset[str]) -> None:
    """Take State or Status of a blocking device, where nothing is awaited."""
    state = device._tango.state
    item.set_value(state.current_now(fresh) if item.is_state else state.current_status_now())


async def read_value(device: AttributesOwner, attribute: Attribute) -> None:
    """Read one attribute: is it allowed, the author's method, the alarms."""
    if attribute.writable != AttrWriteType.WRITE and not await device._tango.access.ask_allowed(
        attribute, AttReqType.READ_REQ
    ):
        raise throw(
            "API_AttrNotAllowed",
            f"It is currently not allowed to read attribute {attribute.name}",
            ORIGIN,
        )
    memorized_error = getattr(attribute, "memorized_error", None)
    if memorized_error is not None:
        failure = DevFailed(*errors_of(memorized_error))
        raise failure.add(
            "API_MemAttFailedDuringInit",
            f"Attribute {attribute.name} is a memorized attribute. "
            "It failed during the write call of the device startup sequence",
            ORIGIN,
        )
    if attribute.forwarded:
        await device._tango.blocking(attribute.read_root)  # type: ignore[attr-defined]  # a forwarded attribute, as asked before
        return
    if attribute.writable == AttrWriteType.WRITE:
        attribute.show_set_value()  # type: ignore[attr-defined]  # only writable attributes come here
        attribute.quality = AttrQuality.ATTR_VALID
        return
    try:
        await device._tango.access.call_read(attribute)
    except AUTHORS_ERRORS as error:
        attribute.note_failure()
        raise to_dev_failed(error) from error
    if attribute.quality == AttrQuality.ATTR_INVALID:
        return
    if not attribute.has_value:
        attribute.note_failure()
        raise throw("API_AttrValueNotSet", _not_updated(device, attribute), ORIGIN)
    if attribute.settings.alarmed:
        attribute.check_alarm()


def _not_updated(device: AttributesOwner, attribute: Attribute) -> str:
    if device._tango.server.poller.is_filled_by_author(device, "attribute", attribute.lower_name):
        return (
            f"Attribute {attribute.name} value is available only by CACHE.\n"
            "Attribute values are set by external polling buffer filling"
        )
    return f"Read value for attribute {attribute.name} has not been updated"


async def read_one(device: AttributesOwner, attribute: Attribute) -> None:
    """Read one attribute whose alarm State depends on: a failure makes its quality INVALID."""
    reason: object = "no value was given"
    try:
        if attribute.spec.forwarded:
            return
        if attribute.writable != AttrWriteType.WRITE and not await device._tango.access.ask_allowed(
            attribute, AttReqType.READ_REQ
        ):
            return
        attribute.has_value = False
        attribute.quality = AttrQuality.ATTR_VALID
        if attribute.writable == AttrWriteType.WRITE:
            attribute.show_set_value()  # type: ignore[attr-defined]  # only writable attributes come here
        else:
            await device._tango.access.call_read(attribute)
    except AUTHORS_ERRORS as error:
        reason = error
    check_was_read(device, attribute, reason)


def check_was_read(device: AttributesOwner, attribute: Attribute, reason: object) -> None:
    """After a reading for State: without a value the quality is INVALID, and the log says so."""
    if not attribute.has_value and attribute.quality != AttrQuality.ATTR_INVALID:
        attribute.note_failure()
        device.warn_stream(
            "Attribute has no value, forcing INVALID quality for: %s", attribute.name
        )
        LOG.debug("%s/%s: %s", device._tango.name, attribute.name, reason)
