"""A pushed value, made without touching what a request of a client may be about to send."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from puretango.server._failure import errors_of
from puretango.values import AttrQuality, CmdArgType

if TYPE_CHECKING:
    from puretango.server._attribute import Attribute
    from puretango.server._deviceimpl import DeviceImpl


def snapshot(device: DeviceImpl, attribute: Attribute, args: tuple[Any, ...]) -> Any:
    """The AttributeValue_5 of pushed data: ``data`` or ``data, time, quality``."""
    own = attribute.__class__.__new__(attribute.__class__)
    own.__dict__.update(attribute.__dict__)
    own.has_value = False
    if not args:
        args = (_present(device, attribute),)
    if len(args) >= 3 and isinstance(args[-1], AttrQuality):
        own.set_value_date_quality(*args)
    elif len(args) == 2 and attribute.data_type != CmdArgType.DevEncoded:
        own.set_value_date_quality(args[0], time.time(), args[1])
    else:
        own.set_value(*args)
    if own.settings.alarmed and own.quality != AttrQuality.ATTR_INVALID:
        own.check_alarm()
    attribute.quality, attribute.alarm_flags = own.quality, own.alarm_flags
    return own.to_wire(5)


def _present(device: DeviceImpl, attribute: Attribute) -> Any:
    """State or Status now, or what an attribute's read method gives."""
    on_loop = device._tango_is_asyncio and device._tango_server.on_loop_thread()
    try:
        if attribute.is_state:
            return (
                device._tango_state_value
                if on_loop
                else device._tango_run(device._tango_current_state())
            )
        if attribute.lower_name == "status":
            return (
                device._tango_status_text
                if on_loop
                else device._tango_run(device._tango_current_status())
            )
    except Exception as error:
        device.warn_stream("push of %s: %s", attribute.name, errors_of(error)[0].desc)
        return device._tango_state_value if attribute.is_state else device._tango_status_text
    return attribute.read_value()
