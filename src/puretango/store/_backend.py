"""What the sections of a store need from the SQL engine below: sessions, readers and writers."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Table, select, update
from sqlalchemy.engine.interfaces import Dialect

from ._schema import table
from ._statement import Statement

__all__ = ["SELECT_SECONDS", "Backend", "Row", "Session", "now"]

Row = Sequence[Any]

SELECT_SECONDS = 30.0
"""A client's own SELECT is ended after so many seconds: by then nobody waits for the answer."""


def now() -> str:
    """The local time as Tango's tables hold it."""
    return datetime.now().isoformat(" ", "seconds")


class Session(ABC):
    """One connection's transaction: executes statements."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def rows(self, statement: Statement, /, **given: object) -> list[Row]:
        """All the rows that the statement finds."""
        sql, arguments = statement.compiled(self.dialect)
        return self.query(sql, arguments(given))

    def row(self, statement: Statement, /, **given: object) -> Row | None:
        """The first row that the statement finds, or None."""
        rows = self.rows(statement, **given)
        return rows[0] if rows else None

    def column(self, statement: Statement, /, **given: object) -> list[Any]:
        """The first column of the rows that the statement finds."""
        return [row[0] for row in self.rows(statement, **given)]

    def run(self, statement: Statement, /, **given: object) -> int:
        """Execute a statement that changes something; how many rows it met."""
        sql, arguments = statement.compiled(self.dialect)
        return self.execute(sql, arguments(given))

    @abstractmethod
    def query(self, sql: str, arguments: tuple[object, ...]) -> list[Row]:
        """The rows of one SQL text."""

    @abstractmethod
    def execute(self, sql: str, arguments: tuple[object, ...]) -> int:
        """Execute one SQL text; how many rows it met."""

    @abstractmethod
    def describe(self, sql: str) -> tuple[int, list[Row]]:
        """Number of columns, and the rows, of a free SQL text."""


class Backend(ABC):
    """A SQL engine. Transactions nest: the outermost one commits."""

    dialect: Dialect

    def __init__(self) -> None:
        self._local = threading.local()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one consistent state of the store."""
        current: Session | None = getattr(self._local, "session", None)
        if current is not None:
            yield current
            return
        with self._open_reader() as session:
            self._local.session = session
            try:
                yield session
            finally:
                self._local.session = None

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose changes are all kept, durably, when the block ends; or none of them."""
        if getattr(self._local, "writer", False):
            yield self._local.session
            return
        with self._open_writer() as session:
            self._local.session, self._local.writer = session, True
            try:
                yield session
            finally:
                self._local.session, self._local.writer = None, False

    @contextmanager
    def glancing(self) -> Iterator[Session]:
        """A session for one single statement, without the cost of a transaction."""
        current: Session | None = getattr(self._local, "session", None)
        if current is not None:
            yield current
        else:
            with self._open_glance() as session:
                yield session

    def next_history_id(self, session: Session, counter: str) -> int:
        """The number of a new history record; only within a writing session."""
        change, read = _counter_statements(table(counter))
        session.run(change)
        found = session.row(read)
        return int(found[0]) if found else 0

    @abstractmethod
    def _open_reader(self) -> Any: ...

    @abstractmethod
    def _open_writer(self) -> Any: ...

    @abstractmethod
    def _open_glance(self) -> Any: ...

    @property
    @abstractmethod
    def description(self) -> str:
        """Where the store is, for people (never a password)."""

    @abstractmethod
    def close(self) -> None:
        """Close every connection."""


_COUNTERS: dict[str, tuple[Statement, Statement]] = {}


def _counter_statements(counter: Table) -> tuple[Statement, Statement]:
    found = _COUNTERS.get(counter.name)
    if found is None:
        found = _COUNTERS[counter.name] = (
            Statement(update(counter).values(id=counter.c.id + 1)),
            Statement(select(counter.c.id)),
        )
    return found
