"""The seam below connections: a client and a server that never saw a socket, or a socket of another kind."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import pytest

from puretango.errors import COMM_FAILURE, TRANSIENT
from puretango.giop import Invocation, InvocationCache, LocateStatus, RequestTemplate
from puretango.net import Answer, ClientConnection, ConnectionPool, Listener, Peer
from puretango.net.serving._served import ServedConnection
from puretango.net.streams._tcp import TcpStream

from .memory import MemoryStream

_LONG = bytes(range(256)) * 4000


class _Awake:
    asleep = False

    def wake(self) -> None: ...


class _Server:
    """What a connection needs of its listener; it keeps its thread while it is silent."""

    max_message = 1 << 26
    allocate = None
    crowded = False
    supervisor = _Awake()

    def __init__(self) -> None:
        self.cache = InvocationCache()
        self.forgotten = threading.Event()

    def handler(self, invocation: Invocation, _peer: Peer) -> Answer:
        if invocation.operation == "late":
            self.forgotten.wait(0.2)
        return 0, bytes(invocation.body)

    def locate(self, object_key: bytes) -> bool:
        return object_key == b"k"

    def wait_for(self, connection: ServedConnection) -> bool:
        return False

    def forget(self, connection: ServedConnection) -> None:
        self.forgotten.set()


def _called(operation: str, body: bytes, client: ClientConnection, timeout: float = 10) -> bytes:
    reply = client.invoke(RequestTemplate(b"k", operation), [body], timeout)
    return bytes(reply.body)


def test_client_and_server_in_memory() -> None:
    near, far = MemoryStream.pair()
    server = _Server()
    served = ServedConnection(server, far, Peer("memory", 1))
    thread = threading.Thread(target=served.run)
    thread.start()
    try:
        pool = ConnectionPool(connect=lambda _host, _port, _timeout: near)
        client = pool.connection("anywhere", 7)
        assert _called("echo", b"12345678", client) == b"12345678"
        assert _called("echo", _LONG, client) == _LONG
        assert client.locate(b"k") is LocateStatus.OBJECT_HERE
        assert client.locate(b"other") is LocateStatus.UNKNOWN_OBJECT
        with pytest.raises(TRANSIENT):
            _called("late", b"x", client, 0.01)
        assert _called("echo", b"and on", client) == b"and on"
        pool.close()
        assert server.forgotten.wait(10)
        with pytest.raises(COMM_FAILURE):
            _called("echo", b"", client)
    finally:
        served.abort()
        thread.join()


def test_a_listener_takes_the_stream_that_it_is_given() -> None:
    """Where TLS would come in: the accepted socket is wrapped, and so is the client's."""
    seen: list[str] = []

    class Turned(TcpStream):
        """Octets with all bits turned."""

        __slots__ = ("recv", "recv_into", "sendall")

        def __init__(self, sock: socket.socket) -> None:
            super().__init__(sock)
            seen.append(str(sock.type))
            plain: Callable[[int], bytes] = sock.recv
            self.recv = lambda count: _turned(plain(count))
            self.recv_into = self._into
            self.sendall = lambda data: sock.sendall(_turned(bytes(data)))

        def _into(self, buffer: bytearray) -> int:
            data = self.recv(len(buffer))
            memoryview(buffer)[: len(data)] = data
            return len(data)

        fill = _into

        def recv_now(self, count: int, /) -> bytes:
            return _turned(super().recv_now(count))

        def send_buffers(self, buffers: object) -> None:
            for buffer in buffers:  # type: ignore[attr-defined]  # a sequence, as all callers give
                self.sendall(buffer)

    def connect(host: str, port: int, timeout: float | None) -> TcpStream:
        return Turned(socket.create_connection((host, port), timeout))

    def echo(invocation: Invocation, _peer: Peer) -> Answer:
        return 0, bytes(invocation.body)

    with (
        Listener("127.0.0.1", 0, echo, wrap=Turned) as listener,
        ClientConnection("127.0.0.1", listener.port, connect=connect) as client,
    ):
        for body in (b"short", _LONG):
            assert _called("echo", body, client) == body
    assert len(seen) == 2


def _turned(data: bytes) -> bytes:
    return data.translate(_TABLE)


_TABLE = bytes(255 - each for each in range(256))
