"""From a device's name to a session with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puretango.client.context._target import Target, corbaloc_target
from puretango.client.database._database import database_at
from puretango.client.database.calls._devices import exported_target
from puretango.client.names._environment import TangoHost, tango_host
from puretango.client.names._names import DeviceName, parse_device_name
from puretango.client.session._session import Session
from puretango.errors import (
    DevFailed,
)

if TYPE_CHECKING:
    from puretango.client.context._context import ClientContext
    from puretango.client.database._database import Database
    from puretango.client.session._io import IO

__all__ = ["database_of", "make_session", "open_session"]


def database_of(context: ClientContext, name: DeviceName) -> Database | None:
    """The database through which a device is reached, if any."""
    if not name.database:
        return None
    if name.from_environment:
        return database_at(context, tango_host())
    return database_at(context, [TangoHost(name.host, _port(name))])


def _port(name: DeviceName) -> int:
    return int(name.port) if name.port.isdigit() else 0


def make_session(context: ClientContext, name: DeviceName, check_access: bool = True) -> Session:
    """A session with a device, not connected yet."""
    database = database_of(context, name)

    async def resolve(io: IO) -> Target:
        if database is None:
            return corbaloc_target(name.host, _port(name), name.device)
        target = await exported_target(io, database, session.device_name)
        if check_access:
            session.access = await database.access_to(io, session.device_name)
        return target

    session = Session(context, name.device, resolve)
    return session


async def open_session(io: IO, context: ClientContext, text: str) -> Session:
    """A session with a device, connected if the device's server runs."""
    session = make_session(context, parse_device_name(text))
    try:
        await session.connect(io, await session.resolver(io))
    except DevFailed:
        session.connected = False
        session.failed_at = None
    return session
