"""What publishing needs of the devices whose events it sends."""

from __future__ import annotations

from typing import Any, Protocol

from puretango.server.access._ports import AttributesOwner, AttributesParts
from puretango.server.command._ports import Commands


class PublishingParts(AttributesParts, Protocol):
    """The parts of a device whose attributes, commands and pipes are published."""

    @property
    def pipes(self) -> Any: ...
    @property
    def commands(self) -> Commands: ...


class PublishingOwner(AttributesOwner, Protocol):
    """Such a device."""

    @property
    def _tango(self) -> PublishingParts: ...
