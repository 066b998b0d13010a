"""The file below an open SQLite store: made private, recognised, checked."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
import time
import uuid
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

from puretango.errors import StoreError
from puretango.store._schema import METADATA, SCHEMA_VERSION

__all__ = ["APPLICATION_ID", "OpenFile", "check_soundness", "create_private"]

APPLICATION_ID = 0x70546462
"""'pTdb' in the file's header distinguishes a puretango store from another application's database."""

CHECKED_SIZE = 32 * 1024 * 1024
"""Files up to this size are checked completely, indexes too, when they are opened (some milliseconds)."""

FOLDED_ROWS: Final = 500
"""After so many changed rows (some thousand pages) the log is checkpointed into the file."""

_LOOKS: Final = 20
_PAUSE: Final = 0.05
"""A checkpoint by another process leaves the file unreadable for moments: attempts, and seconds between two."""


_FIRST_CELL: Final = 8
"""The offset in a leaf page of its first cell's place."""

_WIDTHS: Final = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8, 8: 0, 9: 0}
"""Octets of an integer by its serial type, the last one in a record's header; types 8 and 9 are the values 0 and 1."""


class Identity(NamedTuple):
    """The identity of a file."""

    device: int
    inode: int


class Written(NamedTuple):
    """When the file was last written: in WAL mode only checkpoints write it."""

    nanoseconds: int
    size: int


class Mark(NamedTuple):
    """What a store writes into its file at each checkpoint."""

    store: str
    generation: int


def create_private(path: str) -> None:
    """Make a new file that only its owner may read, since properties hold passwords. An existing one stays as it is."""
    if not Path(path).absolute().parent.is_dir():
        raise StoreError(f"store {path}: no such directory")
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError:
        return  # it exists, or SQLite will report why it cannot be made


class OpenFile:
    """The file and its log, as they were when they were opened.

    SQLite goes on writing into files whose name is gone, and over files that others have
    copied onto it (``cp backup.db tango.db``): acknowledged writes would be lost with the
    process, or mixed into the other file's pages. Only checkpoints write the file,
    and they are made here, with a mark; a write by anything else shows in the file's time.
    """

    def __init__(self, path: str, writer: sqlite3.Connection) -> None:
        self.path = path
        self._log = f"{path}-wal"
        self._writer = writer
        self._lock = threading.Lock()
        self._overwritten = False
        self._folded = 0
        writer.execute("PRAGMA wal_autocheckpoint=0")
        self._store = self._own_name()
        self._place = self._place_of_mark()
        self._mark: Mark | None = None
        self._fold()
        self._file = _identity(path)
        self._log_file = _identity(self._log)

    # the file that has the name --------------------------------------------------------------

    def check_file(self) -> None:
        """StoreError if the file was deleted, replaced, or overwritten."""
        found = _stat(self.path)
        self._compare(self.path, found, self._file)
        if found and (self._overwritten or _written(found) != self._written):
            self._examine()

    def check(self) -> None:
        """StoreError if the file or its log was deleted, replaced, or overwritten."""
        self.check_file()
        found = _stat(self._log)
        if self._log_file is None:
            self._log_file = found and _which(found)
        else:
            self._compare(self._log, found, self._log_file)

    def _compare(self, path: str, found: os.stat_result | None, known: Identity | None) -> None:
        if (found and _which(found)) != known:
            raise self._lost(path, "deleted" if found is None else "replaced")

    def _lost(self, path: str, what: str) -> StoreError:
        return StoreError(
            f"store {self.path}: {path} was {what} while it was in use; nothing is kept "
            "until it is back, or the database server is started again"
        )

    # its contents ----------------------------------------------------------------------------

    def _own_name(self) -> str:
        self._writer.execute(
            "CREATE TABLE IF NOT EXISTS store_mark (store TEXT NOT NULL, generation INTEGER NOT NULL)"
        )
        if self._writer.execute("SELECT count(*) FROM store_mark").fetchone()[0] != 1:
            self._writer.execute("DELETE FROM store_mark")
            self._writer.execute("INSERT INTO store_mark VALUES (?, 0)", (str(uuid.uuid4()),))
        (name,) = self._writer.execute("SELECT store FROM store_mark").fetchone()
        return str(name)

    def _place_of_mark(self) -> tuple[int, int]:
        """The offset in the file of the mark's page, and its size."""
        (size,) = self._writer.execute("PRAGMA page_size").fetchone()
        (page,) = self._writer.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'store_mark'"
        ).fetchone()
        return (page - 1) * size, size

    def _mark_in_file(self) -> Mark | None:
        """The mark in the file itself, without newer contents of the log; None if it is not in its place.

        It is not read by SQLite: readers can prevent a complete checkpoint, and in a file with some
        new pages and some old ones SQLite finds a malformed database. The mark's one row fits its
        one page.
        """
        start, size = self._place
        try:
            with open(self.path, "rb", buffering=0) as file:
                file.seek(start)
                page = file.read(size)
        except OSError:
            return None
        # After the pointer to the page's only cell: remains of earlier contents may be before it.
        cell = int.from_bytes(page[_FIRST_CELL : _FIRST_CELL + 2], "big")
        found = page.find(self._store.encode(), cell)
        width = _WIDTHS.get(page[found - 1]) if found > 0 else None
        if width is None:
            return None
        begin = found + len(self._store)
        number = int.from_bytes(page[begin : begin + width], "big", signed=True)
        return Mark(self._store, page[found - 1] - 8 if not width else number)

    def fold(self) -> None:
        """Checkpoint the log into the file if it has grown; between two transactions of the writer."""
        if self._writer.total_changes - self._folded >= FOLDED_ROWS:
            self.check()
            with self._lock:
                self._fold()

    def _fold(self) -> None:
        self._writer.execute("UPDATE store_mark SET generation = generation + 1")
        self._writer.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        self._folded = self._writer.total_changes
        found = os.stat(self.path)
        self._mark = self._mark_in_file()
        self._written = _written(found)

    def _examine(self) -> None:
        """The file has been written from outside: that is fine if it was another process's checkpoint."""
        with self._lock:  # so that it is not this process, just now
            if not self._overwritten and self._is_overwritten():
                self._overwritten = True  # and remains so: the log is gone
                self._put_log_aside()
            if self._overwritten:
                raise StoreError(
                    f"store {self.path}: {self.path} was overwritten while it was in use; nothing "
                    "is kept until the database server is started again"
                )

    def _is_overwritten(self) -> bool:
        for look in range(_LOOKS):
            if look:
                time.sleep(_PAUSE)
            found = _stat(self.path)
            if found is None:
                return False  # deleted meanwhile: reported at the next check
            if _written(found) == self._written:
                return False
            mark = self._mark_in_file()
            if mark is None:
                try:
                    mark = _mark_below_the_log(self.path)
                except sqlite3.Error:
                    continue
            if mark != self._mark and not self._is_later(mark):
                return True
            self._mark, self._written = mark, _written(found)
            return False
        return True

    def _is_later(self, mark: Mark | None) -> bool:
        if mark is None or mark.store != self._store:
            return False
        return self._mark is None or mark.generation >= self._mark.generation

    def _put_log_aside(self) -> None:
        """Put the log aside: it belongs to pages that are gone, and must not get into those that replaced them."""
        left = f"{self.path}-log-of-overwritten"
        try:
            shutil.copyfile(self._log, left, follow_symlinks=False)
            os.chmod(left, 0o600)
            os.truncate(self._log, 0)
        except OSError:
            pass  # the refusal is reported all the same


def _mark_below_the_log(path: str) -> Mark | None:
    """The mark in the file itself, without newer contents of the log; sqlite3.Error if the file is not sound."""
    address = f"{Path(path).absolute().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection:
        tables = connection.execute("SELECT count(*) FROM sqlite_master WHERE name='store_mark'")
        if not tables.fetchone()[0]:
            return None
        row = connection.execute("SELECT store, generation FROM store_mark").fetchone()
    return row and Mark(*row)


def _stat(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except OSError:
        return None


def _which(found: os.stat_result) -> Identity:
    return Identity(found.st_dev, found.st_ino)


def _written(found: os.stat_result) -> Written:
    return Written(found.st_mtime_ns, found.st_size)


def _identity(path: str) -> Identity | None:
    found = _stat(path)
    return found and _which(found)


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
    """Raise unless every table has its columns, and every index exists."""
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
