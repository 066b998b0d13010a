"""The SQLite engine: write-ahead log, every commit synchronised to the disk."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import String, Text
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from puretango.errors import StoreError

from ._backend import Backend, Row, Session
from ._schema import EVERYBODY, HISTORY_COUNTERS, METADATA, SCHEMA_VERSION

__all__ = ["SqliteBackend"]

APPLICATION_ID = 0x70546462
"""'pTdb' in the file's header tells a puretango store from another application's database."""

BUSY_SECONDS = 2.0
"""How long a write waits for another process's write: less than a client's 3 s timeout."""

CHECKED_SIZE = 32 * 1024 * 1024
"""Files up to this size are checked for corruption when they are opened (some milliseconds)."""


class SqliteSession(Session):
    """A session on one SQLite connection."""

    def __init__(self, backend: SqliteBackend, connection: sqlite3.Connection) -> None:
        super().__init__(backend.dialect)
        self.connection = connection
        self._error = backend.error

    def query(self, sql: str, arguments: tuple[object, ...]) -> list[Row]:
        try:
            return self.connection.execute(sql, arguments).fetchall()
        except sqlite3.Error as error:
            raise self._error(error) from error

    def execute(self, sql: str, arguments: tuple[object, ...]) -> int:
        try:
            return self.connection.execute(sql, arguments).rowcount
        except sqlite3.Error as error:
            raise self._error(error) from error

    def describe(self, sql: str) -> tuple[int, list[Row]]:
        try:
            cursor = self.connection.execute(sql)
            return len(cursor.description or ()), cursor.fetchall()
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise self._error(error) from error


class SqliteBackend(Backend):
    """A store in one file, or in memory with the path ``:memory:``."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__()
        # Reflection and driver import are not needed: the dialect only writes SQL text.
        self.dialect = sqlite.dialect(paramstyle="qmark")
        self.path = os.fspath(path)
        self.in_memory = self.path == ":memory:"
        self._write_lock = threading.Lock()
        self._readers: deque[SqliteSession] = deque()
        self._closed = False
        if not self.in_memory and not Path(self.path).absolute().parent.is_dir():
            raise StoreError(f"store {self.path}: no such directory")
        self._writer = SqliteSession(self, self._connect())
        try:
            self._prepare()
        except sqlite3.Error as error:
            self.close()
            raise self.error(error) from error
        except StoreError:
            self.close()
            raise

    @property
    def description(self) -> str:
        return self.path

    # opening ------------------------------------------------------------------------------

    def _connect(self) -> sqlite3.Connection:
        try:
            return sqlite3.connect(
                self.path,
                timeout=BUSY_SECONDS,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=256,
            )
        except sqlite3.Error as error:
            raise self.error(error) from error

    def _prepare(self) -> None:
        connection = self._writer.connection
        known = self._check(connection)
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

    def _check(self, connection: sqlite3.Connection) -> int:
        """The schema version of the file, after making sure that it is a sound store."""
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (objects,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if application != APPLICATION_ID and (application or objects):
            raise StoreError(f"store {self.path}: a database of another application")
        if version > SCHEMA_VERSION:
            raise StoreError(
                f"store {self.path}: written by a newer puretango "
                f"(schema {version}, this one knows {SCHEMA_VERSION})"
            )
        if objects and not self.in_memory and os.path.getsize(self.path) <= CHECKED_SIZE:
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if verdict != "ok":
                raise StoreError(f"store {self.path}: corrupt ({verdict.splitlines()[-1]})")
        return int(version)

    def error(self, error: BaseException) -> StoreError:
        """SQLite's error as one clear line."""
        name = getattr(error, "sqlite_errorname", "") or ""
        reason = _REASONS.get(name.split("_")[1] if "_" in name else "")
        text = str(error)
        if reason is None:
            reason = text
        elif text not in reason:
            reason = f"{reason} ({text})"
        return StoreError(f"store {self.path}: {reason}")

    # sessions -----------------------------------------------------------------------------

    @contextmanager
    def _open_writer(self) -> Iterator[SqliteSession]:
        with self._write_lock:
            self._check_open()
            session = self._writer
            session.execute("BEGIN IMMEDIATE", ())
            try:
                yield session
                session.execute("COMMIT", ())
            except BaseException:
                if session.connection.in_transaction:
                    session.connection.execute("ROLLBACK")
                raise

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
            with self._write_lock:
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
            raise StoreError(f"store {self.path}: closed")

    def close(self) -> None:
        """Close every connection; the last one folds the log into the file."""
        with self._write_lock:
            self._closed = True
            while self._readers:
                self._readers.pop().connection.close()
            self._writer.connection.close()


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
}


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
    """Version 2: texts are texts; before, each byte of their UTF-8 was a character."""
    connection.create_function("decoded", 1, _decoded, deterministic=True)
    for table in METADATA.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, (String, Text)):
                name = f'"{column.name}"'
                connection.execute(
                    f'UPDATE OR IGNORE "{table.name}" SET {name} = decoded({name}) '
                    f"WHERE {name} GLOB '*[^' || char(1) || '-' || char(127) || ']*'"
                )


MIGRATIONS: list[Callable[[sqlite3.Connection], None]] = [_create_tables, _decode_texts]
"""MIGRATIONS[n] turns a store of version n into one of version n + 1."""
