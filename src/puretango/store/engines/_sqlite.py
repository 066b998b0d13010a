"""The SQLite engine: write-ahead log, every commit synchronised to the disk."""

from __future__ import annotations

import os
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from sqlalchemy import String, Text, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from puretango.errors import StoreError
from puretango.store._backend import SELECT_SECONDS, Backend, Row, Session
from puretango.store._schema import (
    EVERYBODY,
    HISTORY_COUNTERS,
    METADATA,
    SCHEMA_VERSION,
    table,
)
from puretango.store._statement import Statement
from puretango.store.engines._batch import SharedCommit
from puretango.store.engines._mysqlfunctions import add_functions
from puretango.store.engines._mysqltext import in_sqlite_words
from puretango.store.engines._sqlitefile import (
    APPLICATION_ID,
    OpenFile,
    check_soundness,
    create_private,
)

__all__ = ["SqliteBackend"]

BUSY_SECONDS = 2.0
"""Seconds that a write waits for another process's write: less than a client's 3 s timeout."""

LOOK_STEPS = 10_000
"""Steps of SQLite's machine (some 100 µs) between two checks of the time in a free SELECT."""

MOST_ROWS = 1_000_000
"""The most rows of a free SELECT, all of which are held in memory."""

RETURNING_SINCE = (3, 35)
"""The first SQLite whose UPDATE can return what it has written."""

FAILURES = (sqlite3.Error, UnicodeError, OverflowError)
"""What SQLite raises: a text of a corrupt file, or a message about it, may not be decodable."""


class SqliteSession(Session):
    """A session on one SQLite connection."""

    def __init__(self, backend: SqliteBackend, connection: sqlite3.Connection) -> None:
        super().__init__(backend.dialect)
        self.connection = connection
        self._error = backend.error

    def query(self, sql: str, arguments: tuple[object, ...]) -> list[Row]:
        try:
            return self.connection.execute(sql, arguments).fetchall()
        except FAILURES as error:
            raise self._error(error) from error

    def execute(self, sql: str, arguments: tuple[object, ...]) -> int:
        try:
            return self.connection.execute(sql, arguments).rowcount
        except FAILURES as error:
            raise self._error(error) from error

    def describe(self, sql: str) -> tuple[int, list[Row]]:
        over = time.monotonic() + SELECT_SECONDS
        self.connection.set_progress_handler(lambda: time.monotonic() > over, LOOK_STEPS)
        try:
            cursor = self.connection.execute(in_sqlite_words(sql))
            return len(cursor.description or ()), cursor.fetchmany(MOST_ROWS)
        except (*FAILURES, sqlite3.Warning) as error:
            raise self._error(error) from error
        finally:
            self.connection.set_progress_handler(None, 0)


class SqliteBackend(Backend):
    """A store in one file, or in memory with the path ``:memory:``."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__()
        # Reflection and driver import are not needed: the dialect only writes SQL text.
        self.dialect = sqlite.dialect(paramstyle="qmark")
        self.path = os.fspath(path)
        self.in_memory = self.path == ":memory:"
        self._readers: deque[SqliteSession] = deque()
        self._closed = False
        if not self.in_memory:
            create_private(self.path)
        self._writer = SqliteSession(self, self._connect())
        self._file: OpenFile | None = None
        self._commits = SharedCommit(
            self._writer.connection,
            self.error,
            self._check_writable,
            self._fold_log,
            shared=not self.in_memory,
        )
        try:
            self._prepare()
        except FAILURES as error:
            self.close()
            raise self.error(error) from error
        except StoreError:
            self.close()
            raise
        if not self.in_memory:
            self._file = self._look_at_file()

    @property
    def description(self) -> str:
        return self.path

    # opening ------------------------------------------------------------------------------

    def _connect(self) -> sqlite3.Connection:
        try:
            connection = sqlite3.connect(
                self.path,
                timeout=BUSY_SECONDS,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=256,
            )
            add_functions(connection)
            return connection
        except sqlite3.Error as error:
            raise self.error(error) from error

    def _prepare(self) -> None:
        connection = self._writer.connection
        known = check_soundness(self.path, connection)
        if not self.in_memory:
            connection.execute("PRAGMA journal_mode=WAL")
            # FULL: the log is on the disk before a command is acknowledged.
            connection.execute("PRAGMA synchronous=FULL")
        connection.execute("BEGIN IMMEDIATE")
        try:
            for version in range(known, SCHEMA_VERSION):
                MIGRATIONS[version](connection)
            if known < SCHEMA_VERSION:
                # Part of the same transaction: a schema never exists without its version.
                connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise

    def _look_at_file(self) -> OpenFile:
        try:
            return OpenFile(self.path, self._writer.connection)
        except FAILURES as error:
            self.close()
            raise self.error(error) from error

    def error(self, error: BaseException) -> StoreError:
        """SQLite's error as one clear line."""
        name = getattr(error, "sqlite_errorname", "") or ""
        reason = _REASONS.get(name.split("_")[1] if "_" in name else "")
        text = str(error)
        if isinstance(error, UnicodeError):
            # SQLite's own message quotes the broken name.
            reason, text = _REASONS["CORRUPT"], "it holds bytes that are not text"
        if reason is None:
            reason = text
        elif text not in reason:
            reason = f"{reason} ({text})"
        return StoreError(f"store {self.path}: {reason}")

    def next_history_id(self, session: Session, counter: str) -> int:
        """The number of a new history record, counted and read in one statement where SQLite can."""
        if sqlite3.sqlite_version_info < RETURNING_SINCE:
            return super().next_history_id(session, counter)
        found = session.row(_counting(counter))
        return int(found[0]) if found else 0

    # sessions -----------------------------------------------------------------------------

    @contextmanager
    def _open_writer(self) -> Iterator[SqliteSession]:
        with self._commits.change():
            yield self._writer

    @contextmanager
    def _open_reader(self) -> Iterator[SqliteSession]:
        with self._open_glance() as session:
            session.execute("BEGIN", ())
            try:
                yield session
            finally:
                if session.connection.in_transaction:
                    session.connection.execute("COMMIT")

    @contextmanager
    def _open_glance(self) -> Iterator[SqliteSession]:
        self._check_open()
        if self.in_memory:
            # A memory database belongs to its one connection.
            with self._commits.lock:
                yield self._writer
            return
        try:
            session = self._readers.pop()
        except IndexError:
            session = SqliteSession(self, self._connect())
            session.execute("PRAGMA query_only=1", ())
        try:
            yield session
        finally:
            if self._closed:
                session.connection.close()
            else:
                self._readers.append(session)

    def _check_open(self) -> None:
        if self._closed:
            raise self._closed_error()
        if self._file is not None:
            self._file.check_file()

    def _check_writable(self) -> None:
        if self._closed:
            raise self._closed_error()
        if self._file is not None:
            self._file.check()

    def _closed_error(self) -> StoreError:
        return StoreError(f"store {self.path}: closed")

    def _fold_log(self) -> None:
        if self._file is not None:
            try:
                self._file.fold()
            except FAILURES as error:
                raise self.error(error) from error

    def close(self) -> None:
        """Close every connection; the last one checkpoints the log into the file."""
        self._closed = True
        while self._readers:
            self._readers.pop().connection.close()
        self._commits.close()


_REASONS = {
    "BUSY": "locked by another process",
    "LOCKED": "locked by another process",
    "NOTADB": "not a puretango store, file is not a database",
    "CORRUPT": "corrupt",
    "READONLY": "read-only",
    "FULL": "the disk is full",
    "CANTOPEN": "cannot be opened",
    "IOERR": "the disk fails",
    "PERM": "access denied",
    "NOMEM": "out of memory",
    "TOOBIG": "a value is too long",
    "INTERRUPT": f"a SELECT was ended after {SELECT_SECONDS:g} s",
}


@cache
def _counting(counter: str) -> Statement:
    number = table(counter).c.id
    return Statement(update(table(counter)).values(id=number + 1).returning(number))


@cache
def _first_schema() -> list[str]:
    dialect = sqlite.dialect()
    texts: list[str] = []
    for each in METADATA.sorted_tables:
        texts.append(str(CreateTable(each).compile(dialect=dialect)))
        indexes = sorted(each.indexes, key=lambda index: str(index.name))
        texts += [str(CreateIndex(index).compile(dialect=dialect)) for index in indexes]
    texts += [f"INSERT INTO {counter} (id) VALUES (0)" for counter in HISTORY_COUNTERS.values()]
    texts += EVERYBODY.values()
    return texts


def _create_tables(connection: sqlite3.Connection) -> None:
    """Version 1: Tango's tables."""
    for text in _first_schema():
        connection.execute(text)


def _decoded(text: str) -> str:
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _decode_texts(connection: sqlite3.Connection) -> None:
    """Version 2: texts are stored as text; before, each byte of their UTF-8 was a character."""
    connection.create_function("decoded", 1, _decoded, deterministic=True)
    for each in METADATA.sorted_tables:
        for column in each.columns:
            if isinstance(column.type, (String, Text)):
                name = f'"{column.name}"'
                connection.execute(
                    f'UPDATE OR IGNORE "{each.name}" SET {name} = decoded({name}) '
                    f"WHERE {name} GLOB '*[^' || char(1) || '-' || char(127) || ']*'"
                )


MIGRATIONS: list[Callable[[sqlite3.Connection], None]] = [_create_tables, _decode_texts]
"""MIGRATIONS[n] turns a store of version n into one of version n + 1."""
