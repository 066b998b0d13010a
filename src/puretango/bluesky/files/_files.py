"""Names of a detector's files, and what may be wrong with them."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["DetectorError", "as_directory", "as_text", "file_name"]


class DetectorError(RuntimeError):
    """An acquisition that failed, or a file that was not written."""


def as_directory(path: str) -> str:
    """areaDetector wants the separator at the end, and compares with it."""
    return path if re.search(r"[/\\]$", path) else path + "/"


def file_name(template: str, *arguments: Any) -> str:
    """A C template; arguments that it has no place for are left out, as C does."""
    for count in range(len(arguments), -1, -1):
        try:
            return template % arguments[:count]
        except TypeError as error:
            if "not all arguments" not in str(error):
                raise DetectorError(f"file template {template!r}: {error}") from error
    raise DetectorError(f"file template {template!r} names no file")


def as_text(value: Any) -> str:
    """A path as text; EPICS waveforms hold it as octets that end in NULs."""
    if isinstance(value, str):
        return value
    return bytes(value).decode("utf-8", "replace").rstrip("\0")
