"""What runs functions in the style of one green mode."""

from __future__ import annotations

import os
from collections.abc import Callable
from threading import get_ident
from typing import Any

__all__ = ["AbstractExecutor", "SynchronousExecutor", "get_synchronous_executor"]


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
