"""Memorized attributes: their set values come back when a device starts."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from puretango.errors import DevFailed
from puretango.server.access._writing import write_again
from puretango.server.attribute._wattribute import WAttribute
from puretango.server.base._failure import to_dev_failed

if TYPE_CHECKING:
    from puretango.server.access._ports import AttributesOwner

LOG = logging.getLogger("puretango.server")
VALUE = "__value"


def load(device: AttributesOwner) -> None:
    """Give the memorized attributes the set values that the database kept."""
    for spec in device._tango.attributes.specs():
        if not spec.memorized:
            continue
        attribute = device._tango.attributes.find(spec.lower_name)
        texts = device._tango.server.store.attribute_properties(device._tango.name, spec.name).get(
            VALUE
        )
        if not isinstance(attribute, WAttribute) or not texts:
            continue
        try:
            attribute.take_memorized(",".join(texts))
        except Exception as error:
            attribute.memorized_error = to_dev_failed(error)
        else:
            _look_at_limits(device, attribute)


def _look_at_limits(device: AttributesOwner, attribute: WAttribute) -> None:
    """As in cppTango, a value beyond the present limits or labels is logged, and forgotten."""
    try:
        attribute.check_limits(attribute.written)
    except DevFailed as failed:
        LOG.error(
            "the memorized value of %s/%s is ignored: %s",
            device._tango.name,
            attribute.name,
            failed.args[0].desc,
        )
        attribute.forget_memorized()


async def restore(device: AttributesOwner) -> None:
    """Write the memorized values to the device, for the attributes that want it at its start."""
    wanted: list[WAttribute] = []
    for spec in device._tango.attributes.specs():
        if spec.memorized and spec.memorized_init:
            attribute = device._tango.attributes.find(spec.lower_name)
            if isinstance(attribute, WAttribute) and attribute.written is not None:
                wanted.append(attribute)
    if not wanted:
        return
    failures = await write_again(device, wanted)
    for place, attribute in enumerate(wanted):
        failure = failures.get(place)
        attribute.memorized_error = None if failure is None else to_dev_failed(failure)
