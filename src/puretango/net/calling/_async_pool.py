"""The connections of one client context on one event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic

from puretango.errors import COMM_FAILURE, SystemException
from puretango.giop import MAX_MESSAGE
from puretango.net._failure import connect_failed
from puretango.net.calling._async_client import AsyncClientConnection
from puretango.net.calling._pool import NO_ANSWER_JUST_NOW, LastAttempt, Unreached
from puretango.net.calling._shared import CONNECT_TIMEOUT
from puretango.net.streams._async_tcp import connect_on_loop
from puretango.net.streams._sockets import address_text


class AsyncConnectionPool:
    """One shared connection per server address, made when first asked for."""

    def __init__(
        self,
        *,
        max_message: int = MAX_MESSAGE,
        fragment_size: int = 0,
        allocate: Callable[[int], memoryview] | None = None,
    ) -> None:
        self.max_message = max_message
        self.fragment_size = fragment_size
        self.allocate = allocate
        self._making: dict[tuple[str, int], tuple[asyncio.Lock, LastAttempt]] = {}
        self._connections: dict[tuple[str, int], AsyncClientConnection] = {}
        self._retired: list[AsyncClientConnection] = []
        self._unreached = Unreached()
        self._asking: dict[tuple[str, int], asyncio.Task[bool]] = {}
        self._closed = False

    def known(self, host: str, port: int) -> AsyncClientConnection | None:
        """The open connection to that server, if there is one."""
        found = self._connections.get((host, port))
        return found if found is not None and not found.closed else None

    async def connection(
        self,
        host: str,
        port: int,
        connect_timeout: float | None = CONNECT_TIMEOUT,
        *,
        spare: bool = False,
    ) -> AsyncClientConnection:
        """The connection to that server; a closed one is replaced by a new one.

        ``spare`` is the same as in ConnectionPool.
        """
        found = self.known(host, port)
        if found is not None:
            return found
        asked = monotonic()
        making, last = self._making.setdefault((host, port), (asyncio.Lock(), LastAttempt()))
        try:
            async with making:
                if spare and self._unreached.has(host) and self.known(host, port) is None:
                    raise connect_failed(address_text(host, port), NO_ANSWER_JUST_NOW)
                return await self._made(host, port, connect_timeout, asked, last)
        finally:
            if not making.locked():
                self._making.pop((host, port), None)

    async def _made(
        self,
        host: str,
        port: int,
        connect_timeout: float | None,
        asked: float,
        last: LastAttempt,
    ) -> AsyncClientConnection:
        found = self.known(host, port)
        if found is not None:
            return found
        self._check_open()
        self._forget_ended()
        last.raise_if_failed_since(asked)
        try:
            made = await AsyncClientConnection.connect(
                host,
                port,
                connect_timeout=connect_timeout,
                max_message=self.max_message,
                fragment_size=self.fragment_size,
                allocate=self.allocate,
            )
        except SystemException as error:
            last.failed(error)
            if isinstance(error.__cause__, TimeoutError):
                self._unreached.add(host)
            raise
        if self._closed:
            made.close()
        self._check_open()
        self._connections[host, port] = made
        return made

    async def reaches(self, host: str, port: int, seconds: float) -> bool:
        """True if something accepts a connection there, in so many seconds; as in ConnectionPool."""
        asking = self._asking.get((host, port))
        if asking is None:
            asking = asyncio.get_running_loop().create_task(self._accepts(host, port, seconds))
            self._asking[host, port] = asking
            asking.add_done_callback(lambda _: self._asking.pop((host, port), None))
        return await asyncio.shield(asking)

    async def _accepts(self, host: str, port: int, seconds: float) -> bool:
        if self._unreached.has(host):
            return False
        try:
            transport, _ = await connect_on_loop(asyncio.Protocol, host, port, seconds)
        except TimeoutError:
            self._unreached.add(host)
            return False
        except (OSError, UnicodeError):
            return False
        transport.abort()
        return True

    def _forget_ended(self) -> None:
        """Drop the connections that are closed already: the loop has told each of them."""
        ended = [place for place, connection in self._connections.items() if connection.closed]
        for place in ended:
            del self._connections[place]

    def retire(self, host: str, port: int) -> None:
        """Give the connection to that server to no more callers; calls under way on it go on."""
        found = self._connections.pop((host, port), None)
        if found is not None:
            self._retired = [each for each in self._retired if not each.closed]
            self._retired.append(found)
            found.retire()

    def _check_open(self) -> None:
        if self._closed:
            raise COMM_FAILURE("the client context is closed")

    def drop(self, host: str, port: int) -> None:
        """Close the connection to that server, if there is one."""
        found = self._connections.pop((host, port), None)
        if found is not None:
            found.close()

    def close(self) -> None:
        """Close every connection; calls under way fail. Call it on the connections' loop."""
        self._closed = True
        for connection in (*self._connections.values(), *self._retired):
            connection.close()

    async def aclose(self) -> None:
        """Close every connection and wait until their sockets are closed too."""
        self.close()
        for connection in (*self._connections.values(), *self._retired):
            await connection.wait_closed()
        self._connections.clear()
