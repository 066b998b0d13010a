"""Why a subscription has no events: from its own counts, and by asking the server."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from puretango.client.session._io import AsyncioIO
from puretango.errors import DevFailed, MarshalError
from puretango.events import VALUE_EVENTS, Cause, Diagnosis, cause_of, diagnose

if TYPE_CHECKING:
    from puretango.client.events._room import EventRoom, OwnedSubscription
    from puretango.client.session._io import IO
    from puretango.events import Subscription

__all__ = ["examine"]

QUIET = 3.0
"""Seconds without event after which the server is asked whether it could still send any."""

# Event types for which a server says whether it can ever send one.
_CHECKED = VALUE_EVENTS | {"data_ready"}


async def examine(io: IO, room: EventRoom, subscription: OwnedSubscription) -> dict[str, Any]:
    """The counts of a subscription, and the cause of its silence if it is silent."""
    entry = subscription.entry
    now = room.clock()
    found = diagnose(entry, now)
    quiet = found.cause is Cause.RECEIVING and now - (entry.seen or 0.0) > QUIET
    if quiet or found.cause is Cause.UNCHANGED:
        found = await _ask_server(io, room, entry) or found
    if found.cause in (Cause.UNCHANGED, Cause.NO_HEARTBEAT):
        found = await _ask_port(io, room, entry) or found
    counts, receiver = entry.counts, subscription.receiver
    return {
        "device": entry.device,
        "attribute": entry.attribute,
        "event": entry.event,
        "cause": found.cause.name,
        "text": str(found),
        "received": counts.received,
        "missed": counts.missed,
        "coalesced": counts.coalesced + receiver.coalesced,
        "discarded": receiver.discarded,
        "duplicates": counts.duplicates,
        "errors": counts.errors,
    }


async def _ask_server(io: IO, room: EventRoom, entry: Subscription) -> Diagnosis | None:
    """Whether the server would still accept the subscription: polling or criteria may have gone."""
    proxy = entry.owner.proxy()
    if proxy is None or entry.event not in _CHECKED:
        return None
    try:
        await room.link.ask(io, entry, proxy)
    except (DevFailed, MarshalError, OSError) as error:
        return cause_of(error)
    return None


async def _ask_port(io: IO, room: EventRoom, entry: Subscription) -> Diagnosis | None:
    """Whether the events' port can be reached, if nothing has ever come from it."""
    channel = entry.channel
    if channel is None or channel.beats or entry.seen is not None or channel.endpoints is None:
        return None
    for endpoint in channel.endpoints:
        if isinstance(io, AsyncioIO):
            reached = await asyncio.to_thread(room.link.answers, endpoint)
        else:
            reached = room.link.answers(endpoint)
        if not reached:
            return Diagnosis(Cause.NO_EVENT_PORT, f"{endpoint} (a firewall, or another network?)")
    return None
