"""The archive: what HDB++ does, in one process: stores, readers, archivers, their devices.

The door of the room. Everything is found when first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from puretango.archive.collecting import (
        ALWAYS,
        PAUSED,
        STARTED,
        STOPPED,
        Archiver,
        ArchiveService,
        Entry,
        Settings,
    )
    from puretango.archive.files import (
        FileReader,
        FileStore,
    )
    from puretango.archive.reading import (
        ArchiveReader,
        Reader,
        archive_data,
        drawn,
        export,
        nanoseconds,
        open_reading,
        open_store,
        plot_png,
        write_csv,
    )
    from puretango.archive.sample import (
        ArchiveError,
        BlockDamaged,
        Decimated,
        Gap,
        GapKind,
        Generation,
        Kind,
        Row,
        Series,
        StoreInUse,
        StoreTooNew,
        UnknownAttribute,
    )

_WHERE = {
    "collecting": (
        "ALWAYS",
        "PAUSED",
        "STARTED",
        "STOPPED",
        "ArchiveService",
        "Archiver",
        "Entry",
        "Settings",
    ),
    "files": (
        "FileReader",
        "FileStore",
    ),
    "reading": (
        "ArchiveReader",
        "Reader",
        "archive_data",
        "drawn",
        "export",
        "nanoseconds",
        "open_reading",
        "open_store",
        "plot_png",
        "write_csv",
    ),
    "sample": (
        "ArchiveError",
        "BlockDamaged",
        "Decimated",
        "Gap",
        "GapKind",
        "Generation",
        "Kind",
        "Row",
        "Series",
        "StoreInUse",
        "StoreTooNew",
        "UnknownAttribute",
    ),
}
_ROOMS = {name: room for room, names in _WHERE.items() for name in names}

__all__ = [
    "ALWAYS",
    "ArchiveError",
    "ArchiveReader",
    "ArchiveService",
    "Archiver",
    "BlockDamaged",
    "Decimated",
    "Entry",
    "FileReader",
    "FileStore",
    "Gap",
    "GapKind",
    "Generation",
    "Kind",
    "PAUSED",
    "Reader",
    "Row",
    "STARTED",
    "STOPPED",
    "Series",
    "Settings",
    "StoreInUse",
    "StoreTooNew",
    "UnknownAttribute",
    "archive_data",
    "drawn",
    "export",
    "nanoseconds",
    "open_reading",
    "open_store",
    "plot_png",
    "write_csv",
]


def __getattr__(name: str) -> Any:
    room = _ROOMS.get(name)
    if room is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{room}"), name)
