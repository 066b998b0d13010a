"""Attributes, their generations and their gaps, in the index."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from puretango.archive.sample import Gap, Generation, Kind

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

__all__ = ["add_gaps", "attribute_id", "close_gaps", "generations", "newest_generation"]

_GENERATION = (
    "SELECT g.id, a.name, g.number, g.type, g.format, g.access, g.labels, g.since"
    " FROM generation g JOIN attribute a ON a.id = g.attribute"
)


def _generation(row: tuple[int, str, int, str, str, str, str, int]) -> Generation:
    kind = Kind(row[3], row[4], row[5], tuple(json.loads(row[6])))
    return Generation(row[0], row[1], row[2], kind, row[7])


def generations(connection: sqlite3.Connection, name: str | None = None) -> list[Generation]:
    """Every generation, or those of one attribute, the oldest first."""
    if name is None:
        rows = connection.execute(f"{_GENERATION} ORDER BY g.id")
    else:
        rows = connection.execute(f"{_GENERATION} WHERE a.name = ? ORDER BY g.number", (name,))
    return [_generation(row) for row in rows]


def attribute_id(connection: sqlite3.Connection, name: str) -> int:
    """The number of an attribute, which is made if it is new."""
    found = connection.execute("SELECT id FROM attribute WHERE name = ?", (name,)).fetchone()
    if found is not None:
        return int(found[0])
    added = connection.execute("INSERT INTO attribute (name) VALUES (?)", (name,))
    return int(added.lastrowid or 0)


def newest_generation(
    connection: sqlite3.Connection, name: str, kind: Kind, since: int
) -> tuple[Generation, Generation | None]:
    """The generation to write to, and the one before it if the kind has just changed.

    Args:
        connection: The index, in a transaction.
        name: The attribute.
        kind: Its present kind.
        since: ns since 1970, for a new generation.
    """
    known = generations(connection, name)
    if known and known[-1].kind == kind:
        return known[-1], None
    before = known[-1] if known else None
    attribute = attribute_id(connection, name)
    number = before.number + 1 if before else 1
    added = connection.execute(
        "INSERT INTO generation (attribute, number, since, type, format, access, labels)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (attribute, number, since, kind.type, kind.format, kind.access, json.dumps(kind.labels)),
    )
    return Generation(int(added.lastrowid or 0), name, number, kind, since), before


def add_gaps(connection: sqlite3.Connection, gaps: Iterable[Gap]) -> None:
    """Write gap rows. A gap with an end closes the open one of its kind, if there is one."""
    for gap in gaps:
        attribute = attribute_id(connection, gap.name)
        if gap.end is not None:
            closed = connection.execute(
                'UPDATE gap SET "end" = ?, count = count + ? WHERE attribute = ? AND kind = ?'
                ' AND "end" IS NULL AND start = ?',
                (gap.end, gap.count, attribute, gap.kind, gap.start),
            )
            if closed.rowcount:
                continue
        connection.execute(
            'INSERT INTO gap (attribute, kind, start, "end", count, text) VALUES (?, ?, ?, ?, ?, ?)',
            (attribute, gap.kind, gap.start, gap.end, gap.count, gap.text),
        )


def close_gaps(connection: sqlite3.Connection, name: str, end: int) -> None:
    """End every open gap of an attribute."""
    connection.execute(
        'UPDATE gap SET "end" = max(start, ?) WHERE "end" IS NULL AND attribute ='
        " (SELECT id FROM attribute WHERE name = ?)",
        (end, name),
    )
