"""What runs functions in the style of one green mode."""

from __future__ import annotations

import os
from collections.abc import Callable
from threading import get_ident, local
from typing import Any, Generic, TypeVar

__all__ = ["AbstractExecutor", "Executors", "SynchronousExecutor", "get_synchronous_executor"]

E = TypeVar("E", bound="AbstractExecutor")


class AbstractExecutor:
    """Runs functions in the style of one green mode."""

    asynchronous: bool = False
    default_wait: bool = True

    def __init__(self) -> None:
        self.subexecutor: Any = None
        self.ident = get_ident(), os.getpid()

    def get_ident(self) -> tuple[int, int]:
        """Thread and process that the executor belongs to."""
        return self.ident

    def in_executor_context(self) -> bool:
        """True in the thread that the executor belongs to."""
        return self.ident == (get_ident(), os.getpid())

    def delegate(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Start a function elsewhere; returns something that will have its result."""
        raise ValueError("Not supported in synchronous mode")

    def access(self, accessor: Any, timeout: float | None = None) -> Any:
        """Wait for the result of what delegate returned."""
        raise ValueError("Not supported in synchronous mode")

    def submit(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run a callback of the user's."""
        return fn(*args, **kwargs)

    def execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run a function of the user's and give its result."""
        return fn(*args, **kwargs)

    def run(
        self,
        fn: Callable[..., Any],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
        wait: bool | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Run a function in this style."""
        kwargs = kwargs or {}
        if wait is None:
            wait = self.default_wait
        if not self.asynchronous and (not wait or timeout):
            raise ValueError("Not supported in synchronous mode")
        if not self.asynchronous or not self.in_executor_context():
            return fn(*args, **kwargs)
        accessor = self.delegate(fn, *args, **kwargs)
        return self.access(accessor, timeout=timeout) if wait else accessor


class SynchronousExecutor(AbstractExecutor):
    """Runs everything at once in the caller's thread."""


_synchronous_executor = SynchronousExecutor()


def get_synchronous_executor() -> SynchronousExecutor:
    """The executor of synchronous mode."""
    return _synchronous_executor


class Executors(Generic[E]):
    """The executors of one green mode in this process, made when first asked for."""

    def __init__(self, make: Callable[[], E]) -> None:
        self._make = make
        self.main: E | None = None
        self._of_threads: dict[tuple[int, int], E] = {}
        self._delegating = local()

    def delegating(self, executor: E) -> None:
        """Note that this thread of a pool runs a function for that executor."""
        self._delegating.executor = executor

    def of_this_thread(self) -> E:
        """The executor of this thread, else the one that it works for, else the main one."""
        if self.main is None:
            self.main = self._make()
        if self.main.in_executor_context():
            return self.main
        own = self._of_threads.get((get_ident(), os.getpid()))
        if own is None:
            own = getattr(self._delegating, "executor", None)
        return self.main if own is None else own

    def switch_to_this_thread(self) -> None:
        """Make the main executor one of this thread; the present one stays that of its own thread."""
        if self.main is not None and not self.main.in_executor_context():
            self._of_threads[self.main.get_ident()] = self.main
            self.main = self._make()
