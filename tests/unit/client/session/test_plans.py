"""Calls by plans fail as those without: sent as many times, executed as many times, with the same errors."""

from __future__ import annotations

import asyncio
import inspect
import socket
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

import puretango as tango
import puretango.asyncio
from puretango import AttrWriteType, DevFailed, Group
from puretango.server import Device, attribute, command
from puretango.testing import DeviceTestContext
from tests.relay import Relay


class Counting(Device):
    """Counts what is executed; fails as it is told to."""

    counts: dict[str, int]
    reason = ""

    def init_device(self) -> None:
        super().init_device()
        type(self).counts = {"read": 0, "write": 0, "run": 0}

    def _count(self, what: str) -> None:
        self.counts[what] += 1
        if self.reason:
            raise DevFailed.make(self.reason, "so it was told", "Counting")

    @attribute(dtype=float, access=AttrWriteType.READ_WRITE)
    def number(self) -> float:
        self._count("read")
        return 1.0

    @number.write
    def number(self, value: float) -> None:
        self._count("write")

    @command(dtype_in=str)
    def Become(self, kind: str) -> None:
        """Have an attribute ``other`` of another type."""
        if hasattr(self, "other"):
            self.remove_attribute("other")
        self.other: Any = None
        made = attribute(
            name="other",
            dtype=kind,
            access=AttrWriteType.READ_WRITE,
            fget=self.read_other,
            fset=self.write_other,
        )
        self.add_attribute(made)

    def read_other(self, attr: Any) -> Any:
        return self.other

    def write_other(self, attr: Any) -> None:
        self._count("write")
        self.other = attr.get_write_value()

    @command(dtype_in=float, dtype_out=float)
    def Twice(self, value: float) -> float:
        self._count("run")
        return 2 * value


class Cutting(Relay):
    """Cuts the connection in place of each reply to a request in which the bytes ``cut`` are."""

    cut = b""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self._doomed: set[int] = set()

    def _pump(self, source: socket.socket, target: socket.socket, kept: bytearray) -> None:
        try:
            while data := source.recv(1 << 16):
                if kept is self.to_server and self.cut and self.cut in data:
                    self._doomed.add(id(target))
                if kept is self.to_client and id(source) in self._doomed:
                    for one in (source, target):
                        one.shutdown(socket.SHUT_RDWR)
                    return
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            return


@pytest.fixture
def relay() -> Iterator[Cutting]:
    """A relay before the server of a Counting device."""
    with DeviceTestContext(Counting, device_name="test/counting/1") as proxy:
        with Cutting(int(proxy.get_dev_port())) as relay:
            yield relay
        Counting.reason = ""


CALLS: dict[str, tuple[bytes, str, Callable[[Any], Any]]] = {
    "read": (b"read_attributes_5", "read", lambda d: d.read_attribute("number")),
    "read several": (b"read_attributes_5", "read", lambda d: d.read_attributes(["number"])),
    "write": (b"write_attributes_4", "write", lambda d: d.write_attribute("number", 2.0)),
    "write several": (
        b"write_attributes_4",
        "write",
        lambda d: d.write_attributes([("number", 2.0)]),
    ),
    "write_read": (
        b"write_read_attributes_5",
        "write",
        lambda d: d.write_read_attribute("number", 2.0),
    ),
    "command": (b"command_inout_4", "run", lambda d: d.command_inout("Twice", 1.0)),
}


def _text_of(failed: DevFailed) -> Any:
    return type(failed), [(error.reason, error.desc, error.origin) for error in failed.args]


async def _outcome(proxy: Any, call: Callable[[Any], Any]) -> Any:
    try:
        found = call(proxy)
        if inspect.isawaitable(found):
            await found
    except DevFailed as failed:
        return _text_of(failed)
    return None


@pytest.mark.parametrize("kind", ["sync", "asyncio"])
@pytest.mark.parametrize("name", CALLS)
def test_a_connection_that_breaks_again(relay: Cutting, kind: str, name: str) -> None:
    """The call is made twice in all, as one without a plan is."""
    cut, counter, call = CALLS[name]

    async def broken() -> None:
        full = f"tango://127.0.0.1:{relay.port}/test/counting/1#dbase=no"
        proxy = await opened(kind, full)
        for _ in range(3):  # the third goes by a plan
            assert await _outcome(proxy, call) is None
        before = Counting.counts[counter]
        relay.cut = cut
        outcome = await _outcome(proxy, call)
        assert outcome is not None
        assert issubclass(outcome[0], tango.CommunicationFailed)
        assert Counting.counts[counter] - before == 2
        relay.cut = b""
        assert await _outcome(proxy, call) is None  # and then the device is there again

    asyncio.run(broken())


async def opened(kind: str, name: str) -> Any:
    """A proxy of a mode."""
    return (
        await puretango.asyncio.DeviceProxy(name) if kind == "asyncio" else tango.DeviceProxy(name)
    )


@pytest.mark.parametrize("kind", ["sync", "asyncio"])
@pytest.mark.parametrize(
    "reason", ["API_AttrNotFound", "API_CommandNotFound", "API_IncompatibleAttrDataType", "Other"]
)
@pytest.mark.parametrize("name", CALLS)
def test_a_refusal_is_told_once(relay: Cutting, kind: str, reason: str, name: str) -> None:
    """Whatever its reason: a type that has not changed since is no cause to make the call again."""
    _, counter, call = CALLS[name]

    async def refused() -> None:
        full = f"tango://127.0.0.1:{relay.port}/test/counting/1#dbase=no"
        told = []
        for calls_before in (1, 3):  # without a plan, and with one
            Counting.reason = ""
            proxy = await opened(kind, full)
            for _ in range(calls_before):
                await _outcome(proxy, call)
            before = Counting.counts[counter]
            Counting.reason = reason
            told.append((await _outcome(proxy, call), Counting.counts[counter] - before))
        assert told[0] == told[1]
        assert told[0][1] == 1

    asyncio.run(refused())


@pytest.mark.parametrize("kind", ["sync", "asyncio"])
@pytest.mark.parametrize("calls_before", [1, 3])
@pytest.mark.parametrize(
    "method",
    [
        lambda d, value: d.write_attribute("other", value),
        lambda d, value: d.write_attributes([("other", value)]),
        lambda d, value: d.write_read_attribute("other", value),
    ],
    ids=["write", "write several", "write_read"],
)
def test_a_type_that_has_changed(
    relay: Cutting, kind: str, calls_before: int, method: Callable[[Any, Any], Any]
) -> None:
    """The call is made again with a value of the new type."""

    async def changed() -> None:
        full = f"tango://127.0.0.1:{relay.port}/test/counting/1#dbase=no"
        helper = tango.DeviceProxy(full)
        helper.Become("int")
        proxy = await opened(kind, full)
        for number in range(calls_before):
            assert await _outcome(proxy, partial(method, value=number)) is None
        helper.Become("str")
        before = Counting.counts["write"]
        assert await _outcome(proxy, partial(method, value="text")) is None
        assert Counting.counts["write"] - before == 1
        assert helper.other == "text"

    asyncio.run(changed())


@pytest.mark.parametrize("name", ["read", "write", "command"])
def test_groups_too(relay: Cutting, name: str) -> None:
    """A member whose connection breaks is asked once more, and told of a refusal once."""
    cut, counter, _ = CALLS[name]
    calls: dict[str, Callable[[Group], Any]] = {
        "read": lambda group: group.read_attribute("number"),
        "write": lambda group: group.write_attribute("number", 1.0),
        "command": lambda group: group.command_inout("Twice", 1.0),
    }
    call = calls[name]
    group = Group("counting")
    group.add(f"tango://127.0.0.1:{relay.port}/test/counting/1#dbase=no")
    for _ in range(3):
        assert not call(group)[0].has_failed()
    before = Counting.counts[counter]
    Counting.reason = "API_IncompatibleAttrDataType"
    (reply,) = call(group)
    assert reply.has_failed()
    assert Counting.counts[counter] - before == 1
    Counting.reason = ""
    relay.cut = cut
    before = Counting.counts[counter]
    (reply,) = call(group)
    assert reply.has_failed()
    assert Counting.counts[counter] - before == 2
