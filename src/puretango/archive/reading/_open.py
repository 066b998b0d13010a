"""Stores and readers by their address: ``file:DIRECTORY`` or ``postgresql://…``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from puretango.archive.files import FileReader, FileStore
from puretango.archive.sample import ArchiveError

if TYPE_CHECKING:
    from puretango.archive.sample import Reading, Storing

__all__ = ["directory_of", "is_database", "open_reading", "open_store"]


# Longer than the one letter of a Windows drive.
_SCHEME = re.compile(r"([a-z][a-z0-9+]+):")


def is_database(address: str) -> bool:
    """Whether an address is PostgreSQL's."""
    return address.startswith(("postgresql:", "postgres:", "timescale:"))


def directory_of(address: str) -> str:
    """The directory of a file store's address.

    Raises:
        ArchiveError: It is not such an address.
    """
    scheme = _SCHEME.match(address)
    if scheme and scheme[1] != "file":
        raise ArchiveError(f"{address}: a store is file:DIRECTORY or postgresql://…")
    path = address.removeprefix("file:")
    if path.startswith("//"):
        path = path[2:]
    if not path:
        raise ArchiveError(f"{address!r} names no directory: file:/var/lib/archive")
    return path


def open_store(address: str, **options: Any) -> Storing:
    """A store to write to.

    Args:
        address: ``file:DIRECTORY`` (or the directory alone) or ``postgresql://user:password@host/database``.
        options: As FileStore or PostgresStore take them.

    Raises:
        ArchiveError: It cannot be opened; StoreInUse, StoreTooNew.
    """
    if is_database(address):
        from puretango.archive.postgres import PostgresStore

        return PostgresStore(address, **options)
    return FileStore(directory_of(address), **options)


def open_reading(address: str) -> Reading:
    """A reader of a store: see Reading.

    Raises:
        ArchiveError: It cannot be opened; StoreTooNew.
    """
    if is_database(address):
        from puretango.archive.postgres import PostgresReader

        return PostgresReader(address)
    return FileReader(directory_of(address))
