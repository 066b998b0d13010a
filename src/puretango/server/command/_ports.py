"""What running a command needs of a device."""

from __future__ import annotations

from typing import Protocol

from puretango.server.base._ports import Named, Owner
from puretango.server.command._command import Command


class CommandClass(Named, Protocol):
    """A class of devices, as far as its commands go."""

    commands: dict[str, Command]
    default_command: Command | None


class CommandOwner(Owner, Protocol):
    """A device, as far as its commands go."""

    @property
    def _tango_device_class(self) -> CommandClass: ...
    def _tango_find_command(self, name: str) -> Command | None: ...
