"""All parts of a device: what its one private name leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puretango.server.attribute._attributes import MultiAttribute
from puretango.server.device.parts._access import AccessPart
from puretango.server.device.parts._commands import CommandsPart
from puretango.server.device.parts._core import Core
from puretango.server.device.parts._events import EventsPart
from puretango.server.device.parts._locking import LockingPart
from puretango.server.device.parts._polling import PollingPart
from puretango.server.device.parts._state import StatePart
from puretango.server.device.parts._telemetry import TelemetryPart
from puretango.server.logs._service import DeviceLogger

if TYPE_CHECKING:
    from puretango.server.device._deviceclass import DeviceClass
    from puretango.server.device.parts._ports import AuthoredDevice
    from puretango.values import DevState


class Tango(Core):
    """The core, and a part for each subject."""

    device_class: DeviceClass

    def __init__(
        self,
        device: AuthoredDevice,
        cls: DeviceClass,
        name: str,
        description: str,
        state: DevState,
        status: str,
    ) -> None:
        super().__init__(device, cls, name, description)
        self.state = StatePart(self, device, state, status)
        self.locking = LockingPart(self, device)
        self.access = AccessPart(self, device)
        self.commands = CommandsPart(self, device)
        self.events = EventsPart(self, device)
        self.polling = PollingPart(self, device)
        self.telemetry = TelemetryPart(self, device)

    def furnish(self) -> None:
        """Make the members that ask the device for its parts, which it has by now."""
        super().furnish()
        device, cls = self.device, self.device_class
        self.attributes = MultiAttribute(device, cls.class_attributes.by_name)
        self.pipes = cls.make_pipes(type(device))
        self.server.poller.prepare(device)
        self.logger = DeviceLogger(self.server.logs, device)
        self.telemetry.prepare()
