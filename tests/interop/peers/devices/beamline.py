"""What a beamline meets: odd names, slow attributes, failing ones, changing configurations, a slow motor.

Usage: python beamline.py tango|puretango INSTANCE ARGUMENTS…
"""

import importlib
import sys
import time

tango = importlib.import_module(sys.argv.pop(1))
server = importlib.import_module(f"{tango.__name__}.server")
RW = tango.AttrWriteType.READ_WRITE


class Odd(server.Device):
    """Everything that is hard on a client that connects to whole devices."""

    def init_device(self):
        super().init_device()
        self.set_state(tango.DevState.ON)
        self.failing, self.slowness, self.images, self.value, self.choice = False, 0.0, 0, 1.0, 1
        for name in ("dot.name", "with space", "dash-name", "area²"):
            self.add_attribute(
                tango.Attr(name, tango.DevDouble, RW), self._read_odd, self._write_odd
            )

    def _read_odd(self, attr):
        attr.set_value(self.value)

    def _write_odd(self, attr):
        self.value = attr.get_write_value()

    @server.attribute(dtype="DevEnum", enum_labels=["A", "B", "C"], access=RW)
    def choices(self):
        return self.choice

    @choices.write
    def choices(self, value):
        self.choice = value

    @server.attribute(dtype=float, unit="mm", min_value=-5, max_value=5, access=RW)
    def amount(self):
        return self.value

    @amount.write
    def amount(self, value):
        self.value = value

    @server.attribute(dtype=((float,),), max_dim_x=100, max_dim_y=100)
    def image(self):
        self.images += 1
        return [[1.0, 2.0], [3.0, 4.0]]

    @server.attribute(dtype=int)
    def images_read(self):
        return self.images

    @server.attribute(dtype=float)
    def sometimes(self):
        if self.failing:
            tango.Except.throw_exception("Odd_Fail", "told to fail", "sometimes")
        return 1.5

    @server.attribute(dtype=int)
    def whole(self):
        valid, invalid = tango.AttrQuality.ATTR_VALID, tango.AttrQuality.ATTR_INVALID
        return 3, time.time(), invalid if self.failing else valid

    @server.attribute(dtype=float)
    def slow(self):
        time.sleep(self.slowness)
        return 1.0

    @server.command(dtype_in=bool)
    def Fail(self, value):
        self.failing = value

    @server.command(dtype_in=float)
    def SlowDown(self, value):
        self.slowness = value

    @server.command(dtype_in="DevVarLongStringArray", dtype_out="DevVarLongStringArray")
    def Echo(self, value):
        return value


class SlowAxis(server.Device):
    """A motor that answers a write when it has arrived, which takes `SlowDown` seconds."""

    def init_device(self):
        super().init_device()
        self.set_state(tango.DevState.ON)
        self.count, self.where, self.seconds, self.speed = 0, 0.0, 0.0, 1.0

    @server.attribute(dtype=float, access=RW, unit="mm")
    def Position(self):
        return self.where

    @Position.write
    def Position(self, value):
        self.count += 1
        time.sleep(self.seconds)
        self.where = value

    @server.attribute(dtype=float, access=RW)
    def step(self):
        return self.where

    @step.write
    def step(self, value):
        self.count += 1
        time.sleep(self.seconds)
        self.where += value

    @server.attribute(dtype=float, access=RW, max_value=10, unit="mm/s")
    def Velocity(self):
        return self.speed

    @Velocity.write
    def Velocity(self, value):
        self.speed = value

    @server.attribute(dtype=int)
    def writes(self):
        return self.count

    @server.command(dtype_in=float)
    def SlowDown(self, value):
        self.seconds = value

    @server.command
    def Stop(self):
        pass


class Quick(server.Device):
    """A motor without events whose moves take a moment: MOVING before the write returns."""

    def init_device(self):
        super().init_device()
        self.start, self.begun, self.target = 0.0, 0.0, 0.0

    def _now(self):
        done = min(1.0, (time.monotonic() - self.begun) / 0.03)
        return self.start + done * (self.target - self.start)

    def dev_state(self):
        moving = self._now() != self.target
        return tango.DevState.MOVING if moving else tango.DevState.STANDBY

    @server.attribute(dtype=float, access=RW)
    def position(self):
        return self._now()

    @position.write
    def position(self, value):
        self.start, self.begun, self.target = self._now(), time.monotonic(), value

    @server.attribute(dtype=float, access=RW)
    def at_once(self):
        return self.target

    @at_once.write
    def at_once(self, value):
        self.start = self.target = value

    @server.command
    def Stop(self):
        self.target = self._now()


class Runner(server.Device):
    """A motor that runs at its velocity, without ramps; its acceleration is told in mm/s²."""

    def init_device(self):
        super().init_device()
        self.speed, self.start, self.begun, self.target = 10.0, 0.0, 0.0, 0.0

    def _now(self):
        way, gone = self.target - self.start, self.speed * (time.monotonic() - self.begun)
        return self.target if gone >= abs(way) else self.start + (gone if way > 0 else -gone)

    def dev_state(self):
        moving = self._now() != self.target
        return tango.DevState.MOVING if moving else tango.DevState.STANDBY

    @server.attribute(dtype=float, access=RW, unit="mm")
    def position(self):
        return self._now()

    @position.write
    def position(self, value):
        self.start, self.begun, self.target = self._now(), time.monotonic(), value

    @server.attribute(dtype=float, access=RW, unit="mm/s")
    def velocity(self):
        return self.speed

    @velocity.write
    def velocity(self, value):
        self.start, self.begun, self.speed = self._now(), time.monotonic(), value

    @server.attribute(dtype=float, unit="mm/s²")
    def acceleration(self):
        return 50.0

    @server.command
    def Stop(self):
        self.start = self.target = self._now()


if __name__ == "__main__":
    server.run((Odd, SlowAxis, Quick, Runner))
