"""The connections of one client context."""

from __future__ import annotations

import threading
from collections.abc import Callable

from puretango.errors import COMM_FAILURE
from puretango.giop import MAX_MESSAGE
from puretango.net._client import CONNECT_TIMEOUT, ClientConnection


class ConnectionPool:
    """One shared connection per server address, made when first asked for.

    Close it and all its connections are gone; there is no pool that outlives its owner.
    """

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
        self._lock = threading.Lock()
        self._making: dict[tuple[str, int], threading.Lock] = {}
        self._connections: dict[tuple[str, int], ClientConnection] = {}
        self._closed = False

    def connection(
        self, host: str, port: int, connect_timeout: float | None = CONNECT_TIMEOUT
    ) -> ClientConnection:
        """The connection to that server; a closed one is replaced by a new one."""
        place = (host, port)
        found = self._connections.get(place)
        if found is not None and not found.closed:
            return found
        with self._lock:
            making = self._making.setdefault(place, threading.Lock())
        with making:
            # Another thread may have made it while we waited.
            found = self._connections.get(place)
            if found is not None:
                if not found.closed:
                    return found
                found.close()
            made = ClientConnection(
                host,
                port,
                connect_timeout=connect_timeout,
                max_message=self.max_message,
                fragment_size=self.fragment_size,
                allocate=self.allocate,
            )
            with self._lock:
                if not self._closed:
                    self._connections[place] = made
                    return made
            made.close()
            raise COMM_FAILURE("the client context is closed")

    def drop(self, host: str, port: int) -> None:
        """Close the connection to that server, if there is one."""
        with self._lock:
            found = self._connections.pop((host, port), None)
        if found is not None:
            found.close()

    @property
    def closed(self) -> bool:
        """True after :meth:`close`."""
        return self._closed

    def close(self) -> None:
        """Close every connection; calls under way fail."""
        with self._lock:
            self._closed = True
            connections = list(self._connections.values())
            self._connections.clear()
        for connection in connections:
            connection.close()

    def __enter__(self) -> ConnectionPool:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()
