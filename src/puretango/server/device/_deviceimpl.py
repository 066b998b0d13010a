"""DeviceImpl: a device, as the low-level style sees it.

PyTango's names are spread over mixins by subject, typed lines over the parts that the one private
name ``_tango`` leads to (:mod:`.parts`).
"""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING, Any

import numpy as np

from puretango.server.base._calling import HOOKS
from puretango.server.declaration.settings._settings import STATUS_NOT_SET
from puretango.server.device._attributes import DeviceAttributes
from puretango.server.device._commands import DeviceCommands
from puretango.server.device._events import DeviceEvents
from puretango.server.device._locking import DeviceLocking
from puretango.server.device._logging import DeviceLogging
from puretango.server.device._polling import DevicePolling
from puretango.server.device._state import DeviceState
from puretango.server.device._telemetry import DeviceTelemetry
from puretango.server.device.parts._tango import Tango
from puretango.values import DevState, Subclassed

if TYPE_CHECKING:
    from puretango.server.device._deviceclass import DeviceClass


class DeviceImpl(
    DeviceState,
    DeviceAttributes,
    DeviceCommands,
    DeviceEvents,
    DevicePolling,
    DeviceLocking,
    DeviceLogging,
    DeviceTelemetry,
    Subclassed,
):
    """A device of the low-level style; its interface release is that of the subclass used."""

    def __init__(
        self,
        cl: DeviceClass,
        name: str,
        description: str = "A Tango device",
        state: DevState = DevState.UNKNOWN,
        status: str = STATUS_NOT_SET,
    ) -> None:
        self.device_property_list = {}
        tango = self._tango = Tango(self, cl, name, description, state, status)
        cls = type(self)
        tango.own_hooks = frozenset(n for n in HOOKS if getattr(cls, n) not in NO_HOOKS)
        tango.furnish()


NO_HOOKS: set[Any] = {getattr(DeviceImpl, name) for name in HOOKS}
"""The library's own hooks, which do nothing and need no call."""


class Device_2Impl(DeviceImpl):
    """A device that speaks the second release of the interface."""

    idl_version = 2


class Device_3Impl(Device_2Impl):
    """A device that speaks the third release of the interface."""

    idl_version = 3


class Device_4Impl(Device_3Impl):
    """A device that speaks the fourth release of the interface."""

    idl_version = 4


class Device_5Impl(Device_4Impl):
    """A device that speaks the fifth release of the interface."""

    idl_version = 5


class Device_6Impl(Device_5Impl):
    """A device that speaks the sixth release of the interface."""

    idl_version = 6


class LatestDeviceImpl(Device_6Impl):
    """A device that speaks the newest release of the interface."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.add_version_info("PyTango", self._tango.server.compatible_with)
        self.add_version_info("Python", platform.python_version())
        self.add_version_info("NumPy", np.__version__)
