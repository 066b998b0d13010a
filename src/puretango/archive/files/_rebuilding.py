"""Making the index again from the sealed files alone, so that a copy of these is an archive."""

from __future__ import annotations

import logging
import sqlite3
from typing import TYPE_CHECKING

import numpy as np

from puretango.archive.files._block import unpack
from puretango.archive.files._sealing import HOUR, MINUTE
from puretango.archive.files.index._schema import INDEX, SEALED, create_tables, read_only
from puretango.archive.sample import BlockDamaged

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["rebuild_missing", "rebuilt"]

_log = logging.getLogger("puretango.archive")


def rebuild_missing(directory: Path) -> None:
    """Make the index of a folder that has sealed files but no index: a restored backup."""
    index, folder = directory / INDEX, directory / SEALED
    if index.exists() or not any(folder.glob("*.sqlite")):
        return
    memory = rebuilt(folder, sqlite3.connect(":memory:", isolation_level=None))
    temporary = index.with_suffix(".tmp")
    temporary.unlink(missing_ok=True)
    try:
        memory.execute("VACUUM INTO ?", (str(temporary),))
    finally:
        memory.close()
    temporary.replace(index)


def rebuilt(folder: Path, index: sqlite3.Connection) -> sqlite3.Connection:
    """Fill an empty index from the sealed files of a folder; damaged ones are logged and left out."""
    create_tables(index)
    paths = sorted(folder.glob("*.sqlite"))
    replaced = _replaced(paths)
    for path in paths:
        if path.name in replaced:
            continue
        file = read_only(path, immutable=True)
        try:
            _adopt(index, file, path)
        except sqlite3.DatabaseError as error:
            _log.error("%s: damaged: %s", path, error)
        finally:
            file.close()
    _count_on(index, paths)
    return index


def _count_on(index: sqlite3.Connection, paths: list[Path]) -> None:
    """Make sure that new segments and merged files get numbers that no file has."""
    segments = [int(path.name[:8]) for path in paths if path.name[:8].isdigit()]
    merges = [int(path.stem[9:]) for path in paths if path.stem[9:].isdigit()]
    index.execute("INSERT OR REPLACE INTO meta VALUES ('segment', ?)", (max(segments, default=0),))
    index.execute("INSERT OR REPLACE INTO meta VALUES ('merges', ?)", (max(merges, default=0),))


def _replaced(paths: list[Path]) -> set[str]:
    """Files that were merged into another one: each merged file names those that it replaces."""
    found: set[str] = set()
    for path in paths:
        file = read_only(path, immutable=True)
        try:
            row = file.execute("SELECT value FROM meta WHERE key = 'replaces'").fetchone()
        except sqlite3.DatabaseError:
            continue
        finally:
            file.close()
        if row is not None:
            found |= set(row[0].split(","))
    return found


def _adopt(index: sqlite3.Connection, file: sqlite3.Connection, path: Path) -> None:
    # In the order of the files: the newest has the last word.
    for table in ("attribute", "generation"):
        for row in file.execute(f"SELECT * FROM {table}").fetchall():
            marks = ", ".join("?" * len(row))
            index.execute(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", row)
    for row in file.execute("SELECT * FROM gap").fetchall():
        index.execute("INSERT OR REPLACE INTO gap VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    start, end, rows = file.execute(
        'SELECT min(start), max("end"), sum(rows) FROM block WHERE level = 0'
    ).fetchone()
    index.execute(
        'INSERT INTO sealed (name, start, "end", rows, bytes) VALUES (?, ?, ?, ?, ?)',
        (path.name, start or 0, end or 0, rows or 0, path.stat().st_size),
    )
    minutes = file.execute("SELECT generation, crc, data FROM block WHERE level = ?", (MINUTE,))
    for generation, crc, data in minutes:
        try:
            _add_hours(index, generation, unpack(data, crc))
        except BlockDamaged as error:
            _log.error("%s: %s", path, error)


def _add_hours(index: sqlite3.Connection, generation: int, minutes: dict[str, object]) -> None:
    columns = {name: np.asarray(column) for name, column in minutes.items()}
    hour = columns["time"] // (HOUR * 10**9)
    begins = np.flatnonzero(np.concatenate(([True], np.diff(hour) != 0)))
    cells = zip(
        (hour[begins] * HOUR * 10**9).tolist(),
        np.minimum.reduceat(columns["low"], begins).tolist(),
        np.maximum.reduceat(columns["high"], begins).tolist(),
        np.add.reduceat(columns["total"], begins).tolist(),
        np.add.reduceat(columns["count"], begins).tolist(),
    )
    index.executemany(
        "INSERT INTO hour VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (generation, start) DO UPDATE SET"
        " low = min(low, excluded.low), high = max(high, excluded.high),"
        " total = total + excluded.total, count = count + excluded.count",
        [(generation, *cell) for cell in cells],
    )
