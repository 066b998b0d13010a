"""The warning about synchronous methods of asyncio devices."""

from __future__ import annotations

import warnings
from typing import Any


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
