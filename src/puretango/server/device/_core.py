"""What the mixins of DeviceImpl stand on: hooks, identity, and the one private name of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from puretango.server.attribute._attributes import MultiAttribute
    from puretango.server.device._deviceclass import DeviceClass
    from puretango.server.device.parts._tango import Tango


class DeviceCore:
    """What every mixin of a device stands on."""

    idl_version: ClassVar[int] = 1
    green_mode: Any = None
    high_level: ClassVar[bool] = False
    """True if properties and methods follow tango.server rather than the low-level style."""
    device_property_list: dict[str, Any]
    _tango: Tango
    """Everything of the library's: it uses no other private name in the author's namespace."""

    def __str__(self) -> str:
        return f"{type(self).__name__}({self._tango.name})"

    __repr__ = __str__

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
        return self._tango.name

    def get_device_class(self) -> DeviceClass:
        """What the devices of the class have in common."""
        return self._tango.device_class

    def get_dev_idl_version(self) -> int:
        """The release of the interface that the device speaks."""
        return self.idl_version

    def get_exported_flag(self) -> bool:
        """True once clients can reach the device."""
        return self._tango.exported

    def get_device_attr(self) -> MultiAttribute:
        """The device's attributes."""
        return self._tango.attributes

    def get_device_properties(self, ds_class: DeviceClass | None = None) -> None:
        """Read the properties from the database into members of the device."""
        device_class = ds_class or self._tango.device_class
        device_class.prop_util.apply(self, device_class, as_members=not self.high_level)

    def add_version_info(self, key: str, value: str) -> None:
        """Add an entry to ``info().version_info``, which clients see."""
        self._tango.versions[str(key)] = str(value)
        self._tango.changed()

    def get_version_info(self) -> dict[str, str]:
        """The entries of ``info().version_info``, which clients see."""
        return dict(
            sorted({**self._tango.server.library_versions(), **self._tango.versions}.items())
        )

    def register_signal(self, signo: int, own_handler: bool = False) -> None:
        """Call signal_handler when that signal arrives."""
        self._tango.server.signals.register(signo, self)

    def unregister_signal(self, signo: int) -> None:
        """Stop calling signal_handler."""
        self._tango.server.signals.unregister(signo, self)
