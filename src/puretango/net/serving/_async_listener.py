"""An asyncio server's listening sockets and its clients' connections."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from puretango.giop import (
    MAX_MESSAGE,
    InvocationCache,
)
from puretango.net._chain import HOUSEHOLD
from puretango.net._failure import cannot_listen, check_port
from puretango.net.serving._async_served import AsyncServed
from puretango.net.serving._serving import (
    BACKLOG,
    MAX_CONNECTIONS,
    QUIET_CLOSED,
    SILENT_CLOSED,
    AsyncHandler,
    Locate,
    Told,
    silent_one,
)
from puretango.net.streams._sockets import LOG

_RECEIVE: Final = 64 * 1024
_MAX_PENDING_IN_ALL: Final = 512 * 1024 * 1024
"""Most octets of replies that may wait for clients which do not take them."""
GRACE: Final = 2.0


class AsyncListener:
    """Listens when started, and calls ``handler(invocation, peer)`` on the loop for each request.

    The handler returns the reply's status and body, or an awaitable of them, which runs as a task
    of its own and is cancelled when the client leaves.
    """

    def __init__(
        self,
        host: str,
        port: int,
        handler: AsyncHandler,
        *,
        locate: Locate | None = None,
        max_message: int = MAX_MESSAGE,
        max_connections: int = MAX_CONNECTIONS,
        allocate: Callable[[int], memoryview] | None = None,
    ) -> None:
        self.host = host
        self.port = port
        """The port asked for, and once started the one that was picked."""
        self.handler = handler
        self.locate = locate
        self.max_message = max_message
        self.max_connections = max_connections
        self.allocate = allocate
        self.cache = InvocationCache()
        self.buffer = memoryview(bytearray(_RECEIVE))
        self._connections: set[AsyncServed] = set()
        self.stuck: set[AsyncServed] = set()
        """The connections whose clients do not take their replies."""
        self._tell = Told().tell
        self._server: asyncio.Server | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = False

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop on which it was started."""
        if self._loop is None:
            raise RuntimeError("the listener is not started")
        return self._loop

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        return len(self._connections)

    async def bind(self) -> AsyncListener:
        """Take the address; an OSError if that is not possible."""
        self._loop = asyncio.get_running_loop()
        check_port(self.host, self.port)
        try:
            self._server = await self._loop.create_server(
                lambda: AsyncServed(self),
                self.host,
                self.port,
                backlog=BACKLOG,
                start_serving=False,
            )
        except OSError as error:
            raise cannot_listen(self.host, self.port, error) from error
        self.port = self._server.sockets[0].getsockname()[1]
        HOUSEHOLD.moved_in(self.port)
        return self

    async def start(self) -> AsyncListener:
        """Let clients in, at the address taken now or before."""
        if self._server is None:
            await self.bind()
        assert self._server is not None
        await self._server.start_serving()
        return self

    def joined(self, connection: AsyncServed) -> bool:
        """A client has connected; False if it may not."""
        full = len(self._connections) >= self.max_connections and not self._make_place()
        if self._stopping or full:
            self._tell("connection from %s refused: %d are open", connection.peer, self.connections)
            return False
        self._connections.add(connection)
        return True

    def _make_place(self) -> bool:
        """Close a connection that is not in use; True if there was one."""
        silent = silent_one(self._connections)
        if silent is not None:
            self._tell(SILENT_CLOSED, silent.peer, self.max_connections)
            self.left(silent)
            silent.abort()
            return True
        quiet = [one for one in self._connections if one.is_quiet]
        if not quiet:
            return False
        quietest = min(quiet, key=lambda one: one.since)
        self._tell(QUIET_CLOSED, quietest.peer, self.max_connections)
        self.left(quietest)
        quietest.dismiss()
        return True

    def is_stuck(self, connection: AsyncServed) -> None:
        """Note that a client takes no replies; if too much waits for such clients, the worst one is disconnected."""
        self.stuck.add(connection)
        if sum(one.pending for one in self.stuck) > _MAX_PENDING_IN_ALL:
            worst = max(self.stuck, key=lambda one: one.pending)
            LOG.warning("connection from %s closed: it does not read its replies", worst.peer)
            self.stuck.discard(worst)
            worst.abort()

    def left(self, connection: AsyncServed) -> None:
        """A connection has ended."""
        self._connections.discard(connection)
        self.stuck.discard(connection)

    async def stop(self, grace: float = GRACE) -> None:
        """Stop without a trace; requests under way get ``grace`` seconds to end."""
        if self._stopping or self._server is None:
            return
        self._stopping = True
        HOUSEHOLD.moved_out(self.port)
        self._server.close()
        stops = [connection.stop(grace) for connection in self._connections]
        try:
            await asyncio.gather(*stops)
        finally:
            for connection in tuple(self._connections):  # cancelled: end without grace
                connection.abort()
        await self._server.wait_closed()
        self.cache.clear()

    async def __aenter__(self) -> AsyncListener:
        return await self.start()

    async def __aexit__(self, *_exc: object) -> None:
        await self.stop()
