"""The database server: a store behind the Database device."""

from __future__ import annotations

import os
from types import TracebackType
from typing import Self

from puretango.database.answers._access import ACCESS_DEVICE, ACCESS_SERVER
from puretango.database.answers._initial import DATABASE_DEVICE, DATABASE_SERVER, prepare
from puretango.server import Server
from puretango.store import Store
from puretango.values import SerialModel

from ._access_device import access_control_class
from ._device import database_class
from ._notices import StarterNotices
from ._own import OwnStore

__all__ = ["DatabaseServer"]

OBJECT_KEY = b"database"
"""The object that every Tango client asks for at HOST:PORT of its TANGO_HOST."""


class DatabaseServer:
    """A control system's database, served on a port.

    ::

        with DatabaseServer("tango.db", port=10000) as server:
            print(server.tango_host)

    ``store`` is a file, ``":memory:"``, the address of a MariaDB, or an open :class:`Store` (which
    then stays open). ``max_connections``: clients at once (None: PURETANGO_MAX_CONNECTIONS, or
    5,000). With ``access_control`` the device ``sys/access_control/1`` is served too.
    """

    def __init__(
        self,
        store: Store | str | os.PathLike[str] = ":memory:",
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        access_control: bool = False,
        max_connections: int | None = None,
    ) -> None:
        self._where = store
        self._host = host
        self._port = port
        self._with_access_control = access_control
        self._max_connections = max_connections
        self._store: Store | None = None
        self._servers: list[Server] = []
        self._notices: StarterNotices | None = None

    @property
    def store(self) -> Store:
        """The store, while the server runs."""
        if self._store is None:
            raise RuntimeError("the database server is not started")
        return self._store

    @property
    def port(self) -> int:
        """The TCP port."""
        return self._servers[0].port if self._servers else self._port

    @property
    def host(self) -> str:
        """The host name by which clients on this machine and on others reach it."""
        if self._servers:
            return self._servers[0].public_host
        return self._host

    @property
    def tango_host(self) -> str:
        """What clients put into TANGO_HOST."""
        return f"{self.host}:{self.port}"

    def start(self) -> Self:
        """Open the store and listen."""
        if self._servers:
            return self
        store = self._where if isinstance(self._where, Store) else Store(self._where)
        self._store = store
        try:
            prepare(store)
            self._notices = StarterNotices(store, lambda: self.tango_host)
            self._serve(
                DATABASE_SERVER,
                DATABASE_DEVICE,
                database_class(store, self._notices),
                self._port,
                {OBJECT_KEY: DATABASE_DEVICE},
            )
            if self._with_access_control:
                self._serve_access_control(store)
        except BaseException:
            self.stop()
            raise
        return self

    def _serve_access_control(self, store: Store) -> None:
        with store.change():
            store.devices.add(ACCESS_SERVER, ACCESS_DEVICE, "TangoAccessControl")
            store.devices.add_admin(ACCESS_SERVER)
        self._serve(ACCESS_SERVER, ACCESS_DEVICE, access_control_class(store), 0, {})

    def _serve(
        self, name: str, device: str, cls: type, port: int, object_keys: dict[bytes, str]
    ) -> None:
        executable, _, instance = name.partition("/")
        server = Server(
            instance,
            [cls],
            server_name=executable,
            host=self._host,
            port=port,
            devices={cls.__name__: [device]},
            # The store may be used by several threads: a read does not wait for a write.
            serial_model=SerialModel.NO_SYNC,
            object_keys=object_keys,
            max_connections=self._max_connections,
        )
        server.store = OwnStore(server, self.store)
        server.start()
        self._servers.append(server)

    def wait(self, timeout: float | None = None) -> bool:
        """Block until kill(), or the admin device's Kill; False if the timeout passes first."""
        return self._servers[0].wait(timeout) if self._servers else True

    def kill(self) -> None:
        """Let wait() return."""
        if self._servers:
            self._servers[0].kill()

    def stop(self) -> None:
        """Stop listening and close the store, without a trace."""
        if self._notices is not None:
            self._notices.close()
            self._notices = None
        while self._servers:
            self._servers.pop().stop()
        if self._store is not None and self._store is not self._where:
            self._store.close()
        self._store = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
