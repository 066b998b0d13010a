"""Writers that come at the same time share one commit, and so wait only once for the disk."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from puretango.errors import StoreError

__all__ = ["SharedCommit"]

MOST_WRITERS = 64
"""At most so many changes share a commit."""

LONGEST = 0.05
"""Seconds after which a batch is committed although more writers wait to join it."""

PATIENCE = 0.1
"""Seconds after which a writer commits by itself, since the next writer, which should have, was interrupted."""


class _Batch:
    """Changes of one transaction."""

    def __init__(self) -> None:
        self._under_way = threading.Lock()
        self._under_way.acquire()
        self.failure: StoreError | None = None
        self.size = 0
        self.begun = time.monotonic()

    def end(self, failure: StoreError | None) -> None:
        """The batch is committed, or has failed: those that wait for it go on."""
        self.failure = failure
        self._under_way.release()

    def wait(self, seconds: float) -> bool:
        """Whether it has ended within so many seconds."""
        ended = self._under_way.acquire(timeout=seconds)
        if ended:
            self._under_way.release()  # for the next one who waits
        return ended


class SharedCommit:
    """The writer's transactions on one connection.

    A writer that finds others waiting leaves the transaction open for them; the last one commits.
    No call returns before the commit that holds its change. A change that fails is undone
    alone, by a savepoint. ``check`` raises, before and after, if the file may not be written,
    ``committed`` is called between two transactions.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        error: Callable[[BaseException], StoreError],
        check: Callable[[], None],
        committed: Callable[[], None],
        *,
        shared: bool,
    ) -> None:
        self.lock = threading.Lock()
        self._connection = connection
        self._error = error
        self._check = check
        self._committed = committed
        self._shared = shared
        self._waiting: deque[None] = deque()
        self._batch: _Batch | None = None

    @contextmanager
    def change(self) -> Iterator[None]:
        """One change within a transaction; it is durable when the block has ended.

        StoreError if it is not kept, or if ``check`` finds that the file may not be written.
        """
        self._waiting.append(None)
        try:
            self.lock.acquire()
        finally:
            self._waiting.pop()
        batch: _Batch | None = None
        try:
            batch = self._join()
            yield from self._perform(batch)
        finally:
            self._leave()
            self.lock.release()
        self._wait(batch)

    def close(self) -> None:
        """Commit what is left, and close the connection."""
        with self.lock:
            if self._batch is not None:
                self._commit(self._batch)
            self._connection.close()

    def _join(self) -> _Batch:
        self._check()
        batch = self._batch
        if batch is None:
            self._execute("BEGIN IMMEDIATE")
            self._batch = batch = _Batch()
        else:
            self._execute("SAVEPOINT change")
        batch.size += 1
        return batch

    def _perform(self, batch: _Batch) -> Iterator[None]:
        alone = batch.size == 1
        try:
            yield
            if not alone:
                self._execute("RELEASE change")
        except BaseException as error:
            self._undo(batch, error, alone=alone)
            raise

    def _undo(self, batch: _Batch, error: BaseException, *, alone: bool) -> None:
        if self._connection.in_transaction and not alone:
            self._connection.execute("ROLLBACK TO change")
            self._connection.execute("RELEASE change")
            return
        # A full disk undoes the whole transaction, the changes of others as well.
        failure = error if isinstance(error, StoreError) else self._error(error)
        self._end(batch, failure)

    def _leave(self) -> None:
        """Commit, unless another writer waits to join."""
        batch = self._batch
        if batch is None:
            return
        late = time.monotonic() - batch.begun > LONGEST
        if self._shared and self._waiting and batch.size < MOST_WRITERS and not late:
            return
        self._commit(batch)

    def _commit(self, batch: _Batch) -> None:
        try:
            self._execute("COMMIT")
            self._check()
            self._committed()
        except StoreError as failure:
            self._end(batch, failure)
        else:
            self._end(batch, None)

    def _end(self, batch: _Batch, failure: StoreError | None) -> None:
        self._batch = None
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        finally:
            batch.end(failure)

    def _wait(self, batch: _Batch) -> None:
        while not batch.wait(PATIENCE):
            with self.lock:
                if self._batch is batch:
                    self._commit(batch)
        if batch.failure is not None:
            raise StoreError(str(batch.failure)) from batch.failure

    def _execute(self, sql: str) -> None:
        try:
            self._connection.execute(sql)
        except sqlite3.Error as error:
            raise self._error(error) from error
