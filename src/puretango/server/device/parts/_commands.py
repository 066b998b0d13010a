"""The commands of one device, those of its class and its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puretango.server.command._command import Command
from puretango.server.device.parts._part import Part

if TYPE_CHECKING:
    from puretango.server.device.parts._core import Core
    from puretango.server.device.parts._ports import AuthoredDevice


class CommandsPart(Part):
    """The commands of a device: those of its class, and its own."""

    def __init__(self, core: Core, device: AuthoredDevice) -> None:
        super().__init__(core, device)
        self.local: dict[str, Command] = {}
        """The device's own."""

    def find(self, name: str) -> Command | None:
        """The command of that name, or None."""
        lower = name.lower()
        return self.tango.device_class.commands.get(lower) or self.local.get(lower)

    def every(self) -> list[Command]:
        """The commands in the order of Tango's command list: that of their names."""
        every = {**self.tango.device_class.commands, **self.local}
        return sorted(every.values(), key=lambda command: command.name)
