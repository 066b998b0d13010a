"""The parts of an admin device, by subject."""

from __future__ import annotations

from puretango.server.admin._events import EventCommands
from puretango.server.admin._life import ServerLife
from puretango.server.admin._locking import LockCommands
from puretango.server.admin._logging import LogCommands
from puretango.server.admin._part import AdminHost
from puretango.server.admin._polling import PollingCommands
from puretango.server.admin._table import Declared, commands_of
from puretango.server.admin._telemetry import TelemetryCommands
from puretango.server.device._deviceimpl import DeviceImpl

_KINDS = {
    "life": ServerLife,
    "polling": PollingCommands,
    "locks": LockCommands,
    "logging": LogCommands,
    "events": EventCommands,
    "telemetry": TelemetryCommands,
}


class AdminParts:
    """All of them, for one admin device."""

    def __init__(self, admin: DeviceImpl, server: AdminHost) -> None:
        self.life = ServerLife(admin, server)
        self.polling = PollingCommands(admin, server)
        self.locks = LockCommands(admin, server)
        self.logging = LogCommands(admin, server)
        self.events = EventCommands(admin, server)
        self.telemetry = TelemetryCommands(admin, server)

    @staticmethod
    def commands() -> dict[str, tuple[str, Declared]]:
        """Name → the part that declares it, and its types and texts; by name."""
        found = {
            name: (part, declared)
            for part, kind in _KINDS.items()
            for name, declared in commands_of(kind).items()
        }
        return dict(sorted(found.items()))
