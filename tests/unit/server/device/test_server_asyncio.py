"""Asyncio devices: concurrency, hooks, mixed servers, the user's own loop."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from contextlib import closing
from typing import Any

import pytest

from puretango.asyncio import DeviceProxy as AsyncProxy
from puretango.client import ClientContext, DeviceProxy
from puretango.errors import DevFailed
from puretango.net import own_step
from puretango.server import Device, Server, attribute, command, device_property
from puretango.values import AttrWriteType, DevState, GreenMode
from tests.unit.server.conftest import Serve
from tests.waiting import eventually, until


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


def test_signals_reach_a_coroutine_and_a_device_with_a_command_named_run(serve: Serve) -> None:
    came: list[int] = []
    both = threading.Event()

    def note(signo: int) -> None:
        came.append(signo)
        if len(came) == 2:
            both.set()

    class Runner(Device):
        @command
        def run(self) -> None:
            """Nothing to do with the library."""

        def signal_handler(self, signo: int) -> None:
            note(signo)

    class Awaiting(Device):
        green_mode = GreenMode.Asyncio

        async def signal_handler(self, signo: int) -> None:
            await asyncio.sleep(0)
            note(signo)

    served = serve(Runner, Awaiting, devices={"Runner": ["a/r/1"], "Awaiting": ["a/w/1"]})
    for name in ("a/r/1", "a/w/1"):
        served.server.find_device(name).register_signal(signal.SIGUSR1)
    signal.raise_signal(signal.SIGUSR1)
    assert both.wait(30)
    assert came == [signal.SIGUSR1] * 2


def test_an_init_whose_client_leaves_goes_on_to_its_end(serve: Serve) -> None:
    begun, ended = threading.Event(), threading.Event()

    class Patient(Device):
        green_mode = GreenMode.Asyncio

        async def delete_device(self) -> None:
            begun.set()
            await eventually(lambda: served.server.listener.connections == 0)

        async def init_device(self) -> None:
            await super().init_device()
            if begun.is_set():
                self.set_state(DevState.ON)
                ended.set()

    served = serve(Patient)
    context = ClientContext()
    DeviceProxy(served.server.access(served.name), context=context).command_inout_asynch("Init")
    assert begun.wait(30)
    context.close()
    assert ended.wait(30)
    assert served.device.get_state() is DevState.ON


class Chained(Device):
    """Uses another device of its own loop by plain members, as PyTango's users write it."""

    green_mode = GreenMode.Asyncio
    _value = 1.5

    async def init_device(self) -> None:
        await super().init_device()
        self.other: Any = None

    @attribute(dtype=float, access=AttrWriteType.READ_WRITE)
    async def value(self) -> float:
        return self._value

    async def write_value(self, value: float) -> None:
        self._value = value

    @command(dtype_in=str, dtype_out=float)
    async def Take(self, name: str) -> float:
        self.other = await AsyncProxy(name)
        taken: float = await self.other.value
        self.other.value = taken + 1.0  # not awaited, as in PyTango
        return taken


def test_members_of_a_device_on_the_same_loop() -> None:
    devices = {"Chained": ["t/chained/1", "t/chained/2"]}
    with Server("chained", [Chained], devices=devices) as server:
        proxy = DeviceProxy(server.access("t/chained/1"))
        other = DeviceProxy(server.access("t/chained/2"))
        assert proxy.command_inout("Take", server.access("t/chained/2")) == 1.5
        until(lambda: other.read_attribute("value").value == 2.5)


class Alone(Device):
    """A synchronous device beside asyncio ones: its requests come one at a time."""

    inside = 0
    most = 0

    @attribute
    def slow(self) -> float:
        Alone.inside += 1
        Alone.most = max(Alone.most, Alone.inside)
        time.sleep(0.02)
        Alone.inside -= 1
        return 2.5


def test_the_step_of_who_starts_a_server_is_not_that_of_its_requests() -> None:
    Alone.inside = Alone.most = 0
    devices = {"Loop": ["t/loop/1"], "Alone": ["t/alone/1"]}
    answers: list[float] = []

    def ask(name: str) -> None:
        with closing(ClientContext()) as context:
            proxy = DeviceProxy(name, context=context)
            calls = [proxy.read_attribute_asynch("slow") for _ in range(8)]
            answers.extend(proxy.read_attribute_reply(call, 5000).value for call in calls)

    own_step()  # as once this thread has entered a monitor
    with Server("alone", [Loop, Alone], devices=devices) as server:
        client = threading.Thread(target=ask, args=(server.access("t/alone/1"),))
        client.start()
        client.join()
    assert answers == [2.5] * 8
    assert Alone.most == 1
