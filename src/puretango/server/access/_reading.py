"""read_attributes: the order of hooks, one failure that fails no other, device or cache."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from puretango.errors import DevFailed
from puretango.server.attribute._attribute import Attribute
from puretango.server.attribute._wire import failed_value
from puretango.server.base._failure import AUTHORS_ERRORS, errors_of, throw, to_dev_failed
from puretango.values import AttReqType, AttrQuality, AttrWriteType, DevSource

if TYPE_CHECKING:
    from puretango.server.access._ports import AttributesOwner

ORIGIN = "Device_3Impl::read_attributes_no_except"
ALL_NAMES = ("all attributes", "all attributes_3")
LOG = logging.getLogger(__name__)
STANDARD = ("state", "status")
"""Read after all others: what they say depends on them."""


def wanted_names(device: AttributesOwner, names: Sequence[str]) -> list[str]:
    """The names of a request; one of them may stand for all."""
    if len(names) == 1 and names[0].lower() in ALL_NAMES:
        return device._tango_attributes.names()
    return list(names)


async def read_attributes(
    device: AttributesOwner, names: Sequence[str], release: int, source: int = DevSource.DEV
) -> list[Any]:
    """The AttributeValues of a request, one for each name; failures are in them."""
    names = wanted_names(device, names)
    if source == DevSource.DEV:
        return await read_from_device(device, names, release)
    results: dict[int, Any] = {}
    left: list[int] = []
    for index, name in enumerate(names):
        if source != DevSource.CACHE and ("attribute", name.lower()) not in device._tango_polled:
            if device._tango_attributes.find(name) is None:  # known without the device's being free
                results[index] = failed_value(release, name, errors_of(_unknown(name)))
            else:
                left.append(index)
            continue
        try:
            results[index] = device._tango_server.poller.cached_value(device, name, release)
        except DevFailed as error:
            if source == DevSource.CACHE:
                results[index] = failed_value(release, name, errors_of(error))
            else:
                left.append(index)
    if left:
        read = await read_from_device(device, [names[index] for index in left], release)
        results.update(zip(left, read, strict=True))
    return [results[index] for index in range(len(names))]


async def read_from_device(
    device: AttributesOwner, names: Sequence[str], release: int
) -> list[Any]:
    """Read attributes from the device itself, inside its monitor."""
    with device._tango_server.subdevices.acting(device), device._tango_monitor:
        return await read_inside(device, names, release)


def _unknown(name: str) -> DevFailed:
    return throw(
        "API_AttrNotFound",
        f"{name} attribute not found",
        "MultiAttribute::get_attr_ind_by_name",
    )


async def read_inside(device: AttributesOwner, names: Sequence[str], release: int) -> list[Any]:
    """The same for a request that is in the device's monitor already."""
    found: list[Attribute | DevFailed] = []
    for name in names:
        attribute = device._tango_attributes.find(name)
        if attribute is None:
            found.append(_unknown(name))
        elif attribute.startup_error is not None and attribute.lower_name not in STANDARD:
            found.append(attribute.startup_error)
        else:
            found.append(attribute)
    if device._tango_has_hook and not all(isinstance(item, DevFailed) for item in found):
        try:
            await device._tango_call(device.always_executed_hook)
        except AUTHORS_ERRORS as error:
            raise to_dev_failed(error) from error
    if device._tango_has_hardware_read:
        await _read_hardware(device, found)
    results: list[Any] = [None] * len(names)
    read_now: set[str] = set()
    last: list[tuple[int, Attribute]] = []
    for index, item in enumerate(found):
        if isinstance(item, DevFailed):
            results[index] = failed_value(release, names[index], errors_of(item))
        elif item.lower_name in STANDARD:
            last.append((index, item))
        else:
            try:
                await read_value(device, item)
                results[index] = item.to_wire(release)
            except AUTHORS_ERRORS as error:
                results[index] = failed_value(release, item.name, errors_of(error))
            read_now.add(item.lower_name)
    for index, item in last:
        try:
            await read_standard(device, item, frozenset(read_now))
            results[index] = item.to_wire(release)
        except AUTHORS_ERRORS as error:
            results[index] = failed_value(release, item.name, errors_of(error))
    return results


async def _read_hardware(device: AttributesOwner, found: Sequence[Attribute | DevFailed]) -> None:
    indexes = hardware_indexes(device, [item for item in found if isinstance(item, Attribute)])
    if not indexes:
        return
    try:
        await device._tango_call(device.read_attr_hardware, indexes)
    except AUTHORS_ERRORS as error:
        raise to_dev_failed(error) from error


def hardware_indexes(device: AttributesOwner, attributes: Sequence[Attribute]) -> list[int]:
    """What read_attr_hardware is told: the attributes to read, and for State those with alarms."""
    wanted = [item for item in attributes if item.writable != AttrWriteType.WRITE]
    indexes = [
        device._tango_attributes.index_of(item.name)
        for item in wanted
        if item.lower_name not in STANDARD
    ]
    if any(item.is_state for item in wanted):
        for attribute in device._tango_attributes.alarmed():
            index = device._tango_attributes.index_of(attribute.name)
            if index not in indexes:
                indexes.append(index)
    return indexes


async def read_standard(device: AttributesOwner, item: Attribute, fresh: frozenset[str]) -> None:
    """Take State or Status; ``fresh`` are the attributes read in the same request."""
    if item.is_state:
        item.set_value(await device._tango_current_state(fresh))
    else:
        item.set_value(await device._tango_current_status())


async def read_value(device: AttributesOwner, attribute: Attribute) -> None:
    """Read one attribute: is it allowed, the author's method, the alarms."""
    if attribute.writable != AttrWriteType.WRITE and not await device._tango_ask_allowed(
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
        await device._tango_blocking(attribute.read_root)  # type: ignore[attr-defined]  # a forwarded attribute, as asked before
        return
    if attribute.writable == AttrWriteType.WRITE:
        attribute.show_set_value()  # type: ignore[attr-defined]  # only writable attributes come here
        attribute.quality = AttrQuality.ATTR_VALID
        return
    try:
        await device._tango_call_read(attribute)
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
    if device._tango_server.poller.is_filled_by_author(device, "attribute", attribute.lower_name):
        return (
            f"Attribute {attribute.name} value is available only by CACHE.\n"
            "Attribute values are set by external polling buffer filling"
        )
    return f"Read value for attribute {attribute.name} has not been updated"


async def read_one(device: AttributesOwner, attribute: Attribute) -> None:
    """Read one attribute for the state's sake: a failure makes its quality INVALID."""
    reason: object = "no value was given"
    try:
        if attribute.spec.forwarded:
            return
        if attribute.writable != AttrWriteType.WRITE and not await device._tango_ask_allowed(
            attribute, AttReqType.READ_REQ
        ):
            return
        attribute.has_value = False
        attribute.quality = AttrQuality.ATTR_VALID
        if attribute.writable == AttrWriteType.WRITE:
            attribute.show_set_value()  # type: ignore[attr-defined]  # only writable attributes come here
        else:
            await device._tango_call_read(attribute)
    except AUTHORS_ERRORS as error:
        reason = error
    if not attribute.has_value and attribute.quality != AttrQuality.ATTR_INVALID:
        attribute.note_failure()
        device.warn_stream(
            "Attribute has no value, forcing INVALID quality for: %s", attribute.name
        )
        LOG.debug("%s/%s: %s", device._tango_name, attribute.name, reason)
