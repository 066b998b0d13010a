"""The monitor that lets one request at a time into a device (or class, or server)."""

from __future__ import annotations

import threading
from types import TracebackType

from puretango.errors import Except

SERIALIZATION_TIMEOUT = 3.2
"""Seconds that a request waits for another one before it gives up."""


class TangoMonitor:
    """A re-entrant lock; waiting too long for it raises API_CommandTimedOut."""

    __slots__ = ("_lock", "_name", "acquire_now", "release", "timeout")

    def __init__(self, name: str = "") -> None:
        self._lock = threading.RLock()
        self._name = name
        self.timeout = SERIALIZATION_TIMEOUT
        self.release = self._lock.release
        self.acquire_now = self._lock.acquire

    def acquire(self) -> None:
        """Enter, or fail after the time limit."""
        if self.acquire_now(False):  # the usual case: nobody is inside
            return
        if not self._lock.acquire(timeout=self.timeout):
            Except.throw_exception(
                "API_CommandTimedOut",
                "Not able to acquire serialization (dev, class or process) monitor",
                "TangoMonitor::get_monitor",
            )

    def __enter__(self) -> TangoMonitor:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


class NoMonitor(TangoMonitor):
    """Lets everybody in: for NO_SYNC and for devices on an event loop."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__()
        self.release = _nothing
        self.acquire_now = _let_in

    def acquire(self) -> None:
        """Always at once."""


def _nothing() -> None:
    return None


def _let_in(blocking: bool = True, timeout: float = -1) -> bool:
    return True


class AutoTangoMonitor:
    """``with AutoTangoMonitor(device):`` enters a device's monitor from the author's threads."""

    def __init__(self, device: object) -> None:
        monitor = getattr(device, "monitor", None)
        if monitor is None:
            monitor = device.get_device_class().monitor  # type: ignore[attr-defined]
        self._monitor: TangoMonitor = monitor

    def __enter__(self) -> AutoTangoMonitor:
        self._monitor.acquire()
        return self

    def __exit__(self, *args: object) -> None:
        self._monitor.release()

    _acquire = __enter__

    def _release(self) -> None:
        self._monitor.release()


class AutoTangoAllowThreads:
    """``with AutoTangoAllowThreads(device):`` leaves the device's monitor for a while."""

    def __init__(self, device: object) -> None:
        self._monitor: TangoMonitor = device.monitor  # type: ignore[attr-defined]
        self._depth = 0

    def __enter__(self) -> AutoTangoAllowThreads:
        while True:
            try:
                self._monitor.release()
            except RuntimeError:  # this thread holds it no more
                break
            self._depth += 1
            if isinstance(self._monitor, NoMonitor):
                break
        return self

    def __exit__(self, *args: object) -> None:
        for _ in range(self._depth):
            self._monitor.acquire_now()
        self._depth = 0
