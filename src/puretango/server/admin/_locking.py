"""The admin device's commands about locks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puretango.errors import DevFailed
from puretango.server.admin._part import AdminPart
from puretango.server.admin._table import LONG, LONGS_STRINGS, STRING, STRINGS, admin_command
from puretango.server.base._failure import throw
from puretango.server.device.parts._locking import DEFAULT_VALIDITY

if TYPE_CHECKING:
    from puretango.errors import DevError
    from puretango.server.base._peer import Client


class LockCommands(AdminPart):
    """LockDevice, UnLockDevice, ReLockDevices, DevLockStatus."""

    def _asking(self, origin: str) -> Client:
        client = self._server.subdevices.visits.client()
        if client is None or client.identity is None:
            raise throw(
                "API_ClientNotIdentified",
                "Client requests the lock of a device, but its identity is not known",
                origin,
            )
        return client

    @admin_command(LONGS_STRINGS, "Str[0] = Device name. Lg[0] = Lock validity")
    def LockDevice(self, argin: Any) -> None:
        """Lock a device for the client."""
        validities, names = argin
        origin = "DServer::lock_device"
        client = self._asking(origin)
        device = self.known(names[0], origin)
        if device is self._admin:
            raise throw(
                "API_DeviceUnlockable",
                "Impossible to lock device server administration device",
                origin,
            )
        validity = int(validities[0]) if len(validities) else DEFAULT_VALIDITY
        device._tango.locking.lock_for(client, validity)

    @admin_command(
        LONGS_STRINGS,
        "Str[x] = Device name(s). Lg[0] = Force flag",
        LONG,
        "Device global lock counter",
    )
    def UnLockDevice(self, argin: Any) -> int:
        """Give locks back, or break them; returns how many times the last device is still locked."""
        flags, names = argin
        origin = "DServer::un_lock_device"
        client = self._asking(origin)
        forced = bool(len(flags) and flags[0])
        left = 0
        for name in names:
            left = self.known(name, origin)._tango.locking.unlock_for(client, forced)
        return left

    @admin_command(STRINGS, "Device(s) name")
    def ReLockDevices(self, argin: list[str]) -> None:
        """The client renews its locks."""
        origin = "DServer::re_lock_devices"
        client = self._asking(origin)
        errors: list[DevError] = []
        for name in argin:
            try:
                self.known(name, origin)._tango.locking.relock_for(client)
            except DevFailed as failure:
                errors += failure.errors[:1]
        if errors:
            raise DevFailed(*errors)

    @admin_command(STRING, "Device name", LONGS_STRINGS, "Device locking status")
    def DevLockStatus(self, name: str) -> Any:
        """The client that has locked a device."""
        return self.known(name, "DServer::dev_lock_status")._tango.locking.status()
