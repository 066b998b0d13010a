"""Fragmented messages, both ways, with omniORB at the other end."""

from __future__ import annotations

import pytest

from puretango.cdr import ANY, STRING, Any, CdrReader, CdrWriter
from puretango.giop import V1_0, V1_1, V1_2, LocateStatus, ReplyStatus, RequestTemplate, Version
from puretango.idl import OPERATIONS
from puretango.net import AsyncClientConnection, ClientConnection
from tests.interop.peers.process import Peer

KEY = b"test/rich/1"
ECHO = OPERATIONS["command_inout"]


def request(version: Version, text: str) -> tuple[RequestTemplate, list[bytes]]:
    template = RequestTemplate(KEY, ECHO.name, version)
    writer = CdrWriter(True, template.body_offset)
    ECHO.encode_args(writer, "EchoDevString", Any(STRING.typecode, text))
    return template, writer.buffers()  # type: ignore[return-value]


def answer(reply: object) -> str:
    assert reply.status == ReplyStatus.NO_EXCEPTION, reply.data  # type: ignore[attr-defined]
    reader = CdrReader(reply.data, reply.little, reply.body_start)  # type: ignore[attr-defined]
    value = ANY.decode(reader)
    assert isinstance(value.value, str)
    return value.value


@pytest.mark.parametrize("size", [0, 100, 8100, 8180, 8192, 9000, 16384, 100_000, 3_000_000])
@pytest.mark.parametrize(
    ("version", "fragment_size"), [(V1_0, 0), (V1_1, 0), (V1_2, 0), (V1_2, 8192), (V1_2, 65536)]
)
def test_echo_of_a_long_string(
    pytango_server: Peer, version: Version, fragment_size: int, size: int
) -> None:
    assert pytango_server.port is not None
    text = ("0123456789abcde\n" * (size // 16 + 1))[:size]
    with ClientConnection("127.0.0.1", pytango_server.port, fragment_size=fragment_size) as client:
        for _ in range(2):
            assert answer(client.invoke(*request(version, text), timeout=10)) == text


async def test_echo_on_a_loop(pytango_server: Peer) -> None:
    assert pytango_server.port is not None
    text = "0123456789abcde\n" * 60_000
    async with await AsyncClientConnection.connect(
        "127.0.0.1", pytango_server.port, fragment_size=8192
    ) as client:
        for version in (V1_0, V1_2):
            assert answer(await client.invoke(*request(version, text), timeout=10)) == text


def test_locate(pytango_server: Peer) -> None:
    assert pytango_server.port is not None
    with ClientConnection("127.0.0.1", pytango_server.port) as client:
        assert client.locate(KEY) is LocateStatus.OBJECT_HERE
        assert client.locate(b"no/such/device") is LocateStatus.UNKNOWN_OBJECT
