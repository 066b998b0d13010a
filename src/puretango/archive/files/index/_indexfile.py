"""The file below the open index, to check that it is still the one that was opened."""

from __future__ import annotations

import os
import secrets
import struct
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

__all__ = ["DELETED", "LOG_LOST", "OVERWRITTEN", "REPLACED", "IndexFile"]

DELETED: Final = "deleted"
REPLACED: Final = "replaced"
OVERWRITTEN: Final = "overwritten"
LOG_LOST: Final = "robbed of its log"

_HEADER: Final = 72
_GENERATION, _STORE = 60, 68
"""The offsets of user_version and application_id in the header of an SQLite file."""


class _Mark(NamedTuple):
    """The identity of a store, and its number of writes, as the file's header has them."""

    store: int
    generation: int


class IndexFile:
    """The file that was opened, to be compared with the one that has its name now.

    SQLite goes on writing into a file whose name is gone, and over a file that was copied onto it
    (``cp backup.sqlite archive.sqlite``): acknowledged writes would be lost with the process. The
    store notes itself and a count in the file's header; the header of a copy is an older one.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self.log = path.with_name(f"{path.name}-wal")
        self._connection = connection
        (store,) = connection.execute("PRAGMA application_id").fetchone()
        if not store:
            store = secrets.randbelow(2**30) + 1
            connection.execute(f"PRAGMA application_id = {store}")
            # Write it into the file itself: until then the header does not name this store.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self._store = store
        (self._count,) = connection.execute("PRAGMA user_version").fetchone()
        self._inode = _inode(path)
        self._log_inode = _inode(self.log)
        self._seen = self._mark()

    def count(self) -> None:
        """Note, in a transaction, that the store is written once more."""
        self._count += 1
        self._connection.execute(f"PRAGMA user_version = {self._count}")

    def fault(self) -> str:
        """What has happened to the file; "" if it is still there."""
        inode = _inode(self.path)
        if inode is None:
            return DELETED
        if inode != self._inode:
            return REPLACED
        mark = self._mark()
        if mark is None or mark.store != self._store or self._is_older(mark):
            return OVERWRITTEN
        self._seen = mark
        log = _inode(self.log)
        if self._log_inode is None:
            self._log_inode = log
        return LOG_LOST if log != self._log_inode else ""

    def _is_older(self, mark: _Mark) -> bool:
        return self._seen is not None and mark.generation < self._seen.generation

    def _mark(self) -> _Mark | None:
        try:
            with self.path.open("rb", buffering=0) as file:
                header = file.read(_HEADER)
        except OSError:
            return None
        if len(header) < _HEADER:
            return None
        (generation,) = struct.unpack_from(">i", header, _GENERATION)
        (store,) = struct.unpack_from(">i", header, _STORE)
        return _Mark(store, generation)


def _inode(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
