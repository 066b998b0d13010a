"""What the lower files of this room ask of a session and of its context."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import asyncio

    from puretango.client.context._loopkeeper import LoopPool
    from puretango.client.context._target import Target
    from puretango.giop import RequestTemplate
    from puretango.net import ConnectionPool

__all__ = ["Line", "Named", "Pools", "Reconnecting"]


class Named(Protocol):
    """Something that talks to a device and has its name."""

    device_name: str


class Pools(Protocol):
    """The connections of a context."""

    pool: ConnectionPool

    def asyncio_pool(self, loop: asyncio.AbstractEventLoop) -> LoopPool:
        """Those of one event loop."""


class Line(Protocol):
    """A session, as the code that moves its bytes sees it."""

    database: bool
    link: Any
    target: Target | None
    timeout: float

    @property
    def context(self) -> Pools:
        """Where its connections are."""

    def template(self, operation: str, response_expected: bool = True) -> RequestTemplate:
        """The header of requests for an operation."""


class Reconnecting(Protocol):
    """A session as its context sees it."""

    failed_at: float | None

    def lost(self) -> None:
        """Treat the connection as broken."""
