"""Futures mode: calls run in a thread pool and give a ``concurrent.futures.Future``."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

from puretango.client.green._executor import AbstractExecutor, Executors

__all__ = ["FuturesExecutor", "get_global_executor", "get_thread_pool_executor"]


class _Pool:
    """The thread pool of this process, made when first asked for."""

    pool: ThreadPoolExecutor | None = None
    pid = 0


def get_thread_pool_executor(max_workers: int = 20) -> ThreadPoolExecutor:
    """The thread pool that Futures calls share."""
    if _Pool.pool is None or _Pool.pid != os.getpid():  # a forked child has none of its threads
        _Pool.pid = os.getpid()
        _Pool.pool = ThreadPoolExecutor(max_workers, thread_name_prefix="puretango-futures")
    return _Pool.pool


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
            _EXECUTORS.delegating(self)
            return fn(*args, **kwargs)

        return self.subexecutor.submit(run)

    def access(self, accessor: Future[Any], timeout: float | None = None) -> Any:
        """Wait for the future."""
        return accessor.result(timeout=timeout)


_EXECUTORS = Executors(FuturesExecutor)


def get_global_executor() -> FuturesExecutor:
    """The executor of Futures mode in this thread."""
    return _EXECUTORS.of_this_thread()


def set_global_executor(executor: FuturesExecutor | None) -> None:
    """Set the executor of Futures mode."""
    _EXECUTORS.main = executor


def _switch_global_executor_to_thread() -> None:
    """Make this thread the one that Futures calls belong to."""
    _EXECUTORS.switch_to_this_thread()
