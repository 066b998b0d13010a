"""Writing a new package: all of it or nothing, and never over what is there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

__all__ = ["ExistsAlready", "write_files"]


class ExistsAlready(Exception):
    """Files of the new package are there already; nothing has been written."""


def write_files(folder: Path, files: Mapping[str, str]) -> list[Path]:
    """Write the files below the folder; gives their paths.

    :raises ExistsAlready: one of them is there, whatever is in it
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
