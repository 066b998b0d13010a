"""The admin device of a server: dserver/PROGRAM/INSTANCE."""

from __future__ import annotations

from typing import Any

from puretango.server.admin._names import AdminNames
from puretango.server.admin._table import COMMANDS
from puretango.server.admin._telemetry import AdminTelemetry
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


class DServer(AdminNames, AdminTelemetry):
    """The admin device: clients steer the server through it."""

    green_mode = GreenMode.Synchronous

    def __init__(self, cl: DeviceClass, name: str) -> None:
        super().__init__(cl, name, "A device server device !!", DevState.ON, "The device is ON")

    def dev_status(self) -> Any:
        """The state of the device and of the polling."""
        polling = "ON" if self.poller.scheduler.active else "OFF"
        return f"The device is {self._tango.state.value}\nThe polling is {polling}"

    def get_version_info(self) -> dict[str, str]:
        """What ``info().version_info`` tells clients; of the server, its connections too."""
        told = self._tango.server.connections
        versions = super().get_version_info()
        return {**versions, "connections": told} if told else versions
