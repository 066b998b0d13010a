"""Collecting: attributes from the hub into a store."""

from puretango.archive.collecting._archiver import Archiver
from puretango.archive.collecting._entry import (
    ALWAYS,
    PAUSED,
    STARTED,
    STOPPED,
    Entry,
    Settings,
)
from puretango.archive.collecting._names import device_and_attribute, full_name
from puretango.archive.collecting._service import ArchiveService

__all__ = [
    "ALWAYS",
    "PAUSED",
    "STARTED",
    "STOPPED",
    "ArchiveService",
    "Archiver",
    "Entry",
    "Settings",
    "device_and_attribute",
    "full_name",
]
