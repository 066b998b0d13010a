"""AttributeProxy: one attribute as its clients see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack, overload

from puretango.client.commands._asked import attribute_infos
from puretango.client.context._context import default_context, full_attribute_name
from puretango.client.database._database import database_at
from puretango.client.green._green import Mode, forwarding, get_green_mode, gives, run_green
from puretango.client.names._environment import TangoHost, tango_host
from puretango.client.names._names import AttributeName, parse_attribute_name
from puretango.client.proxy._attribute_properties import AttributeProperties
from puretango.client.proxy._device_proxy import DeviceProxy
from puretango.client.session._io import BLOCKING, drive
from puretango.errors import DevError, DevFailed, ErrSeverity, WrongNameSyntax
from puretango.values import (
    AttributeInfo,
    AttributeInfoEx,
    DeviceAttribute,
    DeviceAttributeHistory,
    DevState,
    ExtractAs,
    GreenMode,
    Subclassed,
    TimeVal,
)

if TYPE_CHECKING:
    from puretango.client.session._io import IO

__all__ = ["AttributeProxy", "get_attribute_proxy"]


class AttributeProxy(AttributeProperties, Subclassed):
    """An attribute, reached by its full name or its alias, or as an attribute of a proxy."""

    def __init__(self, *args: Any, green_mode: GreenMode | None = None) -> None:
        self._device: DeviceProxy | None = None
        self._name = ""
        drive(self._open(BLOCKING, green_mode, *args))

    async def _open(
        self, io: IO, green_mode: GreenMode | None, target: str | DeviceProxy, attribute: str = ""
    ) -> None:
        if isinstance(target, DeviceProxy):
            self._name = attribute
            await self._use(io, target)
            return
        full = full_attribute_name(target)
        try:
            await self._find(io, green_mode, full)
        except DevFailed as first:
            if full == target:
                raise
            try:
                await self._find(io, green_mode, target)
            except DevFailed as second:
                added = DevError(
                    "PyAPI_AttributeProxyInitFailed",
                    ErrSeverity.ERR,
                    f"Failed to create AttributeProxy (tried {full!r} => "
                    f"{first.args[0].reason}, and {target!r} => {second.args[0].reason})",
                    "AttributeProxy::__init__",
                )
                raise type(second)(*second.args, added) from second

    async def _find(self, io: IO, green_mode: GreenMode | None, text: str) -> None:
        parsed = parse_attribute_name(text)
        if parsed.device is None:
            parsed = await self._behind_alias(io, parsed)
        assert parsed.device is not None
        self._name = parsed.attribute
        device = DeviceProxy.__new__(DeviceProxy)
        mode = get_green_mode() if green_mode is None else green_mode
        device._prepare(mode, None, None, None)
        await device._open(io, None, parsed.device.trl)
        await self._use(io, device)

    @staticmethod
    async def _behind_alias(io: IO, parsed: AttributeName) -> AttributeName:
        from puretango.client.commands._typed import STRING, typed_command

        hosts = [TangoHost(parsed.host, int(parsed.port))] if parsed.host else tango_host()
        database = database_at(default_context(), hosts)
        try:
            name = await typed_command(
                io, database._session, "DbGetAttributeAlias", STRING, parsed.alias
            )
        except DevFailed as failed:
            added = DevError(
                "API_AliasNotDefined",
                ErrSeverity.ERR,
                f"Can't connect to attribute with alias {parsed.alias}",
                "AttributeProxy::parse_name()",
            )
            if failed.args[-1].reason == "API_CantConnectToDatabase":
                raise
            raise type(failed)(*failed.args, added) from failed
        prefix = f"tango://{parsed.host}:{parsed.port}/" if parsed.host else ""
        return parse_attribute_name(prefix + name)

    async def _use(self, io: IO, device: DeviceProxy) -> None:
        """Take the device, if it has the attribute or cannot be asked now."""
        self._device = device
        session = device._session
        try:
            await attribute_infos(io, session, [self._name])
        except DevFailed as failed:
            if failed.args[0].reason != "API_AttrNotFound":
                return
            raise WrongNameSyntax(
                DevError(
                    "API_UnsupportedAttribute",
                    ErrSeverity.ERR,
                    f"Attribute {self._name} is not supported by device {session.device_name}",
                    "AttributeProxy::real_constructor()",
                )
            ) from failed

    def get_device_proxy(self) -> DeviceProxy:
        """The device that the attribute belongs to."""
        if self._device is None:
            raise RuntimeError("AttributeProxy object was not fully initialized.")
        return self._device

    def name(self) -> str:
        """The attribute's name within its device."""
        if self._device is None:
            return "<Unknown: object was not fully initialized>"
        return self._name

    def __str__(self) -> str:
        return f"AttributeProxy({self.name()})"

    __repr__ = __str__

    # ------------------------------------------------------------------- forwarded

    @property
    def _forward(self) -> Any:
        """The device's proxy: its methods are called in whatever green mode is asked for."""
        return self.get_device_proxy()

    @forwarding
    def state(self, **mode: Unpack[Mode]) -> DevState:
        """The state of the attribute's device."""
        found: DevState = self._forward.state(**mode)
        return found

    @forwarding
    def status(self, **mode: Unpack[Mode]) -> str:
        """The status of the attribute's device."""
        found: str = self._forward.status(**mode)
        return found

    @forwarding
    def ping(self, **mode: Unpack[Mode]) -> int:
        """Ask the device for a sign of life; the microseconds that it took."""
        found: int = self._forward.ping(**mode)
        return found

    @forwarding
    def get_config(self, **mode: Unpack[Mode]) -> AttributeInfoEx:
        """The attribute's configuration."""
        found: AttributeInfoEx = self._forward.get_attribute_config(self.name(), **mode)
        return found

    @forwarding
    def set_config(self, value: AttributeInfo | AttributeInfoEx, **mode: Unpack[Mode]) -> None:
        """Change the attribute's configuration."""
        found: None = self._forward.set_attribute_config(value, **mode)
        return found

    @forwarding
    def read(
        self, extract_as: ExtractAs = ExtractAs.Numpy, **mode: Unpack[Mode]
    ) -> DeviceAttribute:
        """Read the attribute; its failure is raised."""
        found: DeviceAttribute = self._forward.read_attribute(self.name(), extract_as, **mode)
        return found

    @forwarding
    def write(self, value: Any, **mode: Unpack[Mode]) -> None:
        """Write the attribute."""
        found: None = self._forward.write_attribute(self.name(), value, **mode)
        return found

    @forwarding
    def write_read(
        self, value: Any, extract_as: ExtractAs = ExtractAs.Numpy, **mode: Unpack[Mode]
    ) -> DeviceAttribute:
        """Write the attribute and read it, with no other request between."""
        found: DeviceAttribute = self._forward.write_read_attribute(
            self.name(), value, extract_as, **mode
        )
        return found

    @forwarding
    def history(
        self, depth: int, extract_as: ExtractAs = ExtractAs.Numpy, **mode: Unpack[Mode]
    ) -> list[DeviceAttributeHistory]:
        """The last values of the polled attribute, the oldest first."""
        found: list[DeviceAttributeHistory] = self._forward.attribute_history(
            self.name(), depth, extract_as, **mode
        )
        return found

    @forwarding
    def poll(self, period_ms: int, **mode: Unpack[Mode]) -> None:
        """Start to poll the attribute, or change its period."""
        found: None = self._forward.poll_attribute(self.name(), period_ms, **mode)
        return found

    @forwarding
    def get_poll_period(self, **mode: Unpack[Mode]) -> int:
        """The polling period in milliseconds, 0 if the attribute is not polled."""
        found: int = self._forward.get_attribute_poll_period(self.name(), **mode)
        return found

    @forwarding
    def is_polled(self, **mode: Unpack[Mode]) -> bool:
        """True if the attribute is polled."""
        found: bool = self._forward.is_attribute_polled(self.name(), **mode)
        return found

    @forwarding
    def stop_poll(self, **mode: Unpack[Mode]) -> None:
        """Stop polling the attribute."""
        found: None = self._forward.stop_poll_attribute(self.name(), **mode)
        return found

    @forwarding
    def unsubscribe_event(self, event_id: int, **mode: Unpack[Mode]) -> None:
        """End a subscription."""
        found: None = self._forward.unsubscribe_event(event_id, **mode)
        return found

    def get_transparency_reconnection(self) -> bool:
        """True if a call over a broken connection is repeated."""
        found: bool = self._forward.get_transparency_reconnection()
        return found

    def set_transparency_reconnection(self, yesno: bool) -> None:
        """Set whether a call over a broken connection is repeated."""
        self._forward.set_transparency_reconnection(yesno)

    def read_asynch(
        self, cb: Any = None, extract_as: ExtractAs = ExtractAs.Numpy, **green: Any
    ) -> int | None:
        """Start to read the attribute; ``green`` as in all calls: green_mode, wait, timeout."""
        name = self.name()
        found: int | None = self._forward.read_attribute_asynch(name, cb, extract_as, **green)
        return found

    def read_reply(
        self,
        id: int,
        poll_timeout: int | None = None,
        extract_as: ExtractAs = ExtractAs.Numpy,
        **green: Any,
    ) -> DeviceAttribute:
        """The attribute whose reading was started before."""
        found: DeviceAttribute = self._forward.read_attribute_reply(
            id, poll_timeout, extract_as, **green
        )
        return found

    def write_asynch(self, value: Any, cb: Any = None, **green: Any) -> int | None:
        """Start to write the attribute."""
        found: int | None = self._forward.write_attribute_asynch(self.name(), value, cb, **green)
        return found

    def write_reply(self, id: int, poll_timeout: int | None = None, **green: Any) -> None:
        """Wait for a write started before; its failure is raised."""
        self._forward.write_attribute_reply(id, poll_timeout, **green)

    @gives(int)
    def subscribe_event(self, *args: Any, **kwargs: Any) -> Any:
        """Subscribe to events of the attribute; see :meth:`DeviceProxy.subscribe_event`."""
        return self._forward.subscribe_event(self.name(), *args, **kwargs)

    @overload
    def get_events(
        self, event_id: int, callback: None = None, extract_as: ExtractAs = ExtractAs.Numpy
    ) -> list[Any]: ...

    @overload
    def get_events(
        self, event_id: int, callback: object, extract_as: ExtractAs = ExtractAs.Numpy
    ) -> None: ...

    def get_events(
        self, event_id: int, callback: Any = None, extract_as: ExtractAs = ExtractAs.Numpy
    ) -> list[Any] | None:
        """The events in a subscription's queue, as a list or each given to a callback."""
        found: list[Any] | None = self._forward.get_events(event_id, callback, extract_as)
        return found

    def event_queue_size(self, event_id: int) -> int:
        """How many events are in a subscription's queue."""
        found: int = self._forward.event_queue_size(event_id)
        return found

    def get_last_event_date(self, event_id: int) -> TimeVal:
        """When the last event of a subscription came."""
        found: TimeVal = self._forward.get_last_event_date(event_id)
        return found

    def is_event_queue_empty(self, event_id: int) -> bool:
        """True if no event is in a subscription's queue."""
        found: bool = self._forward.is_event_queue_empty(event_id)
        return found


async def _opened(
    io: IO, proxy: AttributeProxy, green_mode: GreenMode | None, args: tuple[Any, ...]
) -> AttributeProxy:
    await proxy._open(io, green_mode, *args)
    return proxy


def get_attribute_proxy(
    *args: Any,
    green_mode: GreenMode | None = None,
    wait: bool | None = None,
    timeout: float | None = None,
) -> Any:
    """An AttributeProxy, made in a green mode: at once, or as a future of it."""
    mode = get_green_mode() if green_mode is None else green_mode
    proxy = AttributeProxy.__new__(AttributeProxy)
    proxy._device = None
    proxy._name = ""
    return run_green(None, _opened, (proxy, green_mode, args), {}, mode, wait, timeout)
