"""A text file that is replaced as a whole: a new file is written beside it, synchronised, and renamed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["locked", "replace_text"]


def replace_text(path: Path, text: str) -> None:
    """Give a file this text, durably; a reader, or a crash, finds the old text or the new one.

    The file keeps its permissions, and a symbolic link stays one. OSError if it cannot be written.
    """
    target = Path(os.path.realpath(path))
    beside = target.with_name(f".{target.name}.new")
    with open(beside, "w", encoding="utf-8", errors="surrogateescape", newline="") as stream:
        stream.write(text)
        stream.flush()
        if target.exists():
            os.chmod(beside, target.stat().st_mode & 0o7777)
        os.fsync(stream.fileno())
    os.replace(beside, target)
    _synchronise(target.parent)


def _synchronise(folder: Path) -> None:
    """Bring the folder's entry to the disk too, where the system can do that."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:
        return  # not every system can open a folder
    finally:
        os.close(handle)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other processes from changing the file meanwhile, by a lock on its folder.

    A lock on the file itself would go with it: each change replaces the file.
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl

    try:
        handle = os.open(Path(os.path.realpath(path)).parent, os.O_RDONLY)
    except OSError:
        yield  # reading or writing the file will raise the reason
        return
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError:
            pass  # a file system without locks: the rename still keeps the file whole
        yield
    finally:
        os.close(handle)
