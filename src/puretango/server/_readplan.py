"""Plans: a request that came before, byte for byte, and what is to be done for it.

A client that reads an attribute again and again sends the same bytes every time. For a scalar
of a synchronous device the plan holds all that the request needs: the device's monitor, the
read method, and the reply's bytes but for value, quality and time, which one ``Struct.pack``
fills in. Whatever is unusual about a request is left to the general way: the plan gives None
and the dispatcher goes on as if there were none.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from puretango.cdr import CdrWriter
from puretango.errors import DevFailed
from puretango.idl import AttributeValueList_5
from puretango.server._attr import Attr
from puretango.server._attribute import failed_value
from puretango.server._failure import errors_of, throw, to_dev_failed
from puretango.server._peer import Client
from puretango.server._reading import ORIGIN, wanted_names
from puretango.server._reply import body_of, user_exception
from puretango.server._wattribute import WAttribute
from puretango.values import (
    AttrDataFormat,
    AttReqType,
    AttrQuality,
    AttrWriteType,
    CmdArgType,
    DevSource,
    ScalarReply,
)

if TYPE_CHECKING:
    from puretango.net import Peer
    from puretango.server._attribute import Attribute
    from puretango.server._deviceimpl import DeviceImpl

Plan = Callable[["Peer"], Any]

_T = CmdArgType
_INTEGERS = (
    _T.DevUChar,
    _T.DevShort,
    _T.DevEnum,
    _T.DevUShort,
    _T.DevLong,
    _T.DevULong,
    _T.DevLong64,
    _T.DevULong64,
)
_PLAIN: dict[CmdArgType, tuple[type, ...]] = {
    _T.DevBoolean: (bool,),
    **dict.fromkeys(_INTEGERS, (int,)),
    _T.DevFloat: (float, int, np.float64),
    _T.DevDouble: (float, int, np.float64),
}
"""What a read method usually returns, by data type."""
_VALID = AttrQuality.ATTR_VALID
_READS = (AttrWriteType.READ, AttrWriteType.READ_WRITE)
_time_ns = time.time_ns
_INFINITY = float("inf")


def make_plan(device: DeviceImpl, operation: str, arguments: tuple[Any, ...]) -> Plan | None:
    """The plan for a request, if it is of the kind that has one."""
    if operation != "read_attributes_5" or device.is_asyncio:
        return None
    names, source, ident = arguments
    if len(names) != 1 or source == DevSource.CACHE:
        return None
    if wanted_names(device, names) != list(names):
        return None
    attribute = device.attributes.find(names[0])
    if attribute is None or not _has_plan(attribute):
        return None
    if source != DevSource.DEV and attribute.is_polled():
        return None
    read = _reader(device, attribute)
    if read is None:
        return None
    return _scalar_plan(device, attribute, names, int(source), ident, read)


def _has_plan(attribute: Attribute) -> bool:
    return (
        attribute.data_format == AttrDataFormat.SCALAR
        and attribute.data_type in _PLAIN
        and attribute.writable in _READS
        and not attribute.forwarded
        and attribute.startup_error is None
        and type(attribute.spec).read is Attr.read
        and not attribute.spec.passes_attribute
        and not attribute.settings.has_rds
    )


def _reader(device: DeviceImpl, attribute: Attribute) -> Callable[[], Any] | None:
    method = attribute.spec.read_method
    if isinstance(method, str):
        bound: Callable[[], Any] | None = getattr(device, method, None)
        return bound
    if method is None:
        return None
    return method.__get__(device)  # type: ignore[no-any-return]


def _allowed(device: DeviceImpl, attribute: Attribute) -> Callable[[AttReqType], Any] | None:
    rule = attribute.spec.allowed_method
    if isinstance(rule, str):
        return getattr(device, rule, None)
    return None if rule is None else rule.__get__(device)  # type: ignore[no-any-return]


def _scalar_plan(
    device: DeviceImpl,
    attribute: Attribute,
    names: list[str],
    source: int,
    ident: Any,
    read: Callable[[], Any],
) -> Plan:
    stamp = device.stamp
    monitor = device.monitor
    acquire, release = monitor.acquire_now, monitor.release
    note = device.black_box.add
    hook = device.always_executed_hook if device.has_hook else None
    hardware = device.read_attr_hardware if device.has_hardware_read else None
    index = [device.attributes.index_of(attribute.name)]
    allowed = _allowed(device, attribute)
    settings = attribute.settings
    low = max(
        (v for v in (settings.min_alarm, settings.min_warning) if v is not None), default=None
    )
    high = min(
        (v for v in (settings.max_alarm, settings.max_warning) if v is not None), default=None
    )
    alarmed = settings.alarmed
    floor = -_INFINITY if low is None else low
    ceiling = _INFINITY if high is None else high
    setter = attribute if isinstance(attribute, WAttribute) else None
    default = attribute.wire.default
    reply = ScalarReply(attribute.data_type, attribute.name, setter is not None)
    pack, pack2 = reply.pack, reply.pack2
    kinds = _PLAIN[attribute.data_type]
    acting = device.server.subdevices
    who = Client("", ident).key()

    def generic(value: Any) -> Any:
        """A value that is not of the plainest kind, or that is in alarm."""
        if value is not None and not attribute.has_value:
            attribute.set_complex_value(value)
        if attribute.quality != AttrQuality.ATTR_INVALID:
            if not attribute.has_value:
                raise throw(
                    "API_AttrValueNotSet",
                    f"Read value for attribute {attribute.name} has not been updated",
                    ORIGIN,
                )
            if alarmed:
                attribute.check_alarm()
        return encoded(attribute.to_wire(5))

    def encoded(value: Any) -> Any:
        writer = CdrWriter()
        AttributeValueList_5.encode(writer, [value])
        return 0, body_of(writer)

    def plan(peer: Peer) -> Any:
        if device.stamp is not stamp or attribute.memorized_error is not None:
            return None
        clients = peer.state
        if clients is None:
            clients = peer.state = {}
        client = clients.get(who)
        if client is None:
            client = clients[who] = Client(peer.host, ident)
            device.server.adopt_thread()
        if not acquire(False):
            try:
                monitor.acquire()  # somebody is inside: wait, but not for ever
            except DevFailed as error:
                return user_exception(error)
        before = acting.enter(device)
        previous, device._client = device._client, client
        try:
            moment = _time_ns()
            note((moment * 1e-9, "read_attributes_5", names, source, client))
            if hook is not None:
                hook()
            if hardware is not None:
                hardware(index)
            try:
                if allowed is not None and not allowed(AttReqType.READ_REQ):
                    raise throw(
                        "API_AttrNotAllowed",
                        f"It is currently not allowed to read attribute {attribute.name}",
                        ORIGIN,
                    )
                attribute.has_value = False
                value = read()
                if type(value) in kinds and not attribute.has_value:
                    if not alarmed or floor < value < ceiling:
                        moment = _time_ns()
                        seconds, rest = divmod(moment, 1_000_000_000)
                        if setter is None:
                            body = pack(value, 0, seconds, rest // 1000, rest % 1000)
                        else:
                            written = setter.written
                            body = pack2(
                                value,
                                default if written is None else written[0],
                                0,
                                seconds,
                                rest // 1000,
                                rest % 1000,
                            )
                        attribute.value = (value,)
                        attribute.has_value = True
                        attribute.quality = _VALID
                        attribute.alarm_flags = 0
                        attribute.when = moment
                        return 0, body
                return generic(value)
            except struct.error:
                return generic(value)
            except Exception as error:
                return encoded(failed_value(5, attribute.name, errors_of(error)))
        except Exception as error:  # out of a hook: the whole request fails
            return user_exception(to_dev_failed(error))
        finally:
            device._client = previous
            acting.leave(before)
            release()

    return plan
