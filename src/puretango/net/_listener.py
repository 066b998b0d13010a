"""A blocking server's listening sockets and its clients' connections."""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Callable
from typing import Final

from puretango.giop import MAX_MESSAGE, InvocationCache
from puretango.net._chain import HOUSEHOLD
from puretango.net._failure import cannot_listen, check_port
from puretango.net._served import ServedConnection
from puretango.net._serving import MAX_CONNECTIONS, Handler, Locate, Peer, silent_one
from puretango.net._sockets import LOG, shut
from puretango.net._supervisor import Supervisor
from puretango.net._worker import WorkerPool

_BACKLOG: Final = 128
_SLOW: Final = 256
"""Slow requests at once; with more, their connections wait to be read."""

GRACE: Final = 2.0
"""Seconds that requests under way get to end when the listener stops."""


class Listener:
    """Listens when started, and calls ``handler(invocation, peer)`` for each request.

    The handler runs in the thread that read the request and returns the reply's status and body;
    many run at once, also for one connection if one of them is slow. A SystemException that it
    raises goes to the client, anything else becomes UNKNOWN and a line in the log.
    """

    def __init__(
        self,
        host: str,
        port: int,
        handler: Handler,
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
        self._connections: set[ServedConnection] = set()
        # Each connection has a reader; slow requests keep some more.
        self._workers = WorkerPool(max_connections + _SLOW)
        self.supervisor = Supervisor(self._workers, self._connections)
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._wake: tuple[socket.socket, socket.socket] | None = None
        self._accepting = threading.Thread(
            target=self._accept, name="puretango-accept", daemon=True
        )
        self._stopping = False
        self._refusing = False

    def bind(self) -> Listener:
        """Take the address; an OSError tells that it is not to be had. Clients wait until start."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        address = (self.host, self.port)
        check_port(self.host, self.port)
        try:
            self._socket = socket.create_server(address, family=family, backlog=_BACKLOG)
        except OSError as error:
            raise cannot_listen(self.host, self.port, error) from error
        self._socket.setblocking(False)
        self.port = self._socket.getsockname()[1]
        HOUSEHOLD.moved_in(self.port)
        return self

    def start(self) -> Listener:
        """Let clients in, at the address taken now or before."""
        if self._socket is None:
            self.bind()
        self._wake = socket.socketpair()
        self.supervisor.start()
        self._accepting.start()
        return self

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        return len(self._connections)

    def _accept(self) -> None:
        assert self._socket is not None
        assert self._wake is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            selector.register(self._wake[1], selectors.EVENT_READ)
            while not self._stopping:
                selector.select()
                if not self._stopping:
                    self._accept_one(self._socket)

    def _accept_one(self, listening: socket.socket) -> None:
        try:
            sock, address = listening.accept()
        except BlockingIOError:
            return
        except OSError as error:
            # Out of descriptors, most likely: wait for some to be freed rather than spin.
            if not self._refusing:
                LOG.warning("a connection could not be accepted: %s", error)
            self._refusing = True
            threading.Event().wait(0.1)
            return
        self._refusing = False
        peer = Peer(address[0], address[1])
        try:
            connection = ServedConnection(self, sock, peer)
        except OSError as error:
            LOG.info("connection from %s lost: %s", peer, error)
            sock.close()
            return
        with self._lock:
            full = self._stopping or len(self._connections) >= self.max_connections
            silent = silent_one(self._connections) if full else None
            if silent is not None:
                full = self._stopping
                self._connections.discard(silent)
            if not full:
                self._connections.add(connection)
        if silent is not None:
            LOG.warning(
                "connection from %s closed: all places are taken, it is silent", silent.peer
            )
            silent.abort()
        if full or not self._workers.submit(connection.run):
            LOG.warning("connection from %s refused: %d are open", peer, self.connections)
            self.forget(connection)
            shut(sock)
            sock.close()

    def forget(self, connection: ServedConnection) -> None:
        """A connection has ended."""
        with self._lock:
            self._connections.discard(connection)

    def stop(self, grace: float = GRACE) -> None:
        """Stop without a trace; requests under way get ``grace`` seconds to end.

        May be called by a handler, whose own thread then ends after it has answered.
        """
        with self._lock:
            if self._stopping:
                return
            self._stopping = True
            connections = list(self._connections)
        if self._socket is None:
            return  # never started
        HOUSEHOLD.moved_out(self.port)
        if self._wake is None:
            self._socket.close()
            return  # bound and never started
        self._wake[0].send(b"\0")
        if self._accepting is not threading.current_thread():
            self._accepting.join()
        for sock in (self._socket, *self._wake):
            sock.close()
        self.supervisor.stop()
        for connection in connections:
            connection.close_when_idle()
        if self._workers.stop(grace):
            for connection in connections:
                connection.abort()
            left = self._workers.stop(grace)
            if left:
                LOG.warning(
                    "%d requests still run after the server on port %d stopped", left, self.port
                )
        self.cache.clear()

    def __enter__(self) -> Listener:
        return self.start()

    def __exit__(self, *_exc: object) -> None:
        self.stop()
