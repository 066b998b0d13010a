"""Signals that monitor their attribute while there are subscribers."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from puretango.bluesky.attributes import (
    AttributeFacts,
    AttributeFailed,
    Sample,
    unreachable,
)
from puretango.errors import DevFailed

from ._connected import ConnectedSignal
from ._monitor import Monitor

_logger = logging.getLogger("puretango.bluesky")
#: Seconds that a put waits for slow subscribers.
_SETTLE = 1.0


class WatchedSignal(ConnectedSignal):
    """The part of a TangoSignal that has to do with subscriptions."""

    SUB_ERROR = "error"

    def take(self, answer: Any) -> Sample:
        """Take over a new value."""
        raise NotImplementedError

    def _start_unwatched(self, period: float, events: bool) -> None:
        self._polling_period = period
        self._wants_events = events
        self._monitor: Monitor | None = None
        self._monitor_lock = threading.RLock()

    def subscribe(
        self, callback: Callable[..., None], event_type: str | None = None, run: bool = True
    ) -> int:
        """Call back with the present value and then with each change.

        The attribute is monitored by the device's events if it sends them, and otherwise by polling. What
        goes wrong meanwhile reaches those subscribed to SUB_ERROR, and SUB_META as a loss of
        the connection.
        """
        self._alive()
        watching = event_type in (None, self.SUB_VALUE)
        # Without a monitor the remembered value may be old: a new monitor begins with a fresh one.
        fresh = run and not (watching and self._monitor is None)
        cid: int = super().subscribe(callback, event_type=event_type, run=fresh)
        if watching:
            self._watch()
        return cid

    def unsubscribe(self, cid: int) -> None:
        """End one subscription; monitoring ends with the last."""
        super().unsubscribe(cid)
        if not self._callbacks[self.SUB_VALUE]:
            self._unwatch()

    def unsubscribe_all(self) -> None:
        """End every subscription."""
        super().unsubscribe_all()
        self._unwatch()

    @property
    def monitored(self) -> str | None:
        """How the attribute is monitored now: "events", "polling", or None."""
        monitor = self._monitor
        if monitor is None:
            return None
        return "events" if monitor.by_events else "polling"

    def _watch(self) -> None:
        with self._monitor_lock:
            if self._monitor is not None:
                return
            self._monitor = Monitor(
                self._link,
                self.attribute,
                self._on_answer,
                self._on_failure,
                period=self._polling_period,
                events=self._wants_events,
                on_configuration=self._on_configuration,
            )
            monitor = self._monitor
        monitor.start()

    def _unwatch(self) -> None:
        with self._monitor_lock:
            monitor, self._monitor = self._monitor, None
        if monitor is not None:
            monitor.stop()

    @property
    def _configured_by_events(self) -> bool:
        monitor = self._monitor
        return monitor is not None and monitor.configured_by_events

    def _on_configuration(self, info: Any) -> None:
        self._metadata_thread_ctx.run(self._tell_configuration, info)

    def _tell_configuration(self, info: Any) -> None:
        facts = AttributeFacts.from_configuration(info)
        if self._monitor is not None and facts != self._facts:
            self.learn(facts)
            self._run_metadata_callbacks()

    def _told(self) -> None:
        """Wait until the values that this device's monitors have found have reached their subscribers."""
        waits = [self._metadata_thread_ctx, self._dispatcher.get_thread_context("monitor")]
        for context in waits:
            context.settle(_SETTLE)

    def _on_answer(self, answer: Any) -> None:
        self._metadata_thread_ctx.run(self._tell, answer)

    def _on_failure(self, failure: DevFailed) -> None:
        self._metadata_thread_ctx.run(self._tell_failure, failure)

    def _tell(self, answer: Any) -> None:
        if self._monitor is None:
            return
        try:
            old = self._readback
            found = self.take(answer)
        except DevFailed as failure:
            self._tell_failure(failure)
            return
        self._run_subs(
            sub_type=self.SUB_VALUE,
            old_value=old,
            value=found.value,
            timestamp=found.timestamp,
            severity=found.severity,
            status=found.message or None,
        )

    def _tell_failure(self, failure: DevFailed) -> None:
        if self._monitor is None:
            return
        named = AttributeFailed.from_failure(self.trl, failure)
        _logger.warning("watching %s", named)
        self._metadata.update(severity=-1, status=str(named))
        if unreachable(failure) or _lost(failure):
            self._metadata["connected"] = False
        self._run_metadata_callbacks()
        self._run_subs(sub_type=self.SUB_ERROR, error=named)


def _lost(failure: DevFailed) -> bool:
    return any(getattr(error, "reason", "") == "API_EventTimeout" for error in failure.args)
