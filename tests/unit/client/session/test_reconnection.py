"""A server that goes and comes back."""

from __future__ import annotations

import time

import pytest

import puretango as tango
import puretango.asyncio
from puretango.server import Server
from tests.interop.peers.process import free_port
from tests.unit.client.conftest import Thing


def serve(port: int) -> Server:
    server = Server(
        "test", [Thing], server_name="Thing", port=port, devices={"Thing": ["test/thing/1"]}
    )
    return server.start()


def test_calls_after_a_restart() -> None:
    port = free_port()
    server = serve(port)
    proxy = tango.DeviceProxy(f"tango://127.0.0.1:{port}/test/thing/1#dbase=no")
    for _ in range(2):
        proxy.read_attribute("number")
        proxy.write_attribute("number", 2.0)
        proxy.command_inout("Twice", 1.0)
    server.stop()
    with pytest.raises(tango.ConnectionFailed) as caught:
        proxy.read_attribute("number")
    assert caught.value.args[-1].reason == "API_AttributeFailed"
    for call in (proxy.ping, proxy.state, lambda: proxy.write_attribute("number", 1.0)):
        with pytest.raises(tango.ConnectionFailed):
            call()
    server = serve(port)
    try:
        assert proxy.read_attribute("number").value == 1.5
        proxy.write_attribute("number", 3.0)
        assert proxy.command_inout("Twice", 3.0) == 6.0
    finally:
        server.stop()


def test_a_restart_that_nobody_noticed() -> None:
    port = free_port()
    server = serve(port)
    proxy = tango.DeviceProxy(f"tango://127.0.0.1:{port}/test/thing/1#dbase=no")
    calls = (
        lambda: proxy.read_attribute("number"),
        lambda: proxy.write_attribute("number", 2.0),
        lambda: proxy.command_inout("Twice", 1.0),
        proxy.command_list_query,
    )
    for call in calls:
        call()
        call()
        server.stop()
        server = serve(port)
        call()
    proxy.set_transparency_reconnection(False)
    server.stop()
    server = serve(port)
    with pytest.raises(tango.CommunicationFailed):
        proxy.read_attribute("number")
    server.stop()


async def test_asyncio() -> None:
    port = free_port()
    server = serve(port)
    proxy = await puretango.asyncio.DeviceProxy(f"tango://127.0.0.1:{port}/test/thing/1#dbase=no")
    for _ in range(2):
        await proxy.read_attribute("number")
    server.stop()
    server = serve(port)
    assert (await proxy.read_attribute("number")).value == 1.5
    server.stop()
    with pytest.raises(tango.DevFailed):
        await proxy.read_attribute("number")


def test_a_slow_failure_is_not_repeated_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = tango.DeviceProxy("tango://127.0.0.1:1/a/b/c#dbase=no")
    session = proxy._session
    session.failed_at = time.monotonic()
    with pytest.raises(tango.DevFailed, match="The connection request was delayed"):
        proxy.ping()
    session.failed_at = time.monotonic() - 2
    with pytest.raises(tango.ConnectionFailed):
        proxy.ping()
