"""Asyncio mode: calls run natively on the event loop and give an ``asyncio.Future``."""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor, Future
from typing import Any

from puretango.client.green._executor import AbstractExecutor, Executors
from puretango.tracing import warn_once

__all__ = ["AsyncioExecutor", "get_global_executor", "set_global_executor"]


async def _awaited(fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    result = fn(*args, **kwargs)
    if inspect.isawaitable(result):
        return await result
    return result


def is_coroutine_function(fn: Callable[..., Any]) -> bool:
    """True for an ``async def``, also wrapped, partial or as an object's call."""
    while isinstance(fn, functools.partial):
        fn = fn.func
    unwrapped = inspect.unwrap(fn)
    return inspect.iscoroutinefunction(unwrapped) or inspect.iscoroutinefunction(
        getattr(unwrapped, "__call__", None)  # noqa: B004  # an object may be called
    )


def _warn(fn: Callable[..., Any]) -> None:
    name = getattr(fn, "__qualname__", getattr(fn, "__name__", str(fn)))
    warn_once(
        f"Sync {name} function called: support of sync functions in PyTango's Asyncio mode is "
        "deprecated. Use 'async def' instead of 'def'.",
        key=f"deprecated:tango.asyncio_executor:sync_function:{name}",
        category=DeprecationWarning,
        stacklevel=3,
    )


class AsyncioExecutor(AbstractExecutor):
    """Runs calls and callbacks on an event loop."""

    asynchronous = True
    default_wait = False

    def __init__(
        self, loop: asyncio.AbstractEventLoop | None = None, subexecutor: Executor | None = None
    ) -> None:
        super().__init__()
        if loop is None:
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:
                loop = asyncio.new_event_loop()
                asyncio.set_event_loop(loop)
        self.loop = loop
        self._subexecutor = subexecutor

    @property
    def subexecutor(self) -> Any:
        """The pool in which blocking functions run, made when first used."""
        if self._subexecutor is None:
            from puretango.client.green._futures_executor import get_thread_pool_executor

            self._subexecutor = get_thread_pool_executor()
        return self._subexecutor

    @subexecutor.setter
    def subexecutor(self, executor: Executor | None) -> None:
        self._subexecutor = executor

    def delegate(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> asyncio.Future[Any]:
        """Start a blocking function in the pool."""

        def run() -> Any:
            _EXECUTORS.delegating(self)
            return fn(*args, **kwargs)

        future: asyncio.Future[Any] = self.loop.run_in_executor(self.subexecutor, run)
        return future

    def access(self, accessor: Any, timeout: float | None = None) -> Any:
        """Run the loop until the future is done."""
        if self.loop.is_running():
            raise RuntimeError("Loop is already running")
        return self.loop.run_until_complete(asyncio.wait_for(accessor, timeout))

    def submit(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Future[Any]:
        """Run a callback, plain or a coroutine function, on the loop from any thread."""
        if not is_coroutine_function(fn):
            _warn(fn)
        return asyncio.run_coroutine_threadsafe(_awaited(fn, *args, **kwargs), self.loop)

    def execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run a function on the loop; wait for it unless this is the loop's own thread."""
        if self.in_executor_context():
            if not is_coroutine_function(fn):
                _warn(fn)
            return _awaited(fn, *args, **kwargs)
        return self.submit(fn, *args, **kwargs).result()


def run_coroutine_threadsafe(
    coro: Coroutine[Any, Any, Any], loop: asyncio.AbstractEventLoop
) -> Future[Any]:
    """Run a coroutine on a loop from another thread."""
    return asyncio.run_coroutine_threadsafe(coro, loop)


_EXECUTORS = Executors(AsyncioExecutor)


def get_global_executor() -> AsyncioExecutor:
    """The executor of asyncio mode in this thread."""
    return _EXECUTORS.of_this_thread()


def set_global_executor(executor: AsyncioExecutor | None) -> None:
    """Set the executor of asyncio mode."""
    _EXECUTORS.main = executor


def _switch_global_executor_to_thread() -> None:
    """Make this thread the one that asyncio calls belong to."""
    _EXECUTORS.switch_to_this_thread()


_coroutine = functools.partial(functools.partial, _awaited)
