"""The two ways to move a call's bytes: blocking in the caller's thread, and on a loop.

An operation of the client is a coroutine over one of these. Over :data:`BLOCKING` nothing ever
suspends, so :func:`drive` runs the coroutine to its end at once.
"""

from __future__ import annotations

import time
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from puretango.errors import SystemException

if TYPE_CHECKING:
    import asyncio

    from puretango.client.context._ports import Line
    from puretango.errors import DevFailed
    from puretango.giop import PreparedRequest, Reply, RequestTemplate
    from puretango.net import AsyncClientConnection, ClientConnection

__all__ = ["BLOCKING", "CAREFUL", "IO", "AsyncioIO", "BlockingIO", "CarefulIO", "drive"]

T = TypeVar("T")

DATABASE_CONNECT_TIMEOUT = 25.0
CONNECT_TIMEOUT = 3.0


class IO(Protocol):
    """What an operation needs of its driver."""

    spares_servers: bool
    """True if a server out of reach is to be left alone for a moment after a failed attempt."""

    spent: int
    """How many times the call was sent already, by its plan, over a connection that failed."""

    refused: DevFailed | None
    """What the server said to the call when it was made by its plan, with a type that may be out of date."""

    def after(self, spent: int, refused: DevFailed | None) -> IO:
        """The same driver for a call that was tried already."""

    async def submit(self, session: Line, request: PreparedRequest) -> Reply:
        """Send a prepared request and give its reply."""

    async def invoke(self, session: Line, template: RequestTemplate, body: list[Any]) -> Reply:
        """Send a request and give its reply."""

    async def send(self, session: Line, template: RequestTemplate, body: list[Any]) -> None:
        """Send a request that has no reply."""

    def retire(self, session: Line) -> None:
        """Use the connection to the session's target for no new call: its server is silent."""

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""

    def clock(self) -> float:
        """A time in seconds that only grows."""


def drive(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never suspends."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        result: T = stop.value
        return result
    coroutine.close()
    raise RuntimeError("a blocking operation suspended")


def _connect_timeout(session: Line) -> float:
    return DATABASE_CONNECT_TIMEOUT if session.database else CONNECT_TIMEOUT


PING_PATIENCE = 0.5
"""Seconds in which a server on a connection that is to be trusted answers a ping."""

QUICK_CONNECT = 0.7
"""Seconds for one of many attempts to connect."""


class BlockingIO:
    """Calls over blocking connections, in the caller's thread."""

    spares_servers = True

    def __init__(self, spent: int = 0, refused: DevFailed | None = None) -> None:
        self.spent = spent
        self.refused = refused

    def after(self, spent: int, refused: DevFailed | None) -> BlockingIO:
        """The same driver for a call that was tried already."""
        return type(self)(spent, refused)

    def link(self, session: Line) -> ClientConnection:
        """The connection to the session's target, made if need be."""
        link: ClientConnection | None = session.link
        if link is not None and not link.closed:
            return link
        assert session.target is not None
        pool = session.context.pool
        failure: SystemException | None = None
        for host, port in session.target.addresses:
            try:
                link = session.link = pool.connection(host, port, _connect_timeout(session))
                return link
            except SystemException as exc:
                failure = failure or exc
        assert failure is not None
        raise failure

    async def submit(self, session: Line, request: PreparedRequest) -> Reply:
        """Send a prepared request and wait for its reply."""
        link = self.link(session)
        if link.busy:
            link = session.context.pool.beside(link)
        return link.call(request, session.timeout)

    async def invoke(self, session: Line, template: RequestTemplate, body: list[Any]) -> Reply:
        """Send a request and wait for its reply."""
        return self.link(session).invoke(template, body, session.timeout)

    async def send(self, session: Line, template: RequestTemplate, body: list[Any]) -> None:
        """Send a request that has no reply."""
        self.link(session).oneway(template, body)

    def retire(self, session: Line) -> None:
        """Use the connection to the session's target for no new call: its server is silent."""
        if session.link is not None:
            session.context.pool.retire(session.link)

    async def sleep(self, seconds: float) -> None:
        """Block this thread."""
        time.sleep(seconds)  # noqa: ASYNC251  # nothing else runs here

    def clock(self) -> float:
        """A time in seconds that only grows."""
        return time.perf_counter()


BLOCKING = BlockingIO()


class CarefulIO(BlockingIO):
    """Calls to servers that may be out of reach, made again and again until they are there.

    A connection that was made before is asked for a sign of life: after a partition of the network
    what is sent on it waits for the kernel's next attempt, many seconds after the partition's end.
    """

    spares_servers = False

    def link(self, session: Line) -> ClientConnection:
        """A connection on which the server answers."""
        assert session.target is not None
        pool = session.context.pool
        failure: SystemException | None = None
        for host, port in session.target.addresses:
            try:
                link = pool.connection(host, port, QUICK_CONNECT)
                try:
                    link.invoke(session.template("ping"), (), PING_PATIENCE)
                except SystemException:
                    pool.retire(link)
                    link = pool.connection(host, port, QUICK_CONNECT)
                session.link = link
                return link
            except SystemException as exc:
                failure = failure or exc
        assert failure is not None
        raise failure


CAREFUL = CarefulIO()


class AsyncioIO:
    """Calls over asyncio connections, on one loop."""

    spares_servers = True

    def __init__(
        self, loop: asyncio.AbstractEventLoop, spent: int = 0, refused: DevFailed | None = None
    ) -> None:
        self.loop = loop
        self.spent = spent
        self.refused = refused

    def after(self, spent: int, refused: DevFailed | None) -> AsyncioIO:
        """The same driver for a call that was tried already."""
        return AsyncioIO(self.loop, spent, refused)

    async def link(self, session: Line) -> AsyncClientConnection:
        """The connection to the session's target on this loop, made if need be."""
        assert session.target is not None
        pool = session.context.asyncio_pool(self.loop)
        if not pool.watched:
            await pool.watch()
        failure: SystemException | None = None
        for host, port in session.target.addresses:
            try:
                return await pool.connection(host, port, _connect_timeout(session))
            except SystemException as exc:
                failure = failure or exc
        assert failure is not None
        raise failure

    async def submit(self, session: Line, request: PreparedRequest) -> Reply:
        """Send a prepared request and await its reply."""
        return await (await self.link(session)).call(request, session.timeout)

    async def invoke(self, session: Line, template: RequestTemplate, body: list[Any]) -> Reply:
        """Send a request and await its reply."""
        link = await self.link(session)
        return await link.invoke(template, body, session.timeout)

    async def send(self, session: Line, template: RequestTemplate, body: list[Any]) -> None:
        """Send a request that has no reply."""
        (await self.link(session)).oneway(template, body)

    def retire(self, session: Line) -> None:
        """Use the connection to the session's target for no new call: its server is silent."""
        if session.target is not None:
            pool = session.context.asyncio_pool(self.loop)
            for host, port in session.target.addresses:
                pool.retire(host, port)

    async def sleep(self, seconds: float) -> None:
        """Let the loop's other tasks run."""
        import asyncio  # loaded by whoever has a loop

        await asyncio.sleep(seconds)

    def clock(self) -> float:
        """A time in seconds that only grows."""
        return time.perf_counter()
