"""Which store a server uses: tables of its own, a property file, or a database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puretango.server.store._store import Store

if TYPE_CHECKING:
    from puretango.server.base._ports import Host


def open_store(server: Host, database: Any, file: str | None, tables: tuple[Any, ...]) -> Store:
    """The store for the arguments of the server."""
    if database is not None:
        from puretango.server.store._database import DatabaseStore

        return DatabaseStore(server, database)
    if file is not None:
        from puretango.server.store._file import FileStore

        return FileStore(server, file)
    return Store(*tables)
