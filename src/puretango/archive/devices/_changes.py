"""Events of the event subscriber's own numbers: checked at regular intervals, pushed if they have changed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, Protocol

from puretango.archive.devices._telling import NUMBERS
from puretango.errors import PuretangoError

__all__ = ["Changes"]

_log = logging.getLogger("puretango.archive")

# The numbers for which HDB++'s own subscriber sends events; times of storing can only be read.
PUSHED = (
    "AttributeOkNumber",
    "AttributeNokNumber",
    "AttributePendingNumber",
    "AttributeMaxPendingNumber",
    "AttributeNumber",
    "AttributeStartedNumber",
    "AttributePausedNumber",
    "AttributeStoppedNumber",
    "AttributeRecordFreq",
    "AttributeFailureFreq",
)


class Telling(Protocol):
    """A device whose numbers are sent as events."""

    def look(self, told: Callable[[Any, float], Any]) -> Any: ...
    def set_change_event(self, attr_name: str, implemented: bool, detect: bool = ...) -> None: ...
    def set_archive_event(self, attr_name: str, implemented: bool, detect: bool = ...) -> None: ...
    def push_change_event(self, attr_name: str, *args: Any, **kwargs: Any) -> None: ...
    def push_archive_event(self, attr_name: str, *args: Any, **kwargs: Any) -> None: ...


class Changes:
    """A thread that checks a subscriber's numbers; closed before its archiver is."""

    def __init__(self, device: Telling, period: float) -> None:
        """Start.

        Args:
            device: The subscriber.
            period: Seconds between two checks: HDB++'s PollingThreadPeriod.
        """
        self._device = device
        self._period = period
        self._last: dict[str, Any] = {}
        for name in PUSHED:
            device.set_change_event(name, True, False)
            device.set_archive_event(name, True, False)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="archiver's events", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._end.wait(self._period):
            try:
                self._push(self._device.look(_numbers))
            except PuretangoError as error:
                _log.error("the archiver's own numbers cannot be sent: %s", error)

    def _push(self, now: dict[str, Any]) -> None:
        for name, value in now.items():
            if self._last.get(name) != value:
                self._last[name] = value
                self._device.push_change_event(name, value)
                self._device.push_archive_event(name, value)

    def close(self) -> None:
        """Stop sending."""
        self._end.set()
        self._thread.join()


def _numbers(archiver: Any, delay: float) -> dict[str, Any]:
    return {name: NUMBERS[name][3](archiver, delay) for name in PUSHED}
