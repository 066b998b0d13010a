"""What polling needs of the devices that it polls and of their server."""

from __future__ import annotations

from typing import Any, Protocol

from puretango.server.access._ports import AttributesOwner, AttributesParts
from puretango.server.command._ports import CommandOwner, CommandParts
from puretango.server.publishing._ports import PublishingOwner, PublishingParts
from puretango.server.publishing._publisher import Publisher
from puretango.server.store._ports import StoreHost


class PollingHost(StoreHost, Protocol):
    """A server whose devices are polled."""

    @property
    def publisher(self) -> Publisher: ...


class PolledParts(PublishingParts, CommandParts, AttributesParts, Protocol):
    """The parts of a device that is polled."""

    polled: dict[tuple[str, str], Any]

    @property
    def server(self) -> PollingHost: ...


class PolledOwner(PublishingOwner, CommandOwner, AttributesOwner, Protocol):
    """A device that is polled."""

    @property
    def _tango(self) -> PolledParts: ...
    def check_command_exists(self, cmd_name: str) -> None: ...
