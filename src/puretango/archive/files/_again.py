"""An index that was deleted, replaced or overwritten under the archiver: what is saved, and a new beginning."""

from __future__ import annotations

import logging
import os
import shutil
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from puretango.archive.files._rebuilding import rebuild_missing
from puretango.archive.files.index._indexfile import OVERWRITTEN, REPLACED
from puretango.archive.files.index._names import add_gaps, newest_generation
from puretango.archive.files.index._schema import SEALED, read_only
from puretango.archive.sample import Gap, GapKind

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from puretango.archive.files.index._indexfile import IndexFile
    from puretango.archive.sample import Generation

__all__ = ["Saved", "save", "take_over", "tell"]

_log = logging.getLogger("puretango.archive")


@dataclass(frozen=True)
class Saved:
    """What was saved of an index that was replaced: a copy beside it, or nothing."""

    path: Path | None
    fault: str

    def rows(self, numbers: dict[int, int]) -> Iterator[tuple[object, ...]]:
        """The rows that were not sealed, with their generations' new numbers."""
        if self.path is None:
            return
        with closing(read_only(self.path)) as old:
            segments = [row[0] for row in old.execute("SELECT id FROM segment ORDER BY id")]
            for segment in segments:
                for row in old.execute(f"SELECT * FROM log_{segment}"):
                    if row[0] in numbers:
                        yield (numbers[row[0]], *row[1:])


def save(old: sqlite3.Connection, file: IndexFile, fault: str) -> Saved:
    """Save what can be saved of an index, and close it; the file that has its name then is to be opened.

    A deleted index is restored from the file that is still open, and nothing is lost. One that was
    replaced stays as it was put there, with a copy of the former one beside it. One that was
    overwritten is lost.

    Args:
        old: The connection so far.
        file: The file below it.
        fault: What has happened to that file.

    Raises:
        sqlite3.Error, OSError: It cannot be saved (a full disk); `old` is still open.
    """
    path = file.path
    (path.parent / SEALED).mkdir(parents=True, exist_ok=True)
    if fault == OVERWRITTEN:
        # The log belongs to pages that are gone: it must not be merged into those that replaced them.
        with suppress(OSError):
            shutil.copyfile(file.log, path.with_name(f"{path.name}-log-of-overwritten"))
            os.truncate(file.log, 0)
        old.close()
        _forget_log(file)
        if path.stat().st_size == 0:
            path.unlink()
            rebuild_missing(path.parent)
        return Saved(None, fault)
    word = fault.partition(" ")[0]
    copy = path.with_name(f"{path.name}-{word}")
    copy.unlink(missing_ok=True)
    old.execute("VACUUM INTO ?", (str(copy),))
    old.close()
    _forget_log(file)
    if fault == REPLACED:
        return Saved(copy, fault)
    copy.replace(path)
    return Saved(None, fault)


def _forget_log(file: IndexFile) -> None:
    """Remove SQLite's files beside the name: they belong to a file that no longer exists."""
    for suffix in ("-wal", "-shm"):
        file.path.with_name(f"{file.path.name}{suffix}").unlink(missing_ok=True)


def take_over(
    index: sqlite3.Connection,
    saved: Saved,
    known: Iterable[Generation],
    segment: int,
    since: int,
    now: int,
) -> dict[int, int]:
    """In a transaction: give the new index the attributes of the old one, and its rows or the gap that they leave.

    Args:
        index: The new one.
        saved: What was saved of the old one.
        known: The generations that are being written.
        segment: The open segment.
        since: The beginning of the old index's open segment, ns since 1970.
        now: ns since 1970.

    Returns:
        The new number of each generation.
    """
    known = list(known)
    numbers = {}
    for old in known:
        numbers[old.id] = newest_generation(index, old.name, old.kind, old.since)[0].id
    index.executemany(f"INSERT INTO log_{segment} VALUES (?, ?, ?, ?, ?, ?)", saved.rows(numbers))
    names = sorted({generation.name for generation in known})
    index.executemany("UPDATE attribute SET active = 1 WHERE name = ?", [(name,) for name in names])
    if saved.fault == OVERWRITTEN:
        text = f"the archive's index was {saved.fault} while it was in use"
        add_gaps(index, [Gap(name, GapKind.DAMAGED, since, now, 0, text) for name in names])
    return numbers


def tell(path: Path, saved: Saved) -> str:
    """Log what has happened; returns the text."""
    if saved.fault == OVERWRITTEN:
        what = "samples since its last sealed segment are lost"
    elif saved.path is None:
        what = "it was made again of what was still open, and nothing is lost"
    else:
        what = f"what was not sealed is in the new one, and the old one in {saved.path.name}"
    text = f"{path} was {saved.fault} while it was in use: {what}"
    _log.error("%s", text)
    return text
