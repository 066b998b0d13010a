"""Devices that a bluesky layer finds difficult: reserved names, odd types, failures, motion."""

from __future__ import annotations

import time
from enum import IntEnum
from typing import Any

import numpy as np

from puretango.errors import Except
from puretango.idl import AttrQuality, AttrWriteType, DevState, DispLevel
from puretango.server import Device, attribute, command


class Mode(IntEnum):
    """An enumeration with labels that are no Python names."""

    IDLE = 0
    FAST = 1
    SLOW = 2


class Odd(Device):
    """One attribute of each difficult kind."""

    def init_device(self) -> None:
        """Set everything back."""
        super().init_device()
        self.set_state(DevState.ON)
        self.values: dict[str, Any] = {"position": 1.5, "mode": Mode.FAST, "limited": 0.0}
        self.quality = AttrQuality.ATTR_VALID
        self.pushed = 1.0
        self.set_change_event("events", True, False)

    @attribute(dtype=float, unit="mm", format="%7.3f", access=AttrWriteType.READ_WRITE)
    def position(self) -> float:
        """A name that ophyd keeps for itself."""
        return float(self.values["position"])

    @position.write
    def position(self, value: float) -> None:
        self.values["position"] = value

    @attribute(dtype=float)
    def read(self) -> float:
        """Another such name."""
        return 2.0

    @attribute(dtype=Mode, access=AttrWriteType.READ_WRITE)
    def mode(self) -> Mode:
        """An enumeration."""
        return Mode(self.values["mode"])

    @mode.write
    def mode(self, value: Mode) -> None:
        self.values["mode"] = value

    @attribute(
        dtype=float,
        access=AttrWriteType.READ_WRITE,
        min_value=-5,
        max_value=5,
        min_alarm=-4,
        max_alarm=4,
        min_warning=-3,
        max_warning=3,
    )
    def limited(self) -> float:
        """With every limit."""
        return float(self.values["limited"])

    @limited.write
    def limited(self, value: float) -> None:
        self.values["limited"] = value

    @attribute(dtype=float)
    def uneven(self) -> tuple[float, float, AttrQuality]:
        """A value of the quality that was asked for."""
        return 7.0, time.time(), self.quality

    @attribute(dtype=int)
    def counted(self) -> tuple[int, float, AttrQuality]:
        """An integer of the quality that was asked for."""
        return 7, time.time(), self.quality

    @attribute(dtype=(DevState,), max_dim_x=4)
    def states(self) -> list[DevState]:
        """An array of states."""
        return [DevState.ON, DevState.MOVING]

    @attribute(dtype=((str,),), max_dim_x=4, max_dim_y=4)
    def texts(self) -> list[list[str]]:
        """An image of texts."""
        return [["a", "b"], ["c", "déjà"]]

    @attribute(dtype="DevEncoded")
    def encoded(self) -> tuple[str, bytes]:
        """Encoded bytes."""
        return "raw", b"\x01\x02\x03"

    @attribute(dtype=(float,), max_dim_x=8)
    def ramp(self) -> Any:
        """Some numbers."""
        return np.arange(4.0)

    @attribute(dtype=float)
    def broken(self) -> float:
        """Never works."""
        Except.throw_exception("TEST_Broken", "out of order", "Odd.broken")

    @attribute(dtype=float)
    def events(self) -> float:
        """Pushed by the device."""
        return self.pushed

    @attribute(dtype=float, display_level=DispLevel.EXPERT)
    def tuning(self) -> float:
        """For experts."""
        return 3.0

    @attribute(dtype=float, access=AttrWriteType.WRITE)
    def setpoint(self) -> None:
        """Only written."""

    @setpoint.write
    def setpoint(self, value: float) -> None:
        self.values["setpoint"] = value

    @command(dtype_in=float)
    def Push(self, value: float) -> None:
        """Send an event."""
        self.pushed = value
        self.push_change_event("events", value)

    @command(dtype_in=int)
    def SetQuality(self, value: int) -> None:
        """Choose the quality of the uneven ones."""
        self.quality = AttrQuality(value)

    @command(dtype_in=str, dtype_out=str)
    def Echo(self, text: str) -> str:
        """Give it back."""
        return text

    @command
    def Fail(self) -> None:
        """Never works."""
        Except.throw_exception("TEST_Fail", "cannot", "Odd.Fail")


class AllBroken(Device):
    """Nothing works."""

    @attribute(dtype=float)
    def one(self) -> float:
        """Fails."""
        Except.throw_exception("TEST_Broken", "out of order", "AllBroken.one")

    @attribute(dtype=(int,), max_dim_x=3)
    def two(self) -> list[int]:
        """Fails in Python."""
        raise RuntimeError("out of order")


class Axis(Device):
    """A motor in the simplest form that behaves."""

    def init_device(self) -> None:
        """At rest at 5."""
        super().init_device()
        self.start = self.target = 5.0
        self.since = 0.0
        self.speed = 20.0
        self.fault = False

    def _now(self) -> tuple[float, bool]:
        way = self.target - self.start
        gone = self.speed * (time.monotonic() - self.since)
        if abs(way) <= gone:
            return self.target, False
        return self.start + (gone if way > 0 else -gone), True

    def dev_state(self) -> DevState:
        """MOVING while it moves."""
        if self.fault:
            return DevState.FAULT
        return DevState.MOVING if self._now()[1] else DevState.ON

    @attribute(
        dtype=float,
        min_value=-10,
        max_value=10,
        unit="mm",
        format="%6.3f",
        access=AttrWriteType.READ_WRITE,
    )
    def Position(self) -> tuple[float, float, AttrQuality]:
        """Where it is."""
        where, moving = self._now()
        quality = AttrQuality.ATTR_CHANGING if moving else AttrQuality.ATTR_VALID
        return where, time.time(), quality

    @Position.write
    def Position(self, value: float) -> None:
        self.start, self.target = self._now()[0], value
        self.since = time.monotonic()

    @attribute(dtype=float, access=AttrWriteType.READ_WRITE, unit="mm/s")
    def Velocity(self) -> float:
        """How fast it goes."""
        return self.speed

    @Velocity.write
    def Velocity(self, value: float) -> None:
        self.start, self.since = self._now()[0], time.monotonic()
        self.speed = value

    @command
    def Stop(self) -> None:
        """Stay here."""
        self.start = self.target = self._now()[0]

    @command
    def Break(self) -> None:
        """Stay here, in fault."""
        self.Stop()
        self.fault = True


class Stepper(Device):
    """A motor that counts in steps, is stopped by Abort, and says nothing of its state for a while."""

    def init_device(self) -> None:
        """At rest at 0."""
        super().init_device()
        self.axis = (0, 0, 0.0)
        self.set_state(DevState.ON)

    def _now(self) -> int:
        start, target, since = self.axis
        gone = int(100 * (time.monotonic() - since))
        if abs(target - start) <= gone:
            self.set_state(DevState.ON)
            return target
        if gone > 5:
            self.set_state(DevState.MOVING)
        return start + (gone if target > start else -gone)

    def dev_state(self) -> DevState:
        """MOVING, but not at once."""
        self._now()
        return self.get_state()

    @attribute(dtype=int, access=AttrWriteType.READ_WRITE, unit="steps")
    def steps(self) -> int:
        """Where it is."""
        return self._now()

    @steps.write
    def steps(self, value: int) -> None:
        self.axis = (self._now(), value, time.monotonic())

    @command
    def Abort(self) -> None:
        """Stay here."""
        here = self._now()
        self.axis = (here, here, 0.0)
