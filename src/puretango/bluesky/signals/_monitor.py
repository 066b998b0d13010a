"""Monitoring attributes: by the device's events if it sends them, otherwise by polling."""

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

#: Seconds until a poller reads again after a write; each pause after that is twice as long.
_SOON = 0.02

OnAnswer = Callable[[Any], None]
OnFailure = Callable[[DevFailed], None]


class Monitor:
    """The monitor of one attribute of one device.

    ``on_answer`` gets a ``DeviceAttribute``: the present value at once, then each change.
    ``on_failure`` gets a failure; monitoring goes on and recovers with the device.
    ``on_configuration`` gets the ``AttributeInfoEx`` when it changes, if the server sends that event.
    After a write the attribute is read: the value is never older than the last write.
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
        on_configuration: Callable[[Any], None] | None = None,
    ) -> None:
        self.attribute = attribute
        #: Whether the server sends events of configuration changes.
        self.configured_by_events = False
        self._on_configuration = on_configuration
        self._configuration_id: int | None = None
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
        self._link.watches.add(self)
        self._start_values()
        if self._wants_events and self._on_configuration is not None and not self._stopped:
            self._watch_configuration()

    def _start_values(self) -> None:
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
                        # Stopped by the callback of the first event, which comes before the subscription's id is known.
                        self._unsubscribe()
                return
        with self._lock:
            if not self._stopped:
                self._link.poller(self._period, Poller).add(self)

    def _watch_configuration(self) -> None:
        try:
            event_id = self._link.proxy.subscribe_event(
                self.attribute, EventType.ATTR_CONF_EVENT, self._on_configuration_event
            )
        except DevFailed as failure:
            _logger.debug("%s does not tell its configuration: %s", self.attribute, failure)
            return
        with self._lock:
            self._configuration_id, self.configured_by_events = event_id, True
            if self._stopped:
                self._unsubscribe_configuration()

    def _on_configuration_event(self, event: Any) -> None:
        # A server that died sends no change of configuration; the next stage or connection reads it.
        self.configured_by_events = not event.err
        if not self._stopped and not event.err and self._on_configuration is not None:
            self._on_configuration(event.attr_conf)

    def written(self, attribute: str) -> None:
        """After a write of the device: read again what is polled, and this attribute if it was written."""
        if self._stopped:
            return
        if not self.by_events:
            self._link.poller(self._period, Poller).look_now()
        elif attribute.lower() == self.attribute.lower():
            try:
                self.polled(self._link.proxy.read_attribute(attribute))
            except DevFailed as failure:
                self.poll_failed(failure)

    def stop(self) -> None:
        """End: no request is made after this."""
        self._link.watches.discard(self)
        with self._lock:
            self._stopped = True
            if self._configuration_id is not None:
                self._unsubscribe_configuration()
            if self._event_id is not None:
                self._unsubscribe()
            else:
                self._link.poller(self._period, Poller).remove(self)

    def _unsubscribe(self) -> None:
        event_id, self._event_id = self._event_id, None
        self._end(event_id)

    def _unsubscribe_configuration(self) -> None:
        event_id, self._configuration_id = self._configuration_id, None
        self._end(event_id)

    def _end(self, event_id: int | None) -> None:
        try:
            self._link.proxy.unsubscribe_event(event_id)
        except DevFailed as failure:
            _logger.debug("unsubscribing from %s: %s", self.attribute, failure)

    def _on_event(self, event: Any) -> None:
        if self._stopped:
            return
        if not event.err:
            answer = event.attr_value
            self._last = ("value", answer.value, int(answer.quality))
            self._on_answer(answer)
            return
        failure = DevFailed(*event.errors)
        if event.event_reason == EventReason.SubFail and not _silent(failure):
            # A restarted server refuses the subscription that it accepted before.
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
        """An answer of the poller: passed on if the value has changed."""
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
    """Whether the server does not answer at all: it may send events again later."""
    silence = any(getattr(error, "reason", "") == "API_EventTimeout" for error in failure.args)
    return silence or unreachable(failure)


def _same(now: tuple[Any, ...], last: tuple[Any, ...] | None) -> bool:
    if last is None or now[0] != last[0] or now[2] != last[2]:
        return False
    return equal_values(now[1], last[1])


class Poller:
    """Reads all polled attributes of one device together, once per period.

    After a write it reads at once, and then soon again: what a write begins may be over soon.
    """

    def __init__(self, link: Link, period: float) -> None:
        self._link = link
        self._period = period
        self._lock = threading.Lock()
        self._monitors: list[Monitor] = []
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        #: Held from a request until its answers are delivered, so that no older answer follows a newer one.
        self._turn = threading.RLock()
        self._pause = period

    def look_now(self) -> None:
        """Read now, in this thread, and more often for a while."""
        with self._lock:
            monitors = list(self._monitors)
        self._poll(monitors)
        self._pause = min(_SOON, self._period)
        self._wake.set()

    def add(self, monitor: Monitor) -> None:
        """Read this monitor's attribute too, beginning now."""
        with self._lock:
            self._monitors.append(monitor)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="tango-poll", daemon=True)
                self._thread.start()
        self._wake.set()

    def remove(self, monitor: Monitor) -> None:
        """Stop reading this monitor's attribute."""
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
            pause, self._pause = self._pause, min(2 * self._pause, self._period)
            self._wake.wait(max(0.0, pause - (time.monotonic() - started)))

    def _poll(self, monitors: list[Monitor]) -> None:
        with self._turn:
            self._read_all(monitors)

    def _read_all(self, monitors: list[Monitor]) -> None:
        names = list(dict.fromkeys(monitor.attribute for monitor in monitors))
        try:
            answers = dict(zip(names, self._link.read_many(names)))
        except DevFailed as failure:
            for monitor in monitors:
                monitor.poll_failed(failure)
            return
        for monitor in monitors:
            monitor.polled(answers[monitor.attribute])
