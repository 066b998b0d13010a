"""The two ways to move a call's bytes: blocking in the caller's thread, and on a loop.

An operation of the client is a coroutine over one of these. Over :data:`BLOCKING` nothing ever
suspends, so :func:`drive` runs the coroutine to its end at once.
"""

from __future__ import annotations

import time
from collections.abc import Coroutine, Iterator
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
_LEAST = 0.1
"""Seconds that every step of a call gets at least, however late it comes."""


class IO(Protocol):
    """What an operation needs of its driver."""

    spares_servers: bool
    """True if an unreachable server is not to be tried again for a moment after a failed attempt."""

    spent: int
    """How many times the call has been sent already, by its plan, over a connection that failed."""

    refused: DevFailed | None
    """The server's answer to the call when its plan made it, with a type that may be out of date."""

    def after(self, spent: int, refused: DevFailed | None) -> IO:
        """The same driver, for a call that has been tried already."""

    def within(self, seconds: float) -> IO:
        """The same driver, with so many seconds for its work, connecting included; 0 is for ever."""

    async def submit(self, session: Line, request: PreparedRequest) -> Reply:
        """Send a prepared request and give its reply."""

    async def invoke(self, session: Line, template: RequestTemplate, body: list[Any]) -> Reply:
        """Send a request and give its reply."""

    async def send(self, session: Line, template: RequestTemplate, body: list[Any]) -> None:
        """Send a request that has no reply."""

    def retire(self, session: Line) -> None:
        """Use the connection to the session's target for no new call: its server is silent."""

    async def reaches(self, session: Line, seconds: float) -> bool:
        """True if the session's target can be connected to, in so many seconds."""

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


class Budget:
    """How long the steps of one call may take: the usual time, unless there is a deadline."""

    __slots__ = ("deadline",)

    def __init__(self, deadline: float | None = None) -> None:
        self.deadline = deadline

    def within(self, seconds: float) -> Budget:
        """A budget that ends in so many seconds, or earlier if this one does; 0 is for ever."""
        if not seconds:
            return self
        end = time.monotonic() + seconds
        return Budget(end if self.deadline is None else min(end, self.deadline))

    def of(self, seconds: float) -> float:
        """What is left of so many seconds; 0 is for ever."""
        if self.deadline is None:
            return seconds
        left = max(self.deadline - time.monotonic(), _LEAST)
        return min(seconds, left) if seconds else left

    def shares(self, session: Line) -> Iterator[tuple[str, int, float]]:
        """The addresses of a session's target, and the seconds to connect to each.

        An address that does not answer at all leaves the others their share.
        """
        assert session.target is not None
        addresses = session.target.addresses
        whole = self.of(DATABASE_CONNECT_TIMEOUT if session.database else CONNECT_TIMEOUT)
        end = time.monotonic() + whole
        for number, (host, port) in enumerate(addresses):
            left = max(end - time.monotonic(), _LEAST)
            yield host, port, left / (len(addresses) - number)


PING_PATIENCE = 0.5
"""Seconds in which a server must answer a ping if its connection is to be trusted."""

QUICK_CONNECT = 0.7
"""Seconds for one of many attempts to connect."""


UNBOUNDED = Budget()


class BlockingIO:
    """Calls over blocking connections, in the caller's thread."""

    spares_servers = True

    def __init__(
        self,
        spent: int = 0,
        refused: DevFailed | None = None,
        budget: Budget = UNBOUNDED,
    ) -> None:
        self.spent = spent
        self.refused = refused
        self.budget = budget

    def after(self, spent: int, refused: DevFailed | None) -> BlockingIO:
        """The same driver, for a call that has been tried already."""
        return type(self)(spent, refused)

    def within(self, seconds: float) -> BlockingIO:
        """The same driver, with so many seconds for its work."""
        return type(self)(self.spent, self.refused, self.budget.within(seconds))

    def link(self, session: Line) -> ClientConnection:
        """The connection to the session's target, made if need be."""
        link: ClientConnection | None = session.link
        if link is not None and not link.closed:
            return link
        pool = session.context.pool
        failure: SystemException | None = None
        for host, port, seconds in self.budget.shares(session):
            try:
                link = session.link = pool.connection(
                    host, port, seconds, spare=self.spares_servers
                )
                return link
            except SystemException as exc:
                failure = failure or exc
        assert failure is not None
        raise failure

    async def submit(self, session: Line, request: PreparedRequest) -> Reply:
        """Send a prepared request and wait for its reply."""
        link = self.link(session)
        if link.busy():
            link = session.context.pool.beside(link)
        return link.call(request, self.budget.of(session.timeout))

    async def invoke(self, session: Line, template: RequestTemplate, body: list[Any]) -> Reply:
        """Send a request and wait for its reply."""
        return self.link(session).invoke(template, body, self.budget.of(session.timeout))

    async def send(self, session: Line, template: RequestTemplate, body: list[Any]) -> None:
        """Send a request that has no reply."""
        self.link(session).oneway(template, body)

    def retire(self, session: Line) -> None:
        """Use the connection to the session's target for no new call: its server is silent."""
        if session.link is not None:
            session.context.pool.retire(session.link)

    async def reaches(self, session: Line, seconds: float) -> bool:
        """True if the session's target can be connected to, in so many seconds."""
        pool = session.context.pool
        shares = self.budget.within(seconds).shares(session)
        return any(pool.reaches(*share) for share in shares)

    async def sleep(self, seconds: float) -> None:
        """Block this thread."""
        time.sleep(seconds)  # noqa: ASYNC251  # nothing else runs here

    def clock(self) -> float:
        """A time in seconds that only grows."""
        return time.perf_counter()


BLOCKING = BlockingIO()


class CarefulIO(BlockingIO):
    """Calls to servers that may be out of reach, made again and again until they are there.

    The server on an existing connection is pinged first: after a partition of the network,
    what is sent on it waits for the kernel's next retransmission, many seconds after the partition's end.
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
        self,
        loop: asyncio.AbstractEventLoop,
        spent: int = 0,
        refused: DevFailed | None = None,
        budget: Budget = UNBOUNDED,
    ) -> None:
        self.loop = loop
        self.spent = spent
        self.refused = refused
        self.budget = budget

    def after(self, spent: int, refused: DevFailed | None) -> AsyncioIO:
        """The same driver, for a call that has been tried already."""
        return AsyncioIO(self.loop, spent, refused)

    def within(self, seconds: float) -> AsyncioIO:
        """The same driver, with so many seconds for its work."""
        return AsyncioIO(self.loop, self.spent, self.refused, self.budget.within(seconds))

    async def link(self, session: Line) -> AsyncClientConnection:
        """The connection to the session's target on this loop, made if need be."""
        pool = session.context.asyncio_pool(self.loop)
        if not pool.watched:
            await pool.watch()
        failure: SystemException | None = None
        for host, port, seconds in self.budget.shares(session):
            try:
                return await pool.connection(host, port, seconds, spare=self.spares_servers)
            except SystemException as exc:
                failure = failure or exc
        assert failure is not None
        raise failure

    async def submit(self, session: Line, request: PreparedRequest) -> Reply:
        """Send a prepared request and await its reply."""
        link = await self.link(session)
        return await link.call(request, self.budget.of(session.timeout))

    async def invoke(self, session: Line, template: RequestTemplate, body: list[Any]) -> Reply:
        """Send a request and await its reply."""
        link = await self.link(session)
        return await link.invoke(template, body, self.budget.of(session.timeout))

    async def send(self, session: Line, template: RequestTemplate, body: list[Any]) -> None:
        """Send a request that has no reply."""
        (await self.link(session)).oneway(template, body)

    def retire(self, session: Line) -> None:
        """Use the connection to the session's target for no new call: its server is silent."""
        if session.target is not None:
            pool = session.context.asyncio_pool(self.loop)
            for host, port in session.target.addresses:
                pool.retire(host, port)

    async def reaches(self, session: Line, seconds: float) -> bool:
        """True if the session's target can be connected to, in so many seconds."""
        pool = session.context.asyncio_pool(self.loop)
        for share in self.budget.within(seconds).shares(session):
            if await pool.reaches(*share):
                return True
        return False

    async def sleep(self, seconds: float) -> None:
        """Let the loop's other tasks run."""
        import asyncio  # already loaded wherever there is a loop

        await asyncio.sleep(seconds)

    def clock(self) -> float:
        """A time in seconds that only grows."""
        return time.perf_counter()
