"""The connections of one client context on one event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from puretango.errors import COMM_FAILURE
from puretango.giop import MAX_MESSAGE
from puretango.net._async_client import AsyncClientConnection
from puretango.net._client import CONNECT_TIMEOUT


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
        self._making: dict[tuple[str, int], asyncio.Lock] = {}
        self._connections: dict[tuple[str, int], AsyncClientConnection] = {}
        self._closed = False

    def known(self, host: str, port: int) -> AsyncClientConnection | None:
        """The open connection to that server, if there is one."""
        found = self._connections.get((host, port))
        return found if found is not None and not found.closed else None

    async def connection(
        self, host: str, port: int, connect_timeout: float | None = CONNECT_TIMEOUT
    ) -> AsyncClientConnection:
        """The connection to that server; a closed one is replaced by a new one."""
        found = self.known(host, port)
        if found is not None:
            return found
        if self._closed:
            raise COMM_FAILURE("the client context is closed")
        async with self._making.setdefault((host, port), asyncio.Lock()):
            found = self.known(host, port)
            if found is not None:
                return found
            made = await AsyncClientConnection.connect(
                host,
                port,
                connect_timeout=connect_timeout,
                max_message=self.max_message,
                fragment_size=self.fragment_size,
                allocate=self.allocate,
            )
            if self._closed:
                made.close()
                raise COMM_FAILURE("the client context is closed")
            self._connections[host, port] = made
            return made

    def drop(self, host: str, port: int) -> None:
        """Close the connection to that server, if there is one."""
        found = self._connections.pop((host, port), None)
        if found is not None:
            found.close()

    def close(self) -> None:
        """Close every connection; calls under way fail. Call it on the connections' loop."""
        self._closed = True
        for connection in self._connections.values():
            connection.close()

    async def aclose(self) -> None:
        """Close every connection and wait until their sockets are closed too."""
        self.close()
        for connection in self._connections.values():
            await connection.wait_closed()
        self._connections.clear()
