"""Locks: one client keeps a device for itself for a while."""

from __future__ import annotations

from puretango.server.device._core import DeviceCore
from puretango.server.device.parts._clientident import ClientIdent


class DeviceLocking(DeviceCore):
    """The part of a device that knows its clients."""

    def get_client_ident(self) -> ClientIdent | None:
        """The client of the request that this thread serves.

        None outside of any request, and in asyncio devices, as in PyTango.
        """
        client = self._tango.server.subdevices.visits.client()
        return None if client is None or self._tango.is_asyncio else ClientIdent(client)

    def is_device_locked(self) -> bool:
        """True while a client has locked the device."""
        return self._tango.locking.valid() is not None
