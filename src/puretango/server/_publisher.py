"""Events (the publish side): filled in below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from puretango.server._deviceimpl import DeviceImpl
    from puretango.server._server import Server


class Publisher:
    """The events of one server."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def start(self) -> None:
        """The server is up."""

    def stop(self) -> None:
        """The server stops."""

    def has_subscriber(self, device: DeviceImpl, attribute: str, events: Sequence[str]) -> bool:
        """True if anybody wants any of these events."""
        return False

    def detect(self, device: DeviceImpl, name: str, value: Any) -> None:
        """An attribute has been polled."""

    def push_present(self, device: DeviceImpl, attribute: Any, event: str, error: Any) -> None:
        """Push the present value."""

    def push_configuration(self, device: DeviceImpl, attribute: Any) -> None:
        """Tell of a new configuration."""

    def push_interface(self, device: DeviceImpl) -> None:
        """Tell of new attributes and commands."""

    def device_restarted(self, device: DeviceImpl) -> None:
        """A device has been made anew."""
