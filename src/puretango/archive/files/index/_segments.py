"""The open segments of an index: rows as they came, until they are sealed."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from puretango.archive.files.index._schema import create_log

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Transaction", "add_segment", "newest_segment", "segment_size"]


def newest_segment(index: sqlite3.Connection) -> int:
    """The segment to write to, made if there is none; in a transaction."""
    found = index.execute("SELECT max(id) FROM segment WHERE sealing = 0").fetchone()
    return add_segment(index) if found[0] is None else int(found[0])


def add_segment(index: sqlite3.Connection) -> int:
    """A new segment; in a transaction. Numbers are never used twice: a sealed file's name is its segment's."""
    last = index.execute(
        "SELECT max(coalesce((SELECT max(id) FROM segment), 0),"
        " coalesce((SELECT value FROM meta WHERE key = 'segment'), 0))"
    ).fetchone()
    number = int(last[0]) + 1
    index.execute("INSERT INTO segment (id) VALUES (?)", (number,))
    index.execute("INSERT OR REPLACE INTO meta VALUES ('segment', ?)", (number,))
    create_log(index, number)
    return number


def segment_size(index: sqlite3.Connection, segment: int) -> tuple[int, int]:
    """How many rows a segment has, and the bytes of their texts and arrays."""
    found = index.execute(
        f"SELECT count(*), coalesce(sum(length(value)), 0) FROM log_{segment}"
    ).fetchone()
    return int(found[0]), int(found[1])


class Transaction:
    """BEGIN IMMEDIATE … COMMIT, or ROLLBACK."""

    __slots__ = ("_connection",)

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            try:
                self._connection.execute("COMMIT")
                return
            except sqlite3.Error:
                self._roll_back()
                raise
        self._roll_back()

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
