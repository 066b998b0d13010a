"""Watching attributes: the device's events where it sends them, reading in turn where not."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from puretango.bluesky.attributes import equal_values, unreachable
from puretango.errors import DevFailed
from puretango.values import EventReason, EventType

from ._link import Link

_logger = logging.getLogger("puretango.bluesky")

OnAnswer = Callable[[Any], None]
OnFailure = Callable[[DevFailed], None]


class Monitor:
    """The watch over one attribute of one device.

    ``on_answer`` gets a ``DeviceAttribute``: the present value at once, then each change.
    ``on_failure`` gets what went wrong; the watch goes on and recovers with the device.
    """

    def __init__(
        self,
        link: Link,
        attribute: str,
        on_answer: OnAnswer,
        on_failure: OnFailure,
        *,
        period: float = 0.5,
        events: bool = True,
    ) -> None:
        self.attribute = attribute
        self.by_events = False
        self._link = link
        self._on_answer = on_answer
        self._on_failure = on_failure
        self._period = period
        self._wants_events = events
        self._event_id: int | None = None
        self._last: tuple[Any, ...] | None = None
        self._stopped = False
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin; the first value or the first failure comes soon."""
        if self._wants_events:
            try:
                event_id = self._link.proxy.subscribe_event(
                    self.attribute, EventType.CHANGE_EVENT, self._on_event
                )
            except DevFailed as failure:
                if not unreachable(failure):
                    _logger.debug("%s sends no events: reading it in turn", self.attribute)
            else:
                with self._lock:
                    self._event_id, self.by_events = event_id, True
                    if self._stopped:
                        # By the first event, which comes before the subscription is known.
                        self._unsubscribe()
                return
        with self._lock:
            if not self._stopped:
                self._link.poller(self._period, Poller).add(self)

    def stop(self) -> None:
        """End: no call comes from a request made after this."""
        with self._lock:
            self._stopped = True
            if self._event_id is not None:
                self._unsubscribe()
            else:
                self._link.poller(self._period, Poller).remove(self)

    def _unsubscribe(self) -> None:
        event_id, self._event_id = self._event_id, None
        try:
            self._link.proxy.unsubscribe_event(event_id)
        except DevFailed as failure:
            _logger.debug("unsubscribing from %s: %s", self.attribute, failure)

    def _on_event(self, event: Any) -> None:
        if self._stopped:
            return
        if not event.err:
            self._on_answer(event.attr_value)
            return
        failure = DevFailed(*event.errors)
        if event.event_reason == EventReason.SubFail and not _silent(failure):
            # A server that was started anew refuses what it accepted before.
            name = f"tango-turn-{self.attribute}"
            threading.Thread(target=self._turn_to_polling, name=name, daemon=True).start()
        else:
            self._on_failure(failure)

    def _turn_to_polling(self) -> None:
        with self._lock:
            if self._stopped or not self.by_events:
                return
            self.by_events = False
            self._unsubscribe()
            self._link.poller(self._period, Poller).add(self)

    def polled(self, answer: Any) -> None:
        """An answer of the poller: passed on if it says something new."""
        if self._stopped:
            return
        if answer.has_failed:
            self.poll_failed(DevFailed(*answer.get_err_stack()))
            return
        now = ("value", answer.value, int(answer.quality))
        if not _same(now, self._last):
            self._last = now
            self._on_answer(answer)

    def poll_failed(self, failure: DevFailed) -> None:
        """A failure of the poller: passed on once."""
        now = ("failure", *(getattr(error, "reason", str(error)) for error in failure.args[:1]))
        if not self._stopped and now != self._last:
            self._last = now
            self._on_failure(failure)


def _silent(failure: DevFailed) -> bool:
    """Whether the server says nothing at all: it may yet send events again."""
    silence = any(getattr(error, "reason", "") == "API_EventTimeout" for error in failure.args)
    return silence or unreachable(failure)


def _same(now: tuple[Any, ...], last: tuple[Any, ...] | None) -> bool:
    if last is None or now[0] != last[0] or now[2] != last[2]:
        return False
    return equal_values(now[1], last[1])


class Poller:
    """Reads all watched attributes of one device together, once per period."""

    def __init__(self, link: Link, period: float) -> None:
        self._link = link
        self._period = period
        self._lock = threading.Lock()
        self._monitors: list[Monitor] = []
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, monitor: Monitor) -> None:
        """Read this one's attribute too, beginning now."""
        with self._lock:
            self._monitors.append(monitor)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="tango-poll", daemon=True)
                self._thread.start()
        self._wake.set()

    def remove(self, monitor: Monitor) -> None:
        """Stop reading this one's attribute."""
        with self._lock:
            if monitor in self._monitors:
                self._monitors.remove(monitor)
        self._wake.set()

    def _work(self) -> None:
        while True:
            with self._lock:
                monitors = list(self._monitors)
                if not monitors:
                    self._thread = None
                    return
                self._wake.clear()
            started = time.monotonic()
            self._poll(monitors)
            self._wake.wait(max(0.0, self._period - (time.monotonic() - started)))

    def _poll(self, monitors: list[Monitor]) -> None:
        names = list(dict.fromkeys(monitor.attribute for monitor in monitors))
        try:
            answers = dict(zip(names, self._link.proxy.read_attributes(names)))
        except DevFailed as failure:
            for monitor in monitors:
                monitor.poll_failed(failure)
            return
        for monitor in monitors:
            monitor.polled(answers[monitor.attribute])
