"""AttributeProxy: one attribute as its clients see it."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from puretango.client.commands._infos import attribute_infos
from puretango.client.database._data import DbData, DbDatum, db_data_of, dict_of_db_data
from puretango.client.database._deviceproperties import wanted_properties
from puretango.client.green._green import get_green_mode, run_green
from puretango.client.names._environment import TangoHost, tango_host
from puretango.client.names._names import AttributeName, parse_attribute_name
from puretango.client.proxy._device_proxy import DeviceProxy
from puretango.client.session._context import default_context, full_name
from puretango.client.session._io import BLOCKING, drive
from puretango.errors import DevError, DevFailed, ErrSeverity, WrongNameSyntax
from puretango.values import GreenMode, Subclassed

if TYPE_CHECKING:
    from puretango.client.session._io import IO

__all__ = ["AttributeProxy", "get_attribute_proxy"]


def _forwarded(method: str, named: bool = True) -> Any:
    """A method that calls the device proxy's, with the attribute's name first if so wished."""
    target = getattr(DeviceProxy, method)

    def function(self: AttributeProxy, *args: Any, **kwargs: Any) -> Any:
        if named:
            args = (self.name(), *args)
        return getattr(self.get_device_proxy(), method)(*args, **kwargs)

    function.__name__ = method
    function.__qualname__ = f"AttributeProxy.{method}"
    function.__doc__ = f"``get_device_proxy().{method}({'name, ' if named else ''}…)``."
    if not named:
        function.__signature__ = inspect.signature(target)  # type: ignore[attr-defined]
    return function


class AttributeProxy(Subclassed):
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
        full = _full_attribute_name(target)
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
        database = default_context().database(hosts)
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

    # ------------------------------------------------------------------ properties

    async def _properties(self, io: IO) -> dict[str, Any]:
        from puretango.client.database._property import read_attribute_properties

        device = self.get_device_proxy()
        database = device._database_for("get_property")
        data = DbData()
        asked = [device.dev_name(), self._name]
        answer = await database._ask(io, "DbGetDeviceAttributeProperty2", asked)
        read_attribute_properties(answer, data, "AttributeProxy::get_property()")
        return {datum.name.lower(): datum for datum in data[1:]}

    def get_property(
        self,
        propname: Any,
        value: Any = None,
        *,
        green_mode: GreenMode | None = None,
        wait: bool | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Properties of the attribute: ``{name: [strings]}``."""
        return self._run(self._get, (propname, value), green_mode, wait, timeout)

    def put_property(
        self,
        value: Any,
        *,
        green_mode: GreenMode | None = None,
        wait: bool | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Write properties of the attribute."""
        return self._run(self._put, (value,), green_mode, wait, timeout)

    def delete_property(
        self,
        value: Any,
        *,
        green_mode: GreenMode | None = None,
        wait: bool | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Delete properties of the attribute."""
        return self._run(self._delete, (value,), green_mode, wait, timeout)

    def _run(
        self,
        core: Any,
        args: tuple[Any, ...],
        green_mode: GreenMode | None,
        wait: bool | None,
        timeout: float | None,
    ) -> Any:
        mode = GreenMode.Synchronous if green_mode is None else green_mode
        return run_green(self.get_device_proxy(), core, args, {}, mode, wait, timeout)

    async def _get(self, io: IO, propname: Any, value: Any) -> dict[str, Any]:
        data = wanted_properties(propname, value)
        if not data:
            return {}
        known = await self._properties(io)
        for datum in data:
            found = known.get(datum.name.lower())
            datum.value_string = [] if found is None else found.value_string
        return dict_of_db_data(data)

    async def _put(self, io: IO, value: Any) -> None:
        from puretango.client.database._property import write_attribute_properties

        device = self.get_device_proxy()
        database = device._database_for("put_property")
        data = db_data_of(value)
        whole = DbData([DbDatum(self._name, [str(len(data))]), *data])
        sent = write_attribute_properties(
            device.dev_name(), whole, "AttributeProxy::put_property()"
        )
        await database._tell(io, "DbPutDeviceAttributeProperty2", sent)

    async def _delete(self, io: IO, value: Any) -> None:
        device = self.get_device_proxy()
        database = device._database_for("delete_property")
        names = [datum.name for datum in db_data_of(value)]
        sent = [device.dev_name(), self._name, *names]
        await database._tell(io, "DbDeleteDeviceAttributeProperty", sent)

    # ------------------------------------------------------------------- forwarded

    status = _forwarded("status", named=False)
    state = _forwarded("state", named=False)
    ping = _forwarded("ping", named=False)
    get_transparency_reconnection = _forwarded("get_transparency_reconnection", named=False)
    set_transparency_reconnection = _forwarded("set_transparency_reconnection", named=False)
    get_config = _forwarded("get_attribute_config")
    set_config = _forwarded("set_attribute_config", named=False)
    read = _forwarded("read_attribute")
    write = _forwarded("write_attribute")
    write_read = _forwarded("write_read_attribute")
    history = _forwarded("attribute_history")
    poll = _forwarded("poll_attribute")
    get_poll_period = _forwarded("get_attribute_poll_period")
    is_polled = _forwarded("is_attribute_polled")
    stop_poll = _forwarded("stop_poll_attribute")
    read_asynch = _forwarded("read_attribute_asynch")
    read_reply = _forwarded("read_attribute_reply", named=False)
    write_asynch = _forwarded("write_attribute_asynch")
    write_reply = _forwarded("write_attribute_reply", named=False)
    subscribe_event = _forwarded("subscribe_event")
    unsubscribe_event = _forwarded("unsubscribe_event", named=False)
    get_events = _forwarded("get_events", named=False)
    event_queue_size = _forwarded("event_queue_size", named=False)
    get_last_event_date = _forwarded("get_last_event_date", named=False)
    is_event_queue_empty = _forwarded("is_event_queue_empty", named=False)


def _full_attribute_name(text: Any) -> Any:
    """The attribute's name with its device's full one, within a test."""
    if not isinstance(text, str) or text.count("/") != 3 or "://" in text:
        return text
    device, _, attribute = text.rpartition("/")
    full = full_name(device)
    if full == device:
        return text
    base, hash_sign, modifier = full.partition("#")
    return f"{base}/{attribute}{hash_sign}{modifier}"


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
