"""A whole control system in one process: a database, and servers registered in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

from puretango.client import Database, DbDevInfo, DeviceProxy, using_names
from puretango.database import DatabaseServer
from puretango.server import Server

__all__ = ["TangoSystem"]

Devices = Mapping[Any, Sequence[str]]


class TangoSystem:
    """A database with servers in it, on loopback ports that the system picks.

    `TangoSystem({Motor: ["lab/motor/1", "lab/motor/2"], Pump: ["lab/pump/1"]})` is one server with three devices;
    `add_server` starts others. `store` is a file to keep, or a store in memory.
    """

    def __init__(
        self,
        devices: Devices | None = None,
        *,
        properties: Mapping[str, Mapping[str, Any]] | None = None,
        server_name: str = "TestServer",
        instance: str = "test",
        store: str = ":memory:",
        host: str = "127.0.0.1",
        short_names: bool = True,
    ) -> None:
        self._devices = dict(devices or {})
        self._properties = {name: dict(values) for name, values in (properties or {}).items()}
        self._server = (server_name, instance)
        self._short_names = short_names
        self._exit = ExitStack()
        self._names: set[str] = set()
        self.host = host
        self.port = 0
        self.servers: list[Server] = []
        self.database_server = DatabaseServer(store, host, 0)

    @property
    def tango_host(self) -> str:
        """The value of TANGO_HOST for other processes that are to use this system."""
        return f"{self.host}:{self.port}"

    @property
    def database(self) -> Any:
        """The database as a client sees it."""
        return Database(self.host, self.port)

    def start(self) -> Self:
        """Start the database, then the servers."""
        try:
            self._exit.enter_context(self.database_server)
            self.port = int(self.database_server.tango_host.rpartition(":")[2])
            if self._short_names:
                self._exit.enter_context(using_names(self._full_name))
            for device, values in self._properties.items():
                self.database.put_device_property(device, values)
            if self._devices:
                self.add_server(self._devices, *self._server)
        except BaseException:
            self.stop()
            raise
        return self

    def add_server(
        self, devices: Devices, server_name: str = "TestServer", instance: str = "other"
    ) -> Server:
        """Register a server with its devices, and start it."""
        infos = []
        for cls, names in devices.items():
            for name in names:
                info = DbDevInfo()
                info.name, info._class, info.server = (
                    name,
                    cls.__name__,
                    f"{server_name}/{instance}",
                )
                infos.append(info)
                self._names.add(name.lower())
        self.database.add_server(f"{server_name}/{instance}", infos, with_dserver=True)
        server = Server(
            instance,
            list(devices),
            server_name=server_name,
            database=self.tango_host,
            host=self.host,
        )
        self._exit.enter_context(server)
        self.servers.append(server)
        return server

    def get_device_access(self, device_name: str) -> str:
        """The full name of a device."""
        return f"tango://{self.tango_host}/{device_name}"

    def get_device(self, device_name: str) -> Any:
        """A proxy for a device."""
        return DeviceProxy(self.get_device_access(device_name))

    def _full_name(self, name: str) -> str | None:
        parts = name.lower().split("/")
        return f"tango://{self.tango_host}/{name}" if "/".join(parts[:3]) in self._names else None

    def stop(self) -> None:
        """Stop the servers, then the database."""
        self._exit.close()
        self.servers.clear()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exception: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
