"""The connections of one client context."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic
from typing import Final

from puretango.errors import COMM_FAILURE, SystemException
from puretango.giop import MAX_MESSAGE
from puretango.net._failure import again, connect_failed
from puretango.net.calling._client import ClientConnection
from puretango.net.calling._shared import CONNECT_TIMEOUT
from puretango.net.streams._sockets import address_text
from puretango.net.streams._stream import Connect
from puretango.net.streams._tcp import connect_tcp

Place = tuple[str, int]
"""A server's host and port."""


class LastAttempt:
    """How the last attempt to connect to a server ended.

    A caller that waited for it while it failed makes no attempt of its own: a host that never answers
    everything would keep a hundred callers waiting one after the other.
    """

    __slots__ = ("_ended", "_error")

    def __init__(self) -> None:
        self._error: SystemException | None = None
        self._ended = 0.0

    def failed(self, error: SystemException) -> None:
        """Note that nothing could be reached."""
        self._error = again(error)  # without its frames
        self._ended = monotonic()

    def raise_if_failed_since(self, asked: float) -> None:
        """Raise the attempt's error if it ended after that moment."""
        if self._error is not None and self._ended >= asked:
            raise again(self._error)


class Unreached:
    """The hosts that left an attempt to connect unanswered a moment ago."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}

    def add(self, host: str) -> None:
        """Note that a host gave no answer just now."""
        now = monotonic()
        self._since = {each: t for each, t in list(self._since.items()) if t > now - _MOMENT}
        self._since[host] = now

    def has(self, host: str) -> bool:
        """True if a host gave no answer a moment ago."""
        since = self._since.get(host)
        return since is not None and since > monotonic() - _MOMENT


_MOMENT: Final = 1.0
NO_ANSWER_JUST_NOW: Final = "no answer from this host a moment ago"

_SPARES: Final = 7
"""How many connections to one server there are besides the first, for threads that call at once."""

_FEW: Final = 16
"""Up to so many connections, all are checked for their end whenever one more is made."""


class ConnectionPool:
    """One shared connection per server address, made when first asked for.

    Connections that their servers have closed are closed here when others are made, so that a
    client of servers that come and go holds no more descriptors than it has servers.
    Closing it closes all its connections; no pool outlives its owner.
    """

    def __init__(
        self,
        *,
        max_message: int = MAX_MESSAGE,
        fragment_size: int = 0,
        allocate: Callable[[int], memoryview] | None = None,
        connect: Connect = connect_tcp,
    ) -> None:
        self.max_message = max_message
        self.fragment_size = fragment_size
        self.allocate = allocate
        self.connect = connect
        self._lock = threading.Lock()
        self._making: dict[Place, tuple[threading.Lock, LastAttempt]] = {}
        self._connections: dict[Place, ClientConnection] = {}
        self._retired: list[ClientConnection] = []
        self._spares: dict[Place, list[ClientConnection]] = {}
        self._unreached = Unreached()
        self._look_at = _FEW
        """The number of connections at which they are checked next for those that have ended."""
        self._closed = False

    def connection(
        self,
        host: str,
        port: int,
        connect_timeout: float | None = CONNECT_TIMEOUT,
        *,
        spare: bool = False,
    ) -> ClientConnection:
        """The connection to that server; a closed one is replaced by a new one.

        With ``spare``, a host that left an attempt unanswered a moment ago is not tried again: a caller that
        asks many servers there, one after the other, waits only once.
        """
        place = (host, port)
        found = self._connections.get(place)
        if found is not None and not found.closed:
            return found
        asked = monotonic()
        with self._lock:
            making, last = self._making.setdefault(place, (threading.Lock(), LastAttempt()))
        with making:
            # Another thread may have made it while we waited.
            found = self._connections.get(place)
            if found is not None:
                if not found.closed:
                    return found
                found.close()
            try:
                last.raise_if_failed_since(asked)
                if spare and self._unreached.has(host):
                    raise connect_failed(address_text(host, port), NO_ANSWER_JUST_NOW)
                return self._kept(place, self._made(place, connect_timeout, last))
            finally:
                with self._lock:
                    self._making.pop(place, None)

    def _made(
        self, place: Place, connect_timeout: float | None, last: LastAttempt
    ) -> ClientConnection:
        host, port = place
        self._close_ended()
        try:
            return ClientConnection(
                host,
                port,
                connect_timeout=connect_timeout,
                max_message=self.max_message,
                fragment_size=self.fragment_size,
                allocate=self.allocate,
                connect=self.connect,
            )
        except SystemException as error:
            last.failed(error)
            if isinstance(error.__cause__, TimeoutError):
                self._unreached.add(host)
            raise

    def _kept(self, place: Place, made: ClientConnection) -> ClientConnection:
        """The connection to use from now on: the new one, unless another thread was quicker."""
        with self._lock:
            if not self._closed:
                known = self._connections.get(place)
                if known is None or known.closed:
                    self._connections[place] = made
                    return made
                made, ours = known, made
                ours.close()
                return made
        made.close()
        raise COMM_FAILURE("the client context is closed")

    def _close_ended(self) -> None:
        """Close the connections that their servers have closed."""
        with self._lock:
            if _FEW < len(self._connections) < self._look_at:
                return
            known = list(self._connections.items())
            spares = [each for some in self._spares.values() for each in some]
        for each in spares:
            if each.left():
                each.close()
        ended = [(place, connection) for place, connection in known if connection.left()]
        with self._lock:
            for place, connection in ended:
                if self._connections.get(place) is connection:
                    del self._connections[place]
            left = {
                place: [e for e in some if not e.closed] for place, some in self._spares.items()
            }
            self._spares = {place: some for place, some in left.items() if some}
            # A check costs time for each connection: the next one is made when there are a quarter more.
            self._look_at = len(self._connections) * 5 // 4
        for _, connection in ended:
            connection.close()

    def beside(self, connection: ClientConnection) -> ClientConnection:
        """An idle connection to the same server, made if there are only few; else this one.

        For threads that call at once: with a connection each, none has to wait for another to read.
        """
        place = (connection.host, connection.port)
        spares = [each for each in self._spares.get(place, ()) if not each.closed]
        for each in spares:
            if not each.busy():
                return each
        if len(spares) >= _SPARES:
            return connection
        try:
            made = ClientConnection(
                *place,
                max_message=self.max_message,
                fragment_size=self.fragment_size,
                allocate=self.allocate,
                connect=self.connect,
            )
        except SystemException:
            return connection  # it may still serve; if not, its caller finds out
        with self._lock:
            known = [each for each in self._spares.get(place, ()) if not each.closed]
            if not self._closed and len(known) < _SPARES:
                self._spares[place] = [*known, made]
                return made
        made.close()
        return connection

    def reaches(self, host: str, port: int, seconds: float) -> bool:
        """True if something accepts a connection there, in so many seconds.

        A host that left an attempt unanswered a moment ago is not tried again: a group's members ask one
        after the other.
        """
        if self._unreached.has(host):
            return False
        try:
            self.connect(host, port, seconds).close()
        except TimeoutError:
            self._unreached.add(host)
            return False
        except (OSError, UnicodeError):
            return False
        return True

    def retire(self, connection: ClientConnection) -> None:
        """Give a connection to no more callers; it closes when the calls under way have ended."""
        place = (connection.host, connection.port)
        with self._lock:
            if self._connections.get(place) is connection:
                del self._connections[place]
            self._retired = [each for each in self._retired if not each.closed]
            self._retired.append(connection)
        connection.retire()

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
            connections = [*self._connections.values(), *self._retired]
            connections += [each for some in self._spares.values() for each in some]
            self._connections.clear()
        for connection in connections:
            connection.close()

    def __enter__(self) -> ConnectionPool:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()
