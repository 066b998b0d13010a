"""Blocks of the sealed files that overlap a time range."""

from __future__ import annotations

import logging
import sqlite3
from typing import TYPE_CHECKING, Any

from puretango.archive.files._block import unpack
from puretango.archive.files._columns import series_of
from puretango.archive.files.index._schema import read_only
from puretango.archive.sample import BlockDamaged, Row, cell_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from puretango.archive.sample import Generation

__all__ = ["Blocks"]

_log = logging.getLogger("puretango.archive")


class Blocks:
    """Reads blocks and notes those that cannot be read.

    Attributes:
        damaged: Start, end, rows and what is wrong, of each block that cannot be read.
    """

    def __init__(self, index: sqlite3.Connection, folder: Path) -> None:
        self._index = index
        self._folder = folder
        self.damaged: list[tuple[int, int, int, str]] = []

    def columns(
        self,
        generation: int,
        level: int,
        start: int,
        end: int,
        wanted: Collection[str] | None = None,
    ) -> Iterator[dict[str, Any]]:
        """The columns of each block of a generation that overlaps a time."""
        names = self._index.execute(
            'SELECT name, start, "end", rows FROM sealed'
            ' WHERE replaced IS NULL AND start <= ? AND "end" >= ? ORDER BY start, id',
            (end, start),
        ).fetchall()
        for name, low, high, rows in names:
            try:
                # Minutes begin before their samples: a file's own times do not say when they start.
                found = self._read(name, generation, level, start, end)
            except (sqlite3.DatabaseError, OSError) as error:
                self._tell(low, high, rows, f"{name}: {error}")
                continue
            for low, high, rows, crc, data in found:
                try:
                    yield unpack(data, crc, wanted)
                except BlockDamaged as error:
                    self._tell(low, high, rows, f"{name}: {error}")

    def extent(self, generation: int) -> list[int]:
        """First and last times of a generation in each sealed file."""
        times: list[int] = []
        for (name,) in self._index.execute("SELECT name FROM sealed WHERE replaced IS NULL"):
            try:
                file = self._open(name)
            except (sqlite3.DatabaseError, OSError):
                continue
            try:
                row = file.execute(
                    'SELECT min(start), max("end") FROM block WHERE generation = ? AND level = 0',
                    (generation,),
                ).fetchone()
                times += [t for t in row if t is not None]
            except sqlite3.DatabaseError as error:
                _log.error("%s: %s", name, error)
            finally:
                file.close()
        return times

    def last_rows(self, missing: dict[int, Generation], files: int) -> dict[int, Row]:
        """The last rows of generations, from the newest sealed files."""
        found: dict[int, Row] = {}
        names = self._index.execute(
            'SELECT name FROM sealed WHERE replaced IS NULL ORDER BY "end" DESC LIMIT ?', (files,)
        ).fetchall()
        for (name,) in names:
            wanted = {key: g for key, g in missing.items() if key not in found}
            if not wanted:
                break
            try:
                found.update(self._last_of(name, wanted))
            except (sqlite3.DatabaseError, OSError, BlockDamaged) as error:
                _log.error("%s: %s", name, error)
        return found

    def _last_of(self, name: str, wanted: dict[int, Generation]) -> dict[int, Row]:
        file = self._open(name)
        try:
            rows = file.execute(
                'SELECT generation, max("end"), crc, data FROM block WHERE level = 0'
                " GROUP BY generation"
            )
            return {
                number: _last_row(wanted[number], unpack(data, crc))
                for number, _, crc, data in rows
                if number in wanted
            }
        finally:
            file.close()

    def _read(
        self, name: str, generation: int, level: int, start: int, end: int
    ) -> list[tuple[int, int, int, int, bytes]]:
        file = self._open(name)
        try:
            return file.execute(
                'SELECT start, "end", rows, crc, data FROM block WHERE generation = ?'
                ' AND level = ? AND start <= ? AND "end" >= ? ORDER BY start',
                (generation, level, end, start),
            ).fetchall()
        finally:
            file.close()

    def _open(self, name: str) -> sqlite3.Connection:
        path = self._folder / name
        if not path.exists():
            raise FileNotFoundError(f"{path} is not there")
        return read_only(path, immutable=True)

    def _tell(self, start: int, end: int, rows: int, text: str) -> None:
        self.damaged.append((start, end, rows, text))
        _log.error("%s: %s", self._folder, text)


def _last_row(generation: Generation, columns: dict[str, Any]) -> Row:
    series = series_of(generation.name, generation.kind, columns)
    received = 0 if series.received is None else int(series.received[-1])
    quality = 0 if series.quality is None else int(series.quality[-1])
    value, set_value = series.values_or_none()[-1], series.set_values_or_none()[-1]
    cells = (cell_of(generation.kind, value), cell_of(generation.kind, set_value))
    return Row(generation.id, int(series.time[-1]), received, quality, *cells)
