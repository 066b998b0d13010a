"""A blocking server's listening sockets and its clients' connections."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from time import monotonic
from typing import Any, Final

from puretango.giop import MAX_MESSAGE, InvocationCache
from puretango.net._chain import HOUSEHOLD
from puretango.net._failure import cannot_listen, check_port
from puretango.net.serving._line import Line
from puretango.net.serving._room import WaitingRoom
from puretango.net.serving._served import ServedConnection
from puretango.net.serving._serving import (
    BACKLOG,
    MAX_CONNECTIONS,
    QUIET_CLOSED,
    SILENT_CLOSED,
    Handler,
    Locate,
    Peer,
    Told,
    silent_one,
)
from puretango.net.serving._supervisor import Supervisor
from puretango.net.serving._worker import WorkerPool
from puretango.net.streams._sockets import LOG
from puretango.net.streams._stream import Stream
from puretango.net.streams._tcp import TcpStream

_BUSY: Final = 1000
"""How many connections may send requests at the same time; more wait until another one is silent."""
_AT_ONCE: Final = 64
"""How many connections get a thread as soon as they are accepted; with more, one only when they send something."""
_CROWD: Final = 32
"""If more connections than this send requests at once, they stand in line instead of having a thread each."""
_REVIEW: Final = 1.0
"""Seconds after which it is checked whether a crowd is still one."""
_SLOW: Final = 256
"""How many slow requests may run at the same time; beyond that, their connections wait to be read."""

GRACE: Final = 2.0
"""Seconds that requests under way get to end when the listener stops."""


class Listener:
    """Listens when started, and calls ``handler(invocation, peer)`` for each request.

    Each thread that serves requests calls ``at_thread()`` first, once.
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
        at_thread: Callable[[], None] | None = None,
        wrap: Callable[[socket.socket], Stream] = TcpStream,
    ) -> None:
        self.host = host
        self.port = port
        """The port asked for, and once started the one that was picked."""
        self.handler = handler
        self.locate = locate
        self.max_message = max_message
        self.max_connections = max_connections
        self.allocate = allocate
        self._wrap = wrap
        self.cache = InvocationCache()
        self._connections: set[ServedConnection] = set()
        # Each connection that asks has a reader; slow requests keep some more.
        self._workers = WorkerPool(min(max_connections, _BUSY) + _SLOW, at_start=at_thread)
        self._read: set[ServedConnection] = set()
        self.crowded = False
        """True if so many connections send requests that they stand in line for each one."""
        self._line = Line(self._workers)
        self._asking: set[ServedConnection] = set()
        """The connections of a crowd that have sent requests since the last check."""
        self._reviewed = 0.0
        self.supervisor = Supervisor(self._workers, self._read, self._line)
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._room: WaitingRoom | None = None
        self._tell = Told().tell
        self._stopping = False
        self._refusing = False

    def bind(self) -> Listener:
        """Take the address; an OSError if that is not possible. Clients wait until start."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        address = (self.host, self.port)
        check_port(self.host, self.port)
        try:
            self._socket = socket.create_server(address, family=family, backlog=BACKLOG)
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
        listening = self._socket
        assert listening is not None
        self._room = WaitingRoom(listening, lambda: self._accept_one(listening), self._has_spoken)
        self.supervisor.start()
        self._room.start()
        return self

    def wait_for(self, connection: ServedConnection) -> bool:
        """Leave a silent connection without a thread until it sends something. False if all is closed."""
        self._read.discard(connection)
        return self._room is not None and self._room.enter(connection)

    def stand_in_line(self, connection: ServedConnection) -> None:
        """A connection of a crowd has been answered: the others come before its next request."""
        self._line.join(connection)

    def _has_spoken(self, connection: Any) -> bool:
        self._read.add(connection)
        if self._is_crowd(connection):
            self._line.join(connection)
            if self.supervisor.asleep:
                self.supervisor.wake()
            return True
        if self._workers.submit(connection.run):
            return True
        self._read.discard(connection)
        return False

    def _is_crowd(self, connection: ServedConnection) -> bool:
        """Whether more connections ask than should have a thread each; asked by the room's thread."""
        if not self.crowded:
            self.crowded = len(self._read) > _CROWD
            if self.crowded:
                self._reviewed = monotonic()
            return self.crowded
        self._asking.add(connection)
        now = monotonic()
        if now - self._reviewed > _REVIEW:
            self._reviewed = now
            self.crowded = len(self._asking | self._read) > _CROWD // 2
            self._asking.clear()
        return self.crowded

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        return len(self._connections)

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
            connection = ServedConnection(self, self._wrap(sock), peer)
        except OSError as error:
            LOG.info("connection from %s lost: %s", peer, error)
            sock.close()
            return
        if self._stopping or not (self.connections < self.max_connections or self._make_place()):
            self._tell("connection from %s refused: %d are open", peer, self.connections)
            connection.stream.shut()
            connection.stream.close()
            return
        with self._lock:
            self._connections.add(connection)
            few = len(self._read) < _AT_ONCE
        # Most new connections send a request at once: they get a thread; many of them might be a flood.
        if not (few and self._has_spoken(connection)):
            self.wait_for(connection)

    def _make_place(self) -> bool:
        """Close a connection that is not in use; True if there was one."""
        silent = silent_one(tuple(self._connections))
        if silent is not None:
            self._tell(SILENT_CLOSED, silent.peer, self.max_connections)
            self.forget(silent)
            silent.abort()
            return True
        assert self._room is not None
        quiet = self._room.take_quietest()
        if not isinstance(quiet, ServedConnection):
            return False
        self._tell(QUIET_CLOSED, quiet.peer, self.max_connections)
        quiet.dismiss()
        return True

    def forget(self, connection: ServedConnection) -> None:
        """A connection has ended."""
        with self._lock:
            self._connections.discard(connection)
        self._read.discard(connection)
        if self._room is not None:
            self._room.forget(connection)

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
        if self._room is None:
            self._socket.close()
            return  # bound and never started
        silent = self._room.stop()
        self._socket.close()
        self.supervisor.stop()
        for one in silent:
            if isinstance(one, ServedConnection):
                one.dismiss()
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
        for waiting in self._line.leave():  # connections answered while all was being closed
            waiting.dismiss()
        self.cache.clear()

    def __enter__(self) -> Listener:
        return self.start()

    def __exit__(self, *_exc: object) -> None:
        self.stop()
