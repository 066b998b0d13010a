"""The MariaDB engine: Tango's own schema, shared with C++ database servers if need be."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.mysql import mariadb
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.schema import CreateIndex, CreateTable

from puretango.errors import StoreError
from puretango.store._backend import SELECT_SECONDS, Backend, Row, Session
from puretango.store._schema import EVERYBODY, HISTORY_COUNTERS, METADATA

__all__ = ["MariadbBackend"]

PATIENCE = SELECT_SECONDS
"""Seconds that MariaDB may take for an answer."""

LOST = {2006, 2013, 2014, 2055}
"""Error codes of a connection that went away."""


class MariadbSession(Session):
    """A session on one connection to MariaDB."""

    def __init__(self, backend: MariadbBackend, connection: Any) -> None:
        super().__init__(backend.dialect)
        self.connection = connection
        self._backend = backend
        self.lost = False
        self.in_transaction = False

    def query(self, sql: str, arguments: tuple[object, ...]) -> list[Row]:
        return self._perform(sql, arguments)[2]

    def execute(self, sql: str, arguments: tuple[object, ...]) -> int:
        return self._perform(sql, arguments)[0]

    def describe(self, sql: str) -> tuple[int, list[Row]]:
        _, columns, rows = self._perform(sql, ())
        return columns, rows

    def _perform(self, sql: str, arguments: tuple[object, ...]) -> tuple[int, int, list[Row]]:
        """The number of rows affected, the columns and the rows of a statement.

        Outside a transaction a statement that finds its connection closed is repeated on a new
        one: MariaDB closes those that were idle for some hours.
        """
        error_class = self._backend.driver.Error
        try:
            return self._attempt(sql, arguments)
        except error_class as error:
            self.lost = bool(error.args) and error.args[0] in LOST
            if not self.lost or self.in_transaction:
                raise self._backend.error(error) from error
        self.connection = self._backend.connect()
        self.lost = False
        try:
            return self._attempt(sql, arguments)
        except error_class as error:
            raise self._backend.error(error) from error

    def _attempt(self, sql: str, arguments: tuple[object, ...]) -> tuple[int, int, list[Row]]:
        with self.connection.cursor() as cursor:
            met = cursor.execute(sql, tuple(arguments) or None)
            rows: list[Row] = [tuple(_plain(each) for each in row) for row in cursor.fetchall()]
            return int(met), len(cursor.description or ()), rows


class MariadbBackend(Backend):
    """A store in MariaDB (or MySQL), given as ``mysql://user:password@host:port/database``.

    What the URL leaves out comes from the variables that Tango's C++ database server reads:
    MYSQL_USER, MYSQL_PASSWORD, MYSQL_HOST (``host[:port]``) and MYSQL_DATABASE.
    """

    def __init__(self, url: str) -> None:
        super().__init__()
        try:
            import pymysql
        except ImportError as error:
            raise StoreError(
                f"store {_public(url)}: PyMySQL is not installed (pip install 'puretango[mariadb]')"
            ) from error
        self.driver: Any = pymysql
        self.dialect = mariadb.MariaDBDialect(paramstyle="format")
        self._url = _complete(url)
        self._idle: deque[MariadbSession] = deque()
        self._lock = threading.Lock()
        self._closed = False
        with self._session() as session:
            self._prepare(session)

    @property
    def description(self) -> str:
        return str(self._url.render_as_string(hide_password=True))

    def _prepare(self, session: MariadbSession) -> None:
        """Create the tables that are missing, and the rows that Tango's schema needs."""
        present = {row[0].lower() for row in session.query("SHOW TABLES", ())}
        made = [each.name for each in METADATA.sorted_tables if each.name not in present]
        for each in METADATA.sorted_tables:
            if each.name in made:
                session.execute(str(CreateTable(each).compile(dialect=self.dialect)), ())
                for index in sorted(each.indexes, key=lambda index: str(index.name)):
                    session.execute(str(CreateIndex(index).compile(dialect=self.dialect)), ())
        for counter in HISTORY_COUNTERS.values():
            session.execute(
                f"INSERT INTO {counter} (id) SELECT 0 FROM DUAL "
                f"WHERE NOT EXISTS (SELECT * FROM {counter})",
                (),
            )
        for name, insertion in EVERYBODY.items():
            if name in made:
                session.execute(insertion, ())

    def connect(self) -> Any:
        """A new connection of the driver."""
        url = self._url
        host = url.host or "localhost"
        try:
            connection = self.driver.connect(
                host=host,
                port=url.port or 3306,
                user=url.username,
                password=url.password or "",
                database=url.database or "tango",
                unix_socket=url.query.get("unix_socket") or None,
                charset="utf8mb4",
                autocommit=True,
                connect_timeout=5,
                # Without these a server that hangs would be waited for without end, by all
                # writers: the first one has the lock.
                read_timeout=PATIENCE,
                write_timeout=PATIENCE,
                client_flag=self.driver.constants.CLIENT.FOUND_ROWS,
            )
            self._limit(connection)
            return connection
        except self.driver.Error as error:
            raise self.error(error) from error

    def _limit(self, connection: Any) -> None:
        """Have MariaDB itself end what takes too long: closing the connection would not stop it."""
        with connection.cursor() as cursor:
            try:
                cursor.execute(f"SET SESSION max_statement_time={PATIENCE - 1:g}")
            except self.driver.Error as error:
                if not error.args or error.args[0] in LOST:
                    raise
                # MySQL's setting has another name, is in milliseconds, and only covers SELECT.
                cursor.execute(f"SET SESSION max_execution_time={(PATIENCE - 1) * 1000:.0f}")

    def error(self, error: BaseException) -> StoreError:
        """MariaDB's error as one clear line."""
        text = str(error.args[-1]) if error.args else str(error)
        return StoreError(f"store {self.description}: {text}")

    # sessions -----------------------------------------------------------------------------

    @contextmanager
    def _session(self) -> Iterator[MariadbSession]:
        if self._closed:
            raise StoreError(f"store {self.description}: closed")
        try:
            session = self._idle.pop()
        except IndexError:
            session = MariadbSession(self, self.connect())
        try:
            yield session
        except self.driver.Error as error:
            session.lost = True
            raise self.error(error) from error
        finally:
            if session.lost or self._closed:
                _close_quietly(session.connection, self.driver)
            else:
                self._idle.append(session)

    @contextmanager
    def _open_reader(self) -> Iterator[MariadbSession]:
        with self._session() as session, _transaction(session, "START TRANSACTION READ ONLY"):
            yield session

    @contextmanager
    def _open_writer(self) -> Iterator[MariadbSession]:
        # One write at a time: Tango's MyISAM tables have no transactions, so only this lock
        # keeps the commands of this server apart.
        with self._lock, self._session() as session, _transaction(session, "START TRANSACTION"):
            yield session

    @contextmanager
    def _open_glance(self) -> Iterator[MariadbSession]:
        with self._session() as session:
            yield session

    def close(self) -> None:
        """Close every connection."""
        self._closed = True
        while self._idle:
            _close_quietly(self._idle.pop().connection, self.driver)


@contextmanager
def _transaction(session: MariadbSession, begin: str) -> Iterator[None]:
    session.execute(begin, ())
    session.in_transaction = True
    try:
        yield
        session.execute("COMMIT", ())
    except BaseException:
        if not session.lost:
            session.execute("ROLLBACK", ())
        raise
    finally:
        session.in_transaction = False


def _plain(value: Any) -> Any:
    """A row's values, with dates as the text that SQLite's rows hold."""
    return value.isoformat(" ", "seconds") if isinstance(value, datetime) else value


def _close_quietly(connection: Any, driver: Any) -> None:
    try:
        connection.close()
    except driver.Error:
        return  # the peer closed it first


def _complete(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreError(f"store {_public(url)}: not a database address") from error
    host, _, port = os.environ.get("MYSQL_HOST", "localhost").partition(":")
    return parsed.set(
        drivername="mysql",
        username=parsed.username or os.environ.get("MYSQL_USER") or None,
        password=parsed.password or os.environ.get("MYSQL_PASSWORD") or None,
        host=parsed.host or host,
        port=parsed.port or (int(port) if port.isdigit() and not parsed.host else None),
        database=parsed.database or os.environ.get("MYSQL_DATABASE") or "tango",
    )


def _public(url: str) -> str:
    """The address without its password."""
    head, at, tail = url.rpartition("@")
    return f"{head.partition('://')[0]}://{at and '…@'}{tail}" if at else url
