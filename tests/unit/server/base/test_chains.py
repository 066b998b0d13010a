"""Devices of one process that call each other and themselves, by all kinds of clients."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from puretango.asyncio import DeviceProxy as AsyncProxy
from puretango.client import ClientContext, DeviceProxy
from puretango.errors import COMM_FAILURE, DevFailed
from puretango.giop import LocateStatus, RequestTemplate, build_locate
from puretango.net import ClientConnection, Step, under
from puretango.net._chain import HOUSEHOLD, Family
from puretango.net.streams._tcp import TcpStream
from puretango.server import Device, Server, attribute, command
from puretango.values import GreenMode
from tests.unit.server.conftest import Serve


class Chain(Device):
    """Calls the first of the devices that it is given, with the others as its argument."""

    @command
    def Call(self, names: list[str]) -> str:
        if not names:
            return str(self.get_name())
        return str(DeviceProxy(names[0]).command_inout("Call", names[1:]))

    @command
    def CallFromALoop(self, names: list[str]) -> str:
        return asyncio.run(self._call(names))

    async def _call(self, names: list[str]) -> str:
        proxy = await AsyncProxy(names[0])
        return str(await proxy.command_inout("Call", names[1:]))

    @command
    def CallTwiceAtOnce(self, name: str) -> list[str]:
        async def both() -> list[str]:
            proxy = await AsyncProxy(name)
            calls = [proxy.command_inout("Call", []) for _ in range(2)]
            return [str(answer) for answer in await asyncio.gather(*calls)]

        return asyncio.run(both())

    @command
    def CallInAThread(self, name: str) -> str:
        found: list[str] = []
        thread = threading.Thread(target=lambda: found.append(DeviceProxy(name).Call([])))
        thread.start()
        thread.join()
        return found[0]

    @attribute
    def number(self) -> float:
        return 1.0

    @command
    def ReadOwn(self, name: str) -> float:
        return float(DeviceProxy(name).read_attribute("number").value)


class LoopChain(Device):
    """The same on a loop."""

    green_mode = GreenMode.Asyncio

    @command
    async def Call(self, names: list[str]) -> str:
        if not names:
            return str(self.get_name())
        proxy = await AsyncProxy(names[0])
        return str(await proxy.command_inout("Call", names[1:]))


@pytest.fixture
def names() -> Iterator[list[str]]:
    """Devices a and b of one server, c of a second one, d and e (on its loop) of a third."""
    with (
        Server("one", [Chain], devices={"Chain": ["t/t/a", "t/t/b"]}) as one,
        Server("two", [Chain], devices={"Chain": ["t/t/c"]}) as two,
        Server(
            "three", [Chain, LoopChain], devices={"Chain": ["t/t/d"], "LoopChain": ["t/t/e"]}
        ) as three,
    ):
        for server in (one, two, three):
            for device in server.devices:
                device._tango.monitor.timeout = 1.0
        yield [
            one.access("t/t/a"),
            one.access("t/t/b"),
            two.access("t/t/c"),
            three.access("t/t/d"),
            three.access("t/t/e"),
        ]


@pytest.mark.parametrize(
    "way",
    [
        "aa",
        "aba",
        "abab",
        "aca",
        "acbca",
        "ada",
        "dd",
        "dad",
        "aea",
        "ded",
        "deed",
        "eaea",
        "adedca",
    ],
)
@pytest.mark.parametrize("by", ["Call", "CallFromALoop"])
def test_devices_call_each_other(names: list[str], way: str, by: str) -> None:
    chain = [names["abcde".index(letter)] for letter in way]
    by = "Call" if way[0] == "e" else by
    assert DeviceProxy(chain[0]).command_inout(by, chain[1:]) == f"t/t/{way[-1]}"


def test_what_a_device_calls_at_once_is_served_one_after_the_other(names: list[str]) -> None:
    assert DeviceProxy(names[0]).CallTwiceAtOnce(names[0]) == ["t/t/a", "t/t/a"]


def test_the_author_s_threads_may_call_other_devices(names: list[str]) -> None:
    assert DeviceProxy(names[0]).CallInAThread(names[1]) == "t/t/b"


def test_reading_itself_many_times_over_one_connection(names: list[str]) -> None:
    proxy = DeviceProxy(names[0])
    assert [proxy.ReadOwn(names[0]) for _ in range(20)] == [1.0] * 20


def test_callers_of_one_connection_are_told_apart(names: list[str]) -> None:
    """What another thread asks over the connection that the device uses must wait."""
    outside, failures = DeviceProxy(names[0]), []

    def call() -> None:
        for _ in range(20):
            try:
                outside.Call([names[1], names[0], names[2], names[0]])
            except DevFailed as failed:
                failures.append(failed)

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


class Waiting(Device):
    """Calls itself, and waits within until it is let go."""

    def init_device(self) -> None:
        super().init_device()
        self.inside, self.go = threading.Event(), threading.Event()

    @command
    def Outer(self, name: str) -> None:
        DeviceProxy(name).Inner()

    @command
    def Inner(self) -> None:
        self.inside.set()
        self.go.wait(30)

    @attribute
    def number(self) -> float:
        return 1.0


def test_a_foreign_client_with_the_same_port_is_not_let_in(serve: Serve) -> None:
    """Another address, the port of the connection by which the device calls itself."""
    served = serve(Waiting)
    device, address = served.device, served.server.access(served.name)
    device._tango.monitor.timeout = 0.05
    caller = threading.Thread(target=lambda: served.proxy().Outer(address))
    caller.start()
    try:
        assert device.inside.wait(30)
        ports = {one.peer.port for one in served.server.listener._connections if one.peer.calls}
        assert ports
        for port in ports:
            with pytest.raises(DevFailed, match="API_CommandTimedOut"):
                _read_from("127.0.0.2", port, address)
    finally:
        device.go.set()
        caller.join()


def _read_from(host: str, port: int, address: str) -> None:
    """Read the attribute over a connection from that very host and port."""

    def bound(*place_and_timeout: Any) -> TcpStream:
        *place, timeout = place_and_timeout
        source = (host, port)
        return TcpStream(socket.create_connection(tuple(place), timeout, source_address=source))

    with closing(ClientContext()) as context:
        context.pool.connect = bound
        assert DeviceProxy(address, context=context).read_attribute("number").value == 1.0


def test_a_key_that_somebody_else_has_got_is_of_no_use(serve: Serve) -> None:
    """A foreign client that repeats the key of a connection of ours, from an address of its own."""
    served = serve(Chain)
    with socket.create_connection(("127.0.0.1", served.server.port)) as ours:
        family = Family(ours.getsockname()[:2])
        key = HOUSEHOLD.ask(family)
        with ClientConnection("127.0.0.1", served.server.port) as foreign:
            assert foreign.locate(key) == LocateStatus.UNKNOWN_OBJECT
            assert foreign.locate(bytes(32)) == LocateStatus.UNKNOWN_OBJECT
        ours.sendall(build_locate(7, key))
        assert ours.recv(100)[16:20] == int(LocateStatus.OBJECT_HERE).to_bytes(4, "little")
        HOUSEHOLD.asked(key)
        ours.sendall(build_locate(9, key))
        assert ours.recv(100)[16:20] == int(LocateStatus.UNKNOWN_OBJECT).to_bytes(4, "little")


def test_nothing_is_asked_of_servers_elsewhere() -> None:
    """A device that calls a server of another process sends what any client sends."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def answer() -> None:
            sock, _ = listening.accept()
            with sock:
                asked.append(sock.recv(1000))

        thread = threading.Thread(target=answer)
        thread.start()
        with ClientConnection("127.0.0.1", port) as link, under(Step()):
            template = RequestTemplate(b"a/b/c", "ping")
            with pytest.raises(COMM_FAILURE):
                link.invoke(template)
        thread.join()
    assert asked == [b"".join(template.build(2))]
