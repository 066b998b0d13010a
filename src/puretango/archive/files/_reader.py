"""Reading a file store, also while an archiver writes to it, and also a copy of its sealed files alone."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from puretango.archive.files._blocks import Blocks
from puretango.archive.files._columns import columns_of, levels_of, series_of
from puretango.archive.files._levels import decimated_level, decimated_samples
from puretango.archive.files._rebuilding import rebuilt
from puretango.archive.files._sealing import HOUR, MINUTE
from puretango.archive.files.index._names import generations
from puretango.archive.files.index._schema import INDEX, SEALED, check_version, read_only
from puretango.archive.sample import (
    ArchiveError,
    Decimated,
    Gap,
    GapKind,
    Generation,
    Row,
    Series,
    UnknownAttribute,
    joined,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from types import TracebackType

__all__ = ["FileReader"]

_EVER = 1 << 62
# How many sealed files are searched for an attribute's last row when an archiver starts.
_LOOK_BACK = 100


class FileReader:
    """Reads a file store. Any number of readers beside the one archiver; not for several threads at once."""

    def __init__(self, directory: Path | str) -> None:
        """Open the store.

        Raises:
            ArchiveError: There is no store, or it cannot be read.
            StoreTooNew: A later release has written it.
        """
        self.directory = Path(directory)
        self._index = _open(self.directory)
        try:
            check_version(self._index, self.directory / INDEX)
        except ArchiveError:
            self._index.close()
            raise

    def close(self) -> None:
        """Close the files."""
        self._index.close()

    def __enter__(self) -> FileReader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # ── what there is ──

    def attributes(self, pattern: str = "*", *, active: bool = False) -> list[str]:
        """Names of archived attributes, sorted; `active`: only those being archived now."""
        condition = " WHERE active = 1" if active else ""
        rows = self._index.execute(f"SELECT name FROM attribute{condition} ORDER BY name")
        wanted = pattern.lower()
        return [name for (name,) in rows if fnmatchcase(name.lower(), wanted)]

    def generations(self, name: str) -> list[Generation]:
        """The generations of an attribute (its types over time), the oldest first.

        Raises:
            UnknownAttribute: It was never archived.
        """
        found = generations(self._index, name)
        if not found and not self.attributes(name):
            raise UnknownAttribute(f"{name} is not in {self.directory}")
        return found

    def gaps(self, name: str, start: int = 0, end: int = _EVER) -> list[Gap]:
        """Gap rows that overlap a time range (ns since 1970), the oldest first."""
        rows = self._index.execute(
            'SELECT a.name, g.kind, g.start, g."end", g.count, g.text FROM gap g'
            " JOIN attribute a ON a.id = g.attribute WHERE a.name = ? AND g.start <= ?"
            ' AND coalesce(g."end", ?) >= ? ORDER BY g.start, g.id',
            (name, end, _EVER, start),
        )
        return [Gap(*row) for row in rows]

    # ── samples ──

    def series(
        self,
        name: str,
        start: int = 0,
        end: int = _EVER,
        columns: Collection[str] = ("received", "quality", "value", "set_value"),
    ) -> list[Series]:
        """Samples of a time range, `start` and `end` included, one Series per generation.

        Blocks that cannot be read are left out, and reported by `damage`.

        Args:
            name: The attribute.
            start, end: ns since 1970, of the device's time.
            columns: Of ``received``, ``quality``, ``value``, ``set_value``; the time is always included.

        Raises:
            UnknownAttribute: It was never archived.
        """
        found = []
        for generation in self.generations(name):
            parts = self._parts(generation, start, end, columns)
            if parts:
                found.append(_between(joined(parts), start, end))
        return [series for series in found if len(series)]

    def damage(self, name: str, start: int = 0, end: int = _EVER) -> list[Gap]:
        """The times whose blocks cannot be read, as gap rows. Reads every block: for checks."""
        found: list[Gap] = []
        for generation in self.generations(name):
            blocks = self._blocks()
            for _ in blocks.columns(generation.id, 0, start, end):
                pass
            found += [
                Gap(name, GapKind.DAMAGED, low, high, rows, text)
                for low, high, rows, text in blocks.damaged
            ]
        return found

    def last(self, name: str, before: int = _EVER, n: int = 1) -> list[Series]:
        """The `n` newest samples before a time (ns since 1970, not included), the oldest first."""
        return self._nearest(name, n, before, newest=True)

    def next(self, name: str, after: int = 0, n: int = 1) -> list[Series]:
        """The first `n` samples after a time (ns since 1970, not included), the oldest first."""
        return self._nearest(name, n, after, newest=False)

    def last_rows(self) -> dict[str, Row]:
        """The row that was written last for each attribute's newest generation, if it is recent."""
        newest = {g.name: g for g in generations(self._index)}
        found: dict[int, Row] = {}
        with self._snapshot():
            for segment in self._segments():
                rows = self._index.execute(
                    "SELECT generation, time, received, quality, value, set_value"
                    f" FROM log_{segment} WHERE rowid IN"
                    f" (SELECT max(rowid) FROM log_{segment} GROUP BY generation)"
                )
                found.update({row[0]: Row(*row) for row in rows})
            missing = {g.id: g for g in newest.values() if g.id not in found}
            found.update(self._blocks().last_rows(missing, _LOOK_BACK))
        return {g.name: found[g.id] for g in newest.values() if g.id in found}

    # ── few points ──

    def decimated(self, name: str, start: int, end: int, points: int) -> Decimated:
        """A time range in at most `points` bins: smallest, largest, mean and count of each.

        Bins of two hours and more are made of the level of one hour, bins of two minutes and more of
        that of one minute, the rest of the samples. Only numeric scalars have bins.

        Args:
            name: The attribute.
            start, end: ns since 1970.
            points: How many bins at most, at least 1.

        Raises:
            UnknownAttribute: It was never archived.
            ValueError: No points, or an empty time range.
        """
        if points < 1 or end <= start:
            raise ValueError(f"{points} points of {end - start} ns")
        known = [g for g in self.generations(name) if g.kind.is_numeric]
        width = -(-(end - start) // points)
        level = HOUR if width >= 2 * HOUR * 10**9 else MINUTE if width >= 2 * MINUTE * 10**9 else 0
        with self._snapshot():
            if level:
                parts = [cells for g in known for cells in self._cells(g, level, start, end)]
                found = decimated_level(name, parts, start, end, width)
            else:
                series = [s for g in known for s in self._parts(g, start, end, ("value",))]
                found = decimated_samples(name, series, start, end, width)
        found.level = level
        found.gaps = self.gaps(name, start, end)
        return found

    # ── inside ──

    def _cells(
        self, generation: Generation, level: int, start: int, end: int
    ) -> Iterator[dict[str, Any]]:
        """Cells of a level, from the index or from sealed files, then of rows that are not sealed yet."""
        first = start // (level * 10**9) * (level * 10**9)
        if level == HOUR:
            rows = self._index.execute(
                "SELECT start, low, high, total, count FROM hour"
                " WHERE generation = ? AND start BETWEEN ? AND ?",
                (generation.id, first, end),
            ).fetchall()
            if rows:
                yield dict(
                    zip(("time", "low", "high", "total", "count"), map(np.array, zip(*rows)))
                )
        else:
            yield from self._blocks().columns(generation.id, level, first, end)
        for columns in self._open_columns(generation, start, end):
            cells = levels_of(columns, level)
            if cells is not None:
                yield cells

    def _parts(
        self, generation: Generation, start: int, end: int, columns: Collection[str]
    ) -> list[Series]:
        wanted = {"time", "none"}
        if "received" in columns:
            wanted.add("late")
        if "quality" in columns:
            wanted.add("quality")
        if "value" in columns:
            wanted.add("value")
        if "set_value" in columns:
            wanted |= {"set", "setnone"}
        with self._snapshot():
            blocks = self._blocks()
            parts = [
                series_of(generation.name, generation.kind, part)
                for part in blocks.columns(generation.id, 0, start, end, wanted)
            ]
            parts += self._open_parts(generation, start, end, wanted)
        return _alike(parts)

    def _open_parts(
        self, generation: Generation, start: int, end: int, wanted: Collection[str] | None = None
    ) -> list[Series]:
        """Series of rows that are not sealed yet."""
        found = []
        for columns in self._open_columns(generation, start, end):
            if wanted is not None:
                columns = {key: column for key, column in columns.items() if key in wanted}
            found.append(series_of(generation.name, generation.kind, columns))
        return found

    def _open_columns(
        self, generation: Generation, start: int, end: int
    ) -> Iterator[dict[str, Any]]:
        for segment in self._segments():
            rows = self._index.execute(
                f"SELECT time, received, quality, value, set_value FROM log_{segment}"
                " WHERE generation = ? AND time BETWEEN ? AND ? ORDER BY time, rowid",
                (generation.id, start, end),
            ).fetchall()
            if rows:
                yield columns_of(generation.kind, rows)

    def _nearest(self, name: str, n: int, at: int, *, newest: bool) -> list[Series]:
        wanted = max(1, n)
        span, reach = 3600 * 10**9, None
        times = self._extent(name)
        if times is None:
            return []
        # Read ever longer time ranges, until there are enough samples or everything was read.
        while True:
            if newest:
                high = min(at - 1, times[1])
                low = high - span
                found = self.series(name, low, high) if high >= times[0] else []
                reach = low <= times[0]
            else:
                low = max(at + 1, times[0])
                high = low + span
                found = self.series(name, low, high) if low <= times[1] else []
                reach = high >= times[1]
            if reach or sum(map(len, found)) >= wanted:
                return _cut(found, wanted, newest=newest)
            span *= 8

    def _extent(self, name: str) -> tuple[int, int] | None:
        """The first and the last time of an attribute's samples."""
        times: list[int] = []
        with self._snapshot():
            for generation in self.generations(name):
                times += self._blocks().extent(generation.id)
                for segment in self._segments():
                    row = self._index.execute(
                        f"SELECT min(time), max(time) FROM log_{segment} WHERE generation = ?",
                        (generation.id,),
                    ).fetchone()
                    times += [t for t in row if t is not None]
        return (min(times), max(times)) if times else None

    def _segments(self) -> list[int]:
        return [row[0] for row in self._index.execute("SELECT id FROM segment ORDER BY id")]

    def _blocks(self) -> Blocks:
        return Blocks(self._index, self.directory / SEALED)

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        """A consistent view of the index: a segment is seen in it or in its sealed file, never in both."""
        if self._index.in_transaction:
            yield
            return
        self._index.execute("BEGIN")
        try:
            yield
        finally:
            self._index.execute("COMMIT")


def _open(directory: Path) -> sqlite3.Connection:
    path = directory / INDEX
    if not path.exists():
        if not any((directory / SEALED).glob("*.sqlite")):
            raise ArchiveError(f"there is no archive in {directory}")
        return rebuilt(directory / SEALED, sqlite3.connect(":memory:", isolation_level=None))
    for immutable in (False, True):
        connection = read_only(path, immutable=immutable)
        try:
            connection.execute("SELECT count(*) FROM meta").fetchone()
        except sqlite3.OperationalError as error:
            connection.close()
            # On a read-only medium SQLite cannot make the journal's index.
            if immutable:
                raise ArchiveError(f"{path} cannot be read: {error}") from error
        except sqlite3.DatabaseError as error:
            connection.close()
            raise ArchiveError(f"{path} is damaged: {error}") from error
        else:
            return connection
    raise AssertionError  # Not reached: the second pass returns or raises.


def _between(series: Series, start: int, end: int) -> Series:
    low = int(np.searchsorted(series.time, start, "left"))
    high = int(np.searchsorted(series.time, end, "right"))
    return _slice(series, low, high)


def _slice(series: Series, low: int, high: int) -> Series:
    if low == 0 and high == len(series):
        return series
    columns: dict[str, Any] = {
        name: None if getattr(series, name) is None else getattr(series, name)[low:high]
        for name in Series.__slots__
        if name not in {"name", "kind"}
    }
    return Series(series.name, series.kind, **columns)


def _cut(found: list[Series], n: int, *, newest: bool) -> list[Series]:
    """`n` samples of the newest, or of the oldest."""
    kept: list[Series] = []
    for series in reversed(found) if newest else found:
        if n <= 0:
            break
        size = len(series)
        part = _slice(series, max(0, size - n), size) if newest else _slice(series, 0, n)
        kept.append(part)
        n -= len(part)
    return kept[::-1] if newest else kept


def _alike(parts: list[Series]) -> list[Series]:
    """Parts without set values get None for each sample if other parts have some."""
    if not any(part.set_value is not None for part in parts):
        return parts
    for part in parts:
        if part.set_value is None:
            part.set_valid = np.zeros(len(part), "?")
            dtype = part.kind.dtype
            part.set_value = (
                np.zeros(len(part), dtype)
                if part.kind.is_numeric and dtype is not None
                else [None] * len(part)
            )
    return parts
