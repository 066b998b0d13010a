"""The event that the library makes itself: the present state, read from the device."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puretango.client.commands._asked import ALL_ATTRIBUTES, attribute_infos, command_infos
from puretango.client.commands._pipes import read_pipe
from puretango.errors import DevFailed
from puretango.events import VALUE_EVENTS
from puretango.values import EventReason

if TYPE_CHECKING:
    from puretango.client.events.delivery._receiver import Receiver
    from puretango.client.events.delivery._source import Source
    from puretango.client.session._io import IO

__all__ = ["first_event"]


async def first_event(io: IO, proxy: Source, receiver: Receiver, reason: EventReason) -> Any:
    """The present value, configuration or interface as an event; None if the kind has none."""
    try:
        if receiver.event in VALUE_EVENTS:
            (attribute,) = await proxy._read(
                io, [receiver.attribute], receiver.extract_as, one=True
            )
            return receiver.value_event(attribute, attribute.get_err_stack(), reason)
        session = proxy._session
        if receiver.event == "attr_conf":
            (info,) = await attribute_infos(io, session, [receiver.attribute])
            return receiver.config_event(info, (), reason)
        if receiver.event == "pipe":
            return receiver.payload(await read_pipe(io, session, receiver.attribute), reason=reason)
        if receiver.event == "intr_change":
            commands = await command_infos(io, session)
            attributes = await attribute_infos(io, session, [ALL_ATTRIBUTES])
            return receiver.interface_event(commands, attributes, True, (), reason)
    except DevFailed as failed:
        return receiver.failure(failed.errors, reason)
    return None
