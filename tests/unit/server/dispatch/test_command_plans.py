"""The same command again and again: what is kept of a request changes nothing of its answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy
import pytest

from puretango.client import ClientContext, DeviceProxy
from puretango.errors import DevFailed
from puretango.server import Device, Server, command
from puretango.values import DevState


class Counting(Device):
    """Commands that could spoil a kept argument."""

    def init_device(self) -> None:
        super().init_device()
        self.calls = 0
        self.hooks = 0
        self.set_state(DevState.ON)

    def always_executed_hook(self) -> None:
        self.hooks += 1

    @command(dtype_in=(str,), dtype_out=(str,))
    def Grow(self, words: list[str]) -> list[str]:
        words.append("more")
        return words

    @command(dtype_in=(float,), dtype_out=float)
    def Spoil(self, numbers: Any) -> float:
        total = float(sum(numbers))
        numbers *= 2
        return total

    @command(dtype_in=int, dtype_out=int)
    def Count(self, step: int) -> int:
        self.calls += step
        return self.calls

    @command
    def Nothing(self) -> None:
        self.calls += 1

    @command(dtype_in=int)
    def Fail(self, number: int) -> None:
        raise ValueError(f"number {number}")

    def is_Guarded_allowed(self) -> bool:
        return self.get_state() == DevState.ON

    @command(dtype_out=str)
    def Guarded(self) -> str:
        return "in"

    @command(dtype_out=int)
    def Wrong(self) -> Any:
        return "no number"


@pytest.fixture
def server() -> Iterator[Server]:
    """A server with one device."""
    with Server("test", [Counting], devices={"Counting": ["a/b/c"]}) as running:
        yield running


@pytest.fixture
def proxy(server: Server) -> Iterator[DeviceProxy]:
    """The device as a client sees it."""
    context = ClientContext()
    yield DeviceProxy(server.access("a/b/c"), context=context)
    context.close()


def test_an_argument_that_the_method_changes_is_whole_the_next_time(proxy: DeviceProxy) -> None:
    for _ in range(4):
        assert list(proxy.Grow(["a", "b"])) == ["a", "b", "more"]
        assert proxy.Spoil([1.0, 2.0]) == 3.0
        assert proxy.Spoil(numpy.arange(3.0)) == 3.0


def test_every_call_calls(proxy: DeviceProxy, server: Server) -> None:
    assert [proxy.Count(2) for _ in range(5)] == [2, 4, 6, 8, 10]
    for _ in range(3):
        assert proxy.Nothing() is None
    device = server.devices[0]
    assert device.calls == 13
    assert device.hooks >= 8


def test_rules_are_asked_every_time(proxy: DeviceProxy, server: Server) -> None:
    assert [proxy.Guarded() for _ in range(3)] == ["in"] * 3
    server.devices[0].set_state(DevState.FAULT)
    with pytest.raises(DevFailed, match="not allowed when the device is in FAULT"):
        proxy.Guarded()
    server.devices[0].set_state(DevState.ON)
    assert proxy.Guarded() == "in"


def test_failures_are_the_same_every_time(proxy: DeviceProxy) -> None:
    stacks = []
    for _ in range(4):
        with pytest.raises(DevFailed) as caught:
            proxy.Fail(7)
        stacks.append([error.reason for error in caught.value.args])
        assert "number 7" in caught.value.args[0].desc
        with pytest.raises(DevFailed):
            proxy.Wrong()
    assert stacks == [stacks[0]] * 4


def test_another_method_takes_over(proxy: DeviceProxy, server: Server) -> None:
    assert [proxy.Count(1) for _ in range(3)] == [1, 2, 3]
    server.devices[0].Count = lambda step: 42
    assert proxy.Count(1) == 42


def test_a_locked_device_is_left_to_the_general_way(proxy: DeviceProxy, server: Server) -> None:
    assert [proxy.Count(1) for _ in range(3)] == [1, 2, 3]
    context = ClientContext()
    try:
        admin = DeviceProxy(server.access(server.admin_name), context=context)
        admin.command_inout("LockDevice", [[10], ["a/b/c"]])
        # Whoever holds the lock may go on; all clients of this process are one.
        assert proxy.Count(1) == 4
        # Another process's lock is in the way.
        server.devices[0]._tango.locking.lock.client = None
        with pytest.raises(DevFailed):
            proxy.Count(1)
        server.devices[0]._tango.locking.lock = None
        assert proxy.Count(1) == 5
    finally:
        context.close()


def test_the_black_box_notes_every_call(proxy: DeviceProxy) -> None:
    for _ in range(3):
        proxy.Count(1)
    lines = proxy.black_box(3)
    assert len(lines) == 3
    assert all("cmd = Count" in line for line in lines)


def test_init_in_between(proxy: DeviceProxy) -> None:
    assert [proxy.Count(1) for _ in range(3)] == [1, 2, 3]
    proxy.Init()
    assert [proxy.Count(1) for _ in range(3)] == [1, 2, 3]
