"""Device: what authors of the high-level style subclass."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator
from typing import Any, ClassVar

from puretango.server.base._offers import offered
from puretango.server.declaration.settings._settings import STATUS_NOT_SET
from puretango.server.device._deviceimpl import NO_HOOKS, LatestDeviceImpl
from puretango.server.device._meta import DeviceMeta
from puretango.values import DevState


class _Nothing:
    """What the library's own hooks return: it can be awaited in asyncio devices, and need not be."""

    def __await__(self) -> Iterator[None]:
        return iter(())


NOTHING = _Nothing()


def kernel_span(method: Any) -> Any:
    """Decorator: a method of the library that is a telemetry span if the kernel topic is on."""

    @functools.wraps(method)
    def inside(self: Any, *args: Any) -> Any:
        spans = self._tango.spans
        if spans is None or not self._tango.spans_of_kernel or not spans.has_kernel:
            return method(self, *args)
        with spans.span(method):
            return method(self, *args)

    return inside


class BaseDevice(LatestDeviceImpl):
    """The high-level device without its metaclass; authors use :class:`Device`."""

    high_level = True

    DEVICE_CLASS_DESCRIPTION: ClassVar[str | None] = None
    """What clients see as description(); the class's docstring if there is none."""

    DEVICE_CLASS_INITIAL_STATUS: ClassVar[str] = STATUS_NOT_SET
    """The status of a new device."""

    DEVICE_CLASS_INITIAL_STATE: ClassVar[DevState] = DevState.UNKNOWN
    """The state of a new device."""

    def __init__(self, cl: Any, name: str) -> None:
        description = self.DEVICE_CLASS_DESCRIPTION
        if description is None:
            description = type(self).__doc__ or "A TANGO device"
        super().__init__(
            cl,
            name,
            description,
            self.DEVICE_CLASS_INITIAL_STATE,
            self.DEVICE_CLASS_INITIAL_STATUS,
        )
        self._tango.run(self._tango.state.initialise())

    @property
    def _tango_properties(self) -> dict[str, Any]:
        """The values of the device's properties; the name is PyTango's, and libraries of devices set it."""
        return self._tango.properties

    @_tango_properties.setter
    def _tango_properties(self, values: dict[str, Any]) -> None:
        self._tango.properties = values

    @kernel_span
    def init_device(self) -> Any:
        """Bring the device into use; the default reads the properties.

        Authors who override it call this first: ``super().init_device()``, awaited in asyncio
        devices.
        """
        self.get_device_properties()
        return NOTHING if self._tango.is_asyncio else None

    @kernel_span
    def delete_device(self) -> Any:
        """The device goes out of use, or is about to be initialised again."""
        return NOTHING if self._tango.is_asyncio else None

    def always_executed_hook(self) -> Any:
        """Called first in every request; the default does nothing."""
        return NOTHING if self._tango.is_asyncio else None

    def read_attr_hardware(self, attr_list: list[int]) -> Any:
        """Called once before the attributes of a request are read; the default does nothing."""
        return NOTHING if self._tango.is_asyncio else None

    def write_attr_hardware(self, attr_list: list[int]) -> Any:
        """Called once after the attributes of a request are written; does nothing."""
        return NOTHING if self._tango.is_asyncio else None

    @kernel_span
    def server_init_hook(self) -> Any:
        """Called once when the whole server is up; the default does nothing."""
        return NOTHING if self._tango.is_asyncio else None

    def initialize_dynamic_attributes(self) -> Any:
        """Called once after the first init_device: the place to add attributes."""

    @classmethod
    def run_server(cls, args: Any = None, **kwargs: Any) -> None:
        """Run the class as a device server: ``run((cls,), [name, *args])``."""
        run = offered("run")

        if args is None:
            args = sys.argv[1:]
        kwargs.setdefault("green_mode", getattr(cls, "green_mode", None))
        run((cls,), [cls.__name__, *args], **kwargs)


class Device(BaseDevice, metaclass=DeviceMeta):
    """A Tango device: authors subclass it, and declare attributes, commands and properties."""


NO_HOOKS.update(
    {
        BaseDevice.always_executed_hook,
        BaseDevice.read_attr_hardware,
        BaseDevice.write_attr_hardware,
    }
)
