"""Merging a past day's sealed files into one, and dropping samples that are older than their time to live."""

from __future__ import annotations

import logging
import sqlite3
from typing import TYPE_CHECKING, Any

import numpy as np

from puretango.archive.files._block import unpack
from puretango.archive.files._sealing import MINUTE, BlockFile, Sealed
from puretango.archive.files.index._names import generations
from puretango.archive.files.index._schema import INDEX, SEALED, connect, read_only
from puretango.archive.sample import BlockDamaged

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator
    from pathlib import Path

    from puretango.archive.sample import Kind

__all__ = ["merge_days", "retire"]

_log = logging.getLogger("puretango.archive")
_DAY = 86_400 * 1_000_000_000
_HOUR = 3600 * 1_000_000_000
# Seconds that a file merged into another one is kept, for copies that are under way.
_GRACE = 3600.0


def merge_days(
    directory: Path, index: sqlite3.Connection, guard: threading.Lock, now: float
) -> None:
    """Each past day's files become one.

    Raises:
        sqlite3.OperationalError, OSError: The disk is full.
    """
    today = int(now * 1e9) // _DAY
    days: dict[int, list[str]] = {}
    with guard:
        rows = index.execute(
            'SELECT name, "end" FROM sealed WHERE merged = 0 AND replaced IS NULL ORDER BY id'
        ).fetchall()
    for name, end in rows:
        if end // _DAY < today:
            days.setdefault(end // _DAY, []).append(name)
    for names in days.values():
        merged = _merged(directory, names, {}) if len(names) > 1 else None
        if merged is not None:
            _replace(index, guard, names, merged, now)


def retire(directory: Path, index: sqlite3.Connection, guard: threading.Lock, now: float) -> None:
    """Drop samples older than their attribute's time to live, and files that were replaced.

    Raises:
        sqlite3.OperationalError, OSError: The disk is full.
    """
    _unlink_replaced(directory, index, guard, now)
    limits = _limits(index, guard, now)
    if not limits:
        return
    with guard:
        names = [
            row[0]
            for row in index.execute(
                "SELECT name FROM sealed WHERE replaced IS NULL AND start < ?",
                (max(limits.values()),),
            )
        ]
    for name in names:
        if _has_expired(directory / SEALED / name, limits):
            _replace(index, guard, [name], _merged(directory, [name], limits), now)
    with guard:
        for generation, limit in limits.items():
            index.execute(
                "DELETE FROM hour WHERE generation = ? AND start < ?", (generation, limit)
            )


def _limits(index: sqlite3.Connection, guard: threading.Lock, now: float) -> dict[int, int]:
    """Per generation the time before which samples are dropped; those kept for ever are left out."""
    with guard:
        rows = index.execute(
            "SELECT g.id, a.ttl FROM generation g JOIN attribute a ON a.id = g.attribute"
            " WHERE a.ttl > 0"
        ).fetchall()
    return {generation: int(now * 1e9) - hours * _HOUR for generation, hours in rows}


def _has_expired(path: Path, limits: dict[int, int]) -> bool:
    if not path.exists():
        return False
    file = read_only(path, immutable=True)
    try:
        rows = file.execute('SELECT generation, "end" FROM block WHERE level = 0')
        return any(end < limits.get(generation, 0) for generation, end in rows)
    except sqlite3.DatabaseError as error:
        _log.error("%s: damaged: %s", path, error)
        return False
    finally:
        file.close()


def _merged(directory: Path, names: list[str], limits: dict[int, int]) -> Sealed | None:
    """One file of several, without blocks that end before their limit; None if nothing is left."""
    sealed = directory / SEALED
    index = connect(directory / INDEX)
    target = sealed / _merged_name(index, names)
    sources = [
        read_only(sealed / name, immutable=True) for name in names if (sealed / name).exists()
    ]
    try:
        file = BlockFile(target, index)
        try:
            file.begin()
            for generation in generations(index):
                _merge_generation(file, sources, generation.id, generation.kind, limits)
            if file.rows == 0:
                file.abandon()
                return None
            return file.finish(replaces=names)
        except BaseException:
            file.abandon()
            raise
    finally:
        index.close()
        for source in sources:
            source.close()


def _merged_name(index: sqlite3.Connection, names: list[str]) -> str:
    """A name that was never used; it is noted, so that the file of an interrupted merge can be recognised."""
    found = index.execute("SELECT value FROM meta WHERE key = 'merges'").fetchone()
    turn = int(found[0]) + 1 if found else 1
    name = f"{names[0][:8]}-{turn}.sqlite"
    index.execute("INSERT OR REPLACE INTO meta VALUES ('merges', ?)", (turn,))
    index.execute("INSERT OR REPLACE INTO meta VALUES ('merging', ?)", (name,))
    return name


def _merge_generation(
    file: BlockFile,
    sources: list[sqlite3.Connection],
    generation: int,
    kind: Kind,
    limits: dict[int, int],
) -> None:
    for level in (0, MINUTE):
        parts = list(_blocks(file, sources, generation, level, limits.get(generation, 0)))
        if parts:
            file.add_blocks(generation, level, _joined(parts, kind))


def _blocks(
    file: BlockFile, sources: list[sqlite3.Connection], generation: int, level: int, limit: int
) -> Iterator[dict[str, Any]]:
    """The blocks' columns; a damaged block is copied as it is, to be reported by every reader."""
    for source in sources:
        rows = source.execute(
            'SELECT start, "end", rows, crc, data FROM block'
            ' WHERE generation = ? AND level = ? AND "end" >= ? ORDER BY start',
            (generation, level, limit),
        )
        for start, end, count, crc, data in rows:
            try:
                yield unpack(data, crc)
            except BlockDamaged as error:
                _log.error("a block of generation %s: %s", generation, error)
                file.add_packed((generation, level, start, end, count, crc, data))


def _joined(parts: list[dict[str, Any]], kind: Kind) -> dict[str, Any]:
    names = dict.fromkeys(name for part in parts for name in part)
    if "set" in names and not all("set" in part for part in parts):
        names["setnone"] = None
    columns = {name: _together(parts, name, kind) for name in names}
    order = np.argsort(columns["time"], kind="stable")
    if np.array_equal(order, np.arange(len(order))):
        return columns
    return {
        name: [column[at] for at in order] if isinstance(column, list) else column[order]
        for name, column in columns.items()
    }


def _together(parts: list[dict[str, Any]], name: str, kind: Kind) -> Any:
    """A column of several blocks; a block without it (no set value, nothing None) is filled up."""
    found: list[Any] = []
    for part in parts:
        rows = len(part["time"])
        if name in part:
            found.append(part[name])
        elif name == "none" or (name == "setnone" and "set" in part):
            found.append(np.zeros(rows, "u1"))
        elif name == "setnone":
            found.append(np.ones(rows, "u1"))
        elif kind.is_numeric:
            found.append(np.zeros(rows, kind.dtype))
        else:
            found.append([b""] * rows)
    if isinstance(found[0], list):
        return [piece for column in found for piece in column]
    return np.concatenate(found)


def _replace(
    index: sqlite3.Connection,
    guard: threading.Lock,
    names: list[str],
    merged: Sealed | None,
    now: float,
) -> None:
    with guard:
        index.execute("BEGIN IMMEDIATE")
        try:
            if merged is not None:
                index.execute(
                    'INSERT INTO sealed (name, start, "end", rows, bytes, merged)'
                    " VALUES (?, ?, ?, ?, ?, 1)",
                    (merged.path.name, merged.start, merged.end, merged.rows, merged.size),
                )
            index.executemany(
                "UPDATE sealed SET replaced = ? WHERE name = ?", [(int(now), n) for n in names]
            )
            index.execute("COMMIT")
        except BaseException:
            index.execute("ROLLBACK")
            raise


def _unlink_replaced(
    directory: Path, index: sqlite3.Connection, guard: threading.Lock, now: float
) -> None:
    with guard:
        rows = index.execute(
            "SELECT name FROM sealed WHERE replaced IS NOT NULL AND replaced < ?",
            (int(now - _GRACE),),
        ).fetchall()
    for (name,) in rows:
        (directory / SEALED / name).unlink(missing_ok=True)
    with guard:
        index.executemany("DELETE FROM sealed WHERE name = ?", rows)
