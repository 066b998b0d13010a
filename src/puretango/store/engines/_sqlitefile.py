"""The file below an open SQLite store: made private, recognised, found sound."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from puretango.errors import StoreError
from puretango.store._schema import METADATA, SCHEMA_VERSION

__all__ = ["APPLICATION_ID", "OpenFile", "check_soundness", "create_private"]

APPLICATION_ID = 0x70546462
"""'pTdb' in the file's header tells a puretango store from another application's database."""

CHECKED_SIZE = 32 * 1024 * 1024
"""Files up to this size are checked as a whole, indexes too, when they are opened (some milliseconds)."""

Identity = tuple[int, int]


def create_private(path: str) -> None:
    """Make a new file that its owner alone may read: properties hold passwords. One that is there stays as it is."""
    if not Path(path).absolute().parent.is_dir():
        raise StoreError(f"store {path}: no such directory")
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError:
        return  # it is there, or SQLite says why it cannot be


class OpenFile:
    """The file and its log, as they were when they were opened.

    SQLite goes on writing into files that have no name any more: what it acknowledged would be
    gone with the process.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._log = f"{path}-wal"
        self._file = _identity(path)
        self._log_file: Identity | None = _identity(self._log)

    def check_file(self) -> None:
        """StoreError if the file was deleted or replaced."""
        self._compare(self.path, self._file)

    def check(self) -> None:
        """StoreError if the file or its log was deleted or replaced."""
        self.check_file()
        if self._log_file is None:
            self._log_file = _identity(self._log)
        else:
            self._compare(self._log, self._log_file)

    def _compare(self, path: str, known: Identity | None) -> None:
        found = _identity(path)
        if found != known:
            what = "deleted" if found is None else "replaced"
            raise StoreError(
                f"store {self.path}: {path} was {what} while it was in use; nothing is kept "
                "until it is back, or the database server is started again"
            )


def _identity(path: str) -> Identity | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def check_soundness(path: str, connection: sqlite3.Connection) -> int:
    """The schema version of the file; StoreError unless it is a sound store, or empty."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (objects,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application != APPLICATION_ID and (application or objects):
        raise StoreError(f"store {path}: a database of another application")
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"store {path}: written by a newer puretango "
            f"(schema {version}, this one knows {SCHEMA_VERSION})"
        )
    if application == APPLICATION_ID and path != ":memory:":
        if os.path.getsize(path) <= CHECKED_SIZE:
            # Not quick_check: an index that disagrees with its table gives wrong answers.
            (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if verdict != "ok":
                raise StoreError(f"store {path}: corrupt ({verdict.splitlines()[-1]})")
        if version == SCHEMA_VERSION:
            _check_tables(path, connection)
    return int(version)


def _check_tables(path: str, connection: sqlite3.Connection) -> None:
    """Every table has its columns, and every index is there."""
    indexes = {
        row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type='index'")
    }
    for table in METADATA.sorted_tables:
        present = {
            row[1].lower() for row in connection.execute(f'PRAGMA table_info("{table.name}")')
        }
        missing = [column.name for column in table.columns if column.name.lower() not in present]
        if missing:
            what = (
                f"column {missing[0]} of table {table.name}" if present else f"table {table.name}"
            )
            raise StoreError(f"store {path}: corrupt ({what} is missing)")
        for index in table.indexes:
            if index.name not in indexes:
                raise StoreError(f"store {path}: corrupt (index {index.name} is missing)")
