"""Counters: the statistics of HDB++'s event subscriber, for each attribute and for all together."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Counters", "Spans", "Totals"]


@dataclass(slots=True)
class Spans:
    """Durations: the smallest, the largest and the mean, in seconds."""

    low: float = -1.0
    high: float = -1.0
    total: float = 0.0
    count: int = 0

    def add(self, seconds: float, count: int = 1) -> None:
        """Note a duration, of so many samples."""
        self.low = seconds if self.low < 0 else min(self.low, seconds)
        self.high = max(self.high, seconds)
        self.total += seconds * count
        self.count += count

    @property
    def mean(self) -> float:
        """The mean; 0 if there is none."""
        return self.total / self.count if self.count else 0.0


@dataclass(slots=True)
class Counters:
    """Counters of one attribute. Times are seconds since 1970, 0 for never."""

    ok: int = 0
    nok: int = 0
    failed_writes: int = 0
    duplicates: int = 0
    lost: int = 0
    last_ok: float = 0.0
    last_nok: float = 0.0
    last_failed_write: float = 0.0
    stored: Spans = field(default_factory=Spans)
    processed: Spans = field(default_factory=Spans)
    # The last whole window's counts, and those of the window that is running.
    ok_window: int = 0
    nok_window: int = 0
    ok_running: int = 0
    nok_running: int = 0

    def turn_window(self) -> None:
        """Begin the next window."""
        self.ok_window, self.ok_running = self.ok_running, 0
        self.nok_window, self.nok_running = self.nok_running, 0


@dataclass(slots=True)
class Totals:
    """Counters of all attributes."""

    stored: Spans = field(default_factory=Spans)
    processed: Spans = field(default_factory=Spans)
    most_pending: int = 0
    reset_at: float = 0.0
