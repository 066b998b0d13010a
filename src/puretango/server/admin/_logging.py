"""The admin device's commands about logging."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from puretango.errors import DevFailed
from puretango.server.admin._part import AdminPart
from puretango.server.admin._table import LONGS_STRINGS, STRING, STRINGS, admin_command
from puretango.server.base._failure import throw

if TYPE_CHECKING:
    from puretango.server.device._deviceimpl import DeviceImpl


def _check_consumer(name: str) -> None:
    """A log consumer that is not there is refused when it is asked for, not when it is needed."""
    from puretango.client import DeviceProxy

    try:
        DeviceProxy(name)
    except DevFailed as failure:
        raise throw(
            "API_ConnectionFailed",
            f"Could not connect to log consumer {name}",
            "Logging::add_logging_target",
        ) from failure


class LogCommands(AdminPart):
    """AddLoggingTarget, RemoveLoggingTarget, SetLoggingLevel, StartLogging …"""

    def _matching(self, pattern: str) -> list[DeviceImpl]:
        found = self.named_like(pattern)
        if not found:
            raise throw(
                "API_DeviceNotFound",
                f"No device name matching pattern  <{pattern.lower()}>",
                "Logging::get_dev_list",
            )
        return found

    def _targets(self, argin: list[str], adding: bool) -> Iterator[tuple[DeviceImpl, str, str]]:
        if len(argin) % 2:
            raise throw(
                # Adding and removing a target report it with reasons of their own.
                "API_MethodArgument" if adding else "API_WrongNumberOfArgs",
                "Incorrect number of inout arguments",
                f"Logging::{'add' if adding else 'remove'}_logging_target",
            )
        for pattern, target in zip(argin[::2], argin[1::2], strict=True):
            kind, _, where = target.partition("::")
            for device in self._matching(pattern):
                self.check_lock_owner(device, "logging_target")
                yield device, kind, where

    @admin_command(STRINGS, "Str[i]=Device-name. Str[i+1]=Target-type::Target-name")
    def AddLoggingTarget(self, argin: list[str]) -> None:
        """Send the messages of devices to one more target."""
        for device, kind, where in list(self._targets(argin, True)):
            if kind.lower() == "device" and where:
                _check_consumer(where)
            device._tango.logger.add_target(kind, where)

    @admin_command(STRINGS, "Str[i]=Device-name. Str[i+1]=Target-type::Target-name")
    def RemoveLoggingTarget(self, argin: list[str]) -> None:
        """Stop sending the messages of devices to a target."""
        for device, kind, where in list(self._targets(argin, False)):
            device._tango.logger.remove_target(kind, where)

    @admin_command(STRING, "Device name", STRINGS, "Logging target list")
    def GetLoggingTarget(self, name: str) -> list[str]:
        """The targets of a device."""
        return self.known(name, "Logging::get_logging_target", twice=True)._tango.logger.targets()

    @admin_command(LONGS_STRINGS, "Lg[i]=Logging Level. Str[i]=Device name.")
    def SetLoggingLevel(self, argin: Any) -> None:
        """The level up to which devices log."""
        levels, patterns = argin
        if len(levels) != len(patterns):
            raise throw(
                "API_IncompatibleCmdArgumentType",
                # The gaps are Tango's own, in this text and the next one.
                "Imcompatible command argument type," + 36 * " " + "long and string arrays must "
                "have the same length",
                "Logging::set_logging_level",
            )
        for level, pattern in zip(levels, patterns, strict=True):
            if not 0 <= int(level) <= 5:
                raise throw(
                    "API_MethodArgument",
                    "Invalid argument for command," + 38 * " " + "logging level out of range",
                    "Logging::set_logging_level",
                )
            for device in self.named_like(pattern):
                self.check_lock_owner(device, "set_logging_level")
                device._tango.logger.set_level(int(level))

    @admin_command(
        STRINGS, "Device list", LONGS_STRINGS, "Lg[i]=Logging Level. Str[i]=Device name."
    )
    def GetLoggingLevel(self, argin: list[str]) -> Any:
        """The levels up to which devices log."""
        devices = [device for pattern in argin for device in self.named_like(pattern)]
        return [int(d._tango.logger.level) for d in devices], [d._tango.name for d in devices]

    @admin_command()
    def StartLogging(self) -> None:
        """Log again at the levels before StopLogging."""
        for device in self.every_device():
            device._tango.logger.start()

    @admin_command()
    def StopLogging(self) -> None:
        """Log nothing until StartLogging."""
        for device in self.every_device():
            device._tango.logger.stop()
