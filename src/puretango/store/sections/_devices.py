"""Devices: definition, export, import and lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    and_,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)

from puretango.store._backend import Backend, now
from puretango.store._names import by_name, split_device_name
from puretango.store._schema import table
from puretango.store._statement import ESCAPE, Statement, exactly, like_pattern

__all__ = ["DeviceRecord", "Devices"]

_D = table("device").c
_TABLE = table("device")
_NAME: BindParameter[Any] = bindparam("wanted")


@dataclass(frozen=True, slots=True)
class DeviceRecord:
    """The database's entry of one device; dates as text, None if missing."""

    name: str
    exported: int | None
    ior: str | None
    version: str
    pid: int | None
    server: str
    host: str
    device_class: str
    started: str | None
    stopped: str | None
    alias: str | None


_RECORD = (
    _D.name,
    _D.exported,
    _D.ior,
    _D.version,
    _D.pid,
    _D.server,
    _D.host,
    _D["class"],
    _D.started,
    _D.stopped,
    _D.alias,
)
_BY_NAME = Statement(select(*_RECORD).where(_D.name == _NAME))
_BY_ALIAS = Statement(select(*_RECORD).where(_D.alias == _NAME))
_ADD = Statement(
    insert(_TABLE).values(
        name=bindparam("name"),
        alias=bindparam("alias"),
        domain=bindparam("domain"),
        family=bindparam("family"),
        member=bindparam("member"),
        exported=0,
        ior="nada",
        host="nada",
        server=bindparam("server"),
        pid=0,
        version="0",
        **{"class": bindparam("class")},
    )
)
_REMOVE = Statement(delete(_TABLE).where(_D.name == _NAME))
_EXPORT = Statement(
    update(_TABLE)
    .where(_D.name == _NAME)
    .values(
        exported=1,
        ior=bindparam("new_ior"),
        host=bindparam("new_host"),
        pid=bindparam("new_pid"),
        version=bindparam("new_version"),
        started=bindparam("new_started"),
    )
)
_SERVER_HOST = Statement(
    update(table("server"))
    .where(table("server").c.name == _NAME)
    .values(host=bindparam("new_host"))
)
_UNEXPORT = Statement(
    update(_TABLE).where(_D.name == _NAME).values(exported=0, stopped=bindparam("new_stopped"))
)
_UNEXPORT_SERVER = Statement(
    update(_TABLE).where(_D.server == _NAME).values(exported=0, stopped=bindparam("new_stopped"))
)
_ADMIN_OF = Statement(select(_D.name).where(_D.server == _NAME, _D["class"] == "DServer"))
_CLASSES_OF = Statement(select(_D.name, _D["class"]).where(_D.server == _NAME))
_DEPENDENTS = [
    Statement(delete(table(name)).where(table(name).c.device == _NAME))
    for name in (
        "property_device",
        "property_attribute_device",
        "property_pipe_device",
        "attribute_alias",
    )
]
_DATABASES = Statement(
    select(_D.ior).distinct().where(_D.exported == 1, _D.domain == "sys", _D.family == "database")
)


class Devices:
    """The devices of a store."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def find(self, name: str) -> DeviceRecord | None:
        """The device with this name, or else with this alias."""
        with self._backend.glancing() as session:
            row = session.row(_BY_NAME, wanted=name) or session.row(_BY_ALIAS, wanted=name)
        return None if row is None else DeviceRecord(*row)

    def named(self, name: str) -> DeviceRecord | None:
        """The device with this name (an alias does not count)."""
        with self._backend.glancing() as session:
            row = session.row(_BY_NAME, wanted=name)
        return None if row is None else DeviceRecord(*row)

    def add(self, server: str, name: str, device_class: str, alias: str | None = None) -> None:
        """Define a device, replacing one with the same name."""
        domain, family, member = split_device_name(name)
        with self._backend.writing() as session:
            session.run(_REMOVE, wanted=name)
            session.run(
                _ADD,
                name=name,
                alias=alias,
                domain=domain,
                family=family,
                member=member,
                server=server,
                **{"class": device_class},
            )

    def add_admin(self, server: str) -> None:
        """Define the admin device of a server, unless the server has one."""
        with self._backend.writing() as session:
            if session.row(_ADMIN_OF, wanted=server) is None:
                self.add(server, f"dserver/{server}", "DServer")

    def remove(self, name: str) -> None:
        """Forget a device, its properties and the aliases of its attributes."""
        with self._backend.writing() as session:
            session.run(_REMOVE, wanted=name)
            for statement in _DEPENDENTS:
                session.run(statement, wanted=name)

    def export(self, name: str, ior: str, host: str, pid: int, version: str) -> bool:
        """Note where a device can be reached; False if the device is not defined."""
        with self._backend.writing() as session:
            row = session.row(_BY_NAME, wanted=name)
            if row is None:
                return False
            session.run(
                _EXPORT,
                wanted=name,
                new_ior=ior,
                new_host=host,
                new_pid=pid,
                new_version=version,
                new_started=now(),
            )
            session.run(_SERVER_HOST, wanted=DeviceRecord(*row).server, new_host=host)
            return True

    def unexport(self, name: str) -> None:
        """Note that a device has stopped."""
        with self._backend.writing() as session:
            session.run(_UNEXPORT, wanted=name, new_stopped=now())

    def unexport_server(self, server: str) -> None:
        """Note that all the devices of a server have stopped."""
        with self._backend.writing() as session:
            session.run(_UNEXPORT_SERVER, wanted=server, new_stopped=now())

    def of_server(self, server: str) -> list[tuple[str, str]]:
        """Name and class of the devices of a server, in the order of their definition."""
        with self._backend.glancing() as session:
            return [(row[0], row[1]) for row in session.rows(_CLASSES_OF, wanted=server)]

    def database_iors(self) -> list[str]:
        """The IORs of the database servers of this control system."""
        with self._backend.glancing() as session:
            return session.column(_DATABASES)

    # lists: every argument is a pattern with * as wildcard ----------------------------------

    def names(
        self,
        pattern: str = "*",
        *,
        server: str = "*",
        device_class: str = "*",
        exported: bool = False,
        or_alias: bool = False,
    ) -> list[str]:
        """Names of the devices that fit all the patterns."""
        return self._distinct(
            "name", pattern, server, device_class, exported=exported, or_alias=or_alias
        )

    def parts(self, part: str, pattern: str) -> list[str]:
        """Domains, families or members of the devices whose name or alias fits."""
        return self._distinct(part, pattern, or_alias=True)

    def classes(self, pattern: str = "*", *, server: str = "*") -> list[str]:
        """Classes of the devices."""
        return self._distinct("class", "*", server, pattern)

    def hosts(self, pattern: str) -> list[str]:
        """Hosts on which devices run, or ran."""
        return self._lookup("host", [("host", pattern)])

    def servers(self, pattern: str) -> list[str]:
        """Names of the servers (executable/instance)."""
        return self._distinct("server", "*", pattern)

    def servers_on_host(self, pattern: str) -> list[str]:
        """Names of the servers whose admin device runs, or ran, on the host."""
        hosts = [("host", pattern)], [("host", f"{pattern}.*")]
        found = {
            name.upper(): name
            for host in hosts
            for name in self._lookup("server", [*host, ("name", "dserver/*")])
        }
        return by_name(found.values())

    def _distinct(
        self,
        column: str,
        name: str = "*",
        server: str = "*",
        device_class: str = "*",
        *,
        exported: bool = False,
        or_alias: bool = False,
    ) -> list[str]:
        wanted = [
            (key, pattern)
            for key, pattern in (("name", name), ("server", server), ("class", device_class))
            if pattern != "*"
        ]
        return self._lookup(column, wanted, exported=exported, or_alias=or_alias)

    def _lookup(
        self,
        column: str,
        wanted: Sequence[tuple[str, str]],
        *,
        exported: bool = False,
        or_alias: bool = False,
    ) -> list[str]:
        shape = (column, *((key, exactly(pattern)) for key, pattern in wanted), exported, or_alias)
        statement = _LOOKUPS.get(shape)
        if statement is None:
            statement = _LOOKUPS[shape] = _lookup_statement(column, wanted, exported, or_alias)
        given = {
            f"wanted_{key}": pattern if exactly(pattern) else like_pattern(pattern)
            for key, pattern in wanted
        }
        with self._backend.glancing() as session:
            return by_name(name for name in session.column(statement, **given) if name is not None)


_LOOKUPS: dict[tuple[Any, ...], Statement] = {}


def _lookup_statement(
    column: str, wanted: Sequence[tuple[str, str]], exported: bool, or_alias: bool
) -> Statement:
    conditions: list[ColumnElement[bool]] = []
    for key, pattern in wanted:
        condition = _fits(key, f"wanted_{key}", pattern)
        if or_alias and key == "name":
            condition = or_(condition, _fits("alias", f"wanted_{key}", pattern))
        conditions.append(condition)
    if exported:
        conditions.append(_D.exported == 1)
    found = select(_D[column]).distinct()
    return Statement(found.where(and_(*conditions)) if conditions else found)


def _fits(column: str, parameter: str, pattern: str) -> ColumnElement[bool]:
    if exactly(pattern):
        return _D[column] == bindparam(parameter)
    return _D[column].like(bindparam(parameter), escape=ESCAPE)
