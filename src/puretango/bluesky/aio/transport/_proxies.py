"""One attribute, or one command, of an asynchronous DeviceProxy, by ``ophyd_async.tango``'s names."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from puretango.asyncio import DeviceProxy
from puretango.bluesky.attributes import AttributeFailed, equal_values, join, locate, severity_of
from puretango.bluesky.attributes import split as split_trl
from puretango.errors import DevFailed

from ._converters import TangoConverter
from ._link import AsyncLink, logger
from ._watch import Deadband

__all__ = ["AttributeProxy", "CommandProxy", "TangoProxy", "get_tango_trl"]


class TangoProxy:
    """One member of a device."""

    #: Whether it is monitored by events.
    support_events: bool = True

    def __init__(self, device_proxy: Any, name: str) -> None:
        self._link = AsyncLink(locate(device_proxy), proxy=device_proxy)
        self._name = name
        self._trl = join(self._link.device, name)
        self._converter: TangoConverter = TangoConverter()

    def set_converter(self, converter: TangoConverter) -> None:
        """Set the converter between Tango's values and the user's."""
        self._converter = converter

    async def connect(self) -> None:
        """Do nothing: a request needs no preparation."""


class AttributeProxy(TangoProxy):
    """One attribute: its values are Tango's, or what the converter makes of them."""

    def __init__(self, device_proxy: Any, name: str) -> None:
        super().__init__(device_proxy, name)
        #: The last failure while it was monitored.
        self.exception: BaseException | None = None
        self._callback: Callable[[Any], None] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._last: dict[str, Any] | None = None
        self.set_polling()

    def set_polling(
        self,
        allow_polling: bool = False,
        polling_period: float = 0.5,
        abs_change: float | None = None,
        rel_change: float | None = 0.1,
    ) -> None:
        """Whether it is polled if there are no events, how often, and which changes are reported."""
        self._allow_polling = allow_polling
        self._polling_period = polling_period
        self._abs_change, self._rel_change = abs_change, rel_change

    async def get(self) -> Any:
        """The value, read now."""
        return self._converter.value((await self._read()).value)

    async def get_w_value(self) -> Any:
        """The last value written, as the server knows it."""
        return self._converter.value((await self._read()).w_value)

    async def _read(self) -> Any:
        try:
            answer = (await self._link.read_many([self._name]))[0]
        except DevFailed as failure:
            raise AttributeFailed.from_failure(self._trl, failure) from failure
        if answer.has_failed:
            raise AttributeFailed(self._trl, *answer.get_err_stack())
        return answer

    async def put(self, value: Any, timeout: float | None = None) -> None:
        """Write; done when the server has taken the value. TimeoutError after ``timeout`` seconds."""
        writing = self._link.write(self._name, self._converter.write_value(value))
        try:
            await asyncio.wait_for(writing, timeout)
        except TimeoutError as late:
            raise TimeoutError(f"{self._name} attr put failed: Timeout") from late
        except DevFailed as failure:
            raise AttributeFailed.from_failure(f"{self._trl} device failure", failure) from failure

    async def get_config(self) -> Any:
        """The ``AttributeInfoEx``."""
        return await (await self._link.proxy()).get_attribute_config(self._name)

    async def get_reading(self) -> dict[str, Any]:
        """Value, timestamp and alarm severity, read now."""
        return self._reading_of(await self._read())

    def _reading_of(self, answer: Any) -> dict[str, Any]:
        return {
            "value": self._converter.value(answer.value),
            "timestamp": answer.time.totime(),
            "alarm_severity": severity_of(answer.quality),
        }

    def has_subscription(self) -> bool:
        """Whether it is monitored."""
        return self._callback is not None

    def subscribe_callback(self, callback: Callable[[Any], None] | None) -> None:
        """Have the callback called with readings; RuntimeError if there are neither events nor polling."""
        if callback is not None and not callable(callback):
            raise RuntimeError("Callback must be a callable")
        self.unsubscribe_callback()
        if callback is None:
            return
        if not self.support_events and not self._allow_polling:
            raise RuntimeError(
                f"Cannot set event for {self._name}. Cannot set a callback on an attribute that "
                "does not support events and for which polling is disabled."
            )
        self._callback, self._last = callback, None
        watch = self._hear() if self.support_events else self._poll()
        self._watching = asyncio.get_running_loop().create_task(watch)

    def unsubscribe_callback(self) -> None:
        """Stop calling the callback."""
        self._callback = None
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None

    async def _hear(self) -> None:
        try:
            end = await self._link.subscribe(self._name, self._on_event)
        except DevFailed as failure:
            self.exception = failure
            logger.debug("Subscribe to event failed: %s", failure)
            return
        try:
            await asyncio.get_running_loop().create_future()  # until it is cancelled
        finally:
            end()

    def _on_event(self, event: Any) -> None:
        if event.err:
            self.exception = DevFailed(*event.errors)
        elif self._callback is not None:
            self._callback(self._reading_of(event.attr_value))

    async def _poll(self) -> None:
        while True:
            try:
                await self.poll()
            except Exception as failure:  # noqa: BLE001  # the next turn may go well
                self.exception = RuntimeError(f"Could not poll the attribute: {failure}")
            await asyncio.sleep(self._polling_period)

    async def poll(self) -> None:
        """Read once, and report what has changed."""
        reading = await self.get_reading()
        if self._callback is not None and not self._alike(reading["value"]):
            self._last = reading
            self._callback(reading)

    def _alike(self, value: Any) -> bool:
        if self._last is None:
            return False
        band = Deadband(self._abs_change, self._rel_change)
        return equal_values(value, self._last["value"]) or band.holds(value, self._last["value"])


class CommandProxy(TangoProxy):
    """One command: its argument and result are Tango's, or what the converter makes of them."""

    def __init__(self, device_proxy: Any, name: str) -> None:
        super().__init__(device_proxy, name)
        self._argument: Any = None

    def subscribe_callback(self, callback: Any) -> None:
        """NotImplementedError: a command has no value."""
        raise NotImplementedError("Cannot subscribe to commands")

    def unsubscribe_callback(self) -> None:
        """NotImplementedError: a command has no value."""
        raise NotImplementedError("Cannot unsubscribe from commands")

    def set_polling(self, *args: Any, **kwargs: Any) -> None:
        """A command is not polled."""

    async def get_w_value(self) -> Any:
        """The argument that it was last run with."""
        return self._argument

    async def put(self, value: Any = None) -> Any:
        """Run it; its result."""
        argument = self._converter.write_value(value)
        try:
            result = await self._link.call(self._name, argument)
        except DevFailed as failure:
            raise AttributeFailed.from_failure(f"{self._trl} device failure", failure) from failure
        self._argument = argument
        return self._converter.value(result)

    async def get_config(self) -> Any:
        """The ``CommandInfo``."""
        return await self._link.command(self._name)


async def get_tango_trl(full_trl: str, device_proxy: Any, timeout: float) -> TangoProxy:
    """The attribute or command of that name; RuntimeError if the device has no such member.

    Without a ``device_proxy`` one is made, within ``timeout`` seconds.
    """
    if isinstance(device_proxy, TangoProxy):
        return device_proxy
    where = split_trl(full_trl)
    if device_proxy is None:
        device_proxy = await asyncio.wait_for(DeviceProxy(where.device), timeout)
    name = where.member.lower()
    if name in map(str.lower, device_proxy.get_attribute_list()):
        return AttributeProxy(device_proxy, name)
    if name in map(str.lower, device_proxy.get_command_list()):
        return CommandProxy(device_proxy, name)
    raise RuntimeError(f"{name} cannot be found in {where.device}")
