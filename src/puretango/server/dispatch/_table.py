"""The table of operations: each room of the interface writes its own into it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from puretango.server.base._peer import Client
    from puretango.server.device._deviceimpl import DeviceImpl

Handler = Callable[..., Awaitable[Any]]
HANDLERS: dict[str, Handler] = {}
"""Every operation by its name on the wire."""


def operation(*names: str) -> Callable[[Handler], Handler]:
    """Decorator: the coroutine that does these operations."""

    def register(handler: Handler) -> Handler:
        for name in names:
            HANDLERS[name] = handler
        return handler

    return register


def note(
    device: DeviceImpl, name: str, client: Client, detail: Any = None, source: int | None = None
) -> None:
    """Leave a line in the device's black box."""
    device._tango_black_box.record(name, detail, source, client)
