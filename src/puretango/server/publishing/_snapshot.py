"""A pushed value, made without touching the attribute, whose value a client's request may be about to send."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from puretango.values import AttrQuality, CmdArgType

if TYPE_CHECKING:
    from puretango.server.attribute._attribute import Attribute
    from puretango.server.publishing._ports import PublishingOwner


def snapshot(
    device: PublishingOwner, attribute: Attribute, args: tuple[Any, ...], told: bool = True
) -> Any:
    """The AttributeValue_5 of pushed data: ``data`` or ``data, time, quality``.

    The attribute itself stays as it is, as in cppTango: what is pushed makes no alarm of the
    device. With ``told`` false, nobody gets the value, and it is not compared with its levels.
    """
    own = attribute.__class__.__new__(attribute.__class__)
    own.__dict__.update(attribute.__dict__)
    own.has_value = False
    if attribute.is_state or attribute.lower_name == "status":
        args = (_held(device, attribute),)
    elif not args:
        args = (attribute.read_value(),)
    if len(args) >= 3 and isinstance(args[-1], AttrQuality):
        own.set_value_date_quality(*args)
    elif len(args) == 2 and attribute.data_type != CmdArgType.DevEncoded:
        own.set_value_date_quality(args[0], time.time(), args[1])
    else:
        own.set_value(*args)
    if own.settings.alarmed and own.quality != AttrQuality.ATTR_INVALID and told:
        own.check_alarm()
        attribute.noted = own.noted
    return own.to_wire(5)


def _held(device: PublishingOwner, attribute: Attribute) -> Any:
    """The value of a pushed State or Status: the one set last.

    cppTango sends get_state() and get_status(), whatever dev_state() would return and the author has passed. A
    device whose dev_state() asks the hardware can thus send a MOVING that is over by then.
    """
    return device._tango.state.value if attribute.is_state else device._tango.state.status
