"""DeviceImpl: a device, as the low-level style sees it.

What a device can do is spread over mixins by subject; this file holds its making, its identity
and the way to the author's methods.
"""

from __future__ import annotations

import platform
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from puretango.server.attribute._attributes import MultiAttribute
from puretango.server.base._blackbox import BlackBox
from puretango.server.base._hooks import HOOKS
from puretango.server.base._stamp import Stamp
from puretango.server.declaration._settings import STATUS_NOT_SET
from puretango.server.device._attributes import DeviceAttributes
from puretango.server.device._commands import DeviceCommands
from puretango.server.device._events import DeviceEvents
from puretango.server.device._locking import DeviceLocking
from puretango.server.device._logging import DeviceLogging
from puretango.server.device._polling import DevicePolling
from puretango.server.device._state import DeviceState
from puretango.server.device._telemetry import DeviceTelemetry
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
        self._tango_server = cl.server
        self._tango_device_class = cl
        self._tango_name = name
        self._tango_lower_name = name.lower()
        self._tango_description = description
        self._tango_is_asyncio = self._tango_server.runs_on_loop(type(self))
        self._tango_monitor = self._tango_server.monitor_for(self, cl)
        self._tango_black_box = BlackBox(self._tango_server.store.black_box_depth(name))
        self._tango_exported = False
        self._tango_init_error = None
        self._tango_stamp = Stamp()
        self._tango_versions = {}
        self.device_property_list = {}
        self._tango_started_at = time.time()
        self._tango_take_state(state, status)
        self._tango_attributes = MultiAttribute(self, cl.class_attributes.by_name.values())
        self._tango_local_commands = {}
        self._tango_pipes = cl.make_pipes(type(self))
        cls = type(self)
        self._tango_own_hooks = frozenset(n for n in HOOKS if getattr(cls, n) not in NO_HOOKS)
        self._tango_prepare_polling()
        self._tango_prepare_logging()
        self._tango_prepare_telemetry()


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
        self.add_version_info("PyTango", self._tango_server.compatible_with)
        self.add_version_info("Python", platform.python_version())
        self.add_version_info("NumPy", np.__version__)
