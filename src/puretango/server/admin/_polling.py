"""The admin device's commands about polling."""

from __future__ import annotations

from typing import Any

from puretango.server.admin._part import AdminPart
from puretango.server.admin._table import LONGS_STRINGS, STRING, STRINGS, admin_command
from puretango.server.base._failure import throw

_KINDS = ("attribute", "command")


def longs_strings(argin: Any, method: str) -> tuple[Any, Any]:
    """The two sequences of a DevVarLongStringArray that an author gives; raises TypeError or DevFailed."""
    if isinstance(argin, str | bytes) or not hasattr(argin, "__len__"):
        raise TypeError(f"{method}(): a sequence of longs and one of strings are wanted")
    if len(argin) != 2 or isinstance(argin[0], str) or not hasattr(argin[0], "__len__"):
        raise throw(
            "PyDs_WrongPythonDataTypeForLongStringArray",
            "Converter from python object to DevVarLongStringArray needs a python "
            "sequence<sequence<int>, sequence<str>>",
            f"DServer::{method}",
        )
    return argin[0], argin[1]


class PollingCommands(AdminPart):
    """AddObjPolling, RemObjPolling, UpdObjPollingPeriod, PolledDevice, DevPollStatus …"""

    def add(self, argin: Any, remember: bool = True) -> None:
        """Start to poll: ``([period in ms], [device, kind, name])``; the database remembers it."""
        periods, texts = longs_strings(argin, "add_obj_polling")
        device, kind, name = self._polled_object(texts, len(periods) == 1, "add_obj_polling")
        self.poller.add(device, kind, name, int(periods[0]), remember=remember)

    @admin_command(
        LONGS_STRINGS,
        "Lg[0]=Upd period. Str[0]=Device name. Str[1]=Object type. Str[2]=Object name",
    )
    def AddObjPolling(self, argin: Any) -> None:
        """Start to poll an attribute or a command."""
        self.add(argin)

    def update(self, argin: Any, remember: bool = True) -> None:
        """Change a polling period: ``([period in ms], [device, kind, name])``."""
        periods, texts = longs_strings(argin, "upd_obj_polling_period")
        device, kind, name = self._polled_object(texts, len(periods) == 1, "upd_obj_polling_period")
        self.poller.update(device, kind, name, int(periods[0]), remember=remember)

    @admin_command(
        LONGS_STRINGS,
        "Lg[0]=Upd period. Str[0]=Device name. Str[1]=Object type. Str[2]=Object name",
    )
    def UpdObjPollingPeriod(self, argin: Any) -> None:
        """Change a polling period."""
        self.update(argin)

    def remove(self, argin: Any, forget: bool = True) -> None:
        """Stop polling: ``[device, kind, name]``."""
        device, kind, name = self._polled_object(argin, True, "rem_obj_polling")
        self.poller.remove(device, kind, name, forget=forget)

    @admin_command(STRINGS, "Str[0]=Device name. Str[1]=Object type. Str[2]=Object name")
    def RemObjPolling(self, argin: Any) -> None:
        """Stop polling an attribute or a command."""
        self.remove(argin)

    def _polled_object(self, texts: Any, complete: bool, command: str) -> tuple[Any, str, str]:
        origin = f"DServer::{command}"
        if len(texts) != 3 or not complete:
            raise throw("API_WrongNumberOfArgs", "Incorrect number of inout arguments", origin)
        name, kind, target = texts
        device = self.known(name, origin, twice=True)
        if command != "add_obj_polling" and not device._tango.polled:
            raise throw("API_DeviceNotPolled", f"Device {name} is not polled", origin)
        self.check_lock_owner(device, command)
        if kind.lower() not in _KINDS:
            raise throw("API_NotSupported", f"Object type {kind} not supported", origin)
        return device, kind.lower(), target.lower()

    @admin_command(out_type=STRINGS, out_text="Polled device name list")
    def PolledDevice(self) -> list[str]:
        """The devices with something polled."""
        return sorted(device._tango.name for device in self._server.devices if device._tango.polled)

    @admin_command(STRING, "Device name", STRINGS, "Device polling status")
    def DevPollStatus(self, name: str) -> list[str]:
        """What is polled of a device, with the statistics of its polling."""
        return self.poller.describe(self.known(name, "DServer::dev_poll_status"))

    @admin_command()
    def StartPolling(self) -> None:
        """Poll again."""
        self.poller.scheduler.start()

    @admin_command()
    def StopPolling(self) -> None:
        """Poll nothing until StartPolling."""
        self.poller.scheduler.pause()
