"""The file store: SQLite for the open segment, sealed files of compressed blocks for the rest."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from puretango.archive.files._again import Saved, save, take_over, tell
from puretango.archive.files._reader import FileReader
from puretango.archive.files._rebuilding import rebuild_missing
from puretango.archive.files._upkeep import Upkeep
from puretango.archive.files.index import _names
from puretango.archive.files.index._indexfile import IndexFile
from puretango.archive.files.index._lock import StoreLock
from puretango.archive.files.index._names import (
    add_gaps,
    attribute_id,
    close_gaps,
    newest_generation,
)
from puretango.archive.files.index._schema import INDEX, SEALED, open_index
from puretango.archive.files.index._segments import (
    Transaction,
    add_segment,
    newest_segment,
    segment_size,
)
from puretango.archive.files.index._steady import SteadyClock
from puretango.archive.sample import ArchiveError, Gap, GapKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import TracebackType

    from puretango.archive.sample import Generation, Kind, Row

__all__ = ["FileStore"]

# A segment is sealed when it has this many rows, this many bytes of arrays, or this age in seconds.
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
        """Open the store; make it if there is none.

        Args:
            directory: Its directory.
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
        self._file = IndexFile(self.directory / INDEX, self._index)
        self._saved: Saved | None = None
        self._told = ""
        self._known = {g.name: g for g in _names.generations(self._index)}  # the newest wins
        self._numbers: dict[int, int] = {}
        """The numbers of generations in an index that has replaced the first one; empty until then."""
        believed = SteadyClock(clock, self._last_alive())
        self._upkeep = Upkeep(self.directory, self._index, self._guard, believed, self._fault)
        with Transaction(self._index):
            self._segment = newest_segment(self._index)
        self._rows, self._bytes = segment_size(self._index, self._segment)
        self._since = time.monotonic()

    # ── names ──

    def generation(self, name: str, kind: Kind, since: int) -> Generation:
        """The generation of one attribute: see `generations`."""
        return self.generations([(name, kind, since)])[0]

    def generations(self, wanted: Sequence[tuple[str, Kind, int]]) -> list[Generation]:
        """The generations of attributes to write to; new ones where the kind has changed.

        A change of kind ends the open gaps and leaves a gap row that says so.

        Args:
            wanted: Names, kinds, and since when they have these kinds, ns since 1970.

        Raises:
            ArchiveError: The disk is full or broken; none was made.
        """
        new = [one for one in wanted if not self._is_known(*one[:2])]
        if new:
            made = []
            with self._writing():
                for name, kind, since in new:
                    found, before = newest_generation(self._index, name, kind, since)
                    made.append(self._numbered(found))
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
            numbers = self._numbers
            self._index.executemany(
                f"INSERT INTO log_{self._segment} VALUES (?, ?, ?, ?, ?, ?)",
                [(numbers[row[0]], *row[1:]) for row in rows] if numbers else rows,
            )
            add_gaps(self._index, gaps)
            self._note("alive", self._now())
            # An archiver that writes is running: only `closing` notes a proper end.
            self._note("closed", 0)
        self._rows += len(rows)
        self._bytes += sum(len(row[4]) for row in rows if isinstance(row[4], (bytes, str)))
        if self._is_full():
            self.rotate()

    def resume(self, names: Sequence[str], now: int) -> None:
        """Note that an archiver begins to archive these attributes: their open gaps end.

        If the archiver before crashed, the time since then is a gap of its own for
        the attributes that it was archiving.

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
        """Note that an archiver ends properly: its attributes are stopped from now on.

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
        """Set for how many hours an attribute's samples are kept; 0 keeps them for ever.

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
            with self._guard, Transaction(self._index):
                self._file.count()
                self._index.execute("UPDATE segment SET sealing = 1 WHERE id = ?", (self._segment,))
                segment = add_segment(self._index)
        except sqlite3.Error:
            return
        self._segment = segment
        self._rows = self._bytes = 0
        self._since = time.monotonic()
        self._upkeep.wake()

    def seal(self) -> None:
        """Seal everything that was written, and wait until that is done."""
        if self._rows:
            self.rotate()
        self._upkeep.wait()

    def tidy(self, now: float | None = None) -> None:
        """Merge the sealed files of past days and drop samples older than their time to live; returns when done.

        Args:
            now: Seconds since 1970; the clock's if not given.
        """
        self._upkeep.tidy(self._clock() if now is None else now)

    @property
    def trouble(self) -> str:
        """Why sealing makes no progress (a full disk), or what has happened to the index; "" if all is well."""
        return self._upkeep.trouble or self._told

    def close(self) -> None:
        """End the thread and close the store."""
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

    def _last_alive(self) -> float | None:
        """When an archiver last wrote to the store; seconds since 1970."""
        found = self._index.execute("SELECT value FROM meta WHERE key = 'alive'").fetchone()
        return None if found is None else found[0] / 1e9

    def _now(self) -> int:
        return int(self._clock() * 1_000_000) * 1000

    def _is_full(self) -> bool:
        rows, size, age = self._limits
        return (
            self._rows >= rows
            or self._bytes >= size
            or (self._rows > 0 and time.monotonic() - self._since >= age)
        )

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A transaction under the store's lock; SQLite's errors are the archive's."""
        try:
            with self._guard:
                self._look_at_file()
                with Transaction(self._index):
                    self._file.count()
                    yield
        except (sqlite3.Error, OSError) as error:
            raise ArchiveError(f"{self.directory}: {error}") from error

    # ── an index that has disappeared ──

    def _fault(self) -> str:
        return "being made again" if self._saved is not None else self._file.fault()

    def _look_at_file(self) -> None:
        """If the index was deleted, replaced or overwritten, continue with the file that is there now."""
        if self._saved is None:
            fault = self._file.fault()
            if not fault:
                return
            self._saved = save(self._index, self._file, fault)
        index = open_index(self.directory / INDEX)
        try:
            file = IndexFile(self.directory / INDEX, index)
            self._take_over(index, self._saved)
        except BaseException:
            index.close()
            raise
        self._upkeep.index = self._index = index
        self._file = file
        self._rows, self._bytes = segment_size(index, self._segment)
        self._told, self._saved = tell(self.directory / INDEX, self._saved), None
        self._upkeep.wake()

    def _take_over(self, index: sqlite3.Connection, saved: Saved) -> None:
        now = self._now()
        begun = now - int((time.monotonic() - self._since) * 1e9)
        known = list(self._known.values())
        before = [replace(each, id=self._numbers.get(each.id, each.id)) for each in known]
        with Transaction(index):
            segment = newest_segment(index)
            numbers = take_over(index, saved, before, segment, begun, now)
        self._segment = segment
        self._numbers = {a.id: numbers[b.id] for a, b in zip(known, before, strict=True)}

    def _numbered(self, made: Generation) -> Generation:
        """A generation with the number that callers know, which never stands for two generations."""
        if not self._numbers:
            return made
        number = max(made.id, *self._numbers) + 1
        self._numbers[number] = made.id
        return replace(made, id=number)
