"""Bad input on the wire: the peer gets a system exception or a closed connection, the others notice nothing."""

from __future__ import annotations

import random
import socket
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.conftest import nodb, puretango_rich
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.process import Peer
from tests.waiting import never, until

REPLY, CLOSE, ERROR = 1, 5, 6
SYSTEM_EXCEPTION = 2


@pytest.fixture(scope="module")
def server(peer_directory: Path) -> Iterator[Peer]:
    """A server of these tests' own."""
    with puretango_rich(peer_directory, instance="bad") as peer:
        peer.wait_for("Ready to accept request")
        yield peer


@pytest.fixture(autouse=True)
def _others_notice_nothing(server: Peer, pytango_client: PyTangoClient) -> Iterator[None]:
    """A PyTango client that talks to the server before, during and after."""
    device = nodb(server.port)
    pytango_client.run("global watcher; watcher = tango.DeviceProxy(d); watcher.ping()", d=device)
    yield
    assert pytango_client.run("return watcher.expert") == 42
    assert not server.ended
    assert "Traceback" not in server.output()


def string(text: bytes) -> bytes:
    return struct.pack("<I", len(text) + 1) + text + b"\0"


def pad(data: bytes, to: int) -> bytes:
    return data + b"\0" * (-len(data) % to)


def request(
    key: bytes, operation: bytes, body: bytes = b"", number: int = 7, version: int = 2
) -> bytes:
    """A GIOP request of version 1.0 or 1.2, little-endian."""
    if version == 0:
        head = struct.pack("<II", 0, number) + b"\x01"
        head = pad(head, 4) + struct.pack("<I", len(key)) + key
        head = pad(head, 4) + string(operation)
        head = pad(head, 4) + struct.pack("<I", 0)
    else:
        head = struct.pack("<IB3xHxxI", number, 3, 0, len(key)) + key
        head = pad(head, 4) + string(operation)
        head = pad(head, 4) + struct.pack("<I", 0)
    if body:
        head = b"\0" * 12 + head
        head = pad(head, 8)[12:]
    payload = head + body
    return b"GIOP\x01" + bytes((version, 1, 0)) + struct.pack("<I", len(payload)) + payload


def answer(peer: socket.socket) -> tuple[int, bytes] | None:
    """The next message (type and body), or None when the connection was closed."""
    data = b""
    peer.settimeout(5)
    try:
        while len(data) < 12:
            more = peer.recv(12 - len(data))
            if not more:
                return None
            data += more
        order = "<" if data[6] & 1 else ">"
        size = struct.unpack(order + "I", data[8:12])[0]
        body = b""
        while len(body) < size:
            more = peer.recv(size - len(body))
            if not more:
                return None
            body += more
    except ConnectionError:
        return None
    return data[7], body


def connect(server: Peer) -> socket.socket:
    assert server.port is not None
    return socket.create_connection(("127.0.0.1", server.port), 5)


def refused(server: Peer, data: bytes, end: bool = False) -> None:
    """The server closes the connection, or answers with MessageError or a system exception."""
    with connect(server) as peer:
        peer.sendall(data)
        if end:
            peer.shutdown(socket.SHUT_WR)
        got = answer(peer)
    if got is None:
        return
    kind, body = got
    if kind == REPLY:
        status = struct.unpack_from("<I", body, 4)[0]
        assert status == SYSTEM_EXCEPTION
        assert b"IDL:omg.org/CORBA/" in body
    else:
        assert kind in {CLOSE, ERROR}


@pytest.mark.parametrize("version", [0, 2])
def test_ping_by_hand_is_answered(server: Peer, version: int) -> None:
    with connect(server) as peer:
        peer.sendall(request(b"test/rich/1", b"ping", version=version))
        got = answer(peer)
    assert got is not None
    assert got[0] == REPLY
    offset = (4, 8)[version == 0]
    assert struct.unpack_from("<I", got[1], offset)[0] == 0


@pytest.mark.parametrize("version", [0, 2])
@pytest.mark.parametrize(
    ("key", "operation", "exception"),
    [
        (b"no/such/device", b"ping", b"OBJECT_NOT_EXIST"),
        (b"", b"ping", b"OBJECT_NOT_EXIST"),
        (b"\x00\xff\x80" * 50, b"ping", b"OBJECT_NOT_EXIST"),
        (b"test/rich/1", b"no_such_operation", b"BAD_OPERATION"),
        (b"test/rich/1", b"", b"BAD_OPERATION"),
    ],
)
def test_unknown_keys_and_operations(
    server: Peer, key: bytes, operation: bytes, exception: bytes, version: int
) -> None:
    with connect(server) as peer:
        peer.sendall(request(key, operation, version=version))
        got = answer(peer)
        assert got is not None
        assert exception in got[1]
        peer.sendall(
            request(b"test/rich/1", b"ping", number=9, version=version)
        )  # the connection lives on
        assert answer(peer) is not None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff" * 4,
        struct.pack("<I", 2**31),
        struct.pack("<I", 1) + struct.pack("<I", 0xFFFFFFFF),
        struct.pack("<II", 1, 1000) + b"short",
        struct.pack("<II", 1, 3) + b"abc",
        b"\xaa" * 64,
    ],
)
def test_operations_with_arguments_that_are_none(server: Peer, body: bytes) -> None:
    for operation in (
        b"read_attributes_5",
        b"write_attributes_4",
        b"command_inout_4",
        b"get_attribute_config_5",
    ):
        with connect(server) as peer:
            peer.sendall(request(b"test/rich/1", operation, body))
            got = answer(peer)
            assert got is None or (
                got[0] == REPLY and struct.unpack_from("<I", got[1], 4)[0] in {1, SYSTEM_EXCEPTION}
            )


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GIOQ\x01\x02\x01\x00\x04\x00\x00\x00abcd",
        b"GIOP\x09\x09\x01\x00\x04\x00\x00\x00abcd",
        b"GIOP\x01\x02\x01\x63\x04\x00\x00\x00abcd",
        b"GIOP\x01\x02\x01\x00\xff\xff\xff\xff",
        b"GIOP\x01\x02\x01\x00\x00\x00\x00\x00",
        b"GIOP\x01\x02\x01\x07\x08\x00\x00\x00\x01\x00\x00\x00abcd",
        b"\x00" * 64,
        bytes(range(256)),
    ],
    ids=[
        "http",
        "magic",
        "version",
        "type",
        "oversize",
        "empty request",
        "orphan fragment",
        "zeros",
        "bytes",
    ],
)
def test_garbage_is_refused(server: Peer, data: bytes) -> None:
    refused(server, data, end=True)


def test_random_bytes_after_a_good_header(server: Peer) -> None:
    source = random.Random(20261121)
    for size in [1, 3, 7, 8, 16, 31, 64, 200, 1000] * 5:
        body = source.randbytes(size)
        refused(server, b"GIOP\x01\x02\x01\x00" + struct.pack("<I", size) + body, end=True)


def test_every_truncation_of_a_good_request(server: Peer) -> None:
    good = request(b"test/rich/1", b"read_attributes_5", struct.pack("<I", 1) + string(b"expert"))
    for length in range(1, len(good)):
        with connect(server) as peer:
            peer.sendall(good[:length])
            peer.shutdown(socket.SHUT_WR)
            assert answer(peer) is None


def test_every_byte_of_a_good_request_changed(server: Peer) -> None:
    good = request(b"test/rich/1", b"read_attributes_5", struct.pack("<I", 1) + string(b"expert"))
    for position in range(len(good)):
        changed = bytearray(good)
        changed[position] ^= 0xFF
        with connect(server) as peer:
            peer.sendall(changed)
            peer.shutdown(socket.SHUT_WR)
            got = answer(peer)
            assert got is None or got[0] in {REPLY, CLOSE, ERROR}


def test_messages_that_never_finish_hold_up_nobody(
    server: Peer, pytango_client: PyTangoClient
) -> None:
    waiting = [connect(server) for _ in range(20)]
    try:
        for number, peer in enumerate(waiting):
            peer.sendall(request(b"test/rich/1", b"ping")[: number + 1])
        started = time.monotonic()
        assert pytango_client.run("return [watcher.expert for _ in range(50)]") == [42] * 50
        assert time.monotonic() - started < 20
    finally:
        for peer in waiting:
            peer.close()


def test_clients_that_die_in_the_middle(server: Peer, pytango_client: PyTangoClient) -> None:
    sleep = request(b"test/rich/1", b"ping")
    stop = threading.Event()

    def die() -> None:
        while not stop.is_set():
            with connect(server) as peer:
                peer.sendall(sleep * 3 + sleep[:10])
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    threads = [threading.Thread(target=die) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        assert pytango_client.run("return [watcher.expert for _ in range(100)]") == [42] * 100
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_a_client_killed_while_its_command_runs(server: Peer) -> None:
    with PyTangoClient() as doomed:
        doomed.run(
            "global p; p = tango.DeviceProxy(d); p.command_inout_asynch('Sleep', 1.0)",
            d=nodb(server.port),
        )
        doomed.kill()
    with connect(server) as peer:  # the device is busy, its server is not
        peer.sendall(request(b"test/rich/2", b"ping"))
        assert answer(peer) is not None


def test_connections_beyond_the_limit_do_not_end_the_server(server: Peer) -> None:
    many = [connect(server) for _ in range(200)]
    try:
        with connect(server) as peer:
            peer.sendall(request(b"test/rich/1", b"ping"))
            answer(peer)
    finally:
        for peer in many:
            peer.close()

    def serves() -> bool:
        with connect(server) as peer:
            peer.sendall(request(b"test/rich/1", b"ping"))
            return answer(peer) is not None

    until(serves)


def test_wrong_writes_change_nothing(server: Peer, pytango_client: PyTangoClient) -> None:
    assert pytango_client.run(
        """
        watcher.limited = 5.0
        found = []
        for value in (10.5, -1.0):
            found.append(attempt(watcher.write_attribute, "limited", value)[0])
        info = watcher.get_attribute_config("limited")
        info.data_type = tango.CmdArgType.DevString
        info.data_format = tango.AttrDataFormat.SCALAR
        found.append(attempt(watcher.write_attribute, info, "text")[0])
        info.data_type = tango.CmdArgType.DevDouble
        info.data_format = tango.AttrDataFormat.SPECTRUM
        found.append(attempt(watcher.write_attribute, info, [1.0, 2.0])[0])
        return [*found, watcher.limited]
        """
    ) == ["error", "error", "error", "error", 5.0]


def test_the_log_has_one_line_for_each(server: Peer) -> None:
    before = server.output()
    refused(server, b"GIOQ\x01\x02\x01\x00\x04\x00\x00\x00abcd", end=True)
    never(lambda: len(server.output()[len(before) :].splitlines()) > 1, 0.3)
