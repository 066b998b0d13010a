"""Blocking clients over loopback."""

from __future__ import annotations

import logging
import select
import socket
import struct
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from puretango.errors import COMM_FAILURE, TRANSIENT
from puretango.giop import (
    V1_2,
    LocateStatus,
    ReplyStatus,
    RequestTemplate,
    Version,
    build_cancel,
    build_header,
    parse_system_exception,
)
from puretango.net import (
    CALL_TIMED_OUT,
    CONNECT_FAILED,
    ClientConnection,
    ConnectionPool,
    Listener,
)
from tests.unit.net.conftest import HOLD, VERSIONS, echo, handle
from tests.waiting import LIMIT, Gate, until


@pytest.mark.parametrize("size", [0, 1, 900, 5_000, 70_000, 3_000_000])
@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_echo(client: ClientConnection, version: Version, size: int) -> None:
    body = bytes(index % 251 for index in range(min(size, 5000))) * max(size // 5000, 1)
    for _ in range(3):
        reply = echo(client, body, version)
        assert reply.status == ReplyStatus.NO_EXCEPTION
        assert bytes(reply.body) == body
        assert reply.body_start == 24


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_prepared(client: ClientConnection, listener: Listener, version: Version) -> None:
    prepared = RequestTemplate(b"k", "echo", version).prepare(b"x" * 17)
    for _ in range(5):
        assert client.call(prepared).body == b"x" * 17


def test_fragmented_request(listener: Listener) -> None:
    with ClientConnection("127.0.0.1", listener.port, fragment_size=8192) as client:
        body = bytes(range(256)) * 500
        assert bytes(echo(client, body).body) == body


def test_gathered_reply(client: ClientConnection) -> None:
    reply = client.invoke(RequestTemplate(b"k", "big"), [struct.pack("<I", 5_000_000)])
    assert len(reply.body) == 5_000_012
    assert bytes(reply.body[:8]) == b"first   "
    assert bytes(reply.body[-4:]) == b"last"
    assert isinstance(reply.data, memoryview)
    assert not reply.data.readonly


def test_exceptions(client: ClientConnection, caplog: pytest.LogCaptureFixture) -> None:
    reply = client.invoke(RequestTemplate(b"k", "raise"))
    assert reply.status == ReplyStatus.SYSTEM_EXCEPTION
    error = parse_system_exception(reply)
    assert (error.kind, error.minor, error.completed) == ("OBJECT_NOT_EXIST", 7, 1)
    with caplog.at_level(logging.ERROR, "puretango.net"):
        error = parse_system_exception(client.invoke(RequestTemplate(b"k", "bug")))
    assert error.kind == "UNKNOWN"
    assert "ZeroDivisionError" in caplog.text
    error = parse_system_exception(client.invoke(RequestTemplate(b"k", "nonsense")))
    assert error.kind == "BAD_OPERATION"


def test_locate(client: ClientConnection) -> None:
    assert client.locate(b"here") is LocateStatus.OBJECT_HERE
    assert client.locate(b"there") is LocateStatus.UNKNOWN_OBJECT


def test_oneway(client: ClientConnection) -> None:
    client.oneway(RequestTemplate(b"k", "echo", V1_2, False), [b"x"])
    assert echo(client).body == b"abc"


def test_cancel_is_taken(client: ClientConnection) -> None:
    client._send([build_cancel(3)])
    assert echo(client).body == b"abc"


def test_slow_request_holds_up_nobody(client: ClientConnection, gate: Gate) -> None:
    with ThreadPoolExecutor(4) as pool:
        slow = [pool.submit(client.invoke, HOLD) for _ in range(3)]
        gate.reached(3)
        for _ in range(20):
            assert echo(client).body == b"abc"
        assert not any(future.done() for future in slow)
        gate.open()
        assert [bytes(future.result().body) for future in slow] == [b"held"] * 3


def test_many_callers(client: ClientConnection) -> None:
    def work(number: int) -> bool:
        body = struct.pack("<I", number) * (1 + number * 331)
        return all(bytes(echo(client, body).body) == body for _ in range(60))

    with ThreadPoolExecutor(12) as pool:
        assert all(pool.map(work, range(12)))


def test_call_timeout_and_late_reply(client: ClientConnection, gate: Gate) -> None:
    started = time.monotonic()
    with pytest.raises(TRANSIENT, match="within 100 ms") as caught:
        client.invoke(HOLD, [], 0.1)
    assert 0.09 < time.monotonic() - started < LIMIT
    assert (caught.value.minor, caught.value.completed) == (CALL_TIMED_OUT, 2)
    assert not client.closed
    for _ in range(3):
        assert echo(client).body == b"abc"
    gate.open()
    until(lambda: not gate.inside)
    for _ in range(50):  # the late reply is among them
        assert echo(client).body == b"abc"


def test_follower_times_out(client: ClientConnection, gate: Gate) -> None:
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(client.invoke, HOLD)
        gate.reached()
        with pytest.raises(TRANSIENT):
            client.invoke(HOLD, [], 0.1)
        gate.open()
        assert bytes(slow.result().body) == b"held"


def test_nobody_listens() -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        with pytest.raises(TRANSIENT, match="cannot connect") as caught:
            ClientConnection("127.0.0.1", sock.getsockname()[1])
    assert caught.value.minor == CONNECT_FAILED


def test_connect_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as sock:
        place = sock.getsockname()[:2]
        with socket.create_connection(place):  # the only place in the backlog
            with pytest.raises(TRANSIENT, match=r"no answer within 0\.1 s"):
                ClientConnection(*place, connect_timeout=0.1)


def test_peer_dies_under_all_callers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        with ClientConnection(*server.getsockname()[:2]) as client, ThreadPoolExecutor(5) as pool:
            accepted, _ = server.accept()
            calls = [pool.submit(echo, client) for _ in range(5)]
            asked = b""
            while asked.count(b"GIOP") < 5:
                asked += accepted.recv(1000)
            accepted.close()
            for call in calls:
                with pytest.raises(COMM_FAILURE):
                    call.result()


def test_peer_dies_while_the_next_reader_still_sends() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(2) as pool:
        client = ClientConnection(*server.getsockname()[:2])
        accepted, _ = server.accept()
        first = pool.submit(echo, client)
        accepted.recv(1000)
        second = pool.submit(echo, client, bytes(20_000_000))
        until(lambda: select.select([accepted], [], [], 0)[0])  # it cannot send all of that
        accepted.sendall(struct.pack("<8sIIII", b"GIOP\1\2\1\1", 12, 2, 0, 0))
        assert first.result().body == b""
        accepted.close()
        with pytest.raises(COMM_FAILURE):
            second.result()
    started = time.monotonic()
    client.close()  # nobody was left with the turn to read: the socket is closed, and at once
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "data",
    [b"HTTP/1.1 200 OK\r\n\r\n", build_header(6, 0), b"GIOP\x01\x02\x01\x01\x05\x00\x00\x00abcde"],  # type: ignore[arg-type]  # on purpose: what no enum has
    ids=["garbage", "message error", "cut reply"],
)
def test_server_talks_nonsense(data: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        with ClientConnection(*server.getsockname()[:2]) as client:
            accepted, _ = server.accept()
            with accepted:
                accepted.sendall(data)
                with pytest.raises(COMM_FAILURE):
                    echo(client)


def test_pool_reconnects(listener: Listener) -> None:
    with ConnectionPool() as pool:
        first = pool.connection("127.0.0.1", listener.port)
        assert pool.connection("127.0.0.1", listener.port) is first
        port = listener.port
        listener.stop()
        with pytest.raises(COMM_FAILURE):
            echo(first)
        with Listener("127.0.0.1", port, handle):
            second = pool.connection("127.0.0.1", port)
            assert second is not first
            assert echo(second).body == b"abc"
    with pytest.raises(COMM_FAILURE):
        echo(second)
