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
    from puretango.archive.devices import (
        HdbConfigurationManager,
        HdbEventSubscriber,
        archive_server,
        introduce,
    )
    from puretango.archive.files import (
        FileReader,
        FileStore,
    )
    from puretango.archive.reading import (
        ArchiveReader,
        Mark,
        Reader,
        RunMarks,
        archive_data,
        drawn,
        export,
        nanoseconds,
        open_reading,
        open_store,
        page_of_run,
        period_of_run,
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
        Reading,
        Row,
        Series,
        StoreInUse,
        StoreTooNew,
        Storing,
        UnknownAttribute,
    )
    from puretango.archive.settings import (
        Change,
        Configuration,
        Found,
        Rule,
        apply_to,
        found_attributes,
        hours_of,
        load,
        plan,
        settings_of_device,
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
    "devices": (
        "HdbConfigurationManager",
        "HdbEventSubscriber",
        "archive_server",
        "introduce",
    ),
    "files": (
        "FileReader",
        "FileStore",
    ),
    "reading": (
        "ArchiveReader",
        "Mark",
        "Reader",
        "RunMarks",
        "archive_data",
        "drawn",
        "export",
        "nanoseconds",
        "open_reading",
        "open_store",
        "page_of_run",
        "period_of_run",
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
        "Reading",
        "Row",
        "Series",
        "StoreInUse",
        "StoreTooNew",
        "Storing",
        "UnknownAttribute",
    ),
    "settings": (
        "Change",
        "Configuration",
        "Found",
        "Rule",
        "apply_to",
        "found_attributes",
        "hours_of",
        "load",
        "plan",
        "settings_of_device",
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
    "Change",
    "Configuration",
    "Decimated",
    "Entry",
    "FileReader",
    "FileStore",
    "Found",
    "Gap",
    "GapKind",
    "Generation",
    "HdbConfigurationManager",
    "HdbEventSubscriber",
    "Kind",
    "Mark",
    "PAUSED",
    "Reader",
    "Reading",
    "Row",
    "Rule",
    "RunMarks",
    "STARTED",
    "STOPPED",
    "Series",
    "Settings",
    "StoreInUse",
    "StoreTooNew",
    "Storing",
    "UnknownAttribute",
    "apply_to",
    "archive_data",
    "archive_server",
    "drawn",
    "export",
    "found_attributes",
    "hours_of",
    "introduce",
    "load",
    "nanoseconds",
    "open_reading",
    "open_store",
    "page_of_run",
    "period_of_run",
    "plan",
    "plot_png",
    "settings_of_device",
    "write_csv",
]


def __getattr__(name: str) -> Any:
    room = _ROOMS.get(name)
    if room is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{room}"), name)
