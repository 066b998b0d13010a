"""One archiver per store: a lock that ends with its process, even if that is killed."""

from __future__ import annotations

import os
import socket
import sqlite3
from typing import TYPE_CHECKING

from puretango.archive.sample import ArchiveError, StoreInUse

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["StoreLock"]


class StoreLock:
    """The exclusive transaction of a small SQLite file: the same on every operating system."""

    def __init__(self, directory: Path) -> None:
        """Take the lock.

        Raises:
            StoreInUse: Another archiver has it.
        """
        self._owner = directory / "owner"
        self._connection = sqlite3.connect(
            directory / "lock", isolation_level=None, check_same_thread=False, timeout=0
        )
        try:
            self._connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            self._connection.close()
            if "locked" not in str(error):
                raise ArchiveError(f"{directory} cannot be locked: {error}") from error
            raise StoreInUse(
                f"another archiver writes to {directory}: {self._told_owner()}"
            ) from error
        try:
            self._owner.write_text(f"process {os.getpid()} on {socket.gethostname()}\n")
        except OSError:
            pass  # On a full disk the lock still holds; only the note of its owner is missing.

    def _told_owner(self) -> str:
        try:
            return self._owner.read_text().strip() or "unknown"
        except OSError:
            return "unknown"

    def release(self) -> None:
        """Let another archiver have the store."""
        self._owner.unlink(missing_ok=True)
        self._connection.close()
