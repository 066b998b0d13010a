"""What running a command needs of a device."""

from __future__ import annotations

from typing import Protocol

from puretango.server.base._ports import Named, Owner, Parts
from puretango.server.command._command import Command


class CommandClass(Named, Protocol):
    """A class of devices, as the code of commands sees it."""

    commands: dict[str, Command]
    default_command: Command | None


class Commands(Protocol):
    """The commands of a device: those of its class, and its own."""

    def find(self, name: str) -> Command | None: ...
    def every(self) -> list[Command]: ...


class CommandParts(Parts, Protocol):
    """The parts of a device, as the code of commands sees them."""

    @property
    def device_class(self) -> CommandClass: ...
    @property
    def commands(self) -> Commands: ...


class CommandOwner(Owner, Protocol):
    """A device, as the code of commands sees it."""

    @property
    def _tango(self) -> CommandParts: ...
