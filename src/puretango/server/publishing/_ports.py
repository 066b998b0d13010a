"""What publishing needs of the devices whose events it sends."""

from __future__ import annotations

from typing import Any, Protocol

from puretango.server.access._ports import AttributesOwner
from puretango.server.command._command import Command


class PublishingOwner(AttributesOwner, Protocol):
    """A device whose attributes, commands and pipes are published."""

    @property
    def _tango_pipes(self) -> Any: ...
    def _tango_all_commands(self) -> list[Command]: ...
