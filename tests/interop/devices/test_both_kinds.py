"""Synchronous and asyncio devices in one server, with PyTango clients: concurrency of the one, order of the other."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest

from puretango.server import Device, Server, attribute, command
from puretango.values import AttrWriteType, DevState, GreenMode
from tests.interop.peers.client import PyTangoClient
from tests.waiting import until


class Looping(Device):
    """An asyncio device: everything is a coroutine."""

    green_mode = GreenMode.Asyncio
    inside = 0
    most = 0

    async def init_device(self) -> None:
        await super().init_device()
        self.held = 1.0
        self.cancelled = self.waiting = 0
        self.set_state(DevState.ON)

    @attribute
    async def slow(self) -> float:
        Looping.inside += 1
        Looping.most = max(Looping.most, Looping.inside)
        try:
            await asyncio.sleep(0.1)
        finally:
            Looping.inside -= 1
        return 3.5

    value = attribute(dtype=float, access=AttrWriteType.READ_WRITE, max_value=10)

    async def read_value(self) -> float:
        return self.held

    async def write_value(self, value: float) -> None:
        await asyncio.sleep(0)
        self.held = value

    async def is_value_allowed(self, _request: object) -> bool:
        return self.get_state() != DevState.OFF

    @command(dtype_in=float, dtype_out=str)
    async def Wait(self, seconds: float) -> str:
        self.waiting += 1
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return threading.current_thread().name

    @command
    async def Off(self) -> None:
        self.set_state(DevState.OFF)


class Threaded(Device):
    """A synchronous device."""

    inside = 0
    most = 0

    @attribute
    def slow(self) -> float:
        Threaded.inside += 1
        Threaded.most = max(Threaded.most, Threaded.inside)
        time.sleep(0.05)
        Threaded.inside -= 1
        return 2.5

    @command(dtype_in=float, dtype_out=str)
    def Wait(self, seconds: float) -> str:
        time.sleep(seconds)
        return threading.current_thread().name


@pytest.fixture
def server() -> Iterator[Server]:
    """Both kinds in one server, in this process."""
    names = {"Looping": ["k/loop/1", "k/loop/2"], "Threaded": ["k/thread/1", "k/thread/2"]}
    with Server("both", [Looping, Threaded], devices=names) as found:
        yield found


def test_a_hundred_slow_reads_take_the_time_of_a_few(
    server: Server, pytango_client: PyTangoClient
) -> None:
    code = """
    import time
    devices = [tango.DeviceProxy(name) for name in names]
    for device in devices:
        device.set_timeout_millis(10000)
        device.state()
    started = time.monotonic()
    calls = [(device, device.read_attribute_asynch("slow")) for _ in range(50) for device in devices]
    values = {device.read_attribute_reply(call, 10000).value for device, call in calls}
    return time.monotonic() - started, values
    """
    Looping.most = 0
    names = [server.access("k/loop/1"), server.access("k/loop/2")]
    took, values = pytango_client.run(code, names=names)
    assert values == {3.5}
    assert Looping.most > 20, "the reads were not in the devices at once"
    assert took < 9, "one after the other they take ten seconds"


@pytest.mark.slow
def test_a_slow_device_of_either_kind_holds_up_no_other(
    server: Server, pytango_client: PyTangoClient
) -> None:
    code = """
    import time
    slow, quick = tango.DeviceProxy(a), [tango.DeviceProxy(name) for name in others]
    watching = tango.DeviceProxy(a)
    call = slow.command_inout_asynch("Wait", 2.0)
    until(lambda: any("Wait" in line for line in watching.black_box(5)))
    found = [device.read_attribute("slow").value for device in quick]
    early = True
    try:
        slow.command_inout_reply(call)
        early = False
    except tango.AsynReplyNotArrived:
        pass
    return found, early, slow.command_inout_reply(call, 20000)
    """
    for first in ("k/loop/1", "k/thread/1"):
        others = [server.access(name) for name in ("k/loop/2", "k/thread/2")]
        found, early, _thread = pytango_client.run(code, a=server.access(first), others=others)
        assert found == [3.5, 2.5]
        assert early, f"{first} held up the others"


def test_a_synchronous_device_serves_one_request_at_a_time(
    server: Server, pytango_client: PyTangoClient
) -> None:
    Threaded.most = 0
    pytango_client.run(
        """
        device = tango.DeviceProxy(name)
        calls = [device.read_attribute_asynch("slow") for _ in range(8)]
        for call in calls:
            device.read_attribute_reply(call, 20000)
        """,
        name=server.access("k/thread/1"),
    )
    assert Threaded.most == 1


def test_an_asyncio_device_writes_checks_and_refuses(
    server: Server, pytango_client: PyTangoClient
) -> None:
    answer = pytango_client.run(
        """
        device = tango.DeviceProxy(name)
        device.value = 2.5
        found = [device.value, attempt(device.write_attribute, "value", 11)[2][0][0]]
        device.Off()
        found.append(attempt(device.read_attribute, "value")[2][0][0])
        device.Init()
        return [*found, device.value, str(device.state())]
        """,
        name=server.access("k/loop/1"),
    )
    assert answer == [2.5, "API_WAttrOutsideLimit", "API_AttrNotAllowed", 1.0, "ON"]


def test_a_client_that_leaves_takes_its_request_with_it(server: Server) -> None:
    device = server.find_device("k/loop/2")
    before = device.cancelled
    with PyTangoClient() as client:
        client.run(
            "global kept; kept = tango.DeviceProxy(name); kept.command_inout_asynch('Wait', 60.0)",
            name=server.access("k/loop/2"),
        )
        until(lambda: device.waiting)
        client.kill()
    until(lambda: device.cancelled == before + 1)
