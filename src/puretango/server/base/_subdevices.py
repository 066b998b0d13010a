"""Sub-devices: which devices the devices of a server use, for QuerySubDevice.

A device proxy made while a device works belongs to that device. Others are not listed: a process
may hold several servers, and clients besides.
"""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from puretango.client.context._proxywatch import watch_proxies
from puretango.errors import DevFailed
from puretango.server.base._visits import Visits

if TYPE_CHECKING:
    from puretango.server.base._ports import Host, Owner


class SubDevDiag:
    """The list of sub-devices of one server."""

    def __init__(self, server: Host) -> None:
        self._server = server
        self.visits = Visits()
        self._known: dict[str, list[str]] = {}
        self._lock = threading.Lock()
        watch_proxies(self)

    # -- which device works ------------------------------------------------------------------------

    def acting(self, device: Owner) -> AbstractContextManager[None]:
        """For a while, the device works, for the same client as before."""
        visits = self.visits
        return visits.visiting(device, visits.client(), device._tango.is_asyncio)

    # -- PyTango's methods ---------------------------------------------------------------------------

    def get_associated_device(self) -> str:
        """The device that works now; empty if none does."""
        working = self.visits.working()
        if working is None:
            return ""
        return working if isinstance(working, str) else str(working._tango.name).lower()

    def set_associated_device(self, dev_name: str) -> None:
        """Say which device works now in this thread."""
        self.visits.enter(dev_name or None, self.visits.client())

    def register_sub_device(self, dev_name: str, sub_dev_name: str) -> None:
        """A device uses another; an empty name stands for the server."""
        with self._lock:
            known = self._known.setdefault(dev_name.lower(), [])
            lower = sub_dev_name.lower()
            if lower not in known:
                known.append(lower)

    def proxy_made(self, device: str) -> None:
        """A device proxy has been made: it belongs to the device that works here, if one does."""
        if self.visits.working() is not None:
            self.register_sub_device(self.get_associated_device(), device)

    def remove_sub_devices(self, dev_name: str | None = None) -> None:
        """Forget the sub-devices of a device, or of all."""
        with self._lock:
            if dev_name is None:
                self._known.clear()
            else:
                self._known.pop(dev_name.lower(), None)

    def get_sub_devices(self) -> list[str]:
        """``device sub-device`` for each, or the sub-device alone for the server's own."""
        with self._lock:
            return [
                f"{device} {used}" if device else used
                for device, every in self._known.items()
                for used in every
            ]

    def get_sub_devices_from_cache(self) -> None:
        """Kept for PyTango's callers: there is no cache."""

    def store_sub_devices(self) -> None:
        """Keep the lists in the database, as the property __SubDevices of each device.

        Done when the server is up and when it stops, for the lists that have changed.
        """
        store = self._server.store
        if not store.is_database:
            return
        with self._lock:
            known = {device: list(used) for device, used in self._known.items()}
        for device, used in known.items():
            name = device or self._server.admin_name
            try:
                if list(store.read_device(name).get("__subdevices", ())) != used:
                    store.put_device_property(name, "__SubDevices", used)
            except DevFailed as error:  # the lists are for people: no reason to fail
                self._server.admin.warn_stream("__SubDevices of %s: %s", name, error.args[0].desc)
