"""Threads that are used again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic
from typing import Final

from puretango.net.streams._sockets import LOG

KEPT: Final = 16
"""How many idle threads wait for a next task; further ones end."""


class _Worker:
    __slots__ = ("task", "thread", "wake")

    def __init__(self) -> None:
        self.wake = threading.Lock()
        self.wake.acquire()
        self.task: Callable[[], None] | None = None
        self.thread: threading.Thread | None = None


class WorkerPool:
    """Runs each task in a thread of its own, at most ``limit`` at once."""

    def __init__(
        self,
        limit: int = 1024,
        name: str = "puretango",
        at_start: Callable[[], None] | None = None,
    ) -> None:
        self.limit = limit
        self._at_start = at_start
        self.name = name
        self._lock = threading.Lock()
        self._workers: set[_Worker] = set()
        self._idle: list[_Worker] = []
        self._stopping = False
        self._short = False

    def submit(self, task: Callable[[], None]) -> bool:
        """Run ``task`` now; False if there is no thread for it, or the pool is stopping."""
        with self._lock:
            if self._stopping:
                return False
            if self._idle:
                worker = self._idle.pop()
                worker.task = task
                worker.wake.release()
                return True
            if len(self._workers) >= self.limit:
                return False
            worker = _Worker()
            worker.task = task
            self._workers.add(worker)
            worker.thread = threading.Thread(
                target=self._work, args=(worker,), name=f"{self.name}-worker", daemon=True
            )
            try:
                worker.thread.start()  # with the lock held, since stop joins only threads that have been started
            except RuntimeError as error:  # the system has no thread left
                self._workers.discard(worker)
                if not self._short:  # logged once: the caller may try again at once
                    LOG.warning("no thread for another task: %s", error)
                self._short = True
                return False
            self._short = False
        return True

    def _work(self, worker: _Worker) -> None:
        try:
            if self._at_start is not None:
                self._at_start()
            while worker.task is not None:
                try:
                    worker.task()
                except Exception:  # noqa: BLE001 - told, and the thread lives
                    LOG.exception("a worker's task failed")
                worker.task = None
                with self._lock:
                    if self._stopping or len(self._idle) >= KEPT:
                        return
                    self._idle.append(worker)
                worker.wake.acquire()
        finally:
            with self._lock:
                self._workers.discard(worker)

    def stop(self, timeout: float) -> int:
        """End all threads; returns how many still run their task after ``timeout`` seconds."""
        with self._lock:
            self._stopping = True
            idle, self._idle = self._idle, []
            workers = list(self._workers)
        for worker in idle:
            worker.wake.release()
        deadline = monotonic() + timeout
        left = 0
        for worker in workers:
            thread = worker.thread
            if thread is None or thread is threading.current_thread():
                continue
            thread.join(max(deadline - monotonic(), 0))
            left += thread.is_alive()
        return left
