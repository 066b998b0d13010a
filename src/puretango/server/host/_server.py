"""Server: devices behind one listening socket, with or without a database."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from puretango.server.base import _current as _context
from puretango.server.base._life import SERVER, Life, ServerState
from puretango.server.base._offers import offered
from puretango.server.base._subdevices import SubDevDiag
from puretango.server.dispatch._dispatch import Dispatcher
from puretango.server.host._classes import ClassInfo, to_classes
from puretango.server.host._core import ServerCore
from puretango.server.host._devices import Devices
from puretango.server.host._door import Door
from puretango.server.host._lifecycle import Lifecycle
from puretango.server.host._limits import most_connections
from puretango.server.host._signals import Signals
from puretango.server.host._stopping import Stopping
from puretango.server.host._threads import Threads
from puretango.server.logs._service import LogService
from puretango.server.polling._poller import Poller
from puretango.server.publishing._publisher import Publisher
from puretango.server.store._open import open_store
from puretango.values import GreenMode, SerialModel

if TYPE_CHECKING:
    from puretango.server.device._deviceclass import DeviceClass
    from puretango.server.device._deviceimpl import DeviceImpl


class Server(ServerCore):
    """One device server. Any number of them live in one process.

    ::

        with Server("test", [PowerSupply], devices={"PowerSupply": ["a/power/1"]}) as server:
            print(server.access("a/power/1"))

    ``devices`` gives the names of a server without a database, by class. The properties that a
    database would hold may be given as tables. A device whose init_device fails is in FAULT,
    and is listed with its error in ``init_failures``.
    """

    def __init__(
        self,
        instance_name: str,
        classes: Iterable[Any] | Mapping[str, Any] = (),
        *,
        server_name: str | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        devices: Mapping[str, Sequence[str]] | None = None,
        database: Any = None,
        properties: Mapping[str, Mapping[str, Any]] | None = None,
        class_properties: Mapping[str, Mapping[str, Any]] | None = None,
        attribute_properties: Mapping[str, Mapping[str, Mapping[str, Any]]] | None = None,
        class_attribute_properties: Mapping[str, Mapping[str, Mapping[str, Any]]] | None = None,
        file: str | None = None,
        green_mode: GreenMode | None = None,
        serial_model: SerialModel = SerialModel.BY_DEVICE,
        verbose: int | None = None,
        object_keys: Mapping[bytes, str] | None = None,
        max_connections: int | None = None,
    ) -> None:
        self.instance_name = instance_name
        self.classes: list[ClassInfo] = to_classes(classes)
        self._server_name = server_name
        self.host = host
        self.max_connections = most_connections(max_connections)
        self.device_names = {name.lower(): list(names) for name, names in (devices or {}).items()}
        self.green_mode = green_mode
        self.serial_model = serial_model
        self.nan_allowed = False
        self.auto_alarm = True
        """True if a pushed change event brings an alarm event with it."""
        self.command_line_devices: list[str] | None = None
        """What -dlist named; None if no command line started the server."""
        self.object_keys = dict(object_keys or {})
        self._store_arguments = (
            properties,
            class_properties,
            attribute_properties,
            class_attribute_properties,
        )
        self._database_argument = database
        self._file = file
        self.host_name = socket.gethostname()
        self.threads = Threads(self)
        self.dispatcher = Dispatcher(self)
        self.door = Door(host, port, self.dispatcher, self.threads, self.max_connections)
        self.life = Life(SERVER, ServerState.MADE)
        self.restarting: str = ""
        self.device_classes = []
        self.admin = None
        self.init_failures = []
        self.subdevices = SubDevDiag(self)
        self.signals = Signals(self)
        self.logs = LogService(self, verbose)
        self.store = open_store(self, database, file, self._store_arguments)
        self.poller = Poller(self)
        self.publisher = Publisher(self)
        self._devices = Devices(self)
        self._end = Stopping(self, self.threads, self.door, self._devices)
        self._lifecycle = Lifecycle(self, self.threads, self.door, self._devices, self._end)
        self.started_at = time.time()
        self._util: Any = None
        _context.note_made(self)

    # -- life ----------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Listen, build the devices, let clients in."""
        self._lifecycle.start()
        return self

    async def start_async(self) -> Self:
        """start() on the running loop, which the asyncio devices then share."""
        await self._lifecycle.start_async(listening=True)
        return self

    def build(self) -> Self:
        """Build the devices without a listener: they are called from within this process."""
        self._lifecycle.build()
        return self

    async def build_async(self) -> Self:
        """build() for asyncio devices, on the running loop."""
        await self._lifecycle.start_async(listening=False)
        return self

    def restart_all(self) -> None:
        """RestartServer: all classes and devices again; the connections stay."""
        self._lifecycle.restart_all()

    def run_restart(self) -> None:
        """restart_all in a thread of its own, so that the request for it can be answered."""
        self._lifecycle.run_restart()

    def stop(self) -> None:
        """Stop without a trace; a second caller waits for the first."""
        self._end.stop()

    async def stop_async(self) -> None:
        """stop() on the loop that start_async() was called on."""
        await self._end.stop_async()

    # -- devices -------------------------------------------------------------------------------------

    def make_devices(self, cls: DeviceClass, names: list[str]) -> None:
        """Make devices of a class, initialised and exported."""
        self._devices.make_devices(cls, names)

    def make_device(self, cls: DeviceClass, name: str) -> DeviceImpl:
        """Make one device; one that cannot be made is replaced by a stand-in whose Status says why."""
        return self._devices.make(cls, name)

    def bring_into_service(self, device: DeviceImpl) -> None:
        """What follows once a device is made: checks, memorized values, polling, clients are let in."""
        self._devices.bring_into_service(device)

    def export_device(self, device: Any) -> None:
        """Let clients reach a device."""
        self._devices.export(device)

    def remove_device(self, device: Any) -> None:
        """Stop a device and forget it."""
        self._devices.remove(device)

    def restart_device(self, device: Any) -> None:
        """Stop a device and make it again, while its clients stay connected."""
        self._devices.restart(device)

    @property
    def util(self) -> Any:
        """PyTango's Util, as a view of this server."""
        if self._util is None:
            self._util = offered("util")(self)
        return self._util

    # -- the end -----------------------------------------------------------------------------------------

    def kill(self) -> None:
        """End the server as the admin device's Kill does: wait() returns."""
        self._end.ended.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Block until the server is told to end; False if the timeout passes first."""
        if sys.platform == "win32" and timeout is None:
            # In slices: otherwise Ctrl-C would not get through on that platform.
            while not self._end.ended.wait(1.0):
                pass
        return self._end.ended.wait(timeout)

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    async def __aenter__(self) -> Server:
        await self.start_async()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stop_async()

    def __repr__(self) -> str:
        return f"<Server {self.server_id} on {self.host}:{self.port}>"
