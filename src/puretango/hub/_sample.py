"""One value of one attribute, as it came; and the status of its source."""

from __future__ import annotations

from typing import Any, NamedTuple

from puretango.values import AttrQuality, EventShape

__all__ = ["CONNECTING", "LOST", "POLLED", "Plain", "Sample", "Status"]

CONNECTING = "connecting"
LOST = "lost"
POLLED = "polled"

_NAN = float("nan")


class Plain(NamedTuple):
    """A number or boolean of an event that was decoded together with others."""

    shape: EventShape
    """The constant parts of the attribute's events; the same object as long as they stay alike."""
    value: Any
    set_value: Any
    """None if there is none."""
    quality: int
    time: int
    """The device's time, ns since 1970."""


class Sample:
    """The result of one event or one reading: a value, or an error. Not to be changed."""

    __slots__ = ("_data", "error", "how", "name", "plain", "reason", "received")

    def __init__(
        self,
        name: str,
        how: str,
        data: Any,
        received: float,
        reason: str = "",
        error: str = "",
        plain: Plain | None = None,
    ) -> None:
        self.name = name
        """The attribute's name, as the user gave it."""
        self.how = how
        """How it came: the kind of event (``change``, ``archive``, …) or ``polled``."""
        self._data = data
        self.received = received
        """When it arrived, in seconds of ``time.time()``."""
        self.reason = reason
        """Tango's reason of the first error; empty without one."""
        self.error = error
        """The text of the first error; empty without one."""
        self.plain = plain
        """For a recorder's samples: the contents of :attr:`data`, if the event was decoded together with others."""

    @property
    def data(self) -> Any:
        """The client's DeviceAttribute; None with an error."""
        data = self._data
        if type(data) is tuple:  # an event that has not been decoded by itself so far
            shape, payload = data
            data = self._data = shape.decode(payload)
        return data

    def renamed(self, name: str) -> Sample:
        """The same sample with another name of its attribute."""
        return Sample(
            name, self.how, self._data, self.received, self.reason, self.error, self.plain
        )

    @property
    def value(self) -> Any:
        """The value read; None with an error or if the quality is ATTR_INVALID."""
        data = self.data
        return None if data is None else data.value

    @property
    def set_value(self) -> Any:
        """The value set; None if there is none."""
        data = self.data
        return None if data is None else data.w_value

    @property
    def quality(self) -> AttrQuality:
        """The quality; ATTR_INVALID with an error."""
        data = self.data
        quality: AttrQuality = AttrQuality.ATTR_INVALID if data is None else data.quality
        return quality

    @property
    def time(self) -> float:
        """The device's time in seconds; NaN with an error."""
        data = self.data
        return _NAN if data is None else float(data.time.totime())

    def __repr__(self) -> str:
        told = repr(self.value) if not self.error else f"{self.reason}: {self.error}"
        return f"<Sample {self.name} {self.how} {told}>"


class Status:
    """The status of one attribute's source."""

    __slots__ = ("error", "failed", "how", "last", "received", "since")

    def __init__(self, how: str, error: str, since: float, received: int, failed: int, last: Any):
        self.how = how
        """``connecting``, a kind of event, ``polled`` or ``lost``."""
        self.error = error
        """Why there are no values now; empty if there are."""
        self.since = since
        """When ``how`` or ``error`` last changed, in seconds of ``time.time()``."""
        self.received = received
        """How many values came."""
        self.failed = failed
        """How many errors came."""
        self.last: Sample | None = last
        """The last sample."""
