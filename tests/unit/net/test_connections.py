"""Many connections, silent ones, and clients that take no replies."""

from __future__ import annotations

import asyncio
import socket
import threading

import pytest

from puretango.giop import Invocation, RequestTemplate
from puretango.net import Answer, AsyncListener, ClientConnection, Listener, Peer
from tests.waiting import eventually, never, never_on_loop, until

BIG = 100_000
_REQUEST = RequestTemplate(b"k", "op").prepare(b"x")


def answer(_invocation: Invocation, _peer: Peer) -> Answer:
    return 0, b"y"


def workers() -> int:
    return sum(thread.name == "puretango-worker" for thread in threading.enumerate())


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("puretango.net.serving._served.PATIENCE", 0.05)


def test_a_silent_connection_needs_no_thread(impatient: None) -> None:
    with Listener("127.0.0.1", 0, answer) as listener:
        with ClientConnection("127.0.0.1", listener.port) as client:
            for _ in range(3):
                assert bytes(client.call(_REQUEST).body) == b"y"
                until(lambda: not listener._read)
            assert listener.connections == 1
        until(lambda: listener.connections == 0)


def test_hundreds_of_silent_connections_take_few_threads(impatient: None) -> None:
    with Listener("127.0.0.1", 0, answer) as listener:
        clients = [ClientConnection("127.0.0.1", listener.port) for _ in range(300)]
        for client in clients:
            client.call(_REQUEST)
        until(lambda: not listener._read)
        until(lambda: workers() < 40)
        assert listener.connections == 300
        assert all(bytes(client.call(_REQUEST).body) == b"y" for client in clients[::7])
        for client in clients:
            client.close()
        until(lambda: listener.connections == 0)


def test_a_listener_that_stops_closes_silent_connections_in_order(impatient: None) -> None:
    with Listener("127.0.0.1", 0, answer) as listener:
        sock = socket.create_connection(("127.0.0.1", listener.port))
        until(lambda: listener.connections == 1 and not listener._read)
    with sock:
        assert sock.recv(100)[:8] == b"GIOP\x01\x02\x01\x05"
        assert sock.recv(100) == b""


@pytest.mark.parametrize("kind", ["blocking", "asyncio"])
async def test_the_quietest_gives_place(
    kind: str, impatient: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """All places are taken by clients that have asked: the longest silent one is closed in order."""
    monkeypatch.setattr("puretango.net.serving._room.SETTLED", 0.0)
    monkeypatch.setattr("puretango.net.serving._async_served.SETTLED", 0.0)
    make: type[Listener] | type[AsyncListener]
    make = Listener if kind == "blocking" else AsyncListener
    listener = make("127.0.0.1", 0, answer, max_connections=3)
    started = listener.start()
    if not isinstance(started, Listener):
        await started
    message = _REQUEST.message(2)
    streams = []
    try:
        for _ in range(4):
            reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
            streams.append((reader, writer))
            writer.write(message)
            assert (await asyncio.wait_for(reader.readexactly(25), 10))[-1:] == b"y"
            if isinstance(listener, Listener):
                await asyncio.to_thread(until, lambda: not listener._read)
        farewell = await asyncio.wait_for(streams[0][0].read(), 10)
        assert farewell[:8] == b"GIOP\x01\x02\x01\x05"
        assert "all 3 places are taken, it is the quietest" in caplog.text
        for reader, writer in streams[1:]:
            writer.write(message)
            assert (await asyncio.wait_for(reader.readexactly(25), 10))[-1:] == b"y"
    finally:
        for _, writer in streams:
            writer.close()
        stopped = listener.stop()
        if stopped is not None:
            await stopped


@pytest.mark.parametrize("waits", [False, True])
async def test_nothing_more_is_done_for_a_client_that_takes_no_replies(waits: bool) -> None:
    """On a loop: its requests are executed when it takes the replies to those before."""
    done = [0]

    async def later() -> Answer:
        done[0] += 1
        await asyncio.sleep(0)
        return 0, bytes(BIG)

    def handle(_invocation: Invocation, _peer: Peer) -> Answer | object:
        if waits:
            return later()
        done[0] += 1
        return 0, bytes(BIG)

    async with AsyncListener("127.0.0.1", 0, handle) as listener:  # type: ignore[arg-type]  # a handler that answers in either way
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.connect(("127.0.0.1", listener.port))
        reader, writer = await asyncio.open_connection(sock=sock, limit=1024)
        writer.write(b"".join(_REQUEST.message(n) for n in range(400)))
        await eventually(lambda: done[0])
        await never_on_loop(lambda: done[0] >= 120, 0.25)
        for _ in range(400):
            await asyncio.wait_for(reader.readexactly(24 + BIG), 10)
        assert done[0] == 400
        writer.close()


def test_threads_do_not_pile_up_for_a_client_that_takes_no_replies() -> None:
    done = [0]

    def handle(_invocation: Invocation, _peer: Peer) -> Answer:
        done[0] += 1
        return 0, bytes(10 * BIG)

    with Listener("127.0.0.1", 0, handle) as listener:
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sock.connect(("127.0.0.1", listener.port))
            before = workers()
            sock.sendall(b"".join(_REQUEST.message(n) for n in range(200)))
            until(lambda: done[0])
            never(lambda: done[0] >= 20, 0.2)
            assert workers() - before < 10
        until(lambda: listener.connections == 0)
        assert done[0] < 40, "requests of a client that has left are executed"
