"""A device that sends events when told to, and some that it does not."""

from __future__ import annotations

import math
import threading
import time

from puretango.server import Device, attribute, command
from puretango.values import AttrQuality

__all__ = ["Pushing"]


class Pushing(Device):
    """Pushes what it is told to."""

    reading = False
    """True while the sluggish attribute is being read."""

    def init_device(self) -> None:
        super().init_device()
        self.kept = 0.0
        self.readings = 0
        self.set_change_event("number", True, False)
        self.set_change_event("text", True, False)
        self.set_archive_event("number", True, False)

    @attribute(dtype=float)
    def number(self) -> float:
        return self.kept

    @number.write
    def write_number(self, value: float) -> None:
        self.kept = value
        self.push_change_event("number", value)

    @attribute(dtype=str)
    def text(self) -> str:
        return "tiède"

    @attribute(dtype="int64")
    def large(self) -> int:
        return 2**53 + 1

    @attribute(dtype=int)
    def counted(self) -> int:
        self.readings += 1
        return 7

    @attribute(dtype=int)
    def readings_so_far(self) -> int:
        return self.readings

    @attribute(dtype=(float,), max_dim_x=4)
    def curve(self) -> list[float]:
        return [1.0, math.nan]

    @attribute(dtype=float)
    def broken(self) -> float:
        raise ValueError("the cable is out")

    @attribute(dtype=float)
    def sluggish(self) -> float:
        Pushing.reading = True
        threading.Event().wait(0.7)
        Pushing.reading = False
        return 1.0

    @command(dtype_in=int)
    def Push(self, count: int) -> None:
        for step in range(count):
            self.push_change_event("number", float(step))

    @command(dtype_in=int)
    def PushArchive(self, count: int) -> None:
        for step in range(count):
            self.push_archive_event("number", float(step))

    @command
    def PushAlarm(self) -> None:
        self.push_change_event("number", 5.0, time.time(), AttrQuality.ATTR_ALARM)

    @command(dtype_in=str)
    def Tell(self, text: str) -> None:
        self.info_stream(text)
        self.error_stream(f"no good: {text}")
