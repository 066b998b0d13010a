"""From a device's name to a session with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puretango.client.names._environment import TangoHost, tango_host
from puretango.client.names._names import DeviceName, parse_device_name
from puretango.client.session._faults import raise_connection
from puretango.client.session._session import Session
from puretango.client.session._target import Target, corbaloc_target, ior_target
from puretango.errors import (
    ConnectionFailed,
    DevError,
    DevFailed,
    ErrSeverity,
    SystemException,
)

if TYPE_CHECKING:
    from puretango.client.database._database import Database
    from puretango.client.session._context import ClientContext
    from puretango.client.session._io import IO

__all__ = ["database_of", "make_session", "open_session"]


def database_of(context: ClientContext, name: DeviceName) -> Database | None:
    """The database through which a device is reached, if any."""
    if not name.database:
        return None
    if name.from_environment:
        return context.database(tango_host())
    return context.database([TangoHost(name.host, _port(name))])


def _port(name: DeviceName) -> int:
    return int(name.port) if name.port.isdigit() else 0


def not_exported(device: str) -> ConnectionFailed:
    """The failure of a device whose server is not running."""
    return ConnectionFailed(
        DevError(
            "API_DeviceNotExported",
            ErrSeverity.ERR,
            f"Device {device} is not exported (hint: try starting the device server)",
            "DeviceProxy::get_corba_name()",
        )
    )


def make_session(context: ClientContext, name: DeviceName, check_access: bool = True) -> Session:
    """A session with a device, not connected yet."""
    database = database_of(context, name)

    async def resolve(io: IO) -> Target:
        if database is None:
            return corbaloc_target(name.host, _port(name), name.device)
        info = await database.imported(io, session.device_name)
        if not info.exported:
            raise not_exported(session.device_name)
        if check_access:
            session.access = await database.access_to(io, session.device_name)
        try:
            return ior_target(info.ior)
        except SystemException as exc:
            what = f"Failed to connect to device {session.device_name}"
            raise_connection(exc, "API_CantConnectToDevice", what, "Connection::connect")

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
