"""Device servers: on which host and how they are started, and their renaming."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, insert, select, update

from puretango.store._backend import Backend
from puretango.store._schema import table
from puretango.store._statement import Statement

__all__ = ["ServerRecord", "Servers"]

_SERVER = table("server")
_DEVICE = table("device")
_WANTED: BindParameter[Any] = bindparam("wanted")

_FIND = Statement(
    select(_SERVER.c.host, _SERVER.c.mode, _SERVER.c.level).where(_SERVER.c.name == _WANTED)
)
_REMOVE = Statement(delete(_SERVER).where(_SERVER.c.name == _WANTED))
_ADD = Statement(
    insert(_SERVER).values(
        name=bindparam("name"),
        host=bindparam("host"),
        mode=bindparam("mode"),
        level=bindparam("level"),
    )
)
_MOVE_DEVICES = Statement(
    update(_DEVICE).where(_DEVICE.c.server == _WANTED).values(server=bindparam("new_server"))
)
_MOVE_ADMIN = Statement(
    update(_DEVICE)
    .where(_DEVICE.c.name == _WANTED)
    .values(
        name=bindparam("new_name"), family=bindparam("new_family"), member=bindparam("new_member")
    )
)
_MOVE_PROPERTIES = [
    Statement(
        update(table(name))
        .where(table(name).c.device == _WANTED)
        .values(device=bindparam("new_name"))
    )
    for name in ("property_device", "property_attribute_device")
]


@dataclass(frozen=True, slots=True)
class ServerRecord:
    """How a server is to be started: the host whose Starter does it, and the level."""

    host: str
    mode: int
    level: int


class Servers:
    """The device servers of a store."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def find(self, name: str) -> ServerRecord | None:
        """How a server is to be started."""
        with self._backend.glancing() as session:
            row = session.row(_FIND, wanted=name)
        return None if row is None else ServerRecord(*row)

    def put(self, name: str, host: str, mode: int, level: int) -> None:
        """Set how a server is to be started."""
        with self._backend.writing() as session:
            session.run(_REMOVE, wanted=name)
            session.run(_ADD, name=name, host=host, mode=mode, level=level)

    def remove(self, name: str) -> None:
        """Forget how a server is to be started."""
        with self._backend.writing() as session:
            session.run(_REMOVE, wanted=name)

    def rename(self, old: str, new: str) -> None:
        """Give a server, with its admin device and that device's properties, another name."""
        executable, _, instance = new.partition("/")
        old_admin, new_admin = f"dserver/{old}", f"dserver/{new}"
        with self._backend.writing() as session:
            session.run(_MOVE_DEVICES, wanted=old, new_server=new)
            session.run(
                _MOVE_ADMIN,
                wanted=old_admin,
                new_name=new_admin,
                new_family=executable,
                new_member=instance,
            )
            for statement in _MOVE_PROPERTIES:
                session.run(statement, wanted=old_admin, new_name=new_admin)
