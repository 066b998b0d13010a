"""Plans: a request that came before, byte for byte, and what is to be done for it.

A client that reads attributes again and again sends the same bytes every time. The plan holds
all that the request needs: the device's monitor and a reader for each attribute. Whatever is
unusual about a request is left to the general way: there is no plan, or the plan gives None and
the dispatcher goes on as if there were none.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from puretango.cdr import CdrWriter
from puretango.errors import DevFailed
from puretango.idl import AttributeValue_5, AttributeValueList_5
from puretango.server.access._reader import (
    WIDE,
    AwaitedReader,
    Reader,
    can_be_planned,
    make_awaited_reader,
    make_awaited_standard_reader,
    make_reader,
    make_standard_reader,
)
from puretango.server.access._reading import STANDARD, hardware_indexes, wanted_names
from puretango.server.base._failure import AUTHORS_ERRORS, to_dev_failed
from puretango.server.base._hooks import HOOKS
from puretango.server.base._peer import Client, client_with, trace_of
from puretango.server.dispatch._commandplan import make_command_plan
from puretango.server.dispatch._reply import body_of, user_exception
from puretango.server.dispatch._stateplan import make_state_plan
from puretango.values import DevSource

if TYPE_CHECKING:
    from puretango.net import Peer
    from puretango.server.attribute._attribute import Attribute
    from puretango.server.device._deviceimpl import DeviceImpl

Plan = Callable[["Peer"], Any]
MOST_NAMES = 256
_ZEROS = bytes(4)
_time_ns = time.time_ns
_ENCODE = AttributeValue_5.codec.encode


def make_plan(device: DeviceImpl, operation: str, arguments: tuple[Any, ...]) -> Plan | None:
    """The plan for a request, if it is of the kind that has one."""
    if operation in ("_get_state", "_get_status"):
        usual = not device._tango_is_asyncio and device._tango_spans is None
        return make_state_plan(device, operation) if usual else None
    if operation not in ("command_inout_4", "read_attributes_5"):
        return None
    if trace_of(arguments[-1]) is not None or device._tango_spans is not None:
        return None  # no two requests of a trace are the same
    if operation == "command_inout_4":
        return None if device._tango_is_asyncio else make_command_plan(device, arguments)
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
    request = _Request(device, attributes, list(names), int(source), ident)
    if device._tango_is_asyncio:
        awaited = _readers(attributes, device, make_awaited_reader, make_awaited_standard_reader)
        return None if awaited is None else _awaited_plan(request, awaited)
    readers = _readers(attributes, device, make_reader, make_standard_reader)
    return None if readers is None else _plan(request, readers)


def _readers(
    attributes: list[Attribute], device: DeviceImpl, make: Any, make_standard: Any
) -> list[Any] | None:
    others = frozenset(one.lower_name for one in attributes if one.lower_name not in STANDARD)
    readers = [
        make_standard(device, one, others) if one.lower_name in STANDARD else make(device, one)
        for one in attributes
    ]
    return None if None in readers else readers


class _Request:
    """What requests with the same bytes have in common, whoever sends them."""

    def __init__(
        self,
        device: DeviceImpl,
        attributes: list[Attribute],
        names: list[str],
        source: int,
        ident: Any,
    ) -> None:
        self.device = device
        self.attributes = attributes
        self.names = names
        self.source = source
        self.ident = ident
        self.hooks = device._tango_own_hooks
        self.indexes = hardware_indexes(device, attributes)
        # State and Status come last, in whatever place they were asked for.
        self.order = sorted(
            range(len(attributes)), key=lambda place: attributes[place].lower_name in STANDARD
        )
        self._stamp = device._tango_stamp
        self._memorized = [attribute for attribute in attributes if attribute.spec.memorized]
        self._who = Client("", ident).key()

    def client(self, peer: Peer) -> Client | None:
        """Who asks; None if the plan no longer fits."""
        device = self.device
        if device._tango_stamp is not self._stamp:
            return None
        for attribute in self._memorized:
            if attribute.memorized_error is not None:
                return None
        return client_with(peer, self.ident, self._who)


def _joiner(attributes: list[Attribute]) -> Callable[[list[Any]], Any]:
    """What makes the answer of the values: for several, their parts, one behind the other."""
    if len(attributes) == 1:
        return _alone
    count = len(attributes).to_bytes(4, "little")
    wide = [attribute.data_type in WIDE for attribute in attributes]

    def join(items: list[Any]) -> Any:
        parts: list[Any] = [count]
        position = 4
        plain = True
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

    return join


def _alone(items: list[Any]) -> Any:
    item = items[0]
    if type(item) is bytes:
        return 0, item
    writer = CdrWriter()
    AttributeValueList_5.encode(writer, [item])
    return 0, body_of(writer)


def _plan(request: _Request, readers: list[Reader]) -> Plan:
    device, names, source = request.device, request.names, request.source
    indexes, own = request.indexes, vars(device)
    hooked, hardware = HOOKS[0] in request.hooks, HOOKS[1] in request.hooks
    client_of, order = request.client, request.order
    monitor = device._tango_monitor
    acquire, release = monitor.acquire, monitor.release
    note = device._tango_black_box.add
    visits = device._tango_server.subdevices.visits
    enter, leave = visits.enter, visits.leave
    join = _joiner(request.attributes)
    only = readers[0] if len(readers) == 1 else None

    def plan(peer: Peer) -> Any:
        client = client_of(peer)
        if client is None:
            return None
        note((_time_ns() * 1e-9, "read_attributes_5", names, source, client))
        try:
            acquire()
        except DevFailed as error:
            return user_exception(error)
        before = enter(device, client)
        try:
            if hooked or HOOKS[0] in own:
                device.always_executed_hook()
            if indexes and (hardware or HOOKS[1] in own):
                device.read_attr_hardware(indexes)
            if only is not None:
                item = only()
                return (0, item) if type(item) is bytes else _alone([item])
            items: list[Any] = [None] * len(order)
            for place in order:
                items[place] = readers[place]()
            return join(items)
        except BaseException as error:  # out of a hook: the whole request fails
            return user_exception(to_dev_failed(error))
        finally:
            leave(before)
            release()

    return plan


def make_reading(device: DeviceImpl, names: Sequence[str]) -> Callable[[], Any] | None:
    """What reads attributes of a blocking device inside its monitor; None if it cannot be planned."""
    attributes = [device._tango_attributes.find(name) for name in names]
    found = [one for one in attributes if one is not None and can_be_planned(one)]
    if not 0 < len(found) <= MOST_NAMES or len(found) != len(names):
        return None
    if any(one.spec.memorized for one in found):
        return None
    readers = _readers(found, device, make_reader, make_standard_reader)
    if readers is None:
        return None
    request = _Request(device, found, list(names), DevSource.DEV, None)
    join, order, indexes, own = _joiner(found), request.order, request.indexes, vars(device)
    hooked, hardware = HOOKS[0] in request.hooks, HOOKS[1] in request.hooks

    def read() -> Any:
        if hooked or HOOKS[0] in own:
            device.always_executed_hook()
        if indexes and (hardware or HOOKS[1] in own):
            device.read_attr_hardware(indexes)
        items: list[Any] = [None] * len(order)
        for place in order:
            items[place] = readers[place]()
        return join(items)

    return read


def _awaited_plan(request: _Request, readers: list[AwaitedReader]) -> Plan:
    """The plan of an asyncio device: each answer is something to be awaited."""
    device, names, source = request.device, request.names, request.source
    order, visits = request.order, device._tango_server.subdevices.visits
    note = device._tango_black_box.add
    join = _joiner(request.attributes)

    async def answer(client: Client) -> Any:
        visits.enter_task(device, client)
        try:
            note((_time_ns() * 1e-9, "read_attributes_5", names, source, client))
            if device._tango_has_hook:
                await device._tango_call(device.always_executed_hook)
            if request.indexes and device._tango_has_hardware_read:
                await device._tango_call(device.read_attr_hardware, request.indexes)
            items: list[Any] = [None] * len(order)
            for place in order:
                items[place] = await readers[place]()
            return join(items)
        except AUTHORS_ERRORS as error:  # out of a hook: the whole request fails
            return user_exception(to_dev_failed(error))

    def plan(peer: Peer) -> Any:
        client = request.client(peer)
        return None if client is None else answer(client)

    return plan
