"""TimeVal, PyTango's time stamp."""

from __future__ import annotations

import datetime
import numbers
from typing import Any, ClassVar

from puretango.values._printable import Printable


class TimeVal(Printable):
    """Seconds, microseconds and nanoseconds since 1970 (PyTango's members and methods)."""

    __slots__ = ("tv_nsec", "tv_sec", "tv_usec")

    _nests: ClassVar[bool] = False
    tv_sec: int
    tv_usec: int
    tv_nsec: int

    def __init__(self, a: Any = None, b: int | None = None, c: int | None = None) -> None:
        if a is None:
            self.tv_sec = self.tv_usec = self.tv_nsec = 0
            return
        if isinstance(a, datetime.datetime):
            # As PyTango: the fields are local time, whatever the time zone says.
            a = a.replace(tzinfo=None).timestamp()
        if isinstance(a, TimeVal):
            a, b, c = a.tv_sec, a.tv_usec, a.tv_nsec
        if not isinstance(a, numbers.Real):
            raise TypeError(f"a time stamp cannot be made of {a!r}")
        if b is None:
            seconds = float(a)
            self.tv_sec = int(seconds)
            micros = (seconds - self.tv_sec) * 1e6
            self.tv_usec = int(micros)
            self.tv_nsec = int((micros - self.tv_usec) * 1e3)
        else:
            self.tv_sec, self.tv_usec, self.tv_nsec = int(float(a)), int(b), int(c or 0)

    def totime(self) -> float:
        """The time as seconds since 1970."""
        return self.tv_sec + 1e-6 * self.tv_usec + 1e-9 * self.tv_nsec

    def todatetime(self) -> datetime.datetime:
        """The time as a local datetime."""
        return datetime.datetime.fromtimestamp(self.totime())

    @staticmethod
    def of_nanoseconds(nanoseconds: int) -> TimeVal:
        """The TimeVal of nanoseconds since 1970."""
        made = object.__new__(TimeVal)
        made.tv_sec, rest = divmod(nanoseconds, 1_000_000_000)
        made.tv_usec, made.tv_nsec = divmod(rest, 1000)
        return made

    @staticmethod
    def fromtimestamp(ts: float) -> TimeVal:
        """The TimeVal of seconds since 1970."""
        return TimeVal(ts)

    @staticmethod
    def fromdatetime(dt: datetime.datetime) -> TimeVal:
        """The TimeVal of a local datetime."""
        return TimeVal(dt)

    @staticmethod
    def now() -> TimeVal:
        """The current time."""
        return TimeVal(datetime.datetime.now().timestamp())

    def strftime(self, format: str) -> str:
        """The time in a format of :func:`time.strftime`."""
        return self.todatetime().strftime(format)

    def isoformat(self, sep: str = "T") -> str:
        """The time in ISO 8601."""
        return self.todatetime().isoformat(sep)

    def __str__(self) -> str:
        return str(self.todatetime())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TimeVal):
            return NotImplemented
        return (self.tv_sec, self.tv_usec, self.tv_nsec) == (
            other.tv_sec,
            other.tv_usec,
            other.tv_nsec,
        )

    def __hash__(self) -> int:
        return hash((self.tv_sec, self.tv_usec, self.tv_nsec))

    def __reduce__(self) -> tuple[Any, ...]:
        return (TimeVal, (self.tv_sec, self.tv_usec, self.tv_nsec))


def wire_time(seconds: float) -> tuple[int, int, int]:
    """Seconds since 1970 as (sec, usec, nsec), to the nanosecond that a float holds."""
    whole = int(seconds)
    nanos = round((seconds - whole) * 1e9)
    return whole, nanos // 1000, nanos % 1000
