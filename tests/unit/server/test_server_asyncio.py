"""Asyncio devices: concurrency, hooks, mixed servers, the user's own loop."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from puretango.asyncio import DeviceProxy as AsyncProxy
from puretango.errors import DevFailed
from puretango.server import Device, Server, attribute, command, device_property
from puretango.values import DevState, GreenMode

from .conftest import Serve


class Loop(Device):
    """An asyncio device."""

    green_mode = GreenMode.Asyncio
    prop = device_property(dtype=int, default_value=5)
    value = 1.0

    async def init_device(self) -> None:
        await super().init_device()
        await asyncio.sleep(0)
        self.waiting, self.complete = 0, asyncio.Event()
        self.set_state(DevState.ON)

    async def always_executed_hook(self) -> None:
        await asyncio.sleep(0)

    @attribute
    async def together(self) -> float:
        """Answers when a hundred are waiting for it."""
        self.waiting += 1
        if self.waiting == 100:
            self.complete.set()
        await asyncio.wait_for(self.complete.wait(), 20)
        return self.value

    @attribute(max_alarm=5)
    async def level(self) -> float:
        return self.value

    @level.setter
    async def level(self, value: float) -> None:
        await asyncio.sleep(0)
        self.value = value

    @level.is_allowed
    async def level(self, _request: Any) -> bool:
        return True

    @command
    async def Prop(self) -> int:
        return int(self.prop)

    @command
    async def Fail(self) -> None:
        raise ValueError("as it should")

    async def dev_state(self) -> DevState:
        return DevState(await super().dev_state())


class Plain(Device):
    @attribute
    def thread(self) -> str:
        return threading.current_thread().name


def test_the_whole_of_a_device(serve: Serve) -> None:
    served = serve(Loop, properties={"test/unit/1": {"prop": 7}})
    proxy = served.proxy()
    assert proxy.state() is DevState.ON
    proxy.level = 3.0
    assert proxy.level == 3.0
    assert proxy.Prop() == 7
    with pytest.raises(DevFailed, match="as it should"):
        proxy.Fail()
    proxy.level = 6.0
    assert proxy.state() is DevState.ALARM
    proxy.Init()
    served.admin().command_inout("DevRestart", served.name)
    assert proxy.Prop() == 7
    assert [v.value for v in proxy.read_attributes(["level", "State"])] == [1.0, DevState.ON]


async def test_a_hundred_reads_wait_at_the_same_time() -> None:
    async with Server("unit", [Loop], devices={"Loop": ["test/unit/1"]}) as server:
        proxy = await AsyncProxy(server.access("test/unit/1"))
        await proxy.read_attribute("level")
        values = await asyncio.gather(*(proxy.read_attribute("together") for _ in range(100)))
        assert {value.value for value in values} == {1.0}


def test_both_kinds_in_one_server(serve: Serve) -> None:
    served = serve(Loop, Plain, devices={"Loop": ["test/unit/1"], "Plain": ["test/unit/2"]})
    assert served.proxy().Prop() == 5
    assert served.proxy("test/unit/2").thread != "puretango-loop"
    assert served.admin().state() is DevState.ON


def test_init_device_that_fails(serve: Serve) -> None:
    class Weak(Device):
        green_mode = GreenMode.Asyncio

        async def init_device(self) -> None:
            await asyncio.sleep(0)
            raise RuntimeError("no hardware")

    proxy = serve(Weak).proxy()
    assert proxy.state() is DevState.FAULT
    assert "no hardware" in proxy.status()


def test_synchronous_methods_are_warned_about(serve: Serve) -> None:
    class Half(Device):
        green_mode = GreenMode.Asyncio

        @attribute
        def value(self) -> float:
            return 1.0

    proxy = serve(Half).proxy()
    with pytest.warns(DeprecationWarning, match="value is sync"):
        assert proxy.value == 1.0


class Leaving(Plain):
    """Its code ends in sys.exit, as that of a library may."""

    @attribute
    def gone(self) -> float:
        raise SystemExit(3)

    @gone.write
    def gone(self, value: float) -> None:
        raise SystemExit(4)

    @command
    def Leave(self) -> None:
        raise SystemExit(5)


class LeavingLoop(Device):
    """The same on the server's loop, which such an exception would end."""

    green_mode = GreenMode.Asyncio

    @attribute
    async def gone(self) -> float:
        raise SystemExit(3)

    @gone.write
    async def gone(self, value: float) -> None:
        raise SystemExit(4)

    @command
    async def Leave(self) -> None:
        raise SystemExit(5)


@pytest.mark.parametrize("kind", [Leaving, LeavingLoop])
def test_a_device_s_exit_is_an_error_of_its_request(kind: type[Device], serve: Serve) -> None:
    proxy = serve(kind).proxy()
    for number, request in enumerate(
        [
            lambda: proxy.read_attribute("gone"),
            lambda: proxy.write_attribute("gone", 1.0),
            lambda: proxy.command_inout("Leave"),
        ]
    ):
        with pytest.raises(DevFailed, match=f"SystemExit: {number + 3}"):
            request()
    assert [value.has_failed for value in proxy.read_attributes(["State", "gone"])] == [False, True]
