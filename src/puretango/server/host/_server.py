"""Server: devices behind one listening socket, with or without a database."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from puretango.server.base import _current as _context
from puretango.server.base._life import SERVER, Life, ServerState
from puretango.server.base._monitor import NoMonitor, TangoMonitor
from puretango.server.base._offers import offered
from puretango.server.base._subdevices import SubDevDiag
from puretango.server.dispatch._dispatch import Dispatcher
from puretango.server.host._classes import ClassInfo, to_classes
from puretango.server.host._lifecycle import Lifecycle
from puretango.server.host._limits import most_connections
from puretango.server.host._signals import Signals
from puretango.server.logs._service import LogService
from puretango.server.polling._poller import Poller
from puretango.server.publishing._publisher import Publisher
from puretango.server.store._open import open_store
from puretango.values import GreenMode, SerialModel


class Server(Lifecycle):
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
        self._port = port
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
        self.dispatcher = Dispatcher(self)
        self.listener = None
        self.loop_thread = None
        self._workers = None
        self.life = Life(SERVER, ServerState.MADE)
        self.restarting: str = ""
        self.device_classes = []
        self.admin = None
        self.init_failures = []
        self.process_monitor = TangoMonitor("process")
        self.no_monitor = NoMonitor()
        self._class_monitors: dict[int, TangoMonitor] = {}
        self.subdevices = SubDevDiag(self)
        self.signals = Signals(self)
        self.logs = LogService(self, verbose)
        self.store = open_store(self, database, file, self._store_arguments)
        self.poller = Poller(self)
        self.publisher = Publisher(self)
        self._ended = threading.Event()
        self._restart_lock = threading.RLock()
        self._stop_lock = threading.RLock()
        self._stop_task = None
        self._restart_thread = None
        self.started_at = time.time()
        self._util: Any = None
        _context.note_made(self)

    @property
    def util(self) -> Any:
        """PyTango's Util, as a view of this server."""
        if self._util is None:
            self._util = offered("util")(self)
        return self._util

    # -- the end -----------------------------------------------------------------------------------------

    def wait(self, timeout: float | None = None) -> bool:
        """Block until the server is told to end; False if the time is up before."""
        if sys.platform == "win32" and timeout is None:
            # In slices: nothing else lets Ctrl-C through there.
            while not self._ended.wait(1.0):
                pass
        return self._ended.wait(timeout)

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
