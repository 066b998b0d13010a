"""Reading and writing attributes of a device in the same process, without a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from puretango.cdr import CdrReader, CdrWriter
from puretango.errors import DevFailed, NamedDevFailedList
from puretango.idl import AttributeValue_5
from puretango.server.access._reading import read_attributes
from puretango.server.access._writing import Setting, write_attributes
from puretango.server.attribute._wattribute import WAttribute
from puretango.server.base._calling import drive
from puretango.server.base._failure import throw
from puretango.values import AttrDataFormat, DeviceAttribute, decode_value

if TYPE_CHECKING:
    from puretango.server.device._deviceimpl import DeviceImpl

_CODEC = AttributeValue_5.codec


def read_directly(device: DeviceImpl, name: str) -> Any:
    """A DeviceAttribute, as a client would get it; to be awaited of an asyncio device."""
    core = _read(device, name)
    return core if device._tango.is_asyncio else drive(core)


async def _read(device: DeviceImpl, name: str) -> DeviceAttribute:
    (value,) = await read_attributes(device, [name], 5)
    writer = CdrWriter()
    _CODEC.encode(writer, value)
    return decode_value(_CODEC.decode(CdrReader(writer.getvalue(), True)))


def write_directly(device: DeviceImpl, name: str, value: Any) -> Any:
    """Write as a client would; to be awaited of an asyncio device."""
    core = _write(device, name, value)
    return core if device._tango.is_asyncio else drive(core)


async def _write(device: DeviceImpl, name: str, value: Any) -> None:
    attribute = device._tango.attributes.get(name)
    if not isinstance(attribute, WAttribute):
        raise throw(
            "API_AttrNotWritable", f"Attribute {attribute.name} is not writable", "write_directly"
        )
    flat: Any
    if attribute.data_format == AttrDataFormat.SCALAR:
        flat, dim_x, dim_y = [attribute.wire.scalar(value)], 1, 0
    else:
        image = attribute.data_format == AttrDataFormat.IMAGE
        flat, dim_x, dim_y = attribute.wire.array(value, image, "write_directly")
        if isinstance(flat, np.ndarray):
            flat = flat.copy()
    setting = Setting(attribute.name, (attribute.wire.discriminator, flat), dim_x, dim_y)
    try:
        await write_attributes(device, [setting])
    except NamedDevFailedList as failed:
        raise DevFailed(*failed.err_list[0].err_stack) from failed
