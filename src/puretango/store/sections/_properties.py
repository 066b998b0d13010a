"""Properties of objects, classes and devices, and of their attributes and pipes; with history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, func, insert, select, update

from puretango.store._backend import Backend, Session, now
from puretango.store._names import by_name
from puretango.store._schema import HISTORY_COUNTERS, table
from puretango.store._statement import ESCAPE, Statement, exactly, like_pattern

__all__ = ["HISTORY_DEPTH", "HistoryRecord", "Properties"]

HISTORY_DEPTH = 10
"""How many changes of one property are remembered, unless the database's own property says otherwise."""


@dataclass(frozen=True, slots=True)
class HistoryRecord:
    """One change of a property; ``deleted`` with no values, or the new values."""

    keys: tuple[str, ...]
    name: str
    date: str
    deleted: bool
    values: list[str] = field(default_factory=list)


class _Statements:
    """The SQL of one family of properties."""

    def __init__(self, family: str) -> None:
        self.table = table(family)
        self.history = table(f"{family}_hist")
        names = [column.name for column in self.history.c]
        # id, date, then the keys, then name, count, value
        self.keys = tuple(names[2 : names.index("name")])
        extra = {name: "" for name in ("domain", "family", "member") if name in self.table.c}
        current, past = self.table.c, self.history.c
        owned = [current[key] == bindparam(f"wanted_{key}") for key in self.keys]
        past_owned = [past[key] == bindparam(f"wanted_{key}") for key in self.keys]
        name = current.name == bindparam("wanted_name")
        past_name = past.name == bindparam("wanted_name")
        order = current["count"]

        self.get = Statement(select(current.value).where(*owned, name).order_by(order))
        self.get_like = Statement(
            select(current.value)
            .where(*owned, current.name.like(bindparam("wanted_name"), escape=ESCAPE))
            .order_by(order)
        )
        self.all = Statement(
            select(*(current[key] for key in self.keys[1:]), current.name, current.value)
            .where(owned[0])
            .order_by(*(current[key] for key in self.keys[1:]), current.name, order)
        )
        self.member = Statement(
            select(current.name, current.value).where(*owned).order_by(current.name, order)
        )
        self.remove = Statement(delete(self.table).where(*owned, name))
        self.remove_member = Statement(delete(self.table).where(*owned))
        self.replace_one = Statement(
            update(self.table)
            .where(*owned, name, order == 1)
            .values(value=bindparam("new_value"), updated=bindparam("new_updated"))
        )
        binds: dict[str, Any] = {
            key: bindparam(key) for key in (*self.keys, "name", "count", "value")
        }
        self.add = Statement(
            insert(self.table).values(
                **binds, **extra, updated=bindparam("stamp"), accessed=bindparam("stamp")
            )
        )
        self.add_history = Statement(
            insert(self.history).values(**binds, id=bindparam("id"), date=bindparam("stamp"))
        )
        self.changes = Statement(
            select(past.id)
            .where(*past_owned, past_name)
            .group_by(past.id)
            .order_by(func.min(past.date), past.id)
        )
        self.purge = Statement(delete(self.history).where(past.id == bindparam("wanted_id")))

        self.queries: dict[tuple[object, ...], Statement] = {}
        """Statements that depend on which of the patterns have wildcards, made when needed."""

    def names(self, column: str, patterns: Mapping[str, str]) -> Statement:
        """Names in one column of the rows that fit every pattern."""
        conditions = [_fits(self.table.c[key], key, value) for key, value in patterns.items()]
        return Statement(select(self.table.c[column]).distinct().where(*conditions))

    def past(self, patterns: Mapping[str, str]) -> Statement:
        """The history that fits every pattern, oldest first."""
        past = self.history.c
        conditions = [_fits(past[key], key, value) for key, value in patterns.items()]
        columns = (past.id, past.date, *(past[key] for key in self.keys), past.name)
        return Statement(
            select(*columns, past["count"], past.value)
            .where(*conditions)
            .order_by(past.date, past.id, past["count"])
        )


@cache
def _statements(family: str) -> _Statements:
    """The SQL of a family, written once for all stores."""
    return _Statements(family)


def _fits(column: ColumnElement[str], key: str, pattern: str) -> ColumnElement[bool]:
    parameter: ColumnElement[str] = bindparam(f"wanted_{key}")
    return column == parameter if exactly(pattern) else column.like(parameter, escape=ESCAPE)


def _given(patterns: Mapping[str, str]) -> dict[str, object]:
    return {
        f"wanted_{key}": value if exactly(value) else like_pattern(value)
        for key, value in patterns.items()
    }


class Properties:
    """One family of properties; ``keys`` are (object,), (device, attribute) and the like."""

    def __init__(self, backend: Backend, family: str) -> None:
        self._backend = backend
        self._counter = HISTORY_COUNTERS[family]
        self._sql = _statements(family)
        self._queries = self._sql.queries
        self.depth = HISTORY_DEPTH

    def _wanted(self, keys: Sequence[str], name: str | None = None) -> dict[str, object]:
        given: dict[str, object] = {
            f"wanted_{key}": value for key, value in zip(self._sql.keys, keys, strict=True)
        }
        if name is not None:
            given["wanted_name"] = name
        return given

    # reading ------------------------------------------------------------------------------

    def get(self, keys: Sequence[str], name: str) -> list[str]:
        """The values of a property; with wildcards, those of all that fit, one after another."""
        with self._backend.glancing() as session:
            if exactly(name):
                return session.column(self._sql.get, **self._wanted(keys, name))
            return session.column(self._sql.get_like, **self._wanted(keys, like_pattern(name)))

    def of_member(self, keys: Sequence[str]) -> list[tuple[str, list[str]]]:
        """Name and values of every property of an attribute or a pipe (or object)."""
        with self._backend.glancing() as session:
            rows = session.rows(self._sql.member, **self._wanted(keys))
        return _grouped(rows)

    def of_owner(self, owner: str) -> list[tuple[tuple[str, ...], str, list[str]]]:
        """The other keys, name and values of every property of an object, class or device."""
        with self._backend.glancing() as session:
            rows = session.rows(self._sql.all, **{f"wanted_{self._sql.keys[0]}": owner})
        found: list[tuple[tuple[str, ...], str, list[str]]] = []
        last: tuple[str, ...] = ()
        for row in rows:
            key = tuple(part.upper() for part in row[:-1])
            if key != last:
                last = key
                found.append((tuple(row[:-2]), row[-2], []))
            found[-1][2].append(row[-1])
        # MariaDB's order: letters as capitals (an underscore comes after them).
        found.sort(key=lambda each: (*(part.upper() for part in each[0]), each[1].upper()))
        return found

    def names(self, *patterns: str, column: str = "name") -> list[str]:
        """Names of the properties (or of another column) whose keys and name fit the patterns."""
        wanted = dict(zip((*self._sql.keys, "name"), patterns, strict=False))
        shape = (column, *(exactly(pattern) for pattern in patterns))
        statement = self._queries.get(shape)
        if statement is None:
            statement = self._queries[shape] = self._sql.names(column, wanted)
        with self._backend.glancing() as session:
            return by_name(session.column(statement, **_given(wanted)))

    def history(self, *patterns: str) -> list[HistoryRecord]:
        """The changes of the properties whose keys and name fit the patterns, oldest first."""
        wanted = dict(zip((*self._sql.keys, "name"), patterns, strict=True))
        shape = ("history", *(exactly(pattern) for pattern in patterns))
        statement = self._queries.get(shape)
        if statement is None:
            statement = self._queries[shape] = self._sql.past(wanted)
        with self._backend.glancing() as session:
            rows = session.rows(statement, **_given(wanted))
        found: dict[int, HistoryRecord] = {}
        for number, date, *keys, name, count, value in rows:
            record = found.get(number)
            if record is None:
                record = HistoryRecord(tuple(keys), name, date, int(count) == 0)
                found[number] = record
            if not record.deleted:
                record.values.append(value)
        return list(found.values())

    # writing ------------------------------------------------------------------------------

    def put(self, keys: Sequence[str], name: str, values: Sequence[str]) -> None:
        """Set a property; its former values are in the history from when they were set."""
        sql = self._sql
        stamp = now()
        with self._backend.writing() as session:
            session.run(sql.remove, **self._wanted(keys, name))
            number = self._backend.next_history_id(session, self._counter)
            row: dict[str, object] = dict(zip(sql.keys, keys, strict=True))
            row.update(name=name, stamp=stamp, id=number)
            for count, value in enumerate(values, 1):
                session.run(sql.add, **row, count=count, value=value)
                session.run(sql.add_history, **row, count=count, value=value)
            self._purge(session, keys, name)

    def put_memorized(self, keys: Sequence[str], value: str) -> None:
        """Set ``__value``, a memorized attribute's last set value: it changes too often for
        a history."""
        sql = self._sql
        with self._backend.writing() as session:
            given = self._wanted(keys, "__value")
            if not session.run(sql.replace_one, **given, new_value=value, new_updated=now()):
                row: dict[str, object] = dict(zip(sql.keys, keys, strict=True))
                session.run(sql.add, **row, name="__value", count=1, value=value, stamp=now())

    def delete(self, keys: Sequence[str], pattern: str) -> None:
        """Delete the properties that match the pattern; the history notes it."""
        with self._backend.writing() as session:
            for name in self.names(*keys, pattern):
                self._note_deletion(session, keys, name)
                session.run(self._sql.remove, **self._wanted(keys, name))
                self._purge(session, keys, name)

    def delete_member(self, keys: Sequence[str]) -> None:
        """Delete every property of an attribute or a pipe; the history notes each."""
        with self._backend.writing() as session:
            for name in self.names(*keys):
                self._note_deletion(session, keys, name)
                self._purge(session, keys, name)
            session.run(self._sql.remove_member, **self._wanted(keys))

    def drop_members(self, owner: str, pattern: str) -> None:
        """Delete attributes or pipes with all their properties, without a note in the history."""
        with self._backend.writing() as session:
            for member in self.names(owner, pattern, column=self._sql.keys[1]):
                session.run(self._sql.remove_member, **self._wanted((owner, member)))

    def _note_deletion(self, session: Session, keys: Sequence[str], name: str) -> None:
        row: dict[str, object] = dict(zip(self._sql.keys, keys, strict=True))
        number = self._backend.next_history_id(session, self._counter)
        session.run(
            self._sql.add_history,
            **row,
            name=name,
            count=0,
            value="DELETED",
            id=number,
            stamp=now(),
        )

    def _purge(self, session: Session, keys: Sequence[str], name: str) -> None:
        changes = session.column(self._sql.changes, **self._wanted(keys, name))
        for number in changes[: max(0, len(changes) - self.depth)]:
            session.run(self._sql.purge, wanted_id=number)


def _grouped(rows: Sequence[Sequence[str]]) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for name, value in rows:
        if found and found[-1][0].upper() == name.upper():
            found[-1][1].append(value)
        else:
            found.append((name, [value]))
    found.sort(key=lambda each: each[0].upper())
    return found
