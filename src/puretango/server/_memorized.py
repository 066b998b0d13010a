"""Memorized attributes: their set values come back when a device starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puretango.server._failure import to_dev_failed
from puretango.server._wattribute import WAttribute

if TYPE_CHECKING:
    from puretango.server._deviceimpl import DeviceImpl

VALUE = "__value"


def load(device: DeviceImpl) -> None:
    """Give the memorized attributes the set values that the database kept."""
    for spec in device._tango_attributes.specs():
        if not spec.memorized:
            continue
        attribute = device._tango_attributes.find(spec.lower_name)
        texts = device._tango_server.store.attribute_properties(device._tango_name, spec.name).get(
            VALUE
        )
        if not isinstance(attribute, WAttribute) or not texts:
            continue
        try:
            attribute.take_memorized("\n".join(texts))
        except Exception as error:
            attribute.memorized_error = to_dev_failed(error)


async def restore(device: DeviceImpl) -> None:
    """Write them to the device, for the attributes that want it."""
    for spec in device._tango_attributes.specs():
        if not (spec.memorized and spec.memorized_init):
            continue
        attribute = device._tango_attributes.find(spec.lower_name)
        if not isinstance(attribute, WAttribute) or attribute.written is None:
            continue
        attribute.requested = attribute.set_part()
        try:
            attribute.check_limits(attribute.written)
            await device._tango_call_write(attribute)
        except Exception as error:
            attribute.memorized_error = to_dev_failed(error)
            attribute.refuse()
        else:
            attribute.memorized_error = None
            attribute.accept()
