"""What can go wrong with an archive."""

from __future__ import annotations

from puretango.errors import PuretangoError

__all__ = ["ArchiveError", "BlockDamaged", "StoreInUse", "StoreTooNew", "UnknownAttribute"]


class ArchiveError(PuretangoError):
    """The archive cannot do what it was asked for."""


class StoreInUse(ArchiveError):
    """Another archiver writes to this store."""


class StoreTooNew(ArchiveError):
    """A later release of puretango has written this store."""


class BlockDamaged(ArchiveError):
    """A block's checksum is not that of its bytes."""


class UnknownAttribute(ArchiveError):
    """The archive has never heard of this attribute."""
