"""The store: everything that a control system's database keeps."""

from __future__ import annotations

import os
import re
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self

from sqlalchemy import bindparam, func, select
from sqlalchemy.sql.selectable import Select

from puretango.errors import StoreError
from puretango.store.engines._sqlite import SqliteBackend
from puretango.store.sections._access import AccessRights
from puretango.store.sections._aliases import Aliases
from puretango.store.sections._devices import Devices
from puretango.store.sections._events import Events
from puretango.store.sections._properties import Properties
from puretango.store.sections._servers import Servers

from ._backend import Backend, Row, Session
from ._schema import table
from ._statement import ESCAPE, Statement, like_pattern

__all__ = ["Store"]


def _count(name: str) -> Statement:
    return Statement(select(func.count()).select_from(table(name)))


_DEVICE = table("device")
_COUNTS: dict[str, Statement] = {
    "devices": _count("device"),
    "exported": Statement(select(func.count()).select_from(_DEVICE).where(_DEVICE.c.exported == 1)),
    "servers": Statement(
        select(func.count()).select_from(_DEVICE).where(_DEVICE.c["class"] == "DServer")
    ),
    "servers exported": Statement(
        select(func.count())
        .select_from(_DEVICE)
        .where(_DEVICE.c["class"] == "DServer", _DEVICE.c.exported == 1)
    ),
    **{
        name: _count(name)
        for family in (
            "property_device",
            "property_class",
            "property_attribute_device",
            "property_attribute_class",
            "property",
        )
        for name in (family, f"{family}_hist")
    },
}


def _forwarded() -> Select[tuple[str, str, str]]:
    c = table("property_attribute_device").c
    return select(c.device, c.attribute, c.value).where(
        c.name == "__root_att", c.value.like(bindparam("wanted"), escape=ESCAPE)
    )


_FORWARDED = Statement(_forwarded())
_SELECT = re.compile(r"\s*select\b", re.IGNORECASE)


class Store:
    """Devices, servers, properties, aliases, events and rights of one control system.

    ``where`` is a file, ``":memory:"``, or the address of a MariaDB database with Tango's schema
    (``mysql://user:password@host:port/database``). Methods may be called from any thread. Each
    writing method is one atomic, durable transaction; ``with store.change():`` makes one of many.
    """

    def __init__(self, where: str | os.PathLike[str] = ":memory:") -> None:
        self._backend = _open(where)
        backend = self._backend
        self.devices = Devices(backend)
        self.servers = Servers(backend)
        self.aliases = Aliases(backend)
        self.events = Events(backend)
        self.access = AccessRights(backend)
        self.object_properties = Properties(backend, "property")
        self.class_properties = Properties(backend, "property_class")
        self.device_properties = Properties(backend, "property_device")
        self.class_attributes = Properties(backend, "property_attribute_class")
        self.device_attributes = Properties(backend, "property_attribute_device")
        self.class_pipes = Properties(backend, "property_pipe_class")
        self.device_pipes = Properties(backend, "property_pipe_device")

    @property
    def description(self) -> str:
        """Where the store is, for people."""
        return self._backend.description

    def change(self) -> AbstractContextManager[Session]:
        """All the changes within the block are kept together, or none of them."""
        return self._backend.writing()

    def look(self) -> AbstractContextManager[Session]:
        """All the answers within the block come from one state of the store."""
        return self._backend.reading()

    def set_history_depth(self, depth: int) -> None:
        """How many changes of a property the history remembers."""
        for family in (
            self.object_properties,
            self.class_properties,
            self.device_properties,
            self.class_attributes,
            self.device_attributes,
            self.class_pipes,
            self.device_pipes,
        ):
            family.depth = depth

    def count(self, what: str) -> int:
        """The number of devices, servers, or rows of a table of properties."""
        with self._backend.glancing() as session:
            row = session.row(_COUNTS[what])
        return int(row[0]) if row else 0

    def forwarded_attributes(self, device: str) -> list[tuple[str, str, str]]:
        """Device, attribute and root attribute of each forwarded attribute whose root is in the device."""
        with self._backend.glancing() as session:
            rows = session.rows(_FORWARDED, wanted=like_pattern(f"{device}/*"))
        return [(row[0], row[1], row[2]) for row in rows]

    def select(self, sql: str) -> tuple[int, list[Row]]:
        """Number of columns, and rows, of a free SELECT."""
        if not _SELECT.match(sql):
            raise StoreError(f"store {self.description}: only a SELECT can be asked")
        with self._backend.reading() as session:
            return session.describe(sql)

    def close(self) -> None:
        """Close the store."""
        self._backend.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _open(where: str | os.PathLike[str]) -> Backend:
    text = os.fspath(where)
    scheme, separator, rest = text.partition("://")
    if not separator:
        return SqliteBackend(text)
    if scheme == "sqlite":
        return SqliteBackend(rest.removeprefix("/") or ":memory:")
    if scheme.partition("+")[0] in ("mysql", "mariadb"):
        from puretango.store.engines._mariadb import MariadbBackend

        return MariadbBackend(text)
    raise StoreError(f"store {text}: neither a file nor a mysql:// address")
