"""The file store: SQLite for the open segment, sealed files of compressed blocks for the rest."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from puretango.archive.files import _names
from puretango.archive.files._lock import StoreLock
from puretango.archive.files._names import (
    add_gaps,
    attribute_id,
    close_gaps,
    newest_generation,
)
from puretango.archive.files._reader import FileReader
from puretango.archive.files._rebuilding import rebuild_missing
from puretango.archive.files._schema import INDEX, SEALED, create_log, open_index
from puretango.archive.files._upkeep import Upkeep
from puretango.archive.sample import ArchiveError, Gap, GapKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import TracebackType

    from puretango.archive.sample import Generation, Kind, Row

__all__ = ["FileStore"]

# A segment is sealed when it has so many rows, so many bytes of arrays, or this age in seconds.
SEGMENT_ROWS = 1_000_000
SEGMENT_BYTES = 256_000_000
SEGMENT_AGE = 3600.0


class FileStore:
    """An archive in a directory, open for writing by one archiver.

    A row is durable when `write` returns. Sealing, merging and retention go on in a thread of
    the store's own; `close` ends it.
    """

    def __init__(
        self,
        directory: Path | str,
        *,
        segment_rows: int = SEGMENT_ROWS,
        segment_bytes: int = SEGMENT_BYTES,
        segment_age: float = SEGMENT_AGE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Open the store, or make it.

        Args:
            directory: Where it is.
            segment_rows: Seal after so many rows …
            segment_bytes: … or so many bytes of texts and arrays …
            segment_age: … or so many seconds.
            clock: Seconds since 1970.

        Raises:
            StoreInUse: Another archiver writes to it.
            StoreTooNew: A later release has written it.
            ArchiveError: It cannot be opened, made or read.
        """
        self.directory = Path(directory)
        try:
            (self.directory / SEALED).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArchiveError(f"{directory} cannot be made: {error}") from error
        self._limits = (segment_rows, segment_bytes, segment_age)
        self._clock = clock
        self._guard = threading.Lock()
        self._lock = StoreLock(self.directory)
        try:
            rebuild_missing(self.directory)
            self._index = open_index(self.directory / INDEX)
        except BaseException:
            self._lock.release()
            raise
        self._known = {g.name: g for g in _names.generations(self._index)}  # the newest wins
        self._upkeep = Upkeep(self.directory, self._index, self._guard, clock)
        self._segment = self._newest_segment()
        self._rows, self._bytes = self._segment_size()
        self._since = clock()

    # ── names ──

    def generation(self, name: str, kind: Kind, since: int) -> Generation:
        """The generation of one attribute: see `generations`."""
        return self.generations([(name, kind, since)])[0]

    def generations(self, wanted: Sequence[tuple[str, Kind, int]]) -> list[Generation]:
        """The generations of attributes to write to; new ones where the kind has changed.

        A change of kind ends the open gaps and leaves a gap row that says so.

        Args:
            wanted: Names, kinds, and since when they are that, ns since 1970.

        Raises:
            ArchiveError: The disk is full or broken; none was made.
        """
        new = [one for one in wanted if not self._is_known(*one[:2])]
        if new:
            made = []
            with self._writing():
                for name, kind, since in new:
                    found, before = newest_generation(self._index, name, kind, since)
                    made.append(found)
                    if before is not None:
                        text = f"from {before.kind} to {kind}"
                        gap = Gap(name, GapKind.TYPE_CHANGE, since, since, 0, text)
                        add_gaps(self._index, [gap])
            self._known.update({generation.name: generation for generation in made})
        return [self._known[name] for name, _, _ in wanted]

    def _is_known(self, name: str, kind: Kind) -> bool:
        known = self._known.get(name)
        return known is not None and known.kind == kind

    def last_rows(self) -> dict[str, Row]:
        """The row that was written last for each attribute: what a restarted archiver asks for."""
        with FileReader(self.directory) as reader:
            return reader.last_rows()

    # ── writing ──

    def write(self, rows: Sequence[Row], gaps: Iterable[Gap] = ()) -> None:
        """Store rows and gaps, all or none; durable when this returns.

        Raises:
            ArchiveError: The disk is full or broken: nothing was stored.
        """
        with self._writing():
            self._index.executemany(
                f"INSERT INTO log_{self._segment} VALUES (?, ?, ?, ?, ?, ?)", rows
            )
            add_gaps(self._index, gaps)
            self._note("alive", self._now())
            # Whoever writes is at work: only `closing` says that the end was a proper one.
            self._note("closed", 0)
        self._rows += len(rows)
        self._bytes += sum(len(row[4]) for row in rows if isinstance(row[4], (bytes, str)))
        if self._is_full():
            self.rotate()

    def resume(self, names: Sequence[str], now: int) -> None:
        """An archiver begins to archive these attributes: their open gaps end.

        After a sudden end of the archiver before, the time since then is a gap of its own for
        those that it was archiving.

        Args:
            names: The attributes.
            now: ns since 1970.

        Raises:
            ArchiveError: The disk is full or broken.
        """
        with self._writing():
            known = dict(self._index.execute("SELECT key, value FROM meta"))
            sudden = "alive" in known and not known.get("closed")
            alive = min(int(known.get("alive", now)), now)
            for name in names:
                close_gaps(self._index, name, alive if sudden else now)
            if sudden:
                down = self._active() & set(names)
                text = "the archiver ended without closing its store"
                add_gaps(
                    self._index,
                    [Gap(name, GapKind.ARCHIVER_DOWN, alive, now, 0, text) for name in down],
                )
            self._set_active(names, True)

    def closing(self, gaps: Iterable[Gap], now: int) -> None:
        """An archiver ends properly: what it archives is stopped from now on.

        Raises:
            ArchiveError: The disk is full or broken.
        """
        with self._writing():
            add_gaps(self._index, gaps)
            self._note("closed", 1)
            self._note("alive", now)

    def set_active(self, names: Sequence[str], active: bool) -> None:
        """Note whether attributes are being archived.

        Raises:
            ArchiveError: The disk is full or broken.
        """
        with self._writing():
            self._set_active(names, active)

    def _set_active(self, names: Sequence[str], active: bool) -> None:
        numbers = [(int(active), attribute_id(self._index, name)) for name in names]
        self._index.executemany("UPDATE attribute SET active = ? WHERE id = ?", numbers)

    def _active(self) -> set[str]:
        return {
            row[0] for row in self._index.execute("SELECT name FROM attribute WHERE active = 1")
        }

    def _note(self, key: str, value: int) -> None:
        self._index.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def set_ttl(self, name: str, hours: int) -> None:
        """Keep an attribute's samples so many hours; 0 keeps them for ever.

        Raises:
            ArchiveError: The disk is full or broken.
        """
        with self._writing():
            number = attribute_id(self._index, name)
            self._index.execute("UPDATE attribute SET ttl = ? WHERE id = ?", (hours, number))

    def ttl(self, name: str) -> int:
        """Hours for which an attribute's samples are kept; 0 for ever."""
        with self._guard:
            found = self._index.execute(
                "SELECT ttl FROM attribute WHERE name = ?", (name,)
            ).fetchone()
        return int(found[0]) if found else 0

    # ── segments ──

    def rotate(self) -> None:
        """Begin a new segment; the one before is sealed in the store's thread.

        A full disk leaves the segment as it is; the next write tries again.
        """
        try:
            with self._guard, self._transaction():
                self._index.execute("UPDATE segment SET sealing = 1 WHERE id = ?", (self._segment,))
                self._segment = self._add_segment()
        except sqlite3.Error:
            self._segment = self._newest_segment()
            return
        self._rows = self._bytes = 0
        self._since = self._clock()
        self._upkeep.wake()

    def seal(self) -> None:
        """Seal everything that was written, and wait until that is done."""
        if self._rows:
            self.rotate()
        self._upkeep.wait()

    def tidy(self, now: float | None = None) -> None:
        """Merge the sealed files of past days and drop what is older than it may be, and wait.

        Args:
            now: Seconds since 1970; the clock's if not given.
        """
        self._upkeep.tidy(self._clock() if now is None else now)

    @property
    def trouble(self) -> str:
        """Why sealing does not get on (a full disk); "" if it does."""
        return self._upkeep.trouble

    def close(self) -> None:
        """End the thread and let the store go."""
        self._upkeep.close()
        self._index.close()
        self._lock.release()

    def __enter__(self) -> FileStore:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _now(self) -> int:
        return int(self._clock() * 1_000_000) * 1000

    def _is_full(self) -> bool:
        rows, size, age = self._limits
        return (
            self._rows >= rows
            or self._bytes >= size
            or (self._rows > 0 and self._clock() - self._since >= age)
        )

    def _newest_segment(self) -> int:
        found = self._index.execute("SELECT max(id) FROM segment WHERE sealing = 0").fetchone()
        if found[0] is not None:
            return int(found[0])
        with self._transaction():
            return self._add_segment()

    def _add_segment(self) -> int:
        last = self._index.execute(
            "SELECT max(coalesce((SELECT max(id) FROM segment), 0),"
            " coalesce((SELECT value FROM meta WHERE key = 'segment'), 0))"
        ).fetchone()
        number = int(last[0]) + 1
        self._index.execute("INSERT INTO segment (id) VALUES (?)", (number,))
        # Numbers are never used twice: a sealed file's name is its segment's number.
        self._note("segment", number)
        create_log(self._index, number)
        return number

    def _segment_size(self) -> tuple[int, int]:
        found = self._index.execute(
            f"SELECT count(*), coalesce(sum(length(value)), 0) FROM log_{self._segment}"
        ).fetchone()
        return int(found[0]), int(found[1])

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A transaction under the store's lock; SQLite's errors are the archive's."""
        try:
            with self._guard, self._transaction():
                yield
        except (sqlite3.Error, OSError) as error:
            raise ArchiveError(f"{self.directory}: {error}") from error

    def _transaction(self) -> _Transaction:
        return _Transaction(self._index)


class _Transaction:
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
