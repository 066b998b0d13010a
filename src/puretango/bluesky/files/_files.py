"""Names of a detector's files, and checks of them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

__all__ = [
    "DetectorError",
    "Written",
    "as_directory",
    "as_text",
    "file_name",
    "is_windows",
    "local_path",
    "name_in",
]


class DetectorError(RuntimeError):
    """An acquisition that failed, or a file that was not written."""


def is_windows(path: str) -> bool:
    """Whether a path is a Windows one: it has a drive, or a share's host."""
    return re.match(r"[A-Za-z]:[\\/]|\\\\", path) is not None


def as_directory(path: str) -> str:
    """The path with a separator at the end, which areaDetector wants and includes in its readback."""
    if re.search(r"[/\\]$", path):
        return path
    return path + ("\\" if is_windows(path) and "/" not in path else "/")


def name_in(directory: str, template: str, stem: str, number: int) -> str:
    """The name, within its directory, of the file that a detector will write.

    DetectorError if the template does not put the file into the directory: the documents would
    name another one.
    """
    full = file_name(template, directory, stem, number)
    name = full.removeprefix(directory)
    if not full.startswith(directory) or not name or "/" in name or "\\" in name:
        raise DetectorError(
            f"file template {template!r} makes {full!r}, which is not a file in {directory}: "
            "it must begin with %s, for the directory"
        )
    return name


class Written:
    """The files that a detector has written, none of which may be overwritten."""

    def __init__(self) -> None:
        self._paths: set[str] = set()

    def claim(self, path: str) -> None:
        """Note a new file before it is written; DetectorError if it would replace another.

        If this computer does not see the file's directory, only the files claimed before count.
        """
        here = Path(path)
        taken = here.exists() if here.parent.is_dir() else path in self._paths
        if taken:
            raise DetectorError(f"{path} is there already, and would be overwritten")
        self._paths.add(path)


def file_name(template: str, *arguments: Any) -> str:
    """A C template; arguments beyond its fields are ignored, as in C."""
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


def local_path(uri: str) -> str | None:
    """The path of a ``file:`` address; None for any other."""
    parts = urlsplit(uri)
    return unquote(parts.path) if parts.scheme == "file" else None
