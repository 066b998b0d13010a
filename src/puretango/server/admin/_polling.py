"""The admin device's commands about polling."""

from __future__ import annotations

from typing import Any

from puretango.server.admin._base import AdminBase
from puretango.server.base._failure import throw

_KINDS = ("attribute", "command")


class AdminPolling(AdminBase):
    """AddObjPolling, RemObjPolling, UpdObjPollingPeriod, PolledDevice, DevPollStatus …"""

    def AddObjPolling(self, argin: Any) -> None:
        """Start to poll an attribute or a command."""
        periods, texts = argin
        device, kind, name = self._tango_polled_object(texts, len(periods) == 1, "add_obj_polling")
        self.poller.add(device, kind, name, int(periods[0]))

    def UpdObjPollingPeriod(self, argin: Any) -> None:
        """Change a polling period."""
        periods, texts = argin
        device, kind, name = self._tango_polled_object(
            texts, len(periods) == 1, "upd_obj_polling_period"
        )
        self.poller.update(device, kind, name, int(periods[0]))

    def RemObjPolling(self, argin: Any) -> None:
        """Stop polling an attribute or a command."""
        device, kind, name = self._tango_polled_object(argin, True, "rem_obj_polling")
        self.poller.remove(device, kind, name)

    def _tango_polled_object(
        self, texts: Any, complete: bool, command: str
    ) -> tuple[Any, str, str]:
        origin = f"DServer::{command}"
        if len(texts) != 3 or not complete:
            raise throw("API_WrongNumberOfArgs", "Incorrect number of inout arguments", origin)
        name, kind, target = texts
        device = self.known(name, origin, twice=True)
        if command != "add_obj_polling" and not device._tango_polled:
            raise throw("API_DeviceNotPolled", f"Device {name} is not polled", origin)
        self.check_lock_owner(device, command)
        if kind.lower() not in _KINDS:
            raise throw("API_NotSupported", f"Object type {kind} not supported", origin)
        return device, kind.lower(), target.lower()

    def PolledDevice(self) -> list[str]:
        """The devices with something polled."""
        return sorted(
            device._tango_name for device in self._tango_server.devices if device._tango_polled
        )

    def DevPollStatus(self, name: str) -> list[str]:
        """What is polled of a device, and how it goes."""
        return self.poller.describe(self.known(name, "DServer::dev_poll_status"))

    def StartPolling(self) -> None:
        """Poll again."""
        self.poller.scheduler.start()

    def StopPolling(self) -> None:
        """Poll nothing until StartPolling."""
        self.poller.scheduler.pause()
