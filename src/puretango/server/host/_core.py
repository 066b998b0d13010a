"""What a server is and has: its names, its devices, its threads, its events."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from importlib import metadata
from typing import TYPE_CHECKING, Any

from puretango.giop import make_ior
from puretango.server.base._failure import throw
from puretango.server.base._life import ServerState
from puretango.server.host._plainname import plain_name
from puretango.values import GreenMode, SerialModel

if TYPE_CHECKING:
    from puretango.net import AsyncListener, Listener
    from puretango.server.base._life import Life, ServerAction, ServerInput
    from puretango.server.base._loopthread import LoopThread
    from puretango.server.base._monitor import TangoMonitor
    from puretango.server.base._subdevices import SubDevDiag
    from puretango.server.device._deviceclass import DeviceClass
    from puretango.server.device._deviceimpl import DeviceImpl
    from puretango.server.dispatch._dispatch import Dispatcher
    from puretango.server.host._classes import ClassInfo
    from puretango.server.host._door import Door
    from puretango.server.host._signals import Signals
    from puretango.server.host._threads import Threads
    from puretango.server.logs._service import LogService
    from puretango.server.polling._poller import Poller
    from puretango.server.publishing._publisher import Publisher
    from puretango.server.store._store import Store

LOG = logging.getLogger("puretango.server")
COMPATIBLE_WITH = "10.3.1"
IDL_RELEASE = "6.0.4"


class ServerCore:
    """A server, as its parts see it."""

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
    life: Life[ServerState, ServerInput, ServerAction]
    restarting: str
    admin: Any
    store: Store
    poller: Poller
    publisher: Publisher
    signals: Signals
    logs: LogService
    subdevices: SubDevDiag
    threads: Threads
    door: Door
    max_connections: int
    """Clients that are connected at once; for one more, the one that has been idle longest is closed."""
    device_classes: list[DeviceClass]
    init_failures: list[tuple[Any, BaseException]]
    _server_name: str | None

    # -- life ----------------------------------------------------------------------------------------

    @property
    def is_starting(self) -> bool:
        """True while the devices are being made, at the start or again."""
        return self.life.state is ServerState.STARTING

    @property
    def is_stopping(self) -> bool:
        """True from the moment when it is told to stop, for ever after."""
        return self.life.state in (ServerState.STOPPING, ServerState.ENDED)

    def must_stop(self) -> bool:
        """is_stopping, for a second check after something that takes long."""
        return self.is_stopping

    @property
    def alive(self) -> bool:
        """False once everything is closed."""
        return self.life.state is not ServerState.ENDED

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
    def listener(self) -> Listener | AsyncListener | None:
        """What clients connect to; None before the start, and in a server that is only built."""
        return self.door.listener

    @property
    def port(self) -> int:
        """The port that the server listens on."""
        return self.door.port

    @property
    def connections(self) -> str:
        """How many clients are connected, and how many may be; empty without a listener."""
        return self.door.connections

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
        """The PyTango version whose interface this is."""
        return COMPATIBLE_WITH

    @cached_property
    def _own_version(self) -> str:
        try:
            return metadata.version("puretango")
        except metadata.PackageNotFoundError:
            return "unknown"

    def library_versions(self) -> dict[str, str]:
        """The versions that every device reports of the library."""
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
        """A function that sends log messages to a log consumer device."""
        from puretango.client import DeviceProxy

        proxy = DeviceProxy(device)

        def send(fields: list[str]) -> None:
            proxy.command_inout("Log", fields)

        return send

    # -- threads -------------------------------------------------------------------------------------

    @property
    def loop_thread(self) -> LoopThread | None:
        """The loop of the asyncio devices, if there are any."""
        return self.threads.loop_thread

    def green_mode_of(self, cls: type) -> GreenMode:
        """Whether the devices of a class are synchronous, asyncio …"""
        return self.threads.green_mode_of(cls)

    def runs_on_loop(self, cls: type) -> bool:
        """True for the classes of asyncio devices."""
        return self.threads.runs_on_loop(cls)

    def monitor_for(self, device: DeviceImpl, cls: DeviceClass) -> TangoMonitor:
        """The monitor of a new device."""
        return self.threads.monitor_for(device, cls)

    def is_no_sync(self, device: DeviceImpl) -> bool:
        """True if several requests may be in the device at once."""
        return self.threads.is_no_sync(device)

    def adopt_thread(self) -> None:
        """The calling thread works for this server."""
        self.threads.adopt_thread()

    def run_on_loop(self, core: Any) -> Any:
        """Run a coroutine of an asyncio device from a thread and wait for it."""
        return self.threads.run_on_loop(core)

    def submit_on_loop(self, core: Any) -> Any:
        """Run a coroutine of an asyncio device without waiting for it."""
        return self.threads.submit_on_loop(core)

    def in_worker(self, work: Callable[[], Any]) -> Awaitable[Any]:
        """Run a function in a thread while the loop goes on."""
        return self.threads.in_worker(work)

    def running_callbacks(self) -> AbstractContextManager[Callable[[Callable[[], Any]], Any]]:
        """For a while, a function that calls a callback: a coroutine's on the loop."""
        return self.threads.running_callbacks()
