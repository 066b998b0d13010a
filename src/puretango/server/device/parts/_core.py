"""The core of a device's parts: its identity, its monitor, its client, and the calling of author code."""

from __future__ import annotations

import time
from asyncio import CancelledError
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from puretango.server.attribute._attributes import MultiAttribute
from puretango.server.base._blackbox import BlackBox
from puretango.server.base._calling import HOOKS, Stamp, drive, warn_if_sync
from puretango.server.base._failure import is_meant, to_dev_failed
from puretango.server.base._life import DEVICE, DeviceLife, Life
from puretango.server.telemetry._spans import is_authors

if TYPE_CHECKING:
    from puretango.server.access._ring import Polled
    from puretango.server.device.parts._ports import AuthoredDevice, DeviceHost, HostedClass
    from puretango.server.logs._service import DeviceLogger
    from puretango.server.pipe._pipe import Pipe
    from puretango.server.telemetry._spans import DeviceSpans


class Core:
    """What the parts, and the rooms below, share of a device."""

    attributes: MultiAttribute
    pipes: dict[str, Pipe]
    logger: DeviceLogger

    def __init__(
        self, device: AuthoredDevice, cls: HostedClass, name: str, description: str
    ) -> None:
        self.device = device
        self.server: DeviceHost = cls.server
        self.device_class = cls
        self.name = name
        self.lower_name = name.lower()
        self.description = description
        self.is_asyncio = self.server.runs_on_loop(type(device))
        self.life = Life(DEVICE, DeviceLife.MADE)
        self.exported = False
        self.stamp = Stamp()
        """Replaced whenever the plans of requests may no longer be valid."""
        self.versions: dict[str, str] = {}
        self.started_at = time.time()
        self.properties: dict[str, Any] = {}
        self.polled: dict[tuple[str, str], Polled] = {}
        self.own_hooks: frozenset[str] = frozenset()
        """The hooks that the author of the device's class has written."""
        self.spans: DeviceSpans | None = None
        """Makes spans of the author's methods; None unless telemetry is switched on."""
        self.spans_of_authors = True
        self.spans_of_kernel = True

    def furnish(self) -> None:
        """Make the members that need the device's name, class and server."""
        device, cls = self.device, self.device_class
        self.monitor = self.server.monitor_for(device, cls)
        self.black_box = BlackBox(self.server.store.black_box_depth(self.name))

    # -- existing hooks: of the class, or set on this very device ------------------------------------

    @property
    def has_hook(self) -> bool:
        """True if there is an always_executed_hook to call."""
        return HOOKS[0] in self.own_hooks or HOOKS[0] in vars(self.device)

    @property
    def has_hardware_read(self) -> bool:
        """True if there is a read_attr_hardware to call."""
        return HOOKS[1] in self.own_hooks or HOOKS[1] in vars(self.device)

    @property
    def has_hardware_write(self) -> bool:
        """True if there is a write_attr_hardware to call."""
        return HOOKS[2] in self.own_hooks or HOOKS[2] in vars(self.device)

    # -- the way to the author's methods ---------------------------------------------------------

    async def call(self, method: Callable[..., Any], *args: Any) -> Any:
        """Call a method of the author; on a loop, wait for what it returns."""
        if self.spans is not None and self.spans_of_authors and is_authors(method):
            with self.spans.span(method):
                return await self._call_plainly(method, *args)
        return await self._call_plainly(method, *args)

    async def _call_plainly(self, method: Callable[..., Any], *args: Any) -> Any:
        try:
            result = method(*args)
            if self.is_asyncio:
                if hasattr(result, "__await__"):
                    return await result
                warn_if_sync(method)
        except (CancelledError, KeyboardInterrupt) as error:
            if is_meant(error):
                raise
            raise to_dev_failed(error) from error  # of something that the author waited for
        return result

    def call_now(self, method: Callable[..., Any], *args: Any) -> Any:
        """Call a method of the author of a blocking device."""
        try:
            if self.spans is not None and self.spans_of_authors and is_authors(method):
                with self.spans.span(method):
                    return method(*args)
            return method(*args)
        except (CancelledError, KeyboardInterrupt) as error:
            if is_meant(error):
                raise
            raise to_dev_failed(error) from error

    async def blocking(self, function: Callable[[], Any]) -> Any:
        """Call a function of the library that may block: beside the loop in asyncio devices."""
        if self.is_asyncio:
            return await self.server.in_worker(function)
        return function()

    def run(self, core: Any) -> Any:
        """Run a coroutine of the server for this device, from outside of the loop or on it."""
        if self.is_asyncio:
            return self.server.run_on_loop(core)
        return drive(core)

    def run_dynamic_hook(self, hook: Any) -> None:
        """Run the author's initialize_dynamic_attributes."""
        self.run(self.call(hook))

    def ready_or_awaitable(self, core: Awaitable[Any]) -> Any:
        """The result of an inherited method: a value, or something to await in asyncio devices."""
        if self.is_asyncio:
            return core
        return drive(core)

    # -- changes -----------------------------------------------------------------------------------

    def changed(self) -> None:
        """Note that plans made before are no longer valid."""
        self.stamp = Stamp()

    def interface_changed(self) -> None:
        """Note that attributes or commands came or went: subscribers get an interface change event."""
        self.changed()
        if self.exported:
            self.server.push_interface(self.device)
