"""The monitor that lets one request at a time into a device (or class, or server)."""

from __future__ import annotations

import re
import threading
from types import TracebackType

from puretango.errors import Except
from puretango.server.base._collocation import belongs_to

SERIALIZATION_TIMEOUT = 3.2
"""Seconds that a request waits for another one before it gives up."""

BRIEF = 0.002
"""Seconds that it waits before it looks at the owner."""

_OWNER = re.compile(r"owner=(\d+)")


class TangoMonitor:
    """A re-entrant lock; waiting too long for it raises API_CommandTimedOut."""

    __slots__ = ("_lock", "_name", "acquire_now", "release", "timeout")

    def __init__(self, name: str = "") -> None:
        self._lock = threading.RLock()
        self._name = name
        self.timeout = SERIALIZATION_TIMEOUT
        self.release = self._leave
        self.acquire_now = self._lock.acquire

    def acquire(self, patience: float | None = None) -> None:
        """Enter, or fail after the time limit."""
        if self.acquire_now(False):  # the usual case: nobody is inside
            return
        if self._lock.acquire(timeout=BRIEF):
            return
        owner = self._owner()
        if owner is not None and belongs_to(owner):
            return  # a further step of the call that is inside: a guest
        if not self._lock.acquire(timeout=self.timeout if patience is None else patience):
            Except.throw_exception(
                "API_CommandTimedOut",
                f"Thread {threading.get_ident()} is not able to acquire serialization monitor "
                f'"{self._name}",  it is currently held by thread {self._owner()}.',
                "TangoMonitor::get_monitor",
            )

    def _leave(self) -> None:
        """Leave; a guest has nothing to give back."""
        try:
            self._lock.release()
        except RuntimeError:  # the lock is another thread's: we are its guest
            return

    def leave_wholly(self) -> int:
        """Leave as often as this thread has entered; gives how often that was."""
        depth = 0
        while True:
            try:
                self._lock.release()
            except RuntimeError:
                return depth
            depth += 1

    def _owner(self) -> int | None:
        """The thread that is inside: Python tells it only in the lock's text."""
        found = _OWNER.search(repr(self._lock))
        return int(found.group(1)) if found else None

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

    def acquire(self, patience: float | None = None) -> None:
        """Always at once."""


def _nothing() -> None:
    return None


def _let_in(blocking: bool = True, timeout: float = -1) -> bool:
    return True


class AutoTangoMonitor:
    """``with AutoTangoMonitor(device):`` enters a device's monitor from the author's threads."""

    def __init__(self, device: object) -> None:
        self._monitor: TangoMonitor = device._tango_monitor  # type: ignore[attr-defined]

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
        self._monitor: TangoMonitor = device._tango_monitor  # type: ignore[attr-defined]
        self._depth = 0

    def __enter__(self) -> AutoTangoAllowThreads:
        self._depth = self._monitor.leave_wholly()
        return self

    def __exit__(self, *args: object) -> None:
        for _ in range(self._depth):
            self._monitor.acquire_now()
        self._depth = 0
