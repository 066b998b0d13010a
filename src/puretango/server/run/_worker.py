"""PyTango's get_worker and set_worker: the executor of the current server's green mode."""

from __future__ import annotations

from typing import Any

from puretango.server.base import _current as _context
from puretango.server.host._current import current_server
from puretango.values import GreenMode

_set: list[Any] = []


def get_worker() -> Any:
    """The executor that runs the methods of the current server's devices."""
    from puretango.client.green._green import get_executor

    server = current_server()
    if server is not None and server.classes:
        return get_executor(server.green_mode_of(server.classes[0].device_type))
    if _set:
        return _set[-1]
    return get_executor(_context.last_mode() or GreenMode.Synchronous)


def set_worker(worker: Any) -> None:
    """Kept for PyTango's programs: an executor for code outside of any server."""
    _set[:] = [worker]
