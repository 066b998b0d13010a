"""The admin device's commands about its server: what there is, restarting, the end."""

from __future__ import annotations

import threading

from puretango.server.admin._part import AdminPart
from puretango.server.admin._table import STRING, STRINGS, admin_command
from puretango.server.base._failure import throw
from puretango.server.device._deviceclass import DeviceClass


class ServerLife(AdminPart):
    """QueryClass, QueryDevice, DevRestart, RestartServer, Kill …"""

    # -- what there is -----------------------------------------------------------------------------

    @admin_command(out_type=STRINGS, out_text="Device server class(es) list")
    def QueryClass(self) -> list[str]:
        """The classes of the server."""
        return [cls.get_name() for cls in self._server.device_classes]

    @admin_command(out_type=STRINGS, out_text="Device server device(s) list")
    def QueryDevice(self) -> list[str]:
        """The devices of the server, with their classes."""
        return [
            f"{cls.get_name()}::{device._tango.name}"
            for cls in self._server.device_classes
            for device in cls.py_dev_list
        ]

    @admin_command(out_type=STRINGS, out_text="Device server sub device(s) list")
    def QuerySubDevice(self) -> list[str]:
        """The devices that the server's devices use."""
        return self._server.subdevices.get_sub_devices()

    @admin_command(
        STRING, "Class name", STRINGS, "Class property list (name - description and default value)"
    )
    def QueryWizardClassProperty(self, class_name: str) -> list[str]:
        """The properties of a class: name, description, default for each."""
        return _flat(self._class(class_name).wizard_class)

    @admin_command(
        STRING, "Class name", STRINGS, "Device property list (name - description and default value)"
    )
    def QueryWizardDevProperty(self, class_name: str) -> list[str]:
        """The properties of a class's devices: name, description, default for each."""
        return _flat(self._class(class_name).wizard_device)

    def _class(self, name: str) -> DeviceClass:
        try:
            return self._server.find_class(name)
        except Exception:
            raise throw(
                "API_ClassNotFound",
                f"Class {name.lower()} not found in device server",
                "DServer::query_class_prop",
            ) from None

    # -- life and death ------------------------------------------------------------------------------

    @admin_command(STRING, "Device name")
    def DevRestart(self, name: str) -> None:
        """Stop a device and make it again."""
        origin = "DServer::restart()"
        device = self.known(name, origin)
        if device is self._admin:
            self._server.run_restart()
            return
        self.check_lock_owner(device, "restart")
        self._server.restart_device(device)

    @admin_command()
    def RestartServer(self) -> None:
        """Make all devices again, after this request has been answered."""
        self._server.run_restart()

    @admin_command()
    def Kill(self) -> None:
        """End the server, after this request has been answered."""
        timer = threading.Timer(0.05, self._server.kill)
        timer.daemon = True
        timer.start()


def _flat(table: list[tuple[str, str, str]]) -> list[str]:
    return [text for row in table for text in row]
