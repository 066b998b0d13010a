"""How long the sending of events takes, measured on request."""

from __future__ import annotations

from collections import deque

SAMPLES = 256


class EventSamples:
    """Samples of the last events, taken while EnableEventSystemPerfMon says so."""

    def __init__(self) -> None:
        self._samples: deque[dict[str, int | None]] | None = None
        self._sent_at: float | None = None

    @property
    def enabled(self) -> bool:
        """True while samples are taken."""
        return self._samples is not None

    def enable(self, enabled: bool) -> None:
        """Start or stop taking samples."""
        self._samples = deque(maxlen=SAMPLES) if enabled else None

    def add(self, started: float, ended: float) -> None:
        """An event has been sent."""
        samples = self._samples
        if samples is not None:
            before = self._sent_at
            since = None if before is None else int((started - before) * 1e6)
            took = int((ended - started) * 1e6)
            samples.append({"micros_since_last_event": since, "push_event_micros": took})
        self._sent_at = started

    def take(self) -> list[dict[str, int | None]] | None:
        """The samples since the last time; None if none are taken."""
        if self._samples is None:
            return None
        found = list(self._samples)
        self._samples.clear()
        return found
