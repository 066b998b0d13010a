"""The monitor that lets one request at a time into a device (or class, or server).

It knows which request is inside: a request that is made on behalf of that one, because the
device calls itself, or another device that calls it back, is let in as its guest. Which call is made on
whose behalf is told by the steps of a chain of calls (:mod:`puretango.net`).
"""

from __future__ import annotations

import threading
from time import monotonic
from types import TracebackType

from puretango.errors import Except
from puretango.net import Step, own_step, present_step

SERIALIZATION_TIMEOUT = 3.2
"""Seconds that a request waits for another one before it gives up."""


class TangoMonitor:
    """A re-entrant lock; waiting too long for it raises API_CommandTimedOut.

    ``_lock`` is held while anybody is inside, ``_owner`` is the step that holds it, and
    ``_guests`` are the entries within: the owner's own second ones, and those of requests that
    the owner waits for. A guest enters when the innermost entry waits for it; so guests are
    inside one at a time too. ``_door`` guards the guests and is touched only where there are some.
    """

    __slots__ = ("_door", "_guests", "_lock", "_name", "_owner", "timeout")

    def __init__(self, name: str = "") -> None:
        self._lock = threading.Lock()
        self._owner: Step | None = None
        self._guests: list[Step] = []
        self._door = threading.Condition(threading.Lock())
        self._name = name
        self.timeout = SERIALIZATION_TIMEOUT

    def acquire(self, patience: float | None = None) -> None:
        """Enter, or fail after the time limit (in seconds; a negative one is none)."""
        step = present_step() or own_step()
        if self._lock.acquire(False):  # the usual case: nobody is inside
            self._owner = step
            return
        self._enter_busy(step, self.timeout if patience is None else patience)

    def _enter_busy(self, step: Step, patience: float) -> None:
        owner = self._owner
        if owner is not None and step.is_for(owner):
            entered = self._enter_as_guest(step, patience)
        else:
            entered = self._lock.acquire(timeout=max(patience, -1))
            if entered:
                self._owner = step
        if not entered:
            inside = self._owner
            Except.throw_exception(
                "API_CommandTimedOut",
                f"Thread {threading.get_ident()} is not able to acquire serialization monitor "
                f'"{self._name}",  it is currently held by thread '
                f"{None if inside is None else inside.thread}.",
                "TangoMonitor::get_monitor",
            )

    def _enter_as_guest(self, step: Step, patience: float) -> bool:
        """Enter within the owner; wait while another guest of its is inside."""
        deadline = monotonic() + patience if patience >= 0 else None
        with self._door:
            while True:
                owner = self._owner
                if owner is None or not step.is_for(owner):
                    break  # it has given up, and left
                innermost = self._guests[-1] if self._guests else owner
                if step.is_for(innermost):
                    self._guests.append(step)
                    if self._owner is owner:
                        return True
                    self._guests.pop()  # it has left just now
                    break
                left = None if deadline is None else deadline - monotonic()
                if not self._door.wait(left) and left is not None:
                    return False
        left = -1 if deadline is None else max(deadline - monotonic(), 0)
        if not self._lock.acquire(timeout=left):
            return False
        self._owner = step
        return True

    def release(self) -> None:
        """Leave: the innermost entry of this step."""
        if self._guests:
            self._leave_busy()
            return
        owner, self._owner = self._owner, None
        if not self._guests:
            self._lock.release()
            return
        self._owner = owner  # a guest came in at this very moment
        self._leave_busy()

    def _leave_busy(self) -> None:
        step = own_step()
        with self._door:
            guests = self._guests
            if step in guests:
                del guests[len(guests) - 1 - guests[::-1].index(step)]
            elif guests:
                # The owner has given up waiting, and leaves before its guest does.
                self._owner = guests.pop(0)
            else:
                self._owner = None
                self._lock.release()
            self._door.notify_all()

    def leave_wholly(self) -> int:
        """Leave as often as this step has entered; returns how often that was."""
        step = own_step()
        depth = self._guests.count(step) + (self._owner is step)
        for _ in range(depth):
            self.release()
        return depth

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

    def acquire(self, patience: float | None = None) -> None:
        """Return at once."""

    def release(self) -> None:
        """Do nothing: nothing has been acquired."""

    def leave_wholly(self) -> int:
        """Return 0: nobody is ever inside."""
        return 0


class AutoTangoMonitor:
    """``with AutoTangoMonitor(device):`` enters a device's monitor from the author's threads."""

    def __init__(self, device: object) -> None:
        self._monitor: TangoMonitor = device._tango.monitor  # type: ignore[attr-defined]  # every device has one; its class lives in a room above

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
        self._monitor: TangoMonitor = device._tango.monitor  # type: ignore[attr-defined]  # every device has one; its class lives in a room above
        self._depth = 0

    def __enter__(self) -> AutoTangoAllowThreads:
        self._depth = self._monitor.leave_wholly()
        return self

    def __exit__(self, *args: object) -> None:
        for _ in range(self._depth):
            self._monitor.acquire(-1)
        self._depth = 0
