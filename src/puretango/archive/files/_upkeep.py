"""The work done in a thread besides writing: sealing, merging of a day's files, retention."""

from __future__ import annotations

import logging
import sqlite3
import threading
from typing import TYPE_CHECKING

from puretango.archive.files._merging import merge_days, retire
from puretango.archive.files._sealing import Sealed, seal
from puretango.archive.files.index._schema import INDEX, SEALED, connect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Upkeep"]

_log = logging.getLogger("puretango.archive")
_RETRY = 5.0  # seconds, after a full disk
_TIDY = 900.0  # seconds between two checks of retention and merging


class Upkeep:
    """The upkeep thread of a file store. It starts with the first segment that is to be sealed."""

    def __init__(
        self,
        directory: Path,
        index: sqlite3.Connection,
        guard: threading.Lock,
        clock: Callable[[], float],
        fault: Callable[[], str] = str,
    ) -> None:
        self._directory = directory
        self.index = index
        """Replaced if the store continues with another index."""
        self._fault = fault
        self._guard = guard
        self._clock = clock
        self._woken = threading.Event()
        self._idle = threading.Condition()
        self._working = threading.Lock()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self.trouble = ""
        self._remove_unfinished()
        if self._pending():
            self.wake()

    def wake(self) -> None:
        """Note that there is a segment to seal."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="archive upkeep", daemon=True)
            self._thread.start()
        self._woken.set()

    def wait(self) -> None:
        """Return when nothing is left to seal, or when it cannot be sealed."""
        with self._idle:
            self._idle.wait_for(lambda: bool(self.trouble) or not self._pending())

    def close(self) -> None:
        """End the thread, after the segment that it is sealing."""
        self._closing.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join()

    def tidy(self, now: float) -> None:
        """Merge files and drop old ones; raises only a full disk's error."""
        with self._working:
            merge_days(self._directory, self.index, self._guard, now)
            retire(self._directory, self.index, self._guard, now)

    def _remove_unfinished(self) -> None:
        """Remove files that a killed archiver was writing: their rows are still where they came from."""
        folder = self._directory / SEALED
        for path in folder.glob("*.tmp*"):
            path.unlink(missing_ok=True)
        unfinished = [f"{segment:08d}.sqlite" for segment in self._pending()]
        merging = self.index.execute("SELECT value FROM meta WHERE key = 'merging'").fetchone()
        if merging is not None:
            unfinished.append(merging[0])
        for name in unfinished:
            known = self.index.execute("SELECT 1 FROM sealed WHERE name = ?", (name,))
            if known.fetchone() is None:
                (folder / name).unlink(missing_ok=True)

    def _pending(self) -> list[int]:
        with self._guard:
            rows = self.index.execute("SELECT id FROM segment WHERE sealing = 1 ORDER BY id")
            return [row[0] for row in rows]

    def _run(self) -> None:
        while not self._closing.is_set():
            self._woken.clear()
            self._seal_all()
            with self._idle:
                self._idle.notify_all()
            if self._closing.is_set():
                return
            if not self._woken.wait(_RETRY if self.trouble else _TIDY) and not self.trouble:
                self._tidy_quietly()

    def _tidy_quietly(self) -> None:
        try:
            self.tidy(self._clock())
        except (sqlite3.Error, OSError) as error:
            _log.error("%s: merging or retention failed: %s", self._directory, error)

    def _seal_all(self) -> None:
        for segment in self._pending():
            if self._closing.is_set():
                return
            try:
                with self._working:
                    self._seal(segment)
            except (sqlite3.Error, OSError) as error:
                if not self.trouble:
                    _log.error("%s: segment %s not sealed: %s", self._directory, segment, error)
                self.trouble = str(error)
                return
            self.trouble = ""

    def _check(self) -> None:
        """Make sure that the sealed segment belongs to the index from which it is then dropped."""
        fault = self._fault()
        if fault:
            raise OSError(f"{INDEX} was {fault}")

    def _seal(self, segment: int) -> None:
        path = self._directory / SEALED / f"{segment:08d}.sqlite"
        self._check()
        reading = connect(self._directory / INDEX)
        try:
            sealed = seal(reading, segment, path)
        finally:
            reading.close()
        with self._guard:
            self._check()
            self.index.execute("BEGIN IMMEDIATE")
            try:
                if sealed is not None:
                    register(self.index, sealed)
                self.index.execute(f"DROP TABLE log_{segment}")
                self.index.execute("DELETE FROM segment WHERE id = ?", (segment,))
                self.index.execute("COMMIT")
            except BaseException:
                self.index.execute("ROLLBACK")
                raise


def register(index: sqlite3.Connection, sealed: Sealed) -> None:
    """Enter a sealed file and its hours in the index, in the transaction that drops its segment."""
    index.execute(
        'INSERT OR REPLACE INTO sealed (name, start, "end", rows, bytes) VALUES (?, ?, ?, ?, ?)',
        (sealed.path.name, sealed.start, sealed.end, sealed.rows, sealed.size),
    )
    index.executemany(
        "INSERT INTO hour VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (generation, start) DO UPDATE SET"
        " low = min(low, excluded.low), high = max(high, excluded.high),"
        " total = total + excluded.total, count = count + excluded.count",
        sealed.hours,
    )
