"""The listener over loopback: clients that die or send nonsense, its limits and its end."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from puretango.errors import COMM_FAILURE
from puretango.giop import (
    Invocation,
    RequestTemplate,
    build_header,
)
from puretango.net import (
    CLOSED_BY_SERVER,
    Answer,
    ClientConnection,
    Listener,
    Peer,
)
from tests.unit.net.conftest import HOLD, VERSIONS, echo, handle
from tests.waiting import LIMIT, Gate, until


def test_server_stops_in_order(listener: Listener, client: ClientConnection) -> None:
    assert echo(client).body == b"abc"
    listener.stop()
    with pytest.raises(COMM_FAILURE) as caught:
        echo(client)
    assert caught.value.minor == CLOSED_BY_SERVER or "lost" in str(caught.value)
    assert client.closed
    with pytest.raises(COMM_FAILURE):
        echo(client)


def test_request_under_way_is_answered_before_the_end(listener: Listener, gate: Gate) -> None:
    with ClientConnection("127.0.0.1", listener.port) as client, ThreadPoolExecutor(2) as pool:
        slow = pool.submit(client.invoke, HOLD)
        gate.reached()
        stopped = pool.submit(listener.stop, LIMIT)
        with pytest.raises(TimeoutError):
            stopped.result(0.1)
        gate.open()
        assert bytes(slow.result().body) == b"held"
        stopped.result()


def test_stuck_request_does_not_keep_the_listener(caplog: pytest.LogCaptureFixture) -> None:
    gate = Gate()

    def stuck(_invocation: Invocation, _peer: Peer) -> Answer:
        gate.hold()
        return 0, b""

    listener = Listener("127.0.0.1", 0, stuck).start()
    with ClientConnection("127.0.0.1", listener.port) as client, ThreadPoolExecutor(1) as pool:
        slow = pool.submit(client.invoke, HOLD)
        gate.reached()
        listener.stop(grace=0.1)
        assert gate.inside
        assert "1 requests still run" in caplog.text
        with pytest.raises(COMM_FAILURE):
            slow.result()
    gate.open()


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"GET / HTTP/1.1\r\n", "does not speak GIOP"),
        (b"GIOP\x01\x02\x01\x00\xff\xff\xff\xff", "exceeds"),
        (build_header(1, 0), "sent a REPLY"),  # type: ignore[arg-type]  # on purpose: what no enum has
        (build_header(0, 4) + b"\1\0\0\0", "ends inside"),  # type: ignore[arg-type]  # on purpose: what no enum has
    ],
)
def test_bad_client(
    listener: Listener,
    client: ClientConnection,
    caplog: pytest.LogCaptureFixture,
    data: bytes,
    text: str,
) -> None:
    with socket.create_connection(("127.0.0.1", listener.port)) as sock:
        sock.sendall(data)
        assert sock.recv(100)[4:8] in {b"\x01\x02\x01\x06"}
        assert sock.recv(100) == b""
    assert caplog.text.count("closed:") == 1
    assert text in caplog.text
    assert echo(client).body == b"abc"


def test_client_dies_in_mid_message(
    listener: Listener, client: ClientConnection, caplog: pytest.LogCaptureFixture
) -> None:
    whole = b"".join(RequestTemplate(b"k", "echo").build(2, [bytes(100_000)]))
    for cut in (5, 13, 90_000):
        with socket.create_connection(("127.0.0.1", listener.port)) as sock:
            sock.sendall(whole[:cut])
    until(lambda: caplog.text.count("in the middle") == 3)
    until(lambda: listener.connections == 1)
    assert echo(client).body == b"abc"


def test_client_dies_during_its_request(
    listener: Listener, client: ClientConnection, gate: Gate
) -> None:
    with socket.create_connection(("127.0.0.1", listener.port)) as sock:
        sock.sendall(b"".join(HOLD.build(2, [])))
    gate.reached()
    gate.open()
    until(lambda: listener.connections == 1)
    assert echo(client).body == b"abc"


def test_requests_in_one_piece(listener: Listener) -> None:
    template = RequestTemplate(b"k", "echo")
    data = b"".join(template.prepare(bytes([n])).message(n) for n in range(50))
    with socket.create_connection(("127.0.0.1", listener.port)) as sock:
        for part in (data[:7], data[7:1000], data[1000:]):
            sock.sendall(part)
            time.sleep(0.01)
        received = b""
        while len(received) < 50 * 25:
            received += sock.recv(10_000)
    assert [received[n * 25 + 24] for n in range(50)] == list(range(50))


def test_bounded_connections(caplog: pytest.LogCaptureFixture) -> None:
    with Listener("127.0.0.1", 0, handle, max_connections=2) as listener:
        clients = [ClientConnection("127.0.0.1", listener.port) for _ in range(3)]
        assert [bytes(echo(client).body) for client in clients[:2]] == [b"abc", b"abc"]
        with pytest.raises(COMM_FAILURE):
            echo(clients[2])
        assert "refused: 2 are open" in caplog.text
        for client in clients:
            client.close()


def test_port_in_use(listener: Listener) -> None:
    other = Listener("127.0.0.1", listener.port, handle)
    with pytest.raises(OSError, match="in use"):
        other.start()
    other.stop()


def test_stop_from_a_handler() -> None:
    stopped = threading.Event()

    def stopping(_invocation: Invocation, _peer: Peer) -> Answer:
        listener.stop(grace=0.5)
        stopped.set()
        return 0, b"bye"

    listener = Listener("127.0.0.1", 0, stopping).start()
    with ClientConnection("127.0.0.1", listener.port) as client:
        reply = client.invoke(RequestTemplate(b"k", "op"))
        assert reply.body == b"bye"
    assert stopped.wait(LIMIT)


def test_invocations_are_interned(listener: Listener, client: ClientConnection) -> None:
    seen: list[Invocation] = []

    def remember(invocation: Invocation, _peer: Peer) -> Answer:
        def plan(_peer: Peer, _data: bytes) -> Answer:
            seen.append(invocation)
            return 0, b""

        invocation.plan = plan
        return plan(_peer, b"")

    listener.handler = remember
    for version in VERSIONS:
        template = RequestTemplate(b"k", "read", version)
        for _ in range(3):
            client.invoke(template, [b"attribute"])
    assert len(seen) == 9
    assert len({id(invocation) for invocation in seen}) == 3
