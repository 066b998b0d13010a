"""The admin device of a server: dserver/PROGRAM/INSTANCE."""

from __future__ import annotations

import threading
from typing import Any

from puretango.server.admin._events import AdminEvents
from puretango.server.admin._locking import AdminLocking
from puretango.server.admin._logging import AdminLogging
from puretango.server.admin._polling import AdminPolling
from puretango.server.admin._table import COMMANDS
from puretango.server.admin._telemetry import AdminTelemetry
from puretango.server.base._failure import throw
from puretango.server.command._command import AdminCommand
from puretango.server.device._deviceclass import DeviceClass
from puretango.values import DevState, GreenMode


class DServerClass(DeviceClass):
    """The class of admin devices."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.set_type("Uninitialised")

    def build(self, device_type: Any) -> None:
        super().build(device_type)
        for name, (in_type, in_desc, out_type, out_desc) in COMMANDS.items():
            method = getattr(device_type, name)
            self.add_command(
                AdminCommand(name, in_type, out_type, in_desc, out_desc, method=method)
            )


class DServer(AdminPolling, AdminLocking, AdminLogging, AdminEvents, AdminTelemetry):
    """The admin device: clients steer the server through it."""

    green_mode = GreenMode.Synchronous

    def __init__(self, cl: DeviceClass, name: str) -> None:
        super().__init__(cl, name, "A device server device !!", DevState.ON, "The device is ON")

    def dev_status(self) -> Any:
        """The state of the device and of the polling."""
        polling = "ON" if self.poller.scheduler.active else "OFF"
        return f"The device is {self._tango_state_value}\nThe polling is {polling}"

    # -- what there is -----------------------------------------------------------------------------

    def QueryClass(self) -> list[str]:
        """The classes of the server."""
        return [cls.get_name() for cls in self._tango_server.device_classes]

    def QueryDevice(self) -> list[str]:
        """The devices of the server, with their classes."""
        return [
            f"{cls.get_name()}::{device._tango_name}"
            for cls in self._tango_server.device_classes
            for device in cls.py_dev_list
        ]

    query_class = QueryClass
    query_device = QueryDevice

    def QuerySubDevice(self) -> list[str]:
        """The devices that the server's devices use."""
        return self._tango_server.subdevices.get_sub_devices()

    def QueryWizardClassProperty(self, class_name: str) -> list[str]:
        """The properties of a class: name, description, default for each."""
        return _flat(self._tango_class(class_name).wizard_class)

    def QueryWizardDevProperty(self, class_name: str) -> list[str]:
        """The properties of a class's devices: name, description, default for each."""
        return _flat(self._tango_class(class_name).wizard_device)

    def _tango_class(self, name: str) -> DeviceClass:
        try:
            return self._tango_server.find_class(name)
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
            self._tango_server.run_restart()
            return
        self.check_lock_owner(device, "restart")
        self._tango_server.restart_device(device)

    def RestartServer(self) -> None:
        """Make all devices anew, after this request has been answered."""
        self._tango_server.run_restart()

    def Kill(self) -> None:
        """End the server, after this request has been answered."""
        timer = threading.Timer(0.05, self._tango_server.kill)
        timer.daemon = True
        timer.start()


def _flat(table: list[tuple[str, str, str]]) -> list[str]:
    return [text for row in table for text in row]
