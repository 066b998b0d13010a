"""The work of writing one attribute, and of reading after it, in plans.

The value changes from request to request: the plan reads it out of the message.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from puretango.server.access._writer import make_writer
from puretango.server.access._writing import Setting, write_inside
from puretango.server.attribute._wattribute import WAttribute
from puretango.server.base._peer import trace_of
from puretango.server.base._visit import WRITES, Visit
from puretango.server.dispatch._attributes import written_and_read
from puretango.server.dispatch._plan import Task
from puretango.server.dispatch._reads import reading_work
from puretango.server.dispatch._reply import NO_EXCEPTION
from puretango.values import AttrDataFormat, written_parser

if TYPE_CHECKING:
    from puretango.giop import Invocation
    from puretango.server.device._deviceimpl import DeviceImpl

_VOID = NO_EXCEPTION, b""


def write_task(
    device: DeviceImpl, request: Invocation, operation: str, arguments: tuple[Any, ...]
) -> Task | None:
    """The task of a request that writes one attribute; None for another one."""
    values, identity, data = arguments[0], arguments[-1], request.data
    if len(values) != 1 or trace_of(identity) is not None or device._tango.spans is not None:
        return None
    (value,) = values
    attribute = device._tango.attributes.find(value.name)
    kind, flat = value.value
    if not isinstance(attribute, WAttribute) or kind != attribute.wire.discriminator:
        return None
    if type(data) is not bytes:
        return None
    names = arguments[1] if len(arguments) == 3 else None
    work = _work(device, attribute, value, names)
    if work is None:
        return None
    detail = [value.name] if names is None else written_and_read([value.name], names)
    is_one = attribute.data_format == AttrDataFormat.SCALAR and len(flat) == 1
    parse, span = written_parser(kind, is_one, data, request.body_start, request.little)
    visit = Visit(device, WRITES, operation, detail)
    return Task(visit, work, identity, span=span, parse=parse)


def _work(
    device: DeviceImpl, attribute: WAttribute, value: Any, names: list[str] | None
) -> Callable[[Any], Any] | None:
    read = None if names is None else reading_work(device, names)
    if names is not None and read is None:
        return None
    name, kind, dim_x, dim_y = value.name, value.value[0], value.w_dim.dim_x, value.w_dim.dim_y
    if device._tango.is_asyncio:

        async def write_awaited(flat: Any) -> Any:
            await write_inside(device, [Setting(name, (kind, flat), dim_x, dim_y)])
            return _VOID if read is None else await read()

        return write_awaited
    write = make_writer(device, attribute)

    def write_now(flat: Any) -> Any:
        write(Setting(name, (kind, flat), dim_x, dim_y))
        return _VOID if read is None else read()

    return write_now
