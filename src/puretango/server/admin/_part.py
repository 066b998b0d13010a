"""What the parts of the admin device have in common: access to the server, and its devices by name."""

from __future__ import annotations

from fnmatch import fnmatch
from typing import Any, Protocol

from puretango.errors import DevFailed
from puretango.server.base._failure import throw
from puretango.server.device._deviceclass import DeviceClass
from puretango.server.device._deviceimpl import DeviceImpl
from puretango.server.device.parts._ports import DeviceHost
from puretango.server.polling._poller import Poller


class AdminHost(DeviceHost, Protocol):
    """A server, as its admin device sees it."""

    device_classes: list[DeviceClass]

    @property
    def connections(self) -> str: ...
    @property
    def server_name(self) -> str: ...
    @property
    def devices(self) -> list[DeviceImpl]: ...
    def find_device(self, name: str) -> Any: ...
    def find_class(self, name: str) -> DeviceClass: ...
    def restart_device(self, device: Any) -> None: ...
    def run_restart(self) -> None: ...
    def kill(self) -> None: ...


class AdminPart:
    """Commands of one subject, for the admin device of a server."""

    def __init__(self, admin: DeviceImpl, server: AdminHost) -> None:
        self._admin = admin
        self._server = server

    @property
    def poller(self) -> Poller:
        """The server's polling."""
        return self._server.poller

    def known(self, name: str, origin: str, *, twice: bool = False) -> DeviceImpl:
        """The device that a command names; some commands repeat (``twice``) the error if there is none."""
        try:
            found: DeviceImpl = self._server.find_device(name)
        except Exception:
            failure = throw("API_DeviceNotFound", f"Device {name} not found", origin)
            if twice:
                failure = DevFailed(*failure.errors, *failure.errors)
            raise failure from None
        return found

    def every_device(self) -> list[DeviceImpl]:
        """The server's devices, and the admin device last."""
        return [*self._server.devices, self._admin]

    def named_like(self, pattern: str) -> list[DeviceImpl]:
        """The devices, the admin device too, whose names match a pattern with ``*`` and ``?``."""
        lower = pattern.lower()
        return [one for one in self.every_device() if fnmatch(one._tango.lower_name, lower)]

    def check_lock_owner(self, device: DeviceImpl, command: str) -> None:
        """Raise if another client has locked the device."""
        client = self._server.subdevices.visits.client()
        lock = device._tango.locking.valid()
        if client is None or lock is None:
            return
        if lock.client.key() != client.key():
            raise throw(
                "API_DeviceLocked",
                f"Device {device._tango.name} is locked by another client. "
                "Your request is not allowed while a device is locked.",
                f"DServer::{command}",
            )
