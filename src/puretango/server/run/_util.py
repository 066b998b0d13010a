"""Util: PyTango's singleton, as a view of the current server."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from puretango.errors import DevFailed, Except
from puretango.net import allow_descriptors
from puretango.server.base import _current as _context
from puretango.server.base._failure import throw
from puretango.server.base._offers import offer
from puretango.server.host._classes import ClassInfo
from puretango.server.host._current import current_server
from puretango.server.host._names import check_classes
from puretango.server.host._plainname import plain_name
from puretango.server.polling._fill import attribute_records, command_records
from puretango.server.polling._poller import ATTRIBUTE, COMMAND
from puretango.server.run._arguments import Options, read_options
from puretango.server.run._startfailure import ending_the_program
from puretango.values import SerialModel, Subclassed

if TYPE_CHECKING:
    from puretango.server.base._subdevices import SubDevDiag
    from puretango.server.device._deviceclass import DeviceClass
    from puretango.server.host._server import Server


class Util(Subclassed):
    """What PyTango's ``Util.instance()`` gives: the server that the calling code belongs to."""

    _UseDb: ClassVar[bool] = True
    _FileDb: ClassVar[bool] = False

    def __init__(self, args: Sequence[str]) -> None:
        with ending_the_program():
            self.server = _server_for(read_options(list(args)))
        self.server._util = self
        self._event_loop: Callable[[], Any] | None = None
        self._trace_level = 0

    @classmethod
    def of(cls, server: Server) -> Util:
        """The view of a server."""
        util = cls.__new__(cls)
        util.server = server
        util._event_loop = None
        util._trace_level = 0
        return util

    @staticmethod
    def init(args: Sequence[str]) -> Util:
        """Make a server for a command line: ``[program, instance, options …]``."""
        return Util(args)

    @staticmethod
    def instance(exit: bool = True) -> Util:
        """The server that the calling code belongs to."""
        server = cast("Server | None", current_server())
        if server is None:
            Except.throw_exception(
                "API_UtilSingletonNotCreated",
                "Util singleton not created",
                "Util::instance",
            )
        view: Util = server.util
        return view

    @staticmethod
    def cleanup() -> None:
        """Forget the server of this thread once it has stopped."""
        server = cast("Server | None", current_server())
        if server is not None and server.is_stopping:
            server.stop()

    # -- classes and devices ------------------------------------------------------------------------

    def add_TgClass(
        self, klass_device_class: Any, klass_device: Any, device_class_name: str | None = None
    ) -> None:
        """Add a device class to the server."""
        name = device_class_name or klass_device.__name__
        self.server.classes.append(ClassInfo(klass_device_class, klass_device, name))

    def add_class(self, *args: Any, **kwargs: Any) -> None:
        """Add a device class to the server."""
        if kwargs.get("language", "python") != "python":
            raise throw("API_NotSupported", "only Python classes can be served", "Util::add_class")
        self.add_TgClass(*args)

    def get_class_list(self) -> list[DeviceClass]:
        """The device classes of the server."""
        return list(self.server.device_classes)

    def get_device_list(self, pattern: str = "*") -> list[Any]:
        """The devices whose names match."""
        from fnmatch import fnmatch

        every = [*self.server.devices, self.server.admin]
        return [d for d in every if d is not None and fnmatch(d._tango.lower_name, pattern.lower())]

    def get_device_list_by_class(self, class_name: str) -> list[Any]:
        """The devices of a class."""
        return self.server.find_class(class_name).get_device_list()

    def get_device_by_name(self, dev_name: str) -> Any:
        """The device of that name."""
        return self.server.find_device(dev_name)

    def get_dserver_device(self) -> Any:
        """The admin device."""
        return self.server.admin

    def get_device_ior(self, device: Any) -> str:
        """The reference to a device."""
        return self.server.ior(device)

    def get_dserver_ior(self, device_server: Any) -> str:
        """The reference to the admin device."""
        return self.server.ior(device_server)

    def create_device(
        self,
        klass_name: str,
        device_name: str,
        alias: str | None = None,
        cb: Callable[[str], Any] | None = None,
    ) -> None:
        """Define a new device in the database and start it in this server."""
        if cb is not None and not callable(cb):
            Except.throw_exception(
                "PyAPI_InvalidParameter",
                "The optional cb parameter must be a python callable",
                "Util.create_device",
            )
        name = plain_name(device_name)
        store = self.server.store
        if store.is_defined(name):
            Except.throw_exception(
                "PyAPI_DeviceAlreadyDefined",
                f"The device {name} is already defined in the database",
                "Util.create_device",
            )
        try:
            cls = self.server.find_class(klass_name)
        except DevFailed:
            Except.throw_exception(
                "PyAPI_UnknownDeviceClass",
                f"The device class {klass_name} could not be found",
                "Util.create_device",
            )
        store.define_device(name, klass_name, alias)
        try:
            if cb is not None:
                cb(name)
            with _context.working_for(self.server):
                cls.device_factory([name])
        except Exception:
            store.undefine_device(name)
            raise

    def delete_device(self, klass_name: str, device_name: str) -> None:
        """Delete a device from the database and from this server."""
        name = plain_name(device_name)
        if not self.server.store.is_defined(name):
            Except.throw_exception(
                "PyAPI_DeviceNotDefined",
                f"The device {name} is not defined in the database",
                "Util.delete_device",
            )
        cls = self.server.find_class(klass_name)
        if not any(device._tango.lower_name == name for device in cls.py_dev_list):
            Except.throw_exception(
                "PyAPI_DeviceNotDefinedInServer",
                f"The device {klass_name}::{name} is not defined in this server",
                "Util.delete_device",
            )
        self.server.store.undefine_device(name)
        cls.device_destroyer(name)

    # -- about the server ---------------------------------------------------------------------------

    def get_ds_name(self) -> str:
        """PROGRAM/INSTANCE."""
        return self.server.server_id

    def get_ds_inst_name(self) -> str:
        """INSTANCE."""
        return self.server.instance_name

    def get_ds_exec_name(self) -> str:
        """PROGRAM."""
        return self.server.server_name

    def get_host_name(self) -> str:
        """The machine's name."""
        return self.server.host_name

    def get_pid(self) -> int:
        """The process."""
        return os.getpid()

    def get_pid_str(self) -> str:
        """The process."""
        return str(os.getpid())

    def get_tango_lib_release(self) -> int:
        """The release of cppTango whose behaviour this is, as a number."""
        return 1033

    def get_version_str(self) -> str:
        """The release of the interface."""
        return "6.0.4"

    def get_server_version(self) -> str:
        """The server's own version, as set."""
        return getattr(self, "_version", "x.y")

    def set_server_version(self, vers: str) -> None:
        """The server's own version."""
        self._version = vers

    def get_trace_level(self) -> int:
        """The trace level."""
        return self._trace_level

    def set_trace_level(self, level: int) -> None:
        """The trace level."""
        self._trace_level = level

    def get_serial_model(self) -> SerialModel:
        """How requests are serialised."""
        return self.server.serial_model

    def set_serial_model(self, ser: SerialModel) -> None:
        """How requests are serialised; to be set before the devices are made."""
        self.server.serial_model = SerialModel(ser)

    def is_svr_starting(self) -> bool:
        """True until all devices are there."""
        return self.server.is_starting

    def is_svr_shutting_down(self) -> bool:
        """True once the server stops."""
        return self.server.is_stopping

    def is_device_restarting(self, dev_name: str) -> bool:
        """True while DevRestart makes that device again."""
        return self.server.restarting == dev_name.lower()

    def get_polling_threads_pool_size(self) -> int:
        """How many threads may poll at once."""
        return self.server.poller.scheduler.most_threads

    def set_polling_threads_pool_size(self, thread_nb: int) -> None:
        """How many threads may poll at once; no more are made than are needed."""
        self.server.poller.scheduler.most_threads = max(1, int(thread_nb))

    def get_sub_dev_diag(self) -> SubDevDiag:
        """The diagnostics of sub-devices."""
        return self.server.subdevices

    def is_auto_alarm_on_change_event(self) -> bool:
        """True if a pushed change event brings an alarm event with it."""
        return self.server.auto_alarm

    def set_auto_alarm_on_change_event(self, enabled: bool) -> None:
        """Whether a pushed change event brings an alarm event with it."""
        self.server.auto_alarm = bool(enabled)

    # -- the database ---------------------------------------------------------------------------------

    def get_database(self) -> Any:
        """The database's client, or None."""
        return self.server.database

    def connect_db(self) -> None:
        """The server connects by itself."""

    def reset_filedatabase(self) -> None:
        """Read the property file again."""
        self.server.store.begin()

    def unregister_server(self) -> None:
        """Tell the database that the server is gone."""
        self.server.store.unexport_all()

    @staticmethod
    def set_use_db(use: bool) -> None:
        """Whether servers made from now on use a database."""
        Util._UseDb = use

    # -- polling --------------------------------------------------------------------------------------

    def trigger_attr_polling(self, dev: Any, name: str) -> None:
        """Poll an attribute without period once."""
        self.server.poller.trigger(dev, ATTRIBUTE, name)

    def trigger_cmd_polling(self, dev: Any, name: str) -> None:
        """Poll a command without period once."""
        self.server.poller.trigger(dev, COMMAND, name)

    def fill_attr_polling_buffer(
        self, device: Any, attribute_name: str, attr_history_stack: Any
    ) -> None:
        """Put values of the author's into an attribute's ring."""
        attribute = device._tango.attributes.get(attribute_name)
        records = attribute_records(attribute, attr_history_stack)
        self.server.poller.fill(device, ATTRIBUTE, attribute_name, records)

    def fill_cmd_polling_buffer(
        self, device: Any, command_name: str, cmd_history_stack: Any
    ) -> None:
        """Put results of the author's into a command's ring."""
        device.check_command_exists(command_name)
        command = device._tango.commands.find(command_name)
        records = command_records(command, cmd_history_stack)
        self.server.poller.fill(device, COMMAND, command_name, records)

    # -- life -----------------------------------------------------------------------------------------

    def server_init(self, with_window: bool = False) -> None:
        """Start the server; from here on SIGINT, SIGTERM and SIGQUIT end it in order."""
        self.server.signals.end_server()
        check_classes(self.server)
        with ending_the_program():
            self.server.start()

    def server_set_event_loop(self, event_loop: Callable[[], Any] | None) -> None:
        """A function that the main thread calls again and again; the server ends if it gives True."""
        self._event_loop = event_loop

    def server_run(self) -> None:
        """Block until the server is told to end, by a client, by its event loop or by SIGINT or SIGTERM; stop it."""
        self._run_until_the_end()

    def _run_until_the_end(self) -> None:
        try:
            self._wait()
        finally:
            self.server.stop()

    def _wait(self) -> None:
        event_loop = self._event_loop
        if event_loop is None:
            while not self.server.wait(0.5):
                # A bounded wait lets signals of the main thread be handled everywhere.
                continue
            return
        while not self.server.wait(0):
            if event_loop():
                return

    def server_cleanup(self) -> None:
        """Stop the server."""
        self.server.stop()

    def orb_run(self) -> None:
        """Block until the server is told to end; PyTango's database replaces ``server_run`` by it."""
        self._run_until_the_end()

    def set_interceptors(self, interceptors: Any) -> None:
        """Kept for PyTango's callers: there is no ORB thread to intercept."""


SPARE_DESCRIPTORS = 512
"""Files that a server's devices may open beside their clients' connections."""


def _server_for(options: Options) -> Server:
    from puretango.server.host._server import Server

    database: Any = None
    if Util._UseDb and not options.no_database and options.file is None:
        from puretango.server.store._database import default_database

        database = default_database()
    server = Server(
        options.instance,
        (),
        server_name=options.server_name,
        host=options.host,
        port=options.port,
        database=database,
        file=options.file,
        verbose=options.verbose,
    )
    allow_descriptors(server.max_connections + SPARE_DESCRIPTORS)  # the program is the server
    server.command_line_devices = options.devices
    server.started_at = time.time()
    return server


offer("util", Util.of)
