"""The core of a device: its identity, and the way to the author's methods.

The parts of DeviceImpl (state, attributes, commands, events, polling, locking, logging) stand on
it; what they hold of each other is declared here, once and typed.
"""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, ClassVar

from puretango.server.base._calling import drive, warn_if_sync
from puretango.server.base._failure import is_meant, to_dev_failed
from puretango.server.base._hooks import HOOKS
from puretango.server.base._stamp import Stamp
from puretango.server.telemetry._spans import is_authors

if TYPE_CHECKING:
    from puretango.server.access._ring import Polled
    from puretango.server.attribute._attribute import Attribute
    from puretango.server.attribute._attributes import MultiAttribute
    from puretango.server.base._blackbox import BlackBox
    from puretango.server.base._monitor import TangoMonitor
    from puretango.server.command._command import Command
    from puretango.server.declaration._attr import Attr
    from puretango.server.declaration._settings import Settings, Sources
    from puretango.server.device._clientident import ClientIdent
    from puretango.server.device._deviceclass import DeviceClass
    from puretango.server.device._ports import DeviceHost
    from puretango.server.logs._service import DeviceLogger
    from puretango.server.pipe._pipe import Pipe
    from puretango.server.telemetry._spans import DeviceSpans
    from puretango.values import AttReqType, DevState, EventType


class DeviceCore:
    """What every part of a device stands on."""

    idl_version: ClassVar[int] = 1
    green_mode: Any = None
    high_level: ClassVar[bool] = False
    """True if properties and methods follow tango.server rather than the low-level style."""
    device_property_list: dict[str, Any]
    _tango_properties: dict[str, Any]
    _tango_server: DeviceHost
    _tango_device_class: DeviceClass
    _tango_name: str
    _tango_lower_name: str
    _tango_description: str
    _tango_is_asyncio: bool
    _tango_monitor: TangoMonitor
    _tango_black_box: BlackBox
    _tango_exported: bool
    _tango_stamp: Stamp
    """Replaced whenever what clients' requests mean may have changed."""
    _tango_versions: dict[str, str]
    _tango_started_at: float
    _tango_attributes: MultiAttribute
    _tango_local_commands: dict[str, Any]
    _tango_pipes: dict[str, Pipe]
    _tango_own_hooks: frozenset[str]
    """The hooks that the device's class has of its author."""

    _tango_polled: dict[tuple[str, str], Polled]
    _tango_state_value: DevState
    _tango_spans: DeviceSpans | None = None
    """Makes spans of the author's methods; None unless telemetry is switched on."""
    _tango_spans_of_authors: bool = True
    _tango_spans_of_kernel: bool = True
    _tango_status_text: str

    if TYPE_CHECKING:
        # What one part asks of another, and the rooms below ask of the whole device: PolledOwner.
        def debug_stream(self, msg: str, *args: Any, source: Any = None) -> None: ...
        def info_stream(self, msg: str, *args: Any, source: Any = None) -> None: ...
        def warn_stream(self, msg: str, *args: Any, source: Any = None) -> None: ...
        def error_stream(self, msg: str, *args: Any, source: Any = None) -> None: ...
        def fatal_stream(self, msg: str, *args: Any, source: Any = None) -> None: ...
        def get_logger(self) -> DeviceLogger: ...
        def get_client_ident(self) -> ClientIdent | None: ...
        def is_attribute_polled(self, attr_name: str) -> bool: ...
        def is_command_polled(self, cmd_name: str) -> bool: ...
        def get_attribute_poll_period(self, attr_name: str) -> int: ...
        def is_there_subscriber(self, att_name: str, event_type: EventType) -> bool: ...
        def check_command_exists(self, cmd_name: str) -> None: ...
        def _tango_find_command(self, name: str) -> Command | None: ...
        def _tango_all_commands(self) -> list[Command]: ...
        def _tango_interface_changed(self) -> None: ...
        def _tango_settings_for(self, spec: Attr, ignore_device: bool = False) -> Settings: ...
        def _tango_attribute_sources(self, spec: Attr) -> Sources: ...
        def _tango_attribute_kind(self, spec: Attr) -> Any: ...
        def _tango_configuration_changed(self, attribute: Attribute) -> None: ...
        async def _tango_ask_allowed(self, found: Attribute, kind: AttReqType) -> bool: ...
        async def _tango_call_read(self, found: Attribute) -> None: ...
        async def _tango_call_write(self, found: Any) -> None: ...
        async def _tango_restore_memorized(self) -> None: ...
        async def _tango_current_state(self, fresh: frozenset[str] | None = ...) -> DevState: ...
        async def _tango_current_status(self) -> str: ...
        async def _tango_reinitialise(self) -> None: ...

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
        if self._tango_spans is not None and self._tango_spans_of_authors and is_authors(method):
            with self._tango_spans.span(method):
                return await self._tango_call_plainly(method, *args)
        return await self._tango_call_plainly(method, *args)

    async def _tango_call_plainly(self, method: Callable[..., Any], *args: Any) -> Any:
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
        self._tango_changed()

    def get_version_info(self) -> dict[str, str]:
        """What ``info().version_info`` tells clients."""
        return dict(
            sorted({**self._tango_server.library_versions(), **self._tango_versions}.items())
        )

    def register_signal(self, signo: int, own_handler: bool = False) -> None:
        """Call signal_handler when that signal arrives."""
        self._tango_server.signals.register(signo, self)

    def unregister_signal(self, signo: int) -> None:
        """Stop calling signal_handler."""
        self._tango_server.signals.unregister(signo, self)

    def _tango_put_property(self, name: str, value: Any) -> None:
        """Write one device property to the database."""
        self._tango_server.store.put_device_property(self._tango_name, name, value)

    def _tango_changed(self) -> None:
        """Requests of clients may mean something else from now on."""
        self._tango_stamp = Stamp()
