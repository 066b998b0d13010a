"""A device of every kind that clients meet, served in this process."""

from __future__ import annotations

import time
from collections.abc import Iterator
from enum import IntEnum
from typing import Any

import pytest

from puretango import AttrWriteType, DevFailed, DevState
from puretango.server import Device, attribute, command
from puretango.testing import DeviceTestContext


class Colour(IntEnum):
    """Labels of an enum attribute."""

    RED = 0
    GREEN = 1


class Thing(Device):
    """Scalars, an array, an enum, failures and slowness."""

    slow_reads = 0

    def init_device(self) -> None:
        super().init_device()
        self.set_state(DevState.ON)
        self._number = 1.5
        self._count = 7
        self._colour = Colour.GREEN
        self._list = [1.0, 2.0]
        self.set_change_event("pushed", True, False)

    @attribute(dtype=float, access=AttrWriteType.READ_WRITE, unit="mm")
    def number(self) -> float:
        return self._number

    @number.write
    def number(self, value: float) -> None:
        self._number = value

    @attribute(dtype=int, access=AttrWriteType.READ_WRITE)
    def count(self) -> int:
        return self._count

    @count.write
    def count(self, value: int) -> None:
        self._count = value

    @attribute(dtype=Colour, access=AttrWriteType.READ_WRITE)
    def colour(self) -> Colour:
        return self._colour

    @colour.write
    def colour(self, value: int) -> None:
        self._colour = Colour(value)

    @attribute(dtype=[float], max_dim_x=10, access=AttrWriteType.READ_WRITE)
    def numbers(self) -> list[float]:
        return self._list

    @numbers.write
    def numbers(self, value: Any) -> None:
        self._list = list(value)

    @attribute(dtype=float)
    def broken(self) -> float:
        raise DevFailed.make("Thing_Broken", "it is broken", "Thing::broken")

    @attribute(dtype=float)
    def slow(self) -> float:
        Thing.slow_reads += 1
        time.sleep(0.3)
        return 1.0

    @attribute(dtype=float)
    def pushed(self) -> float:
        return -1.0

    @command(dtype_in=float, dtype_out=float)
    def Twice(self, value: float) -> float:
        return 2 * value

    @command(dtype_in=str, dtype_out=str)
    def Echo(self, value: str) -> str:
        return value

    @command(dtype_in=float)
    def Sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    @command
    def Fail(self) -> None:
        raise DevFailed.make("Thing_Failed", "it failed", "Thing::Fail")

    @command(dtype_in=int)
    def Push(self, count: int) -> None:
        for number in range(count):
            self.push_change_event("pushed", float(number))


@pytest.fixture
def thing(patient_publishers: None) -> Iterator[Any]:
    """A proxy of the device."""
    with DeviceTestContext(Thing, device_name="test/thing/1") as proxy:
        yield proxy


@pytest.fixture
def context(patient_publishers: None) -> Iterator[DeviceTestContext]:
    """The running device itself."""
    running = DeviceTestContext(Thing, device_name="test/thing/1")
    with running:
        yield running
