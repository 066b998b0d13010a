"""Fragmented messages, both ways, with omniORB at the other end."""

from __future__ import annotations

import pytest

from puretango.cdr import ANY, STRING, Any, CdrReader, CdrWriter
from puretango.database import DatabaseServer
from puretango.giop import V1_0, V1_1, V1_2, LocateStatus, ReplyStatus, RequestTemplate, Version
from puretango.idl import OPERATIONS
from puretango.net import AsyncClientConnection, ClientConnection
from puretango.server import Device, Server, command
from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.process import Peer

KEY = b"test/rich/1"
ECHO = OPERATIONS["command_inout"]


def request(version: Version, text: str) -> tuple[RequestTemplate, list[bytes]]:
    template = RequestTemplate(KEY, ECHO.name, version)
    writer = CdrWriter(True, template.body_offset)
    ECHO.encode_args(writer, "EchoDevString", Any(STRING.typecode, text))
    return template, writer.buffers()  # type: ignore[return-value]  # a reply, and buffers, as these calls give


def answer(reply: object) -> str:
    assert reply.status == ReplyStatus.NO_EXCEPTION, reply.data  # type: ignore[attr-defined]  # a reply, and buffers, as these calls give
    reader = CdrReader(reply.data, reply.little, reply.body_start)  # type: ignore[attr-defined]  # a reply, and buffers, as these calls give
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
            assert answer(client.invoke(*request(version, text), timeout=30)) == text


async def test_echo_on_a_loop(pytango_server: Peer) -> None:
    assert pytango_server.port is not None
    text = "0123456789abcde\n" * 60_000
    async with await AsyncClientConnection.connect(
        "127.0.0.1", pytango_server.port, fragment_size=8192
    ) as client:
        for version in (V1_0, V1_2):
            assert answer(await client.invoke(*request(version, text), timeout=30)) == text


class Echo(Device):
    """Gives back what it gets."""

    @command(dtype_in=str, dtype_out=str)
    def Echo(self, text: str) -> str:
        return text

    @command(dtype_in=("float64",), dtype_out=("float64",))
    def EchoArray(self, values: object) -> object:
        return values


REGISTER = """
info = tango.DbDevInfo()
info.name, info._class, info.server = "test/fragments/1", "Echo", "Echo/test"
tango.Database(host, port).add_device(info)
"""

CALLS = """
proxy = tango.DeviceProxy(d)
proxy.set_timeout_millis(20000)
found = []
for size in sizes:
    text = "0123456789abcde\\n" * (size // 16)
    found.append(proxy.Echo(text) == text)
    values = numpy.arange(size / 8)
    found.append(bool((proxy.EchoArray(values) == values).all()))
return found
"""


def test_pytango_sends_fragments_to_us(pytango_client: PyTangoClient) -> None:
    # Through a database the client gets an IOR, and speaks GIOP 1.2, which has fragments.
    with DatabaseServer(":memory:", "127.0.0.1", 0) as database:
        host, port = database.tango_host.split(":")
        pytango_client.run(REGISTER, host=host, port=int(port))
        with Server("test", [Echo], server_name="Echo", database=database.tango_host):
            found = pytango_client.run(
                f"import numpy\n{CALLS}",
                d=f"tango://{database.tango_host}/test/fragments/1",
                sizes=[1600, 8160, 8192, 16_384, 99_200, 3_200_000],
            )
    assert found == [True] * 12


def test_locate(pytango_server: Peer) -> None:
    assert pytango_server.port is not None
    with ClientConnection("127.0.0.1", pytango_server.port) as client:
        assert client.locate(KEY) is LocateStatus.OBJECT_HERE
        assert client.locate(b"no/such/device") is LocateStatus.UNKNOWN_OBJECT
