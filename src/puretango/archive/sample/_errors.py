"""The errors of an archive."""

from __future__ import annotations

from puretango.errors import PuretangoError

__all__ = ["ArchiveError", "BlockDamaged", "StoreInUse", "StoreTooNew", "UnknownAttribute"]


class ArchiveError(PuretangoError):
    """The archive cannot carry out a request."""


class StoreInUse(ArchiveError):
    """Another archiver writes to this store."""


class StoreTooNew(ArchiveError):
    """A later release of puretango has written this store."""


class BlockDamaged(ArchiveError):
    """A block's checksum does not match its bytes."""


class UnknownAttribute(ArchiveError):
    """This attribute is not in the archive."""
