"""Futures mode: calls run in a thread pool and give a ``concurrent.futures.Future``."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

from puretango.client.green._executor import AbstractExecutor

__all__ = ["FuturesExecutor", "get_global_executor", "get_thread_pool_executor"]


class _State:
    """The executors of this process, made when first asked for."""

    pool: ThreadPoolExecutor | None = None
    pid = 0
    main: FuturesExecutor | None = None
    of_threads: dict[tuple[int, int], FuturesExecutor] = {}


_delegating = threading.local()


def get_thread_pool_executor(max_workers: int = 20) -> ThreadPoolExecutor:
    """The thread pool that Futures calls share."""
    if _State.pool is None or _State.pid != os.getpid():  # a forked child has none of its threads
        _State.pid = os.getpid()
        _State.pool = ThreadPoolExecutor(max_workers, thread_name_prefix="puretango-futures")
    return _State.pool


class FuturesExecutor(AbstractExecutor):
    """Runs calls in a thread pool."""

    asynchronous = True
    default_wait = True

    def __init__(self, process: bool = False, max_workers: int = 20) -> None:
        super().__init__()
        self.subexecutor: Executor = (
            ProcessPoolExecutor(max_workers) if process else get_thread_pool_executor(max_workers)
        )

    def delegate(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Future[Any]:
        """Start the function in the pool."""

        def run() -> Any:
            _delegating.executor = self
            return fn(*args, **kwargs)

        return self.subexecutor.submit(run)

    def access(self, accessor: Future[Any], timeout: float | None = None) -> Any:
        """Wait for the future."""
        return accessor.result(timeout=timeout)


def get_global_executor() -> FuturesExecutor:
    """The executor of Futures mode in this thread."""
    if _State.main is None:
        _State.main = FuturesExecutor()
    if not _State.main.in_executor_context():
        own = _State.of_threads.get((threading.get_ident(), os.getpid()))
        if own is not None:
            return own
        delegating: FuturesExecutor | None = getattr(_delegating, "executor", None)
        if delegating is not None:
            return delegating
    return _State.main


def set_global_executor(executor: FuturesExecutor | None) -> None:
    """Set the executor of Futures mode."""
    _State.main = executor


def _switch_global_executor_to_thread() -> None:
    """Make this thread the one that Futures calls belong to."""
    if _State.main is not None and not _State.main.in_executor_context():
        _State.of_threads[_State.main.get_ident()] = _State.main
        _State.main = FuturesExecutor()
