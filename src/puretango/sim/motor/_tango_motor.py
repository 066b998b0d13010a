"""Motor: a simulated axis as a Tango device."""

from __future__ import annotations

import math
import threading
import time
from typing import Any

from puretango.errors import Except
from puretango.idl import AttrQuality, AttrWriteType, DevState
from puretango.server import Device, attribute, command, device_property

from ._motor import LimitError, MotorModel

__all__ = ["Motor"]

#: Seconds between two position events of a moving axis.
FOLLOW = 0.05


class Motor(Device):
    """An axis with a trapezoidal velocity profile.

    Writing `position` starts a move; the state is MOVING before the write
    returns, so that a client that waits for the end of MOVING cannot miss it.
    """

    LowLimit = device_property(dtype=float, default_value=-1000.0, doc="Lowest position")
    HighLimit = device_property(dtype=float, default_value=1000.0, doc="Highest position")
    InitialPosition = device_property(dtype=float, default_value=0.0, doc="Position at start")
    Velocity = device_property(dtype=float, default_value=10.0, doc="Velocity at start, units/s")
    Acceleration = device_property(
        dtype=float, default_value=50.0, doc="Acceleration at start, units/s²"
    )

    def init_device(self) -> None:
        """Make the axis as the properties say."""
        super().init_device()
        self.model = MotorModel(
            self.InitialPosition,
            velocity=self.Velocity,
            acceleration=self.Acceleration,
            low_limit=self.LowLimit,
            high_limit=self.HighLimit,
        )
        self._fault = ""
        self._ended = threading.Event()
        self._telling = threading.Lock()
        self._moves = 0
        self._follower: threading.Thread | None = None
        written = self.get_device_attr().get_w_attr_by_name("position")
        written.set_min_value(self.LowLimit)
        written.set_max_value(self.HighLimit)
        written.set_write_value(self.model.position)
        for name in ("position", "state"):
            self.set_change_event(name, True, False)
        self._report()

    def delete_device(self) -> None:
        """Halt the axis."""
        self._ended.set()
        follower = self._follower
        if follower is not None:
            follower.join()
        self.model.abort()
        super().delete_device()

    # -- state
    def dev_state(self) -> DevState:
        """MOVING as long as the axis turns."""
        return self._report()[0]

    def dev_status(self) -> str:
        """What the axis is doing, in words."""
        return self._report()[1]

    def _report(self) -> tuple[DevState, str]:
        if self._fault:
            state, status = DevState.FAULT, self._fault
        elif self.model.moving:
            state, status = DevState.MOVING, f"Moving to {self.model.target:g}"
        else:
            state, status = DevState.STANDBY, f"At rest at {self.model.position:g}"
        self.set_state(state)
        self.set_status(status)
        return state, status

    # -- attributes
    @attribute(
        dtype=float, access=AttrWriteType.READ_WRITE, unit="mm", format="%10.4f", abs_change=1e-4
    )
    def position(self) -> Any:
        """Where the axis is; writing it starts a move."""
        return self._reading()

    def _reading(self) -> tuple[float, float, AttrQuality]:
        moving = self.model.moving
        quality = AttrQuality.ATTR_CHANGING if moving else AttrQuality.ATTR_VALID
        return self.model.position, time.time(), quality

    @position.write  # type: ignore[no-redef, unused-ignore]  # read and written under one name, as PyTango's users write it
    def position(self, value: float) -> None:
        if self._fault:
            Except.throw_exception("Motor_Fault", self._fault, "Motor.position")
        try:
            self._begin(value)
        except LimitError as error:
            Except.throw_exception("Motor_LimitError", str(error), "Motor.position")

    def _begin(self, target: float) -> None:
        """Move, and push the state: clients get MOVING even of the shortest move, and in order with STANDBY."""
        with self._telling:
            self.model.move(target)
            self._moves += 1
            self._report()
            self.push_change_event("state", DevState.MOVING)
            if self._follower is None:
                self._follower = threading.Thread(
                    target=self._send_positions, name=f"{self.get_name()}-events", daemon=True
                )
                self._follower.start()

    @attribute(dtype=float, access=AttrWriteType.READ_WRITE, unit="mm/s")
    def velocity(self) -> float:
        """Cruising speed of the next move."""
        return self.model.velocity

    @velocity.write  # type: ignore[no-redef, unused-ignore]  # read and written under one name, as PyTango's users write it
    def velocity(self, value: float) -> None:
        self._set("velocity", value)

    @attribute(dtype=float, access=AttrWriteType.READ_WRITE, unit="mm/s²")
    def acceleration(self) -> float:
        """Acceleration and deceleration of the next move."""
        return self.model.acceleration

    @acceleration.write  # type: ignore[no-redef, unused-ignore]  # read and written under one name, as PyTango's users write it
    def acceleration(self, value: float) -> None:
        self._set("acceleration", value)

    def _set(self, name: str, value: float) -> None:
        try:
            setattr(self.model, name, value)
        except LimitError as error:
            Except.throw_exception("Motor_BadSetting", str(error), f"Motor.{name}")

    @attribute(dtype=float, unit="mm/s")
    def speed(self) -> float:
        """Speed now, with its sign."""
        return self.model.speed

    @attribute(dtype=float, unit="mm")
    def target(self) -> float:
        """Where the last move went to, or was stopped."""
        return self.model.target

    @attribute(dtype=float, unit="s")
    def time_remaining(self) -> float:
        """Seconds until the axis is at rest."""
        return self.model.remaining

    # -- commands
    @command
    def Stop(self) -> None:
        """Brake with the configured deceleration."""
        self.model.stop()
        self._report()

    @command
    def Abort(self) -> None:
        """Halt on the spot."""
        self.model.abort()
        self._report()

    @command(dtype_in=float, doc_in="The position that the axis has now")
    def DefinePosition(self, value: float) -> None:
        """Declare the position of the axis at rest."""
        if self.model.moving or not math.isfinite(value):
            Except.throw_exception(
                "Motor_BadSetting", "the axis must be at rest", "Motor.DefinePosition"
            )
        self.model.define(value)

    @command(dtype_in=str, doc_in="What is wrong")
    def SimulateFault(self, reason: str) -> None:
        """Halt with a fault, as a drive that trips: for tests of clients."""
        self.model.abort()
        self._fault = reason or "Drive fault"
        self._report()
        self._push_state()

    @command
    def Reset(self) -> None:
        """Clear a fault."""
        self._fault = ""
        self._report()
        self._push_state()

    # -- events
    def _send_positions(self) -> None:
        """Send position events as long as the axis moves; a motor at rest costs nothing."""
        while not self._ended.is_set():
            moves, moving = self._moves, self.model.moving
            self.push_change_event("position", *self._reading())
            if moving:
                self._ended.wait(min(FOLLOW, self.model.remaining + 0.001))
                continue
            with self._telling:
                if moves == self._moves:
                    self.push_change_event("state", self._report()[0])
                    self._follower = None
                    return

    def _push_state(self) -> None:
        with self._telling:
            self.push_change_event("state", self._report()[0])
