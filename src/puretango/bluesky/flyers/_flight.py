"""One flight of a busy-flag controller, from the put of Busy to Done."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from ophyd.device import Staged

from puretango.bluesky.rules import Course, FlightError
from puretango.bluesky.statuses import ProgressStatus, ReasonedDeviceStatus

__all__ = ["Flight", "connect_all", "leave_staged"]


def connect_all(device: Any, timeout: float) -> None:
    """Connect the device's signals one after the other, within `timeout` all together.

    ophyd's own method polls each of them every 50 ms, which adds up.
    """
    deadline = time.monotonic() + timeout
    for signal in [getattr(device, name) for name in device.component_names]:
        signal.wait_for_connection(timeout=max(0.01, deadline - time.monotonic()))


def leave_staged(device: Any, steps: Iterable[Callable[[], Any]]) -> None:
    """Run every step of an unstage, and raise the first error only at the end.

    A device whose server died cannot be restored; but it is not staged either,
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

    Its `Course` decides when it is over. Monitor callbacks merely wake this
    thread up; none of them is relied on. A caller that flies often keeps one subscription of
    its own (`subscribe=False`) and calls `wake`.
    """

    def __init__(
        self,
        device: Any,
        flag: Any,
        *,
        busy_value: Any,
        done_value: Any,
        start_timeout: float,
        timeout: float | None,
        poll_interval: float,
        failed: Callable[[], str | None],
        subscribe: bool = True,
        report: Callable[[], None] = lambda: None,
    ) -> None:
        self.began = time.time()
        self.started = ReasonedDeviceStatus(device, call_stop_on_failure=False)
        self.over = ProgressStatus(device, unit="points", call_stop_on_failure=False)
        self._report = report
        self._flag = flag
        self._busy_value, self._done_value = busy_value, done_value
        self._course = Course(
            flag.name, start_timeout=start_timeout, timeout=timeout, poll_interval=poll_interval
        )
        self._failed = failed
        self._subscribe = subscribe
        #: Whether the controller was told to be busy.
        self.sent = False
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._fly, name=f"flight-{device.name}", daemon=True)

    def start(self) -> None:
        """Start the flight."""
        self._thread.start()

    @property
    def done(self) -> bool:
        """Whether the flight is over, well or not."""
        return bool(self.over.done)

    @property
    def told_to_end(self) -> bool:
        """Whether the controller has been told to stop."""
        return self._course.told_to_end

    def end(self, reason: str | None) -> None:
        """Note that the controller has been told to stop: the flight finishes when it has.

        With a reason the flight counts as failed, without one as a success.
        """
        self._course.end(reason)
        self._wake.set()

    def hold(self, held: bool) -> None:
        """Hold the flight, or let it go on: time on hold does not count towards the timeout."""
        self._course.hold(held, time.monotonic())

    def join(self, timeout: float | None = None) -> None:
        """Wait for the thread."""
        if self._thread is not threading.current_thread():
            self._thread.join(timeout)

    # -- the thread
    def _fly(self) -> None:
        subscriptions = []
        try:
            if not self._course.may_begin(self._read()):
                self._finish(self._course.outcome(None))
                return
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
            # A flight that was told to end early need not have done everything.
            ended = self._course.told_to_end
            outcome = self._course.outcome(None if ended else self._failed())
        except Exception as error:  # noqa: BLE001 - whatever it is, it goes into the statuses
            self._leave_at_rest()
            self._finish(error)
        else:
            self._finish(outcome)
        finally:
            for subscription in subscriptions:
                with contextlib.suppress(Exception):
                    self._flag.unsubscribe(subscription)

    def _watch(self) -> None:
        course = self._course
        while True:
            accepted = course.accepted
            if course.look(self._read(), accepted=accepted, now=time.monotonic()):
                return
            if course.stop_again():
                self._flag.put(self._done_value, wait=False)
            if course.begun:
                self._finish_started(None)
                # Progress is only shown: a failure here does not matter, since the flag says when the flight is over.
                with contextlib.suppress(Exception):
                    self._report()
            self._wake.wait(course.pause())
            self._wake.clear()

    def _read(self) -> Any:
        # An explicit request to the device, never a cached monitor value.
        return self._flag.get(use_monitor=False)

    def wake(self, **_: Any) -> None:
        """Check the flag now: it may have changed."""
        self._wake.set()

    def _carried_out(self, *_: Any, **__: Any) -> None:
        self._course.accepted = True
        self._wake.set()

    def _refused(self, error: BaseException | None = None, **_: Any) -> None:
        self._course.refusal = error or FlightError(f"{self._flag.name} refused to become busy")
        self._wake.set()

    def _leave_at_rest(self) -> None:
        # After a timeout the controller is still busy. This comes before the statuses are
        # done: a caller that gets the failure may start again at once.
        if self.sent:
            with contextlib.suppress(Exception):
                self._flag.put(self._done_value, wait=False)

    def _finish_started(self, error: BaseException | None) -> None:
        if not self.started.done:
            _set(self.started, error)

    def _finish(self, error: BaseException | None) -> None:
        self._finish_started(error)
        _set(self.over, error)


def _set(status: ReasonedDeviceStatus, error: BaseException | None) -> None:
    if error is None:
        status.set_finished()
    else:
        status.set_exception(error)
