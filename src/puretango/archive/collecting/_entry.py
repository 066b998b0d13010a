"""One attribute of an archiver: its settings and its state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from puretango.archive.collecting._statistics import Counters
from puretango.archive.collecting._verbosity import RateGuard
from puretango.archive.sample import Gap, GapKind

if TYPE_CHECKING:
    from puretango.archive.sample import Generation, Row
    from puretango.hub import Sample
    from puretango.values import EventShape

__all__ = ["ALWAYS", "PAUSED", "STARTED", "STOPPED", "Entry", "Settings"]

ALWAYS = "ALWAYS"
STARTED, PAUSED, STOPPED = "Started", "Paused", "Stopped"
# How many samples are held of an attribute whose type is not known yet; a device that never gives it sends none.
HELD = 1000


@dataclass(frozen=True, slots=True)
class Settings:
    """How an attribute is archived.

    Attributes:
        strategy: Contexts in which it is archived: ``ALWAYS``, ``RUN``, …
        ttl: Hours for which its samples are kept; 0 for ever.
        poll_period: Seconds between readings if there are no events; None: never read it.
        max_rate: Samples per second over which the rate guard complains.
        period: Seconds within which an event is expected; 0: no event is expected.
    """

    strategy: tuple[str, ...] = (ALWAYS,)
    ttl: int = 0
    poll_period: float | None = None
    max_rate: float = 50.0
    period: float = 0.0

    def is_on_in(self, context: str) -> bool:
        """Whether it is archived in a context."""
        return ALWAYS in self.strategy or context.upper() in self.strategy


@dataclass(slots=True)
class Entry:
    """An attribute that an archiver knows.

    Attributes:
        name: Its full name.
        settings: How it is archived.
        state: Started, Paused or Stopped.
        generation: The generation that is written to; None until its type is known.
        shape: The shape of events of the generation's kind; None until one was checked.
        held: Samples that wait until its type is known.
        last: The last row taken.
        gap: The gap that is open now.
        error: Why there are no values; "" if there are.
        since: When it was started, seconds since 1970.
        heard: When the last sample came, or else when it was started, by `time.monotonic`; 0 before.
    """

    name: str
    settings: Settings
    state: str = STOPPED
    generation: Generation | None = None
    shape: EventShape | None = None
    held: list[Sample] = field(default_factory=list)
    asked: bool = False
    last: Row | None = None
    gap: Gap | None = None
    error: str = ""
    note: str = ""
    since: float = 0.0
    received: float = 0.0
    heard: float = 0.0
    subscribed: bool = False
    counters: Counters = field(default_factory=Counters)
    guard: RateGuard = field(default_factory=lambda: RateGuard(50.0))

    def open_gap(self, kind: str, start: int, text: str = "") -> Sequence[Gap]:
        """The gap rows to write when a gap of a kind begins; none if it is open already."""
        if self.gap is not None and (self.gap.kind, self.gap.text) == (kind, text):
            return ()
        rows = [*self.close_gap(start)]
        self.gap = Gap(self.name, kind, start, None, 0, text)
        rows.append(self.gap)
        return rows

    def close_gap(self, end: int) -> Sequence[Gap]:
        """The gap rows to write when there are values again."""
        if self.gap is None:
            return ()
        old, self.gap = self.gap, None
        return (Gap(old.name, old.kind, old.start, max(end, old.start), old.count, old.text),)

    def faulty(self, now: float, delay: float) -> str:
        """The fault at a time of `time.monotonic`; "" if there is none."""
        if self.state != STARTED:
            return ""
        if self.error:
            return self.error
        expected = self.settings.period
        if expected and now - self.heard > expected + delay:
            return f"Timeout: no event for {now - self.heard:.1f} s, one is expected each {expected:g} s"
        return ""


def error_kind(reason: str, how: str, lost: str) -> str:
    """The kind of gap of an error: whether the device answered with it, or did not answer."""
    unreachable = how == lost or reason in {"API_EventTimeout", "API_CorbaException"}
    return GapKind.DISCONNECTED if unreachable else GapKind.ERROR
