"""Database: the control system's database as its clients see it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from puretango.client.commands._connection import Connection
from puretango.client.context._context import default_context
from puretango.client.context._target import Target, corbaloc_target
from puretango.client.database._access import AccessRights
from puretango.client.database._file import FileDatabase
from puretango.client.database.calls._aliases import DatabaseAliases
from puretango.client.database.calls._devices import DatabaseDevices
from puretango.client.database.calls._lists import DatabaseLists
from puretango.client.database.calls._pipes import DatabasePipes
from puretango.client.names._environment import TangoHost, host_name, parse_tango_host, tango_host
from puretango.client.session._io import BLOCKING, drive
from puretango.client.session._session import Session
from puretango.errors import ConnectionFailed, DevFailed

if TYPE_CHECKING:
    from puretango.client.context._context import ClientContext
    from puretango.client.session._io import IO

__all__ = ["Database", "database_at"]

DATABASE_DEVICE = "sys/database/2"
OBJECT_KEY = "database"
CALL_TIMEOUT_MS = 13000


class Database(
    DatabaseDevices, DatabaseLists, DatabaseAliases, DatabasePipes, AccessRights, Connection
):
    """A database: ``Database()`` for TANGO_HOST's, ``Database(host, port)`` for another.

    With several servers (``h1:p1,h2:p2``) the first that answers is used, and the next one when
    it is lost.
    """

    _hosts: list[TangoHost]
    _from_environment: bool
    _file: FileDatabase | None = None

    def __init__(self, *args: Any, context: ClientContext | None = None) -> None:
        if len(args) == 1 and isinstance(args[0], str) and Path(args[0]).is_file():
            self._prepare_file(context or default_context(), args[0])
            return
        hosts, from_environment = _hosts_of(args)
        self._prepare(context or default_context(), hosts, from_environment)
        drive(self._session.ready(BLOCKING))

    @classmethod
    def unconnected(cls, context: ClientContext, hosts: list[TangoHost]) -> Database:
        """A database that is connected to when first asked."""
        database = cls.__new__(cls)
        database._prepare(context, hosts, False)
        return database

    def _prepare(
        self, context: ClientContext, hosts: list[TangoHost], from_environment: bool
    ) -> None:
        self._hosts = list(hosts)
        self._from_environment = from_environment
        self._session = Session(context, DATABASE_DEVICE, self._resolve, database=True)
        self._session.set_timeout_ms(CALL_TIMEOUT_MS)
        self._prepare_access()

    def _prepare_file(self, context: ClientContext, path: str) -> None:
        self._prepare(context, [TangoHost(path, 0)], False)
        self._file = FileDatabase(path)
        self._session.local = self._file.answer

    async def _resolve(self, io: IO) -> Target:
        """The first server that answers; it comes first from then on."""
        failure: ConnectionFailed | None = None
        for index, place in enumerate(self._hosts):
            target = corbaloc_target(place.host, place.port, OBJECT_KEY)
            if len(self._hosts) == 1:
                return target
            try:
                await self._session.connect(io, target)
            except ConnectionFailed as failed:
                failure = failed
                continue
            self._hosts = self._hosts[index:] + self._hosts[:index]
            return target
        assert failure is not None
        raise failure

    def _devices(self) -> Database:
        return self

    def _database_at(self, host: TangoHost) -> Database:
        """The database of another control system, or this one."""
        if [host] == self._hosts:
            return self
        return database_at(self._session.context, [host])

    # ----------------------------------------------------------------- where it is

    def get_db_host(self) -> str:
        """The host of the database server; TANGO_HOST's localhost by its name."""
        host = self._hosts[0].host
        return host_name(host) if self._from_environment else host

    def get_db_port(self) -> str:
        """The port of the database server as a text."""
        return str(self._hosts[0].port)

    def get_db_port_num(self) -> int:
        """The port of the database server."""
        return self._hosts[0].port

    def get_from_env_var(self) -> bool:
        """True if the database was found through TANGO_HOST."""
        return self._from_environment

    def is_dbase_used(self) -> bool:
        """True: a database is itself reached through a database."""
        return True

    def is_multi_tango_host(self) -> bool:
        """True if there is more than one server."""
        return len(self._hosts) > 1

    def check_tango_host(self, tango_host_env: str) -> None:
        """Take the servers of a TANGO_HOST text."""
        self._hosts = parse_tango_host(tango_host_env)

    def build_connection(self) -> None:
        """Connect, if not connected."""
        drive(self._session.ready(BLOCKING))

    def get_server_release(self) -> int:
        """The release of the database server: 400 for one with all present commands, lower for an older one."""
        from puretango.client.commands._asked import command_infos

        infos = drive(_connected(command_infos, self._session))
        names = {info.cmd_name for info in infos}
        if "DbDeleteAllDeviceAttributeProperty" in names:
            return 400
        return 230 if "DbGetDeviceAttributeProperty2" in names else 0

    # ------------------------------------------------------------------- file mode

    def get_file_name(self) -> str:
        """The file of a file database; a database server has none."""
        if self._file is None:
            raise _no_file("get_file_name")
        return str(self._file.file.path)

    def write_filedatabase(self) -> None:
        """Write a file database; nothing is to be done for a server."""
        if self._file is not None:
            self._file.file.write()

    def reread_filedatabase(self) -> None:
        """Read a file database again; nothing is to be done for a server."""
        if self._file is not None:
            self._file.file.read()

    # ------------------------------------------------------------------------ text

    def __str__(self) -> str:
        return f"Database({self.get_db_host()}, {self.get_db_port()})"

    __repr__ = __str__

    def __reduce__(self) -> Any:
        return (Database, (self._hosts[0].host, self.get_db_port_num()))


async def _connected(question: Any, session: Session) -> Any:
    await session.ready(BLOCKING)
    return await question(BLOCKING, session)


def _no_file(what: str) -> DevFailed:
    return DevFailed.make(
        "API_NotSupportedFeature",
        "The database is not a file-based database",
        f"Database::{what}()",
    )


def _hosts_of(args: tuple[Any, ...]) -> tuple[list[TangoHost], bool]:
    """The servers that a constructor's arguments name, and whether TANGO_HOST did."""
    if not args:
        return tango_host(), True
    if isinstance(args[0], Database):
        return list(args[0]._hosts), args[0]._from_environment
    if len(args) == 2:
        return [TangoHost(str(args[0]), int(args[1]))], False
    if len(args) == 1 and isinstance(args[0], str):
        text = args[0].removeprefix("tango://").rstrip("/")
        return parse_tango_host(text), False
    raise TypeError("Database(), Database(host, port), Database(trl) or Database(database)")


class _Databases:
    """The databases of a client context, by their servers."""

    def __init__(self, context: ClientContext) -> None:
        self._context = context
        self._known: dict[tuple[TangoHost, ...], Database] = {}
        self._lock = threading.Lock()

    def at(self, hosts: list[TangoHost]) -> Database:
        """The database of these servers, not connected yet if it is new."""
        with self._lock:
            found = self._known.get(tuple(hosts))
            if found is None:
                found = self._known[tuple(hosts)] = Database.unconnected(self._context, hosts)
            return found

    def close(self) -> None:
        """Forget them; their connections are the context's."""
        self._known.clear()


def database_at(context: ClientContext, hosts: list[TangoHost]) -> Database:
    """The database of these servers in a context, not connected yet if it is new."""
    return context.part(_Databases).at(hosts)
