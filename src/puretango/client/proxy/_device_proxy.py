"""DeviceProxy: a device as its clients see it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from puretango.client.attributes._asynch import AsynchAttributes
from puretango.client.attributes._attributes import Attributes
from puretango.client.attributes._history import Histories
from puretango.client.attributes._reading import Reading
from puretango.client.attributes._writing import Writing
from puretango.client.commands._connection import Connection
from puretango.client.commands._infos import Infos
from puretango.client.commands._pipes import Pipes
from puretango.client.commands._questions import plain_question
from puretango.client.commands._telemetry import TelemetryCalls
from puretango.client.context._context import default_context, full_name
from puretango.client.context._proxywatch import tell_of_proxy
from puretango.client.database._deviceproperties import DeviceProperties
from puretango.client.database._open import database_of, make_session
from puretango.client.events._events import Events
from puretango.client.green._green import blocking_core, get_green_mode, run_green
from puretango.client.names._environment import host_name
from puretango.client.names._names import DeviceName, parse_device_name, text_name
from puretango.client.proxy._admin import AdminCalls
from puretango.client.proxy._dynamic import DynamicInterface
from puretango.client.session._faults import non_database
from puretango.client.session._io import BLOCKING, AsyncioIO, drive
from puretango.client.session._spans import begin_tracing, in_span
from puretango.client.session._trace import traced
from puretango.errors import ConnectionFailed, DevError, DevFailed, ErrSeverity
from puretango.idl import OPERATIONS
from puretango.net import listens_here
from puretango.values import GreenMode

if TYPE_CHECKING:
    from puretango.client.context._context import ClientContext
    from puretango.client.database._database import Database
    from puretango.client.database.calls._data import DbDevImportInfo
    from puretango.client.session._io import IO

__all__ = ["DeviceProxy", "get_device_proxy"]


class DeviceProxy(
    Reading,
    Writing,
    Attributes,
    AsynchAttributes,
    Infos,
    Pipes,
    Histories,
    DeviceProperties,
    AdminCalls,
    TelemetryCalls,
    Events,
    DynamicInterface,
    Connection,
):
    """A device, reached by its name ``[tango://host:port/]domain/family/member[#dbase=no]``."""

    def __init__(
        self,
        *args: Any,
        green_mode: GreenMode | None = None,
        executor: Any = None,
        threadpool: Any = None,
        asyncio_executor: Any = None,
        context: ClientContext | None = None,
    ) -> None:
        self._prepare(green_mode, executor, threadpool, asyncio_executor)
        begin_tracing()
        if traced:
            in_span(drive, self._open(BLOCKING, context, *args))
        else:
            drive(self._open(BLOCKING, context, *args))

    def _prepare(
        self, green_mode: GreenMode | None, executor: Any, threadpool: Any, asyncio_executor: Any
    ) -> None:
        self.__dict__.update(
            _initialized=False,
            _green_mode=green_mode,
            _cache_attr_info=True,
            _dynamic_interface_frozen=True,
            _cmd_cache={},
            _attr_cache={},
            _pipe_cache=frozenset(),
            _executors={
                GreenMode.Futures: executor,
                GreenMode.Gevent: threadpool,
                GreenMode.Asyncio: asyncio_executor,
            },
        )

    async def _open(
        self,
        io: IO,
        context: ClientContext | None,
        dev_name: str | DeviceProxy,
        need_check_acc: bool = True,
    ) -> None:
        context = context or default_context()
        if isinstance(dev_name, DeviceProxy):
            self.__dict__["_trl"] = dev_name.__dict__["_trl"]
            self.__dict__["_session"] = dev_name._session
            self.__dict__["_db"] = dev_name.__dict__["_db"]
            self.__dict__["_initialized"] = True
            return
        named: str = text_name(dev_name)
        full = full_name(named)
        try:
            await self._connect(io, context, full, need_check_acc)
        except DevFailed as first:
            if full == named:
                raise
            # A short name within a test may still mean a device of the real control system.
            try:
                await self._connect(io, context, named, need_check_acc)
            except DevFailed as second:
                added = DevError(
                    "PyAPI_DeviceProxyInitFailed",
                    ErrSeverity.ERR,
                    f"Failed to create DeviceProxy (tried {full!r} => {first.args[0].reason}, "
                    f"and {named!r} => {second.args[0].reason})",
                    "DeviceProxy::__init__",
                )
                raise type(second)(*second.args, added) from second
        self.__dict__["_initialized"] = True
        tell_of_proxy(self._session.device_name)

    async def _connect(self, io: IO, context: ClientContext, text: str, check_access: bool) -> None:
        name = parse_device_name(text)
        session = make_session(context, name, check_access)
        self.__dict__.update(_trl=name, _session=session, _db=database_of(context, name))
        try:
            target = await session.resolver(io)
        except DevFailed as failed:
            if failed.args[0].reason == "API_DeviceNotExported":
                return
            if failed.args[0].reason == "DB_DeviceNotDefined":
                raise type(failed)(
                    *failed.args,
                    DevError(
                        "API_DeviceNotDefined",
                        ErrSeverity.ERR,
                        f"Can't connect to device {name.device}",
                        "DeviceProxy::DeviceProxy",
                    ),
                ) from failed
            raise
        try:
            await session.connect(io, target)
            if name.is_alias:
                real = await session.call(io, OPERATIONS["_get_name"], ())
                session.device_name = real.lower()
        except ConnectionFailed as failed:
            # A device that cannot be reached now may be reached later: only a device that its
            # own server does not know is an error at once.
            if not name.database and failed.args[1].reason == "API_DeviceNotDefined":
                raise

    # ----------------------------------------------------------------- green modes

    def get_green_mode(self) -> GreenMode:
        """The proxy's green mode, the default one if it has none of its own."""
        mode: GreenMode | None = self.__dict__.get("_green_mode")
        return get_green_mode() if mode is None else mode

    def set_green_mode(self, green_mode: GreenMode | None = None) -> None:
        """Set the proxy's green mode; None is the default one."""
        self.__dict__["_green_mode"] = green_mode

    # ------------------------------------------------------------------- addresses

    @property
    def _name(self) -> DeviceName:
        name: DeviceName = self.__dict__["_trl"]
        return name

    def _database(self) -> Database | None:
        database: Database | None = self.__dict__["_db"]
        return database

    def _has_database(self) -> bool:
        return self._name.database

    def is_dbase_used(self) -> bool:
        """True if the device is reached through a database."""
        return self._name.database

    def get_from_env_var(self) -> bool:
        """True if the database was found through TANGO_HOST."""
        return self._name.from_environment

    def get_db_host(self) -> str:
        """The host of the device's database, or "Unused"; TANGO_HOST's localhost by its name."""
        database = self._database()
        if database is None:
            return "Unused"
        host = database.get_db_host()
        return host_name(host) if self._name.from_environment else host

    def get_db_port(self) -> str:
        """The port of the device's database as a text, or "Unused"."""
        database = self._database()
        return "Unused" if database is None else database.get_db_port()

    def get_db_port_num(self) -> int:
        """The port of the device's database, or 0."""
        database = self._database()
        return 0 if database is None else database.get_db_port_num()

    def get_dev_host(self) -> str:
        """The host of the device's server as it was given, or "IOR"."""
        return "IOR" if self._name.database else self._name.host

    def get_dev_port(self) -> str:
        """The port of the device's server as it was given, or "IOR"."""
        return "IOR" if self._name.database else self._name.port

    def get_device_db(self) -> Database | None:
        """The database of the device, if it has one."""
        return self._database()

    @blocking_core
    async def adm_name(self, io: IO) -> str:
        """The name of the admin device of the device's server."""
        return await self._admin_name(io)

    async def _admin_name(self, io: IO) -> str:
        name: str = await _ADM_NAME.ask(io, self._session)
        trl = self._name
        if not trl.database:
            return f"tango://{trl.host}:{trl.port}/{name}#dbase=no"
        if not trl.from_environment:
            return f"tango://{trl.host}:{trl.port}/{name}"
        return name

    @blocking_core
    async def alias(self, io: IO) -> str:
        """The device's alias; DevFailed if it has none."""
        database = self._database()
        if database is None:
            raise DevFailed.make(
                "DB_AliasNotDefined", "No alias found for your device", "DeviceProxy::alias()"
            )
        name = self._session.device_name
        return name if "/" not in name else await database.alias_of(io, name)

    @blocking_core
    async def import_info(self, io: IO) -> DbDevImportInfo:
        """Where the device is, according to the database."""
        database = self._database()
        if database is None:
            raise non_database(self._session, "import_info")
        return await database.imported(io, self._session.device_name)

    async def _is_command_allowed(self, io: IO, name: str) -> bool:
        if await super()._is_command_allowed(io, name):
            return True
        database = self._database()
        if database is None:
            return True
        return await database.is_allowed(io, self._session.device_name, name)

    # ------------------------------------------------------------------------ text

    def _get_info_(self) -> Any:
        known = self.__dict__.get("_dev_info")
        if known is None:
            try:
                known = self.__dict__["_dev_info"] = self.info()
            except Exception:  # noqa: BLE001  # a text for people must not fail
                return _UnknownInfo
        return known

    def __str__(self) -> str:
        if not self.__dict__.get("_initialized", False):
            return "DeviceProxy<Unknown Device>(<object was not fully initialized>)"
        return f"{self._get_info_().dev_class}({self.dev_name()})"

    __repr__ = __str__

    def __reduce__(self) -> Any:
        raise TypeError("cannot pickle 'DeviceProxy' object")


_ADM_NAME = plain_question("_get_adm_name", "adm_name")


class _UnknownInfo:
    """What is said of a device that does not answer."""

    dev_class = "Device"


async def _opened(
    io: IO, proxy: DeviceProxy, context: ClientContext | None, args: tuple[Any, ...]
) -> DeviceProxy:
    await proxy._open(io, context, *args)
    if isinstance(io, AsyncioIO) and await _is_here(io, proxy):
        with suppress(DevFailed):  # then a member's look-up says what is wrong
            await proxy._learn_members(io)
    return proxy


async def _is_here(io: IO, proxy: DeviceProxy) -> bool:
    """True if a server of this process may be the one that serves the device."""
    try:
        target = await proxy._session.resolver(io)
    except DevFailed:
        return False
    return any(listens_here(address.port) for address in target.addresses)


class _Opening:
    """Whose executors the opening of a proxy uses before there is a proxy."""

    def __init__(self, green_mode: GreenMode, executors: dict[GreenMode, Any]) -> None:
        self.green_mode = green_mode
        self._executors = executors

    def get_green_mode(self) -> GreenMode:
        return self.green_mode


def get_device_proxy(
    *args: Any,
    green_mode: GreenMode | None = None,
    executor: Any = None,
    threadpool: Any = None,
    asyncio_executor: Any = None,
    wait: bool | None = None,
    timeout: float | None = None,
    context: ClientContext | None = None,
) -> Any:
    """A DeviceProxy, made in a green mode: at once, or as a future of it."""
    mode = get_green_mode() if green_mode is None else green_mode
    proxy = DeviceProxy.__new__(DeviceProxy)
    proxy._prepare(green_mode, executor, threadpool, asyncio_executor)
    begin_tracing()
    opening = _Opening(mode, proxy.__dict__["_executors"])
    return run_green(opening, _opened, (proxy, context, args), {}, mode, wait, timeout)
