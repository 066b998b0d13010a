"""One flight of a busy-flag controller, from the put of Busy to Done."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from ophyd.device import Staged
from ophyd.status import DeviceStatus

__all__ = ["Flight", "FlightError", "connect_all", "is_busy", "leave_staged"]

#: Labels that mean busy, wherever the flag is read as a string.
_BUSY_LABELS = frozenset({"busy", "1", "true", "on", "moving", "running"})


class FlightError(RuntimeError):
    """A fly scan that did not start, did not end, or was stopped."""


def is_busy(value: Any) -> bool:
    """Whether a busy flag of any control layer (number, bool, label) says busy."""
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if isinstance(value, str):
        return value.strip().lower() in _BUSY_LABELS
    return bool(value)


def connect_all(device: Any, timeout: float) -> None:
    """Connect the device's signals one after the other, within `timeout` all together.

    ophyd's own way looks at them in turn every 50 ms, which adds up.
    """
    deadline = time.monotonic() + timeout
    for signal in [getattr(device, name) for name in device.component_names]:
        signal.wait_for_connection(timeout=max(0.01, deadline - time.monotonic()))


def leave_staged(device: Any, steps: Iterable[Callable[[], Any]]) -> None:
    """Run every step of an unstage, and raise the first error only at the end.

    A device whose server died cannot be put back; but it is not staged either,
    and can be staged again when the server is there again.
    """
    first: Exception | None = None
    for step in steps:
        try:
            step()
        except Exception as error:  # noqa: BLE001 - raised below, when all steps were tried
            first = first or error
    if first is not None:
        device._original_vals.clear()
        device._staged = Staged.no
        raise first


class Flight:
    """Drives one flight in a thread and finishes two statuses: started, and over.

    A flag that still says Done after the put may be the old Done. So Done
    counts only when it is read afresh *after* Busy was seen, or after the
    control layer has reported the put as carried out: a Tango server has then
    set the flag, and a busy record has then even cleared it again. Monitor
    callbacks merely wake this thread up; none of them is believed. Who flies
    often keeps one subscription of his own (`subscribe=False`) and calls `wake`.
    """

    def __init__(
        self,
        device: Any,
        flag: Any,
        *,
        busy_value: Any,
        start_timeout: float,
        timeout: float | None,
        poll_interval: float,
        failed: Callable[[], str | None],
        subscribe: bool = True,
    ) -> None:
        self.began = time.time()
        self.started = DeviceStatus(device, call_stop_on_failure=False)
        self.over = DeviceStatus(device, call_stop_on_failure=False)
        self._flag = flag
        self._busy_value = busy_value
        self._start_timeout = start_timeout
        self._timeout = timeout
        self._poll_interval = poll_interval
        self._failed = failed
        self._subscribe = subscribe
        #: Whether the controller was told to be busy.
        self.sent = False
        self._held = 0.0
        self._held_since: float | None = None
        self._seen_busy = False
        self._accepted = False
        self._refusal: BaseException | None = None
        self._stop_reason: str | None = None
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._fly, name=f"flight-{device.name}", daemon=True)

    def start(self) -> None:
        """Set off."""
        self._thread.start()

    @property
    def done(self) -> bool:
        """Whether the flight is over, one way or the other."""
        return bool(self.over.done)

    def end(self, reason: str | None) -> None:
        """The controller has been told to stop: finish when it has.

        With a reason the flight counts as failed, without as a success.
        """
        if self._stop_reason is None:
            self._stop_reason = reason or ""
        self._wake.set()

    def hold(self, held: bool) -> None:
        """Time on hold does not count towards the timeout."""
        now = time.monotonic()
        if held and self._held_since is None:
            self._held_since = now
        elif not held and self._held_since is not None:
            self._held += now - self._held_since
            self._held_since = None

    def join(self, timeout: float | None = None) -> None:
        """Wait for the thread."""
        if self._thread is not threading.current_thread():
            self._thread.join(timeout)

    # -- the thread
    def _fly(self) -> None:
        subscriptions = []
        try:
            if is_busy(self._read()):
                raise FlightError(f"{self._flag.name} is busy already")
            if self._subscribe:
                subscriptions.append(self._flag.subscribe(self.wake, run=False))
            error_event = getattr(self._flag, "SUB_ERROR", None)
            if error_event is not None:
                subscriptions.append(
                    self._flag.subscribe(self._refused, event_type=error_event, run=False)
                )
            self.sent = True
            self._flag.put(self._busy_value, wait=False, callback=self._carried_out)
            self._watch()
        except Exception as error:  # noqa: BLE001 - whatever it is, it goes into the statuses
            self._finish(error)
        else:
            reason = self._failed()
            if self._stop_reason:
                self._finish(FlightError(self._stop_reason))
            elif reason and self._stop_reason is None:
                self._finish(FlightError(reason))
            else:
                self._finish(None)
        finally:
            for subscription in subscriptions:
                with contextlib.suppress(Exception):
                    self._flag.unsubscribe(subscription)

    def _watch(self) -> None:
        began = time.monotonic()
        # Short flights are looked at often, long ones less and less.
        pause = min(0.002, self._poll_interval)
        while True:
            carried_out = self._accepted
            busy = is_busy(self._read())
            elapsed = time.monotonic() - began
            if busy:
                self._seen_busy = True
                self._finish_started(None)
            elif self._seen_busy or carried_out or self._stop_reason is not None:
                return
            elif self._refusal is not None:
                raise self._refusal
            elif elapsed > self._start_timeout:
                raise FlightError(
                    f"{self._flag.name} did not become busy within {self._start_timeout} s"
                )
            if self._timeout is not None and self._held_since is None:
                flown = elapsed - self._held
                if flown > self._timeout:
                    raise FlightError(f"{self._flag.name} is busy after {self._timeout} s still")
            self._wake.wait(pause)
            self._wake.clear()
            pause = min(2 * pause, self._poll_interval)

    def _read(self) -> Any:
        # An explicit request to the device, never a cached monitor value.
        return self._flag.get(use_monitor=False)

    def wake(self, **_: Any) -> None:
        """Look at the flag again now: it may have changed."""
        self._wake.set()

    def _carried_out(self, *_: Any, **__: Any) -> None:
        self._accepted = True
        self._wake.set()

    def _refused(self, error: BaseException | None = None, **_: Any) -> None:
        self._refusal = error or FlightError(f"{self._flag.name} refused to become busy")
        self._wake.set()

    def _finish_started(self, error: BaseException | None) -> None:
        if not self.started.done:
            _set(self.started, error)

    def _finish(self, error: BaseException | None) -> None:
        self._finish_started(error)
        _set(self.over, error)


def _set(status: DeviceStatus, error: BaseException | None) -> None:
    if error is None:
        status.set_finished()
    else:
        status.set_exception(error)
