"""Plans: a request that came before, byte for byte, and what is to be done for it.

A client that reads attributes again and again sends the same bytes every time. For a
synchronous device the plan holds all that the request needs: the device's monitor and a reader
for each attribute. Whatever is unusual about a request is left to the general way: there is no
plan, or the plan gives None and the dispatcher goes on as if there were none.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from puretango.cdr import CdrWriter
from puretango.errors import DevFailed
from puretango.idl import AttributeValue_5, AttributeValueList_5
from puretango.server._commandplan import make_command_plan
from puretango.server._elementreader import (
    WIDE,
    Reader,
    can_be_planned,
    make_reader,
    make_standard_reader,
)
from puretango.server._failure import to_dev_failed
from puretango.server._peer import Client
from puretango.server._reading import STANDARD, hardware_indexes, wanted_names
from puretango.server._reply import body_of, user_exception
from puretango.values import DevSource

if TYPE_CHECKING:
    from puretango.net import Peer
    from puretango.server._attribute import Attribute
    from puretango.server._deviceimpl import DeviceImpl

Plan = Callable[["Peer"], Any]
MOST_NAMES = 256
_ZEROS = bytes(4)
_time_ns = time.time_ns
_ENCODE = AttributeValue_5.codec.encode


def make_plan(device: DeviceImpl, operation: str, arguments: tuple[Any, ...]) -> Plan | None:
    """The plan for a request, if it is of the kind that has one."""
    if device._tango_is_asyncio:
        return None
    if operation == "command_inout_4":
        return make_command_plan(device, arguments)
    if operation != "read_attributes_5":
        return None
    names, source, ident = arguments
    if not 0 < len(names) <= MOST_NAMES or source == DevSource.CACHE:
        return None
    if wanted_names(device, names) != list(names):
        return None
    attributes: list[Attribute] = []
    for name in names:
        attribute = device._tango_attributes.find(name)
        if attribute is None or not can_be_planned(attribute):
            return None
        if source != DevSource.DEV and attribute.is_polled():
            return None
        attributes.append(attribute)
    others = frozenset(one.lower_name for one in attributes if one.lower_name not in STANDARD)
    readers: list[Reader] = []
    for attribute in attributes:
        if attribute.lower_name in STANDARD:
            readers.append(make_standard_reader(device, attribute, others))
            continue
        reader = make_reader(device, attribute)
        if reader is None:
            return None
        readers.append(reader)
    answer = _one(readers[0]) if len(readers) == 1 else _many(attributes, readers)
    return _plan(device, attributes, list(names), int(source), ident, answer)


def _one(read: Reader) -> Callable[[], Any]:
    """The answer of a request for one attribute."""

    def answer() -> Any:
        item = read()
        if type(item) is bytes:
            return 0, item
        writer = CdrWriter()
        AttributeValueList_5.encode(writer, [item])
        return 0, body_of(writer)

    return answer


def _many(attributes: list[Attribute], readers: list[Reader]) -> Callable[[], Any]:
    """The answer of a request for several attributes: their parts, one behind the other."""
    count = len(readers).to_bytes(4, "little")
    # State and Status come last, in whatever place they were asked for.
    order = sorted(enumerate(readers), key=lambda pair: attributes[pair[0]].lower_name in STANDARD)
    wide = [attribute.data_type in WIDE for attribute in attributes]

    def answer() -> Any:
        parts: list[Any] = [count]
        position = 4
        plain = True
        items: list[Any] = [None] * len(order)
        for index, read in order:
            items[index] = read()
        for index, item in enumerate(items):
            if type(item) is bytes:
                if position % 4:  # behind a failure, which ends with a text
                    parts.append(_ZEROS[position % 4 :])
                    position += 4 - position % 4
                # A reply's first element starts at 4 and so has 4 octets of padding in front
                # of an 8-octet value; at a multiple of 8 there is no padding.
                part = item[4:12] + item[16:] if wide[index] and not position % 8 else item[4:]
                parts.append(part)
                position += len(part)
                continue
            plain = False
            writer = CdrWriter(offset=position % 8)
            _ENCODE(writer, item)
            parts += writer.buffers()
            position += writer.tell()
        return 0, b"".join(parts) if plain or position < 8192 else parts

    return answer


def _plan(
    device: DeviceImpl,
    attributes: list[Attribute],
    names: list[str],
    source: int,
    ident: Any,
    answer: Callable[[], Any],
) -> Plan:
    stamp = device._tango_stamp
    monitor = device._tango_monitor
    acquire, release = monitor.acquire_now, monitor.release
    note = device._tango_black_box.add
    hook = device.always_executed_hook if device._tango_has_hook else None
    indexes = hardware_indexes(device, attributes) if device._tango_has_hardware_read else []
    hardware = device.read_attr_hardware if indexes else None
    memorized = [attribute for attribute in attributes if attribute.spec.memorized]
    acting = device._tango_server.subdevices
    who = Client("", ident).key()

    def plan(peer: Peer) -> Any:
        if device._tango_stamp is not stamp:
            return None
        for attribute in memorized:
            if attribute.memorized_error is not None:
                return None
        clients = peer.state
        if clients is None:
            clients = peer.state = {}
        client = clients.get(who)
        if client is None:
            client = clients[who] = Client(peer.host, ident, peer.port)
            device._tango_server.adopt_thread()
        if not acquire(False):
            try:
                monitor.acquire()  # somebody is inside: wait, but not for ever
            except DevFailed as error:
                return user_exception(error)
        before = acting.enter(device)
        previous, device._tango_client = device._tango_client, client
        try:
            note((_time_ns() * 1e-9, "read_attributes_5", names, source, client))
            if hook is not None:
                hook()
            if hardware is not None:
                hardware(indexes)
            return answer()
        except Exception as error:  # out of a hook: the whole request fails
            return user_exception(to_dev_failed(error))
        finally:
            device._tango_client = previous
            acting.leave(before)
            release()

    return plan
