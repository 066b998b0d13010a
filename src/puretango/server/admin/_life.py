"""The admin device's commands about its server: what there is, restarting, the end."""

from __future__ import annotations

import threading

from puretango.server.admin._base import AdminBase
from puretango.server.base._failure import throw
from puretango.server.device._deviceclass import DeviceClass


class AdminServer(AdminBase):
    """QueryClass, QueryDevice, DevRestart, RestartServer, Kill …"""

    # -- what there is -----------------------------------------------------------------------------

    def QueryClass(self) -> list[str]:
        """The classes of the server."""
        return [cls.get_name() for cls in self._tango.server.device_classes]

    def QueryDevice(self) -> list[str]:
        """The devices of the server, with their classes."""
        return [
            f"{cls.get_name()}::{device._tango.name}"
            for cls in self._tango.server.device_classes
            for device in cls.py_dev_list
        ]

    def QuerySubDevice(self) -> list[str]:
        """The devices that the server's devices use."""
        return self._tango.server.subdevices.get_sub_devices()

    def QueryWizardClassProperty(self, class_name: str) -> list[str]:
        """The properties of a class: name, description, default for each."""
        return _flat(self._class_of(class_name).wizard_class)

    def QueryWizardDevProperty(self, class_name: str) -> list[str]:
        """The properties of a class's devices: name, description, default for each."""
        return _flat(self._class_of(class_name).wizard_device)

    def _class_of(self, name: str) -> DeviceClass:
        try:
            return self._tango.server.find_class(name)
        except Exception:
            raise throw(
                "API_ClassNotFound",
                f"Class {name.lower()} not found in device server",
                "DServer::query_class_prop",
            ) from None

    # -- life and death ------------------------------------------------------------------------------

    def DevRestart(self, name: str) -> None:
        """Stop a device and make it anew."""
        origin = "DServer::restart()"
        device = self.known(name, origin)
        if device is self:
            self._tango.server.run_restart()
            return
        self.check_lock_owner(device, "restart")
        self._tango.server.restart_device(device)

    def RestartServer(self) -> None:
        """Make all devices anew, after this request has been answered."""
        self._tango.server.run_restart()

    def Kill(self) -> None:
        """End the server, after this request has been answered."""
        timer = threading.Timer(0.05, self._tango.server.kill)
        timer.daemon = True
        timer.start()


def _flat(table: list[tuple[str, str, str]]) -> list[str]:
    return [text for row in table for text in row]
