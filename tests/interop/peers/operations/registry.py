"""Where the operations of the matrix are registered by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.interop.peers.plain import plain

Operation = Callable[[Any, str], Any]
OPERATIONS: dict[str, Operation] = {}


def operation(function: Operation) -> Operation:
    """Register under the function's name."""
    OPERATIONS[function.__name__] = function
    return function


def reading(answer: Any) -> Any:
    """A DeviceAttribute as plain values, but for its time."""
    return [
        answer.name.lower(), plain(answer.value), plain(answer.w_value), str(answer.quality),
        str(answer.type), str(answer.data_format), answer.dim_x, answer.dim_y, answer.w_dim_x,
        answer.w_dim_y, answer.has_failed, answer.is_empty,
    ]  # fmt: skip


def is_kept(history: Callable[..., Any], *names: str, count: int = 3) -> bool:
    """True once polling has kept so many values of each attribute or command of a proxy's history.

    Before the first, a server refuses.
    """
    try:
        return all(len(history(name, count)) >= count for name in names)
    except Exception:
        return False
