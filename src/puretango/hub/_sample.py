"""One value of one attribute, as it came; and how its source fares."""

from __future__ import annotations

from typing import Any

from puretango.values import AttrQuality

__all__ = ["CONNECTING", "LOST", "POLLED", "Sample", "Status"]

CONNECTING = "connecting"
LOST = "lost"
POLLED = "polled"

_NAN = float("nan")


class Sample:
    """What one event or one reading told: a value, or an error. Not to be changed."""

    __slots__ = ("data", "error", "how", "name", "reason", "received")

    def __init__(
        self, name: str, how: str, data: Any, received: float, reason: str = "", error: str = ""
    ) -> None:
        self.name = name
        """The attribute, as it was asked for."""
        self.how = how
        """What brought it: the kind of event (``change``, ``archive``, …) or ``polled``."""
        self.data = data
        """The client's DeviceAttribute; None with an error."""
        self.received = received
        """When it came here, in seconds of ``time.time()``."""
        self.reason = reason
        """Tango's reason of the first error; empty without one."""
        self.error = error
        """The text of the first error; empty without one."""

    @property
    def value(self) -> Any:
        """The value read; None with an error or where the quality is ATTR_INVALID."""
        return None if self.data is None else self.data.value

    @property
    def set_value(self) -> Any:
        """The value set; None where there is none."""
        return None if self.data is None else self.data.w_value

    @property
    def quality(self) -> AttrQuality:
        """The quality; ATTR_INVALID with an error."""
        if self.data is None:
            return AttrQuality.ATTR_INVALID
        quality: AttrQuality = self.data.quality
        return quality

    @property
    def time(self) -> float:
        """The device's time in seconds; NaN with an error."""
        return _NAN if self.data is None else float(self.data.time.totime())

    def __repr__(self) -> str:
        told = repr(self.value) if not self.error else f"{self.reason}: {self.error}"
        return f"<Sample {self.name} {self.how} {told}>"


class Status:
    """How one attribute's source fares."""

    __slots__ = ("error", "failed", "how", "last", "received", "since")

    def __init__(self, how: str, error: str, since: float, received: int, failed: int, last: Any):
        self.how = how
        """``connecting``, a kind of event, ``polled`` or ``lost``."""
        self.error = error
        """Why there are no values now; empty if there are."""
        self.since = since
        """When ``how`` or ``error`` last changed, in seconds of ``time.time()``."""
        self.received = received
        """Values that came."""
        self.failed = failed
        """Errors that came."""
        self.last: Sample | None = last
        """The last sample."""
