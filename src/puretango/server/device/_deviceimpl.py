"""DeviceImpl: a device, as the low-level style sees it.

What a device can do is spread over mixins by subject; this file holds its making, its identity
and the way to the author's methods.
"""

from __future__ import annotations

import platform
import time
from asyncio import CancelledError
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from puretango.server.attribute._attributes import MultiAttribute
from puretango.server.base._asyncwarning import warn_if_sync
from puretango.server.base._blackbox import BlackBox
from puretango.server.base._calling import drive
from puretango.server.base._failure import is_meant, to_dev_failed
from puretango.server.base._hooks import HOOKS
from puretango.server.base._monitor import TangoMonitor
from puretango.server.base._stamp import Stamp
from puretango.server.declaration._settings import STATUS_NOT_SET
from puretango.server.device._attributes import DeviceAttributes
from puretango.server.device._commands import DeviceCommands
from puretango.server.device._events import DeviceEvents
from puretango.server.device._locking import DeviceLocking
from puretango.server.device._polling import DevicePolling
from puretango.server.device._state import DeviceState
from puretango.server.logs._streams import DeviceLogging
from puretango.values import DevState

if TYPE_CHECKING:
    from puretango.server.device._deviceclass import DeviceClass
    from puretango.server.host._server import Server


class DeviceImpl(
    DeviceState,
    DeviceAttributes,
    DeviceCommands,
    DeviceEvents,
    DevicePolling,
    DeviceLocking,
    DeviceLogging,
):
    """A device of the low-level style; its interface release is that of the subclass used."""

    idl_version: ClassVar[int] = 1
    green_mode: Any = None
    device_property_list: dict[str, Any]
    _tango_properties: dict[str, Any]
    high_level: ClassVar[bool] = False
    """True if properties and methods follow tango.server rather than the low-level style."""

    def __init__(
        self,
        cl: DeviceClass,
        name: str,
        description: str = "A Tango device",
        state: DevState = DevState.UNKNOWN,
        status: str = STATUS_NOT_SET,
    ) -> None:
        self._tango_server: Server = cl.server
        self._tango_device_class = cl
        self._tango_name = name
        self._tango_lower_name = name.lower()
        self._tango_description = description
        self._tango_is_asyncio = self._tango_server.runs_on_loop(type(self))
        self._tango_monitor: TangoMonitor = self._tango_server.monitor_for(self, cl)
        self._tango_black_box = BlackBox(self._tango_server.store.black_box_depth(name))
        self._tango_exported = False
        self._tango_init_error = None
        self._tango_stamp = Stamp()
        """Replaced whenever what clients' requests mean may have changed."""
        self._tango_versions: dict[str, str] = {}
        self.device_property_list = {}
        self._tango_started_at = time.time()
        self._tango_take_state(state, status)
        self._tango_attributes = MultiAttribute(self, cl.class_attributes.by_name.values())
        self._tango_local_commands: dict[str, Any] = {}
        self._tango_pipes = cl.make_pipes(type(self))
        cls = type(self)
        self._tango_own_hooks = frozenset(n for n in HOOKS if getattr(cls, n) not in NO_HOOKS)
        self._tango_prepare_polling()
        self._tango_prepare_logging()

    def __str__(self) -> str:
        return f"{type(self).__name__}({self._tango_name})"

    __repr__ = __str__

    # -- hooks that there are: of the class, or given to this very device --------------------------

    @property
    def _tango_has_hook(self) -> bool:
        return HOOKS[0] in self._tango_own_hooks or HOOKS[0] in self.__dict__

    @property
    def _tango_has_hardware_read(self) -> bool:
        return HOOKS[1] in self._tango_own_hooks or HOOKS[1] in self.__dict__

    @property
    def _tango_has_hardware_write(self) -> bool:
        return HOOKS[2] in self._tango_own_hooks or HOOKS[2] in self.__dict__

    # -- the way to the author's methods ---------------------------------------------------------

    async def _tango_call(self, method: Callable[..., Any], *args: Any) -> Any:
        """Call a method of the author; on a loop, wait for what it returns."""
        try:
            result = method(*args)
            if self._tango_is_asyncio:
                if hasattr(result, "__await__"):
                    return await result
                warn_if_sync(method)
        except (CancelledError, KeyboardInterrupt) as error:
            if is_meant(error):
                raise
            raise to_dev_failed(error) from error  # of something that the author waited for
        return result

    async def _tango_blocking(self, function: Callable[[], Any]) -> Any:
        """Call a function of the library that may block: beside the loop in asyncio devices."""
        if self._tango_is_asyncio:
            return await self._tango_server.in_worker(function)
        return function()

    def _tango_run(self, core: Any) -> Any:
        """Run a coroutine of the server for this device, from outside of the loop or on it."""
        if self._tango_is_asyncio:
            return self._tango_server.run_on_loop(core)
        return drive(core)

    def _tango_ready_or_awaitable(self, core: Awaitable[Any]) -> Any:
        """What an inherited method gives: a value, or something to await in asyncio devices."""
        if self._tango_is_asyncio:
            return core
        return drive(core)

    # -- hooks, all of which authors override -----------------------------------------------------

    def init_device(self) -> Any:
        """Bring the device into use; the default does nothing."""

    def delete_device(self) -> Any:
        """The device goes out of use, or is about to be initialised again."""

    def always_executed_hook(self) -> Any:
        """Called first in every request."""

    def read_attr_hardware(self, attr_list: list[int]) -> Any:
        """Called once before the attributes of a request are read."""

    def write_attr_hardware(self, attr_list: list[int]) -> Any:
        """Called once after the attributes of a request are written."""

    def server_init_hook(self) -> Any:
        """Called once when the whole server is up."""

    def signal_handler(self, signo: int) -> Any:
        """A signal that the device registered for has arrived."""

    # -- identity -----------------------------------------------------------------------------

    def get_name(self) -> str:
        """The device's name."""
        return self._tango_name

    def get_device_class(self) -> DeviceClass:
        """What the devices of the class have in common."""
        return self._tango_device_class

    def get_dev_idl_version(self) -> int:
        """The release of the interface that the device speaks."""
        return self.idl_version

    def get_exported_flag(self) -> bool:
        """True once clients can reach the device."""
        return self._tango_exported

    def get_device_attr(self) -> MultiAttribute:
        """The device's attributes."""
        return self._tango_attributes

    def get_device_properties(self, ds_class: DeviceClass | None = None) -> None:
        """Read the properties from the database into members of the device."""
        device_class = ds_class or self._tango_device_class
        device_class.prop_util.apply(self, device_class, as_members=not self.high_level)

    def add_version_info(self, key: str, value: str) -> None:
        """Add to what ``info().version_info`` tells clients."""
        self._tango_versions[str(key)] = str(value)

    def get_version_info(self) -> dict[str, str]:
        """What ``info().version_info`` tells clients."""
        return dict(
            sorted({**self._tango_server.library_versions(), **self._tango_versions}.items())
        )

    def register_signal(self, signo: int, own_handler: bool = False) -> None:
        """Call signal_handler when that signal arrives."""
        self._tango_server.signals.register(signo, self)

    def unregister_signal(self, signo: int) -> None:
        """Call signal_handler no more."""
        self._tango_server.signals.unregister(signo, self)

    def _tango_put_property(self, name: str, value: Any) -> None:
        """Write one device property to the database."""
        self._tango_server.store.put_device_property(self._tango_name, name, value)

    def _tango_changed(self) -> None:
        """Requests of clients may mean something else from now on."""
        self._tango_stamp = Stamp()


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
