"""Gevent mode: calls run in gevent's thread pool and give an ``AsyncResult``."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from puretango.client.green._executor import AbstractExecutor

__all__ = ["GeventExecutor", "get_global_executor", "set_global_executor"]


class _State:
    """The executor of this process, made when first asked for."""

    main: GeventExecutor | None = None


class GeventExecutor(AbstractExecutor):
    """Runs calls in the thread pool of gevent's hub."""

    asynchronous = True
    default_wait = True

    def __init__(self, loop: Any = None, subexecutor: Any = None) -> None:
        super().__init__()
        hub = importlib.import_module("gevent").get_hub()
        self.loop = hub.loop if loop is None else loop
        self.subexecutor = hub.threadpool if subexecutor is None else subexecutor

    def delegate(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Start the function in gevent's thread pool."""
        return self.subexecutor.spawn(fn, *args, **kwargs)

    def access(self, accessor: Any, timeout: float | None = None) -> Any:
        """Wait for the result, letting other greenlets run."""
        return accessor.get(timeout=timeout)

    def submit(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run a callback in a greenlet of the loop's thread."""
        if self.in_executor_context():
            return fn(*args, **kwargs)
        self.loop.run_callback_threadsafe(fn, *args, **kwargs)
        return None


def get_global_executor() -> GeventExecutor:
    """The executor of gevent mode."""
    if _State.main is None:
        _State.main = GeventExecutor()
    return _State.main


def set_global_executor(executor: GeventExecutor | None) -> None:
    """Set the executor of gevent mode."""
    _State.main = executor


def _switch_global_executor_to_thread() -> None:
    """Make this thread the one that gevent calls belong to."""
    if _State.main is not None and not _State.main.in_executor_context():
        _State.main = GeventExecutor()
