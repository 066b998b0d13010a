"""Devices built and called directly."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from puretango.errors import DevFailed
from puretango.server import Device, attribute, command, device_property
from puretango.testing import BuiltDevice, read_attribute, write_attribute
from puretango.values import AttrQuality, AttrWriteType, DevState, GreenMode


class Valve(Device):
    positions = device_property(dtype=int, default_value=2)
    ended = False

    def init_device(self) -> None:
        super().init_device()
        self.target_value = 0.0
        self.set_state(DevState.CLOSE)

    def delete_device(self) -> None:
        Valve.ended = True

    @attribute(dtype=float, max_value=10, max_alarm=8, memorized=True, hw_memorized=True)
    def target(self) -> float:
        return self.target_value

    @target.write
    def target(self, value: float) -> None:
        self.target_value = value

    row = attribute(dtype=(int,), max_dim_x=4, access=AttrWriteType.READ_WRITE)
    row_value = [1, 2]

    def read_row(self) -> list[int]:
        return self.row_value

    def write_row(self, value: list[int]) -> None:
        self.row_value = list(value)

    @attribute
    def broken(self) -> float:
        raise ValueError("no sensor")

    @command
    def count(self) -> int:
        return self.positions


class Looping(Device):
    green_mode = GreenMode.Asyncio

    async def init_device(self) -> None:
        await super().init_device()
        self.loop = asyncio.get_running_loop()
        self.held = 1.0

    value = attribute(dtype=float, access=AttrWriteType.READ_WRITE)

    async def read_value(self) -> float:
        await asyncio.sleep(0)
        return self.held

    async def write_value(self, value: float) -> None:
        self.held = value

    @command
    async def double(self, number: int) -> int:
        return number * 2


class Broken(Device):
    def init_device(self) -> None:
        raise RuntimeError("no power")


def test_methods_are_called_directly() -> None:
    before = threading.active_count()
    with BuiltDevice(Valve, properties={"positions": 6}, memorized={"target": 1.5}) as valve:
        assert isinstance(valve, Valve)
        assert threading.active_count() == before
        assert valve.count() == 6
        assert valve.target_value == 1.5
        assert valve.get_state() is DevState.CLOSE
        assert valve.get_name() == "test/built/valve"
    assert Valve.ended


def test_attributes_as_a_request_reads_and_writes_them() -> None:
    with BuiltDevice(Valve) as valve:
        write_attribute(valve, "target", 9)
        found = read_attribute(valve, "target")
        assert (found.value, found.w_value, found.quality) == (9.0, 9.0, AttrQuality.ATTR_ALARM)
        with pytest.raises(DevFailed) as caught:
            write_attribute(valve, "target", 11)
        assert caught.value.args[0].reason == "API_WAttrOutsideLimit"
        write_attribute(valve, "row", [3, 4, 5])
        assert list(read_attribute(valve, "row").value) == [3, 4, 5]
        assert read_attribute(valve, "State").value == DevState.CLOSE
        with pytest.raises(DevFailed, match="no sensor"):
            read_attribute(valve, "broken")
        with pytest.raises(DevFailed, match="not writable"):
            write_attribute(valve, "broken", 1.0)


async def test_an_asyncio_device_on_the_test_s_own_loop() -> None:
    async with BuiltDevice(Looping) as device:
        assert device.loop is asyncio.get_running_loop()
        assert await device.double(4) == 8
        await write_attribute(device, "value", 2.5)
        assert (await read_attribute(device, "value")).value == 2.5


def test_a_loop_is_needed_for_asyncio_devices() -> None:
    with pytest.raises(TypeError, match="build_async"), BuiltDevice(Looping):
        pass


def test_what_init_device_raises_is_raised() -> None:
    with pytest.raises(DevFailed, match="no power"), BuiltDevice(Broken):
        pass


def test_in_a_millisecond_or_so() -> None:
    times = []
    for _ in range(20):
        started = time.perf_counter()
        with BuiltDevice(Valve) as valve:
            valve.count()
        times.append(time.perf_counter() - started)
    assert min(times) < 0.01
