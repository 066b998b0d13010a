"""The meaning of a busy flag's readings: not begun, under way, over, or too late.

It has no control layer, thread or clock: classic ophyd and ophyd-async fly by the same rules.
"""

from __future__ import annotations

from typing import Any

__all__ = ["Course", "FlightError", "is_busy"]

#: Labels that mean busy, if the flag is read as a string.
_BUSY_LABELS = frozenset({"busy", "1", "true", "on", "moving", "running"})
#: The flag is read often at first, then less and less.
_FIRST_PAUSE = 0.002


class FlightError(RuntimeError):
    """A fly scan that did not start, did not end, or was stopped."""


def is_busy(value: Any) -> bool:
    """Whether a busy flag of any control layer (number, bool, label) says busy."""
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if isinstance(value, str):
        return value.strip().lower() in _BUSY_LABELS
    return bool(value)


class Course:
    """The course of one flight, from the readings of its flag.

    A flag that still says Done after the put may be the old Done. So Done counts only when it is
    read afresh *after* Busy was seen, or after the control layer has reported the put as carried
    out: a Tango server has then set the flag, and a busy record has then even cleared it again.
    """

    def __init__(
        self, name: str, *, start_timeout: float, timeout: float | None, poll_interval: float
    ) -> None:
        self.name = name
        #: Whether the flag has been read as Busy.
        self.begun = False
        #: Whether the control layer has reported the put of Busy as carried out.
        self.accepted = False
        #: Why the control layer refused the put of Busy.
        self.refusal: BaseException | None = None
        self._start_timeout = start_timeout
        self._timeout = timeout
        self._poll_interval = poll_interval
        self._pause = min(_FIRST_PAUSE, poll_interval)
        self._since: float | None = None
        self._held = 0.0
        self._held_since: float | None = None
        self._stop_reason: str | None = None
        self._overtaken = False

    @property
    def told_to_end(self) -> bool:
        """Whether the controller has been told to stop."""
        return self._stop_reason is not None

    def end(self, reason: str | None) -> None:
        """Note that the controller has been told to stop; with a reason the flight counts as failed."""
        if self._stop_reason is None:
            self._stop_reason = reason or ""
            self._overtaken = not self.begun

    def stop_again(self) -> bool:
        """Whether to tell the controller to stop once more: it was told before it became busy."""
        again = self._overtaken and self.begun
        self._overtaken = self._overtaken and not again
        return again

    def hold(self, held: bool, now: float) -> None:
        """Hold the flight, or let it go on: time on hold does not count towards the timeout."""
        if held and self._held_since is None:
            self._held_since = now
        elif not held and self._held_since is not None:
            self._held += now - self._held_since
            self._held_since = None

    def may_begin(self, value: Any) -> bool:
        """Whether to put Busy, by the flag's value before that; FlightError if another client's flight is under way."""
        if is_busy(value):
            raise FlightError(f"{self.name} is busy already")
        return not self.told_to_end

    def look(self, value: Any, *, accepted: bool, now: float) -> bool:
        """Whether the flight is over, by a reading of the flag; raises FlightError if it failed.

        `accepted` is what `self.accepted` was *before* the flag was read: a put that was carried
        out meanwhile says nothing about this reading.
        """
        if self._since is None:
            self._since = now
        elapsed = now - self._since
        if is_busy(value):
            self.begun = True
        elif self.begun or accepted:
            return True
        elif self.refusal is not None or elapsed > self._start_timeout:
            if self.told_to_end:
                return True
            if self.refusal is not None:
                raise self.refusal
            raise FlightError(f"{self.name} did not become busy within {self._start_timeout} s")
        timeout = None if self._held_since is not None else self._timeout
        if timeout is not None and elapsed - self._held > timeout:
            raise FlightError(f"{self.name} is busy after {timeout} s still")
        return False

    def pause(self) -> float:
        """Seconds until the flag is to be read again, unless something changes earlier."""
        pause = self._pause
        self._pause = min(2 * pause, self._poll_interval)
        return pause

    def outcome(self, failure: str | None) -> FlightError | None:
        """The outcome of the flight, once it is over; `failure` is the controller's own reason."""
        if self._stop_reason:
            return FlightError(self._stop_reason)
        return FlightError(failure) if failure else None
