"""Servers that answer nonsense, or not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import puretango as tango
from puretango.net import Listener

Answer = Callable[[str], bytes]


class BadServer:
    """Says that it has every object of Device_6, and answers the rest with given bytes."""

    def __init__(self) -> None:
        self.body = b""
        self.status = 0
        self.listener = Listener("127.0.0.1", 0, self.handle)
        self.calls: list[str] = []
        self.lock = threading.Lock()

    def handle(self, invocation: Any, _peer: Any) -> tuple[int, bytes]:
        with self.lock:
            self.calls.append(invocation.operation)
        if invocation.operation == "_is_a":
            return 0, b"\1"
        if invocation.operation == "ping":
            return 0, b""
        return self.status, self.body


@pytest.fixture
def bad() -> Iterator[BadServer]:
    """The server, listening."""
    server = BadServer()
    server.listener.start()
    yield server
    server.listener.stop()


def proxy_of(server: BadServer) -> Any:
    return tango.DeviceProxy(f"tango://127.0.0.1:{server.listener.port}/a/b/c#dbase=no")


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff" * 8, b"\1\0\0\0", b"\xff\xff\xff\x7f" + bytes(64), bytes(range(256))],
    ids=["nothing", "ones", "short", "long", "count"],
)
@pytest.mark.parametrize("status", [0, 1, 2, 3])
def test_nonsense(bad: BadServer, body: bytes, status: int) -> None:
    bad.body, bad.status = body, status
    proxy = proxy_of(bad)
    for call in (
        lambda: proxy.read_attribute("x"),
        lambda: proxy.read_attributes(["x", "y"]),
        lambda: proxy.command_inout("X"),
        proxy.info,
        proxy.state,
        proxy.command_list_query,
        proxy.attribute_list_query,
    ):
        with pytest.raises(tango.DevFailed):
            call()
            call()
            raise tango.DevFailed  # bytes that happen to make sense


def test_values_that_no_request_can_carry(bad: BadServer) -> None:
    proxy = proxy_of(bad)
    for name in ("\ud800", 3, None):
        with pytest.raises(TypeError):
            proxy.read_attribute(name)
        with pytest.raises(TypeError):
            proxy.command_inout(name)
    with pytest.raises(TypeError):
        proxy.write_attribute(3, 3)
