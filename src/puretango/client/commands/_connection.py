"""What proxies of devices and of the database have in common."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

from puretango.client.commands._asynch import AsynchCommands
from puretango.client.commands._running import Running
from puretango.client.context._target import Target, corbaloc_target, ior_target
from puretango.client.green._green import green_core
from puretango.client.session._io import BLOCKING, drive
from puretango.client.session._kept import Known
from puretango.errors import DevFailed
from puretango.values import AccessControlType, DevSource, Subclassed

if TYPE_CHECKING:
    from puretango.client.session._io import IO
    from puretango.client.session._session import Session

__all__ = ["Connection"]


class Connection(Running, AsynchCommands, Subclassed):
    """A connection to a device: timeouts, source, access, commands."""

    _session: Session

    def dev_name(self) -> str:
        """The device's name, without the host."""
        return self._session.device_name

    # -------------------------------------------------------------- where things are

    def get_db_host(self) -> str:
        """The host of the device's database, or "Unused"."""
        return "Unused"

    def get_db_port(self) -> str:
        """The port of the device's database as a text, or "Unused"."""
        return "Unused"

    def get_db_port_num(self) -> int:
        """The port of the device's database, or 0."""
        return 0

    def get_from_env_var(self) -> bool:
        """True if the database was found through TANGO_HOST."""
        return False

    def is_dbase_used(self) -> bool:
        """True if the device is reached through a database."""
        return False

    def get_dev_host(self) -> str:
        """The host of the device's server as it was given, or "IOR"."""
        return "IOR"

    def get_dev_port(self) -> str:
        """The port of the device's server as it was given, or "IOR"."""
        return "IOR"

    @staticmethod
    def get_fqdn() -> str:
        """The fully qualified name of this host."""
        return socket.getfqdn()

    # -------------------------------------------------------------------- settings

    def set_timeout_millis(self, timeout_ms: int) -> None:
        """Set how many milliseconds a call may take."""
        self._session.set_timeout_ms(timeout_ms)

    def get_timeout_millis(self) -> int:
        """How many milliseconds a call may take."""
        return self._session.timeout_ms

    def set_source(self, source: DevSource) -> None:
        """Set where values come from: the device, its cache, or the cache first."""
        self._session.source = DevSource(source)
        self._session.known = Known()

    def get_source(self) -> DevSource:
        """Where values come from."""
        return self._session.source

    def set_transparency_reconnection(self, yesno: bool) -> None:
        """Set whether a call over a broken connection connects again and is repeated."""
        self._session.reconnects = bool(yesno)

    def get_transparency_reconnection(self) -> bool:
        """True if a call over a broken connection connects again and is repeated."""
        return self._session.reconnects

    def set_access_control(self, acc: AccessControlType) -> None:
        """Set what this client takes itself to be allowed."""
        self._session.access = AccessControlType(acc)

    def get_access_control(self) -> AccessControlType:
        """What this client is allowed."""
        return self._session.access

    def get_access_right(self) -> AccessControlType:
        """What this client is allowed."""
        return self._session.access

    def get_idl_version(self) -> int:
        """The version of Tango's device interface that the device has."""
        session = self._session
        if not session.connected:
            drive(session.ready(BLOCKING))
        return session.idl_version

    # ------------------------------------------------------------------ connection

    def connect(self, corba_name: str) -> None:
        """Connect to the object that an IOR or corbaloc names."""
        drive(self._session.connect(BLOCKING, _target_of(corba_name)))

    def reconnect(self, db_used: bool) -> None:
        """Connect again if the connection was lost, and ping."""
        drive(self._session.ready(BLOCKING))

    @green_core
    async def _ready(self, io: IO) -> None:
        await self._session.ready(io)


def _target_of(corba_name: str) -> Target:
    if corba_name.startswith("IOR:"):
        return ior_target(corba_name)
    prefix, _, key = corba_name.removeprefix("corbaloc:iiop:").partition("/")
    host, _, port = prefix.rpartition(":")
    if not key or not port.isdigit():
        raise DevFailed.make(
            "API_WrongDeviceNameSyntax", f"{corba_name} is no IOR and no corbaloc", "connect"
        )
    return corbaloc_target(host, int(port), key)


def session_of(proxy: Any) -> Session:
    """The session of any proxy."""
    session: Session = proxy._session
    return session
