"""Sealing: the rows of a full segment become a file of blocks that is never changed again."""

from __future__ import annotations

import os
import sqlite3
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from puretango.archive.files._block import checksum, pack
from puretango.archive.files._columns import columns_of, levels_of
from puretango.archive.files.index._names import generations
from puretango.archive.files.index._schema import BLOCK_INDEX, VERSION, create_sealed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from puretango.archive.sample import Generation

__all__ = ["MINUTE", "BlockFile", "Sealed", "seal"]

MINUTE, HOUR = 60, 3600
# Rows of a block: enough for zlib to work well, few enough that a short time range is quick to read.
_ROWS = 32_768


# A cell of the level of one hour: generation, start, low, high, total, count.
Hour = tuple[int, int, float, float, float, int]


class Sealed(NamedTuple):
    """A file of blocks on the disk, and what the index needs to know of it."""

    path: Path
    start: int
    end: int
    rows: int
    size: int
    hours: list[Hour]


class BlockFile:
    """A file of blocks that is being written."""

    def __init__(self, path: Path, index: sqlite3.Connection) -> None:
        self._path = path
        self._temporary = path.with_suffix(".tmp")
        self._index = index
        self._file = create_sealed(self._temporary)
        self._start: int | None = None
        self._end = 0
        self._rows = 0
        self.hours: list[Hour] = []

    def add(self, generation: Generation, columns: dict[str, Any]) -> None:
        """The samples of a generation, sorted by time, and their levels."""
        self.add_blocks(generation.id, 0, columns)
        if not generation.kind.is_numeric:
            return
        minutes = levels_of(columns, MINUTE)
        hours = levels_of(columns, HOUR)
        if minutes is not None:
            self.add_blocks(generation.id, MINUTE, minutes)
        if hours is not None:
            plain = [hours[name].tolist() for name in ("time", "low", "high", "total", "count")]
            self.hours += [(generation.id, *cell) for cell in zip(*plain)]

    def add_blocks(self, generation: int, level: int, columns: dict[str, Any]) -> None:
        """Columns as blocks of bounded length."""
        rows = len(columns["time"])
        for at in range(0, rows, _ROWS):
            part = {name: column[at : at + _ROWS] for name, column in columns.items()}
            start, end = int(part["time"][0]), int(part["time"][-1])
            count = len(part["time"])
            data = pack(part)
            self.add_packed((generation, level, start, end, count, checksum(data), data))

    def add_packed(self, block: tuple[int, int, int, int, int, int, bytes]) -> None:
        """A block as it is, with its checksum: generation, level, start, end, rows, crc, data."""
        self._file.execute("INSERT INTO block VALUES (?, ?, ?, ?, ?, ?, ?)", block)
        _, level, start, end, count, _, _ = block
        if level == 0:
            self._rows += count
            self._start = start if self._start is None else min(self._start, start)
            self._end = max(self._end, end)

    @property
    def rows(self) -> int:
        """Samples so far."""
        return self._rows

    def begin(self) -> None:
        """Begin writing."""
        self._file.execute("BEGIN")

    def finish(self, replaces: Sequence[str] = ()) -> Sealed:
        """Put the file on the disk under its name; `replaces` are the files it was merged from."""
        self._copy_names()
        if replaces:
            self._file.execute("INSERT INTO meta VALUES ('replaces', ?)", (",".join(replaces),))
        self._file.execute("COMMIT")
        self._file.execute(BLOCK_INDEX)
        self._file.close()
        _to_disk(self._temporary)
        os.replace(self._temporary, self._path)
        _to_disk(self._path.parent)
        size = self._path.stat().st_size
        return Sealed(self._path, self._start or 0, self._end, self._rows, size, self.hours)

    def abandon(self) -> None:
        """Give up: the disk is full, or the process ends."""
        self._file.close()
        self._temporary.unlink(missing_ok=True)

    def _copy_names(self) -> None:
        """Copy names, generations and the gaps of this time range into the file."""
        self._file.execute("INSERT INTO meta VALUES ('version', ?)", (VERSION,))
        for table in ("attribute", "generation"):
            rows = self._index.execute(f"SELECT * FROM {table}").fetchall()
            if rows:
                marks = ", ".join("?" * len(rows[0]))
                self._file.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        gaps = self._index.execute(
            'SELECT * FROM gap WHERE start <= ? AND coalesce("end", start) >= ?',
            (self._end, self._start or 0),
        ).fetchall()
        self._file.executemany("INSERT INTO gap VALUES (?, ?, ?, ?, ?, ?, ?)", gaps)


def seal(index: sqlite3.Connection, segment: int, path: Path) -> Sealed | None:
    """Write the rows of a segment to a file of blocks.

    Args:
        index: A separate connection to the index, since this reads for a while.
        segment: The segment whose rows are sealed.
        path: The file to write.

    Returns:
        The file; None if the segment has no rows.

    Raises:
        sqlite3.OperationalError, OSError: The disk is full.
    """
    known = {generation.id: generation for generation in generations(index)}
    rows = index.execute(
        "SELECT generation, time, received, quality, value, set_value"
        f" FROM log_{segment} ORDER BY generation, time, rowid"
    )
    file = BlockFile(path, index)
    try:
        file.begin()
        for number, group in groupby(rows, itemgetter(0)):
            generation = known[number]
            file.add(generation, columns_of(generation.kind, [row[1:] for row in group]))
        if file.rows == 0:
            file.abandon()
            return None
        return file.finish()
    except BaseException:
        file.abandon()
        raise


def _to_disk(path: Path) -> None:
    """fsync a file, or a directory if the system can."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)
