"""The tables of a file store, and opening them."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from puretango.archive.sample import ArchiveError, StoreTooNew

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "BLOCK_INDEX",
    "INDEX",
    "SEALED",
    "VERSION",
    "check_version",
    "connect",
    "create_log",
    "create_sealed",
    "create_tables",
    "open_index",
    "read_only",
]

# The version of the layout on disk: a later one is refused, an earlier one would be migrated here.
VERSION = 1
INDEX = "archive.sqlite"
SEALED = "sealed"

# In the index and in each sealed file, so that sealed files alone are an archive.
_NAMES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS attribute (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, ttl INTEGER NOT NULL DEFAULT 0,
    active INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS generation (
    id INTEGER PRIMARY KEY, attribute INTEGER NOT NULL REFERENCES attribute (id),
    number INTEGER NOT NULL, since INTEGER NOT NULL, type TEXT NOT NULL, format TEXT NOT NULL,
    access TEXT NOT NULL, labels TEXT NOT NULL, UNIQUE (attribute, number));
CREATE TABLE IF NOT EXISTS gap (
    id INTEGER PRIMARY KEY, attribute INTEGER NOT NULL REFERENCES attribute (id), kind TEXT NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER, count INTEGER NOT NULL DEFAULT 0,
    text TEXT NOT NULL DEFAULT '');
"""
_INDEX = """
CREATE INDEX IF NOT EXISTS gap_at ON gap (attribute, start);
CREATE TABLE IF NOT EXISTS segment (id INTEGER PRIMARY KEY, sealing INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS sealed (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    rows INTEGER NOT NULL, bytes INTEGER NOT NULL, merged INTEGER NOT NULL DEFAULT 0,
    replaced INTEGER);
CREATE TABLE IF NOT EXISTS hour (
    generation INTEGER NOT NULL, start INTEGER NOT NULL, low REAL NOT NULL, high REAL NOT NULL,
    total REAL NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (generation, start)) WITHOUT ROWID;
"""
# level: seconds of a cell, 0 for samples.
_BLOCKS = """
CREATE TABLE block (
    generation INTEGER NOT NULL, level INTEGER NOT NULL, start INTEGER NOT NULL,
    "end" INTEGER NOT NULL, rows INTEGER NOT NULL, crc INTEGER NOT NULL, data BLOB NOT NULL);
"""
BLOCK_INDEX = "CREATE INDEX block_at ON block (generation, level, start)"


def connect(path: Path) -> sqlite3.Connection:
    """A connection in autocommit, for any thread (the store has its own lock)."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
    connection.execute("PRAGMA busy_timeout = 30000")
    return connection


def read_only(path: Path, *, immutable: bool = False) -> sqlite3.Connection:
    """A connection that cannot write.

    Args:
        path: The file.
        immutable: The file is never changed: SQLite uses neither lock nor journal.
    """
    mode = "immutable=1" if immutable else "mode=ro"
    uri = f"{path.absolute().as_uri()}?{mode}"
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=30)


def open_index(path: Path) -> sqlite3.Connection:
    """The index for writing, made if it is not there.

    Raises:
        StoreTooNew: A later release has written it.
        ArchiveError: It is not an archive.
    """
    connection = connect(path)
    try:
        # Durable means: on the disk when the commit returns, even after a power cut.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        check_version(connection, path)
        # In one transaction: a process killed while it makes a store leaves none or a whole one.
        create_tables(connection)
        connection.execute("INSERT OR IGNORE INTO meta VALUES ('version', ?)", (VERSION,))
    except sqlite3.DatabaseError as error:
        connection.close()
        raise ArchiveError(f"{path} cannot be opened as an archive: {error}") from error
    except ArchiveError:
        connection.close()
        raise
    return connection


def create_tables(connection: sqlite3.Connection) -> None:
    """The tables of an index."""
    connection.executescript(f"BEGIN IMMEDIATE; {_NAMES} {_INDEX} COMMIT")


def check_version(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a store that a later release has written.

    Raises:
        StoreTooNew: It is of a later version.
    """
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone()
    if known is None:
        return
    found = connection.execute("SELECT value FROM meta WHERE key = 'version'").fetchone()
    if found is not None and int(found[0]) > VERSION:
        raise StoreTooNew(
            f"{path} has version {found[0]}; this puretango knows up to {VERSION}: use a later release"
        )


def create_log(connection: sqlite3.Connection, segment: int) -> None:
    """The table of an open segment: rows as they came, without an index, which makes writing quick."""
    connection.execute(
        f"CREATE TABLE IF NOT EXISTS log_{segment} (generation INTEGER NOT NULL, time INTEGER NOT NULL,"
        " received INTEGER NOT NULL, quality INTEGER NOT NULL, value, set_value)"
    )


def create_sealed(path: Path) -> sqlite3.Connection:
    """A new file of blocks, not yet safe on the disk."""
    path.unlink(missing_ok=True)
    connection = connect(path)
    connection.executescript(
        f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN; {_NAMES} {_BLOCKS} COMMIT"
    )
    return connection
