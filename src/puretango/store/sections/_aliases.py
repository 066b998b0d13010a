"""Aliases: short names of devices and of attributes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, insert, select, update

from puretango.store._backend import Backend, now
from puretango.store._names import by_name
from puretango.store._schema import table
from puretango.store._statement import ESCAPE, Statement, exactly, like_pattern

__all__ = ["Aliases"]

_D = table("device").c
_A = table("attribute_alias").c
_WANTED: BindParameter[Any] = bindparam("wanted")
_OTHER: BindParameter[Any] = bindparam("other")

_DEVICE_OF = Statement(select(_D.name).where(_D.alias == _WANTED))
_DEVICE_LIKE = Statement(select(_D.name).where(_D.alias.like(_WANTED, escape=ESCAPE)))
_ALIAS_OF = Statement(select(_D.alias).where(_D.name == _WANTED))
_OTHER_DEVICE = Statement(select(_D.name).where(_D.alias == _WANTED, _D.name != _OTHER))
_SET = Statement(
    update(table("device")).where(_D.name == _WANTED).values(alias=bindparam("new_alias"))
)
_CLEAR = Statement(update(table("device")).where(_D.alias == _WANTED).values(alias=None))
_DEVICE_ALIASES = Statement(
    select(_D.alias).distinct().where(_D.alias.like(_WANTED, escape=ESCAPE))
)
_ATTRIBUTE_OF = Statement(select(_A.name).where(_A.alias == _WANTED))
_ATTRIBUTE_ALIAS_OF = Statement(select(_A.alias).where(_A.name == _WANTED))
_OTHER_ATTRIBUTE = Statement(select(_A.alias).where(_A.alias == _WANTED, _A.name != _OTHER))
_REMOVE_BY_NAME = Statement(delete(table("attribute_alias")).where(_A.name == _WANTED))
_REMOVE_BY_ALIAS = Statement(delete(table("attribute_alias")).where(_A.alias == _WANTED))
_ADD = Statement(
    insert(table("attribute_alias")).values(
        alias=bindparam("alias"),
        name=bindparam("name"),
        device=bindparam("device"),
        attribute=bindparam("attribute"),
        updated=bindparam("stamp"),
        accessed=bindparam("stamp"),
    )
)
_ATTRIBUTE_ALIASES = Statement(
    select(_A.alias, _A.attribute).distinct().where(_A.alias.like(_WANTED, escape=ESCAPE))
)


class Aliases:
    """The aliases of a store."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def device_of(self, alias: str) -> str | None:
        """The device with this alias (the first one, with wildcards)."""
        with self._backend.glancing() as session:
            if exactly(alias):
                row = session.row(_DEVICE_OF, wanted=alias)
            else:
                row = session.row(_DEVICE_LIKE, wanted=like_pattern(alias))
        return None if row is None else row[0]

    def of_device(self, device: str) -> str | None:
        """The alias of a device."""
        with self._backend.glancing() as session:
            row = session.row(_ALIAS_OF, wanted=device)
        return None if row is None else row[0]

    def device_aliases(self, pattern: str) -> list[str]:
        """The aliases of devices that fit the pattern."""
        with self._backend.glancing() as session:
            return by_name(session.column(_DEVICE_ALIASES, wanted=like_pattern(pattern)))

    def put_device(self, device: str, alias: str) -> bool:
        """Give a device an alias; False if another device has it."""
        with self._backend.writing() as session:
            if session.row(_OTHER_DEVICE, wanted=alias, other=device) is not None:
                return False
            session.run(_SET, wanted=device, new_alias=alias)
            return True

    def remove_device(self, alias: str) -> None:
        """Take an alias away from its device."""
        with self._backend.writing() as session:
            session.run(_CLEAR, wanted=alias)

    def attribute_of(self, alias: str) -> str | None:
        """The attribute (device/attribute) with this alias."""
        with self._backend.glancing() as session:
            row = session.row(_ATTRIBUTE_OF, wanted=alias)
        return None if row is None else row[0]

    def of_attribute(self, name: str) -> str | None:
        """The alias of an attribute (device/attribute)."""
        with self._backend.glancing() as session:
            row = session.row(_ATTRIBUTE_ALIAS_OF, wanted=name)
        return None if row is None else row[0]

    def attribute_aliases(self, pattern: str) -> list[str]:
        """The aliases of attributes that fit the pattern, in the order of the attributes."""
        with self._backend.glancing() as session:
            rows = session.rows(_ATTRIBUTE_ALIASES, wanted=like_pattern(pattern))
        return [row[0] for row in sorted(rows, key=lambda row: row[1].upper())]

    def put_attribute(self, name: str, alias: str) -> bool:
        """Give an attribute (device/attribute) an alias; False if another attribute has it."""
        device, _, attribute = name.rpartition("/")
        with self._backend.writing() as session:
            if session.row(_OTHER_ATTRIBUTE, wanted=alias, other=name) is not None:
                return False
            session.run(_REMOVE_BY_NAME, wanted=name)
            session.run(
                _ADD, alias=alias, name=name, device=device, attribute=attribute, stamp=now()
            )
            return True

    def remove_attribute(self, alias: str) -> None:
        """Forget an attribute's alias."""
        with self._backend.writing() as session:
            session.run(_REMOVE_BY_ALIAS, wanted=alias)
