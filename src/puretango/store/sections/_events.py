"""Event channels of the notification service, which servers before Tango 8 used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, insert, select, update

from puretango.store._backend import Backend, now
from puretango.store._schema import table
from puretango.store._statement import Statement

__all__ = ["EventRecord", "Events"]

_TABLE = table("event")
_E = _TABLE.c
_WANTED: BindParameter[Any] = bindparam("wanted")
_FIND = Statement(
    select(_E.exported, _E.ior, _E.version, _E.pid, _E.host).where(_E.name == _WANTED)
)
_REMOVE = Statement(delete(_TABLE).where(_E.name == _WANTED))
_ADD = Statement(
    insert(_TABLE).values(
        name=bindparam("name"),
        server=bindparam("name"),
        exported=1,
        ior=bindparam("ior"),
        host=bindparam("host"),
        pid=bindparam("pid"),
        version=bindparam("version"),
        started=bindparam("started"),
    )
)
_UNEXPORT = Statement(
    update(_TABLE).where(_E.name == _WANTED).values(exported=0, stopped=bindparam("new_stopped"))
)


@dataclass(frozen=True, slots=True)
class EventRecord:
    """Where an event channel can be reached."""

    exported: int | None
    ior: str
    version: str
    pid: int | None
    host: str


class Events:
    """The event channels of a store."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def find(self, name: str) -> EventRecord | None:
        """Where an event channel can be reached."""
        with self._backend.glancing() as session:
            row = session.row(_FIND, wanted=name)
        return None if row is None else EventRecord(*row)

    def export(self, name: str, ior: str, host: str, pid: int, version: str) -> None:
        """Note where an event channel can be reached."""
        with self._backend.writing() as session:
            session.run(_REMOVE, wanted=name)
            session.run(
                _ADD, name=name, ior=ior, host=host, pid=pid, version=version, started=now()
            )

    def unexport(self, name: str) -> None:
        """Note that an event channel has stopped."""
        with self._backend.writing() as session:
            session.run(_UNEXPORT, wanted=name, new_stopped=now())
