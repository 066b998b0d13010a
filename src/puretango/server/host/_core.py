"""What a server is and has: its names, its devices, its threads, its events."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from importlib import metadata
from typing import TYPE_CHECKING, Any

from puretango.giop import make_ior
from puretango.net import present_step, under
from puretango.server.base import _current as _context
from puretango.server.base._failure import throw, to_dev_failed
from puretango.server.base._monitor import NoMonitor, TangoMonitor
from puretango.server.host._plainname import plain_name
from puretango.values import GreenMode, SerialModel

if TYPE_CHECKING:
    from puretango.net import AsyncListener, Listener, WorkerPool
    from puretango.server.base._loopthread import LoopThread
    from puretango.server.base._subdevices import SubDevDiag
    from puretango.server.device._deviceclass import DeviceClass
    from puretango.server.device._deviceimpl import DeviceImpl
    from puretango.server.dispatch._dispatch import Dispatcher
    from puretango.server.host._classes import ClassInfo
    from puretango.server.host._signals import Signals
    from puretango.server.logs._service import LogService
    from puretango.server.polling._poller import Poller
    from puretango.server.publishing._publisher import Publisher
    from puretango.server.store._store import Store

LOG = logging.getLogger("puretango.server")
COMPATIBLE_WITH = "10.3.1"
IDL_RELEASE = "6.0.4"


class ServerCore:
    """The part of a server that its life and its end stand on."""

    instance_name: str
    classes: list[ClassInfo]
    host: str
    host_name: str
    device_names: dict[str, list[str]]
    command_line_devices: list[str] | None
    object_keys: dict[bytes, str]
    green_mode: GreenMode | None
    serial_model: SerialModel
    nan_allowed: bool
    auto_alarm: bool
    dispatcher: Dispatcher
    is_starting: bool
    restarting: str
    process_monitor: TangoMonitor
    no_monitor: NoMonitor
    alive: bool
    is_stopping: bool
    admin: Any
    store: Store
    poller: Poller
    publisher: Publisher
    signals: Signals
    logs: LogService
    subdevices: SubDevDiag
    listener: Listener | AsyncListener | None
    max_connections: int
    """Clients that are connected at once; for one more the quietest has to go."""
    loop_thread: LoopThread | None
    device_classes: list[DeviceClass]
    init_failures: list[tuple[Any, BaseException]]
    _workers: WorkerPool | None
    _ended: threading.Event
    _restart_lock: threading.RLock
    _restart_thread: threading.Thread | None
    _stop_lock: threading.RLock
    _stop_task: asyncio.Task[None] | None
    _server_name: str | None
    _port: int
    _class_monitors: dict[int, TangoMonitor]

    # -- names ---------------------------------------------------------------------------------------

    @property
    def server_name(self) -> str:
        """The name of the program, the first half of the server's name."""
        if self._server_name:
            return self._server_name
        return self.classes[0].name if self.classes else "Server"

    @server_name.setter
    def server_name(self, name: str) -> None:
        self._server_name = name

    @property
    def server_id(self) -> str:
        """The server's name: ``PROGRAM/INSTANCE``."""
        return f"{self.server_name}/{self.instance_name}"

    @property
    def admin_name(self) -> str:
        """The name of the admin device."""
        return f"dserver/{self.server_id}"

    @property
    def port(self) -> int:
        """The port that the server listens on."""
        return self.listener.port if self.listener is not None else self._port

    @property
    def public_host(self) -> str:
        """The host that clients find in references to the devices."""
        return self.host_name if self.host in ("0.0.0.0", "::", "") else self.host

    def access(self, device: str) -> str:
        """What a client gives to DeviceProxy to reach a device of this server."""
        if self.store.is_database:
            return f"tango://{self.store.tango_host}/{device}"
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host
        return f"tango://{host}:{self.port}/{device}#dbase=no"

    def ior(self, device: Any) -> str:
        """The stringified reference to a device, by its name or itself."""
        found = self.find_device(device) if isinstance(device, str) else device
        repo_id = f"IDL:Tango/Device_{found.idl_version}:1.0"
        key = found._tango.lower_name.encode()
        return str(make_ior(repo_id, [(self.public_host, self.port)], key))

    @property
    def database(self) -> Any:
        """The database's client, or None."""
        return self.store.client if self.store.is_database else None

    @property
    def compatible_with(self) -> str:
        """The PyTango whose interface this is."""
        return COMPATIBLE_WITH

    @property
    def connections(self) -> str:
        """How many clients are connected, and how many may be; empty without a listener."""
        if self.listener is None:
            return ""
        return f"{self.listener.connections} of {self.listener.max_connections}"

    @cached_property
    def _own_version(self) -> str:
        try:
            return metadata.version("puretango")
        except metadata.PackageNotFoundError:
            return "unknown"

    def library_versions(self) -> dict[str, str]:
        """What every device tells of the library."""
        import zmq

        return {"idl": IDL_RELEASE, "puretango": self._own_version, "zmq": zmq.zmq_version()}

    # -- devices -------------------------------------------------------------------------------------

    @property
    def devices(self) -> list[DeviceImpl]:
        """All devices but the admin device."""
        return [device for cls in self.device_classes for device in cls.py_dev_list]

    def find_device(self, name: str) -> Any:
        """The device of that name; any spelling, full names and aliases of the database too."""
        found = self._device_called(plain_name(name))
        if (
            found is None
            and "/" not in name
            and (called := self.store.device_of_alias(name.lower()))
        ):
            found = self._device_called(called.lower())
        if found is None:
            raise throw(
                "API_DeviceNotFound", f"Device {name} not found", "Util::get_device_by_name"
            )
        return found

    def _device_called(self, plain: str) -> Any:
        if self.admin is not None and plain == self.admin._tango.lower_name:
            return self.admin
        for device in self.devices:
            if device._tango.lower_name == plain:
                return device
        return self.dispatcher.find(plain.encode("utf-8", "replace"))

    def find_class(self, name: str) -> DeviceClass:
        """The device class of that name."""
        for cls in self.device_classes:
            if cls.get_name().lower() == name.lower():
                return cls
        raise throw("API_ClassNotFound", f"Class {name} not found", "Util::find_class")

    def add_object_key(self, key: bytes, device: str) -> None:
        """Let clients reach a device by one more object key."""
        self.object_keys[key] = device
        if self.admin is not None:
            self.dispatcher.by_key[key] = self.find_device(device)

    # -- threads, loop, monitors -----------------------------------------------------------------------

    def green_mode_of(self, cls: type) -> GreenMode:
        """Whether the devices of a class are synchronous, asyncio …"""
        own = getattr(cls, "green_mode", None)
        mode = own if own is not None else self.green_mode
        return GreenMode.Synchronous if mode is None else GreenMode(mode)

    def runs_on_loop(self, cls: type) -> bool:
        """True for the classes of asyncio devices."""
        return self.green_mode_of(cls) == GreenMode.Asyncio

    def monitor_for(self, device: DeviceImpl, cls: DeviceClass) -> TangoMonitor:
        """The monitor of a new device."""
        mode = self.green_mode_of(type(device))
        if mode in (GreenMode.Asyncio, GreenMode.Gevent):
            return self.no_monitor
        if self.serial_model == SerialModel.NO_SYNC:
            return self.no_monitor
        if self.serial_model == SerialModel.BY_PROCESS:
            return self.process_monitor
        if self.serial_model == SerialModel.BY_CLASS:
            return self._class_monitors.setdefault(id(cls), TangoMonitor(cls.get_name()))
        return TangoMonitor(device._tango.name)

    def is_no_sync(self, device: DeviceImpl) -> bool:
        """True if several requests may be in the device at once."""
        return device._tango.monitor is self.no_monitor

    def adopt_thread(self) -> None:
        """The calling thread works for this server."""
        _context.adopt(self)

    def run_on_loop(self, core: Any) -> Any:
        """Run a coroutine of an asyncio device from a thread and wait for it."""
        assert self.loop_thread is not None
        return self.loop_thread.run(core)

    def submit_on_loop(self, core: Any) -> Any:
        """Run a coroutine of an asyncio device without waiting for it."""
        assert self.loop_thread is not None
        return self.loop_thread.submit(core)

    def on_loop_thread(self) -> bool:
        """True in the thread of the server's loop."""
        return self.loop_thread is not None and self.loop_thread.is_current

    def in_worker(self, work: Callable[[], Any]) -> Awaitable[Any]:
        """Run a function in a thread while the loop goes on."""
        assert self.loop_thread is not None
        assert self._workers is not None
        loop = self.loop_thread.loop
        future = loop.create_future()

        def settle(result: Any, error: BaseException | None) -> None:
            if future.done():
                return
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(result)

        step = present_step()

        def task() -> None:
            outcome: tuple[Any, BaseException | None]
            try:
                with under(step):
                    outcome = (work(), None)
            except BaseException as error:
                # A future does not take a StopIteration, and the loop ends by what is no Exception.
                fit = isinstance(error, Exception) and not isinstance(error, StopIteration)
                outcome = (None, error if fit else to_dev_failed(error))
            try:
                loop.call_soon_threadsafe(settle, *outcome)
            except RuntimeError:  # the loop has been closed meanwhile
                LOG.debug("an answer came after the end of the loop")

        if not self._workers.submit(task):
            future.set_exception(RuntimeError("too many requests at once"))
        return future

    # -- events ------------------------------------------------------------------------------------------

    def has_subscriber(self, device: DeviceImpl, attribute: str, events: Sequence[str]) -> bool:
        """True if anybody wants any of these events of an attribute."""
        return self.publisher.has_subscriber(device, attribute, events)

    def push(
        self, device: DeviceImpl, attribute: Any, event: str, error: BaseException | None = None
    ) -> None:
        """Push an event with the attribute's present value, or with an error."""
        self.publisher.push_present(device, attribute, event, error)

    def push_configuration(self, device: DeviceImpl, attribute: Any) -> None:
        """Tell the subscribers of attr_conf."""
        self.publisher.push_configuration(device, attribute)

    def push_interface(self, device: DeviceImpl) -> None:
        """Tell the subscribers of intr_change."""
        self.publisher.push_interface(device)

    def log_consumer(self, device: str) -> Callable[[list[str]], None]:
        """What sends log messages to a log consumer device."""
        from puretango.client import DeviceProxy

        proxy = DeviceProxy(device)

        def send(fields: list[str]) -> None:
            proxy.command_inout("Log", fields)

        return send

    @contextmanager
    def running_callbacks(self) -> Iterator[Callable[[Callable[[], Any]], Any]]:
        """For a while, a function that calls a callback: a coroutine's on the loop."""

        def call(callback: Callable[[], Any]) -> Any:
            with _context.working_for(self):
                result = callback()
            if not hasattr(result, "__await__"):
                return result
            if self.loop_thread is not None:
                return self.loop_thread.run(_awaited(result))
            return asyncio.run(_awaited(result))

        yield call

    def kill(self) -> None:
        """End the server as the admin device's Kill does: wait() returns."""
        self._ended.set()


async def _awaited(result: Any) -> Any:
    return await result
