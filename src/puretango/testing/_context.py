"""DeviceTestContext and MultiDeviceTestContext, with PyTango's names and arguments."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from types import TracebackType
from typing import Any, Self

from puretango.client import DeviceProxy, using_names
from puretango.errors import DevFailed
from puretango.testing._device import Served, read_devices_info
from puretango.testing._running import NO_DB, InProcess, Launch, OwnProcess, Running

__all__ = ["DeviceTestContext", "MultiDeviceTestContext"]


class _Context:
    """What both kinds of context share: everything except the result of entering them."""

    enable_test_context_tango_host_override = True
    thread_timeout = 5.0
    process_timeout = 7.0

    def __init__(
        self,
        devices_info: Sequence[Mapping[str, Any]],
        server_name: str | None = None,
        instance_name: str | None = None,
        db: str | None = None,
        host: str | None = None,
        port: int = 0,
        debug: int = 3,
        process: bool = False,
        daemon: bool = False,
        timeout: float | None = None,
        green_mode: Any = None,
        cleanup: bool = True,
    ) -> None:
        served = read_devices_info(devices_info)
        name = server_name or read_first(devices_info, served)
        instance = instance_name or name.lower()
        self.host = host or "127.0.0.1"
        self.port = port
        self.timeout = timeout or (self.process_timeout if process else self.thread_timeout)
        self.server_name = f"dserver/{name}/{instance}"
        self.server: Any = None
        self._file: str | None = db
        self._own_file = db is None
        self._devices: dict[str, Any] = {}
        self._exit = ExitStack()
        self._launch = Launch(
            name, instance, served, self.host, port, debug, green_mode, db, short_names=True
        )
        self._own_process = process
        self.thread: Running = OwnProcess(self._launch) if process else InProcess(self._launch)
        if process:
            self.thread.daemon = daemon

    @property
    def db(self) -> str:
        """A property file with the entries that a database would hold for this server; written when asked for."""
        if self._file is None:
            handle, self._file = tempfile.mkstemp()
            with os.fdopen(handle, "w") as file:
                file.writelines(_file_lines(self._launch))
        return self._file

    def delete_db(self) -> None:
        """Remove the file, if this context made it."""
        if self._own_file and self._file is not None:
            os.unlink(self._file)
            self._file = None

    def get_server_access(self) -> str:
        """The full name of the admin device."""
        return f"tango://{self.host}:{self.port}/{self.server_name}{NO_DB}"

    def get_device_access(self, device_name: str) -> str:
        """The full name of a device."""
        return f"tango://{self.host}:{self.port}/{device_name}{NO_DB}"

    def get_device(self, device_name: str) -> Any:
        """A proxy for a device of this server; the same one each time."""
        if device_name not in self._devices:
            self._devices[device_name] = DeviceProxy(self.get_device_access(device_name))
        return self._devices[device_name]

    def start(self) -> Self:
        """Start the server; raises the reason if it cannot start."""
        self._launch.short_names = self.enable_test_context_tango_host_override
        self.thread.start()
        self.connect()
        return self

    def connect(self) -> None:
        """Wait until the server is up."""
        self.port = self.thread.ready(self.timeout)
        if self.enable_test_context_tango_host_override and self._own_process:
            self._exit.enter_context(using_names(self._launch.resolver(self)))
        self.server = self.get_device(self.server_name)

    def stop(self) -> None:
        """Stop the server; RuntimeError if it does not end in time."""
        self._tell_the_trace()
        self._exit.close()
        self._devices.clear()
        self.server = None
        try:
            self.thread.stop(self.timeout)
        finally:
            self.delete_db()

    def _tell_the_trace(self) -> None:
        """With telemetry the end is a call in the trace, as with PyTango."""
        if self.server is None or not os.environ.get("TANGO_TELEMETRY_ENABLE"):
            return
        with suppress(DevFailed):  # the server may have ended by itself
            self.server.command_inout("Kill")

    def join(self, timeout: float | None = None) -> None:
        """Wait until the server has ended."""
        self.thread.join(timeout)

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exception: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def read_first(devices_info: Sequence[Mapping[str, Any]], served: list[Served]) -> str:
    """The name of the first class, which is also the server's if none is given."""
    devices_info[0]  # IndexError if there is none, as in PyTango
    return served[0].name


def _file_lines(launch: Launch) -> Iterator[str]:
    for one in launch.served:
        names = ", ".join(device.name for device in one.devices)
        yield f"{launch.server_name}/{launch.instance}/DEVICE/{one.name}: {names}\n"
        for name, value in one.class_properties.items():
            yield f"CLASS/{one.name}->{name}: {_file_value(value)}\n"
        for device in one.devices:
            for name, value in device.properties.items():
                yield f"{device.name}->{name}: {_file_value(value)}\n"
            for attribute, properties in device.attribute_properties.items():
                for name, value in properties.items():
                    yield f"{device.name}/{attribute}->{name}: {_file_value(value)}\n"


def _file_value(value: Any) -> str:
    items = value if isinstance(value, (list, tuple)) else [value]
    quoted = ('"' + str(item).replace("\\", "\\\\").replace('"', '\\"') + '"' for item in items)
    return ", ".join(quoted)


class MultiDeviceTestContext(_Context):
    """Several devices, of several classes, in one server without a database."""

    def __enter__(self) -> Self:
        if not self.thread.is_alive():
            self.start()
        return self


class DeviceTestContext(_Context):
    """One device in a server without a database; entering it gives the device's proxy."""

    def __init__(
        self,
        device: Any,
        device_cls: Any = None,
        server_name: str | None = None,
        instance_name: str | None = None,
        device_name: str | None = None,
        properties: Mapping[str, Any] | None = None,
        db: str | None = None,
        host: str | None = None,
        port: int = 0,
        debug: int = 3,
        process: bool = False,
        daemon: bool = False,
        timeout: float | None = None,
        memorized: Mapping[str, Any] | None = None,
        root_atts: Mapping[str, str] | None = None,
        green_mode: Any = None,
        class_properties: Mapping[str, Any] | None = None,
        cleanup: bool = True,
    ) -> None:
        name = server_name or device.__name__
        self.device_name = device_name or f"test/nodb/{name.lower()}"
        info = {
            "class": (device_cls, device) if device_cls else device,
            "class_properties": class_properties,
            "devices": [
                {
                    "name": self.device_name,
                    "properties": properties,
                    "memorized": memorized,
                    "root_atts": root_atts,
                }
            ],
        }
        super().__init__(
            [info],
            name,
            instance_name,
            db,
            host,
            port,
            debug,
            process,
            daemon,
            timeout,
            green_mode,
            cleanup,
        )
        self.device: Any = None

    def get_device_access(self, device_name: str | None = None) -> str:
        """The full name of the device."""
        return super().get_device_access(device_name or self.device_name)

    def connect(self) -> None:
        """Wait until the server is up, and have the device's proxy ready."""
        super().connect()
        self.device = self.get_device(self.device_name)
        self.device.ping()

    def __enter__(self) -> Any:
        if not self.thread.is_alive():
            self.start()
        return self.device


@contextmanager
def started(context: _Context) -> Iterator[_Context]:
    """The context itself, whichever kind, started and stopped."""
    context.start()
    try:
        yield context
    finally:
        context.stop()
