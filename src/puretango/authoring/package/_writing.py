"""Writing a new package: all of it or nothing, and never over existing files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

__all__ = ["ExistsAlready", "write_files"]


class ExistsAlready(Exception):
    """Some files of the new package exist already; nothing has been written."""


def write_files(folder: Path, files: Mapping[str, str]) -> list[Path]:
    """Write the files below the folder; returns their paths.

    :raises ExistsAlready: one of them exists, whatever is in it
    :raises OSError: the folder cannot be written to
    """
    there = sorted(name for name in files if (folder / name).exists())
    if there:
        raise ExistsAlready(
            f"in {folder} there is already: {', '.join(there)}; nothing was written"
        )
    written = []
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
        written.append(path)
    return written
