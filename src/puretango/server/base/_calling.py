"""Calling an author's methods, and running the server's coroutines without a loop."""

from __future__ import annotations

import warnings
from typing import Any


def drive(core: Any) -> Any:
    """Run a coroutine that never really waits: those of synchronous devices.

    The dispatch logic is written once, as coroutines; where all that they call is synchronous,
    one step takes them to their end.
    """
    try:
        core.send(None)
    except StopIteration as done:
        return done.value
    core.close()
    raise RuntimeError("a synchronous device cannot wait for a coroutine")


def warn_if_sync(method: Any) -> None:
    """Warn that an author's method should be ``async def``; the library's own need not."""
    function = getattr(method, "__func__", method)
    if getattr(function, "__module__", "").startswith("puretango.server"):
        return
    name = getattr(function, "__name__", repr(function))
    warnings.warn(
        f"{name} is sync: support of sync functions in Asyncio Servers is deprecated. "
        "Use 'async def' instead of 'def'.",
        DeprecationWarning,
        stacklevel=3,
    )
