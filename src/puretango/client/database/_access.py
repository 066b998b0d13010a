"""What the control system's access service allows this client."""

from __future__ import annotations

import getpass
import socket
from typing import TYPE_CHECKING, Any

from puretango.client.commands._typed import STRING, STRINGS, typed_command
from puretango.client.database.calls._devices import DatabaseDevices, exported_target
from puretango.client.database.calls._services import DatabaseServices
from puretango.client.green._green import blocking_core
from puretango.client.names._environment import TangoHost, environment_variable
from puretango.client.names._names import DeviceName, parse_device_name
from puretango.client.session._session import Session
from puretango.errors import DevError, DevFailed
from puretango.values import AccessControlType

if TYPE_CHECKING:
    from puretango.client.context._target import Target
    from puretango.client.session._io import IO

__all__ = ["AccessRights"]

_UNREACHABLE = (
    "\nControlled access service defined in Db but unreachable "
    "--> Read access given to all devices..."
)


class AccessRights(DatabaseServices):
    """Access-control calls of a Database."""

    _access_device: str | None
    _access_session: Session | None
    _access_checked: bool
    _access_errors: list[DevError]
    _allowed_commands: dict[str, set[str]]

    def _prepare_access(self) -> None:
        self._access_device = None
        self._access_session = None
        self._access_checked = False
        self._access_errors = []
        self._allowed_commands = {}

    async def access_to(self, io: IO, dev_name: str) -> AccessControlType:
        """What this client may do with a device: write, if there is no access service.

        SUPER_TANGO=true in the environment gives a client every right, as in Tango.
        """
        if (environment_variable("SUPER_TANGO") or "").lower() == "true":
            return AccessControlType.ACCESS_WRITE
        try:
            session = await self._access_service(io)
            if session is None:
                return AccessControlType.ACCESS_WRITE
            argument = [getpass.getuser(), _own_address(self), dev_name]
            right = await typed_command(io, session, "GetAccess", STRINGS, argument)
        except DevFailed as failed:
            self._access_errors = list(failed.errors)
            if self._access_errors[0].reason in ("API_DeviceNotExported", "DB_DeviceNotDefined"):
                self._access_errors[0].desc += _UNREACHABLE
            return AccessControlType.ACCESS_READ
        self._access_errors = []
        if right == "write":
            return AccessControlType.ACCESS_WRITE
        return AccessControlType.ACCESS_READ

    async def _access_service(self, io: IO) -> Session | None:
        """The session with the access device, found once; None if there is none."""
        if self._access_device is None:
            device = environment_variable("ACCESS_DEVNAME")
            if device is None:
                found = await self._service_devices(io, "AccessControl")
                device = found[0] if found else ""
            self._access_device = device
        if not self._access_device:
            return None
        if self._access_session is None:
            session = self._session_with(parse_device_name(self._access_device))
            await session.ready(io)
            self._access_session = session
        return self._access_session

    def _session_with(self, name: DeviceName) -> Session:
        """A session with the access device, of this control system unless it is named in full."""
        database: DatabaseDevices = self._devices()
        if name.host:
            database = self._database_at(TangoHost(name.host, int(name.port)))

        async def resolve(io: IO) -> Target:
            return await exported_target(io, database, name.device)

        return Session(self._session.context, name.device, resolve)

    def _devices(self) -> DatabaseDevices:
        raise NotImplementedError

    def _database_at(self, host: TangoHost) -> DatabaseDevices:
        raise NotImplementedError

    async def _service_devices(self, io: IO, service: str) -> list[str]:
        services = await self._services(io)
        start = f"{service}/".lower()
        return [
            line.lower().partition(":")[2] for line in services if line.lower().startswith(start)
        ]

    def get_db_host(self) -> str:
        """The host of the database server."""
        raise NotImplementedError

    def get_db_port(self) -> str:
        """The port of the database server as a text."""
        raise NotImplementedError

    async def is_allowed(self, io: IO, dev_name: str, command: str) -> bool:
        """True if a command may be run with read access: the access service has a list."""
        session = await self._access_service(io)
        if session is None:
            return True
        class_name = "DServer"
        if not dev_name.lower().startswith("dserver/"):
            class_name = await typed_command(
                io, self._session, "DbGetClassforDevice", STRING, dev_name
            )
        allowed = self._allowed_commands.get(class_name)
        if allowed is None:
            names = await typed_command(io, session, "GetAllowedCommands", STRING, class_name)
            allowed = {name.lower() for name in names or ()}
            self._allowed_commands[class_name] = allowed
        return command.lower() in allowed

    @blocking_core
    async def check_access_control(self, io: IO, dev_name: str) -> AccessControlType:
        """What this client may do with a device."""
        return await self.access_to(io, dev_name)

    def is_control_access_checked(self) -> bool:
        """True if the right to use the database itself has been checked."""
        return self._access_checked

    def set_access_checked(self, val: bool) -> None:
        """Say whether the right to use the database itself has been checked."""
        self._access_checked = bool(val)

    def get_access_except_errors(self) -> list[DevError]:
        """Why the access service could not be asked."""
        return list(self._access_errors)


def _own_address(database: Any) -> str:
    """The address of this host as the database server sees it."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((database.get_db_host(), database.get_db_port_num() or 1))
            address: str = probe.getsockname()[0]
            return address
    except OSError:
        return "127.0.0.1"
