"""Names of hosts that no name server tells: a call takes its own time, by each way, and the others go on."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from time import monotonic
from typing import Any

import pytest

from puretango.asyncio import DeviceProxy as AsyncDeviceProxy
from puretango.client import DeviceProxy
from puretango.errors import TRANSIENT, DevFailed
from puretango.giop import Invocation, RequestTemplate
from puretango.net import (
    Answer,
    AsyncClientConnection,
    ClientConnection,
    ConnectionPool,
    Listener,
    Peer,
    name_of,
)
from puretango.net.streams._names import addresses
from tests.waiting import Gate, until

SILENT = "silent.example"
"""A name that the resolver asks for without an end."""


def _echo(invocation: Invocation, _peer: Peer) -> Answer:
    return 0, bytes(invocation.body)


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """Stands in for the system's, which holds whoever asks for `SILENT` until the gate opens."""
    gate, find = Gate(), socket.getaddrinfo

    def getaddrinfo(host: Any, *place: Any, **options: Any) -> Any:
        if host != SILENT:
            return find(host, *place, **options)
        if options.get("flags", 0) & socket.AI_NUMERICHOST:
            raise socket.gaierror(socket.EAI_NONAME, "no number")
        gate.hold()
        return find("127.0.0.1", *place, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    yield gate
    gate.open()
    until(lambda: not gate.inside)


@pytest.mark.usefixtures("resolver")
def test_a_connection_waits_for_its_name_no_longer_than_its_timeout() -> None:
    begun = monotonic()
    with pytest.raises(
        TRANSIENT, match=r"no name server has told in time where silent\.example is"
    ):
        ClientConnection(SILENT, 1, connect_timeout=0.2)
    pool = ConnectionPool()
    assert not pool.reaches(SILENT, 1, 0.2)
    assert not pool.reaches(SILENT, 1, 20.0)  # it was silent a moment ago
    pool.close()
    assert monotonic() - begun < 10


@pytest.mark.usefixtures("resolver")
async def test_a_loop_waits_no_longer_and_its_other_names_go_on() -> None:
    begun = monotonic()
    with Listener("127.0.0.1", 0, _echo) as listener:
        waiting = [
            asyncio.create_task(AsyncClientConnection.connect(SILENT, 1 + n, connect_timeout=0.5))
            for n in range(40)  # more than the loop's own pool has threads
        ]
        client = await AsyncClientConnection.connect("localhost", listener.port)
        assert bytes((await client.invoke(RequestTemplate(b"k", "echo"), [b"x"])).body) == b"x"
        client.close()
        await client.wait_closed()
        for ended in await asyncio.gather(*waiting, return_exceptions=True):
            assert isinstance(ended, TRANSIENT)
            assert "no name server has told in time" in str(ended)
    assert monotonic() - begun < 20


def test_a_silent_name_has_one_thread_and_its_late_answer_serves_who_still_waits(
    resolver: Gate,
) -> None:
    for _ in range(5):
        with pytest.raises(TimeoutError):
            addresses(SILENT, 7, monotonic() + 0.01)
    assert resolver.inside == 1
    found: list[Any] = []
    waits = threading.Thread(target=lambda: found.extend(addresses(SILENT, 7, monotonic() + 30)))
    waits.start()
    resolver.open()
    waits.join()
    assert found[0][4] == ("127.0.0.1", 7)
    # The next one asks again: an address may change.
    assert addresses(SILENT, 7, monotonic() + 30) == found


def test_the_name_of_an_address_is_waited_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server tells of its clients by name, in the black box and to those whom a lock keeps out."""
    gate = Gate()

    def gethostbyaddr(address: str) -> Any:
        if address == "192.0.2.1":
            gate.hold()
            raise socket.herror(1, "unknown host")
        return f"host of {address}", [], [address]

    monkeypatch.setattr(socket, "gethostbyaddr", gethostbyaddr)
    assert name_of("192.0.2.2") == "host of 192.0.2.2"
    assert name_of("192.0.2.1", 0.05) == "192.0.2.1"
    assert name_of("192.0.2.1", 0.05) == "192.0.2.1"
    assert gate.inside == 1
    gate.open()
    assert name_of("192.0.2.1") == "192.0.2.1"
    until(lambda: not gate.inside)


def test_a_name_that_is_none_is_told_at_once() -> None:
    for host in ("no.such.host.invalid", "a..b", "x" * 300):
        with pytest.raises(TRANSIENT, match="cannot connect to"):
            ClientConnection(host, 1, connect_timeout=20)


@pytest.mark.usefixtures("resolver")
def test_devices_and_databases_at_a_silent_name_fail_within_the_timeout() -> None:
    begun = monotonic()
    proxy = DeviceProxy(f"tango://{SILENT}:1/a/b/c#dbase=no")
    proxy.set_timeout_millis(300)
    for _ in range(3):
        with pytest.raises(DevFailed):
            proxy.ping()
    with pytest.raises(DevFailed) as caught:
        DeviceProxy(f"tango://{SILENT}:1/a/b/c")
    assert "API_CantConnectToDatabase" in [error.reason for error in caught.value.args]
    assert monotonic() - begun < 20  # each 3 s, or the 0.3 that were set


@pytest.mark.usefixtures("resolver")
async def test_asyncio_proxies_too() -> None:
    begun = monotonic()
    proxy = await AsyncDeviceProxy(f"tango://{SILENT}:1/a/b/c#dbase=no")
    proxy.set_timeout_millis(300)
    with pytest.raises(DevFailed):
        await proxy.ping()
    with pytest.raises(DevFailed) as caught:
        await proxy.read_attribute("x")
    assert caught.value.args[0].reason == "API_CorbaException"
    assert monotonic() - begun < 20
