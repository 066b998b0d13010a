"""The rate guard: it finds attributes that send too many events, and the threshold that would help."""

from __future__ import annotations

from statistics import median

from puretango.archive.sample import Cell

__all__ = ["RateGuard"]

_WINDOW = 10.0  # seconds
_KEPT = 64  # steps between samples, from which noise is estimated; kept small, for many thousand attributes
_NOISE = 0.6745 * 2**0.5  # median of the steps of white noise, in its sigmas


class RateGuard:
    """Watches one attribute's rate.

    Attributes:
        rate: Samples per second over the last ten seconds that were over.
    """

    __slots__ = ("_begin", "_count", "_last", "_steps", "limit", "rate")

    def __init__(self, limit: float) -> None:
        """Warn above `limit` samples per second."""
        self.limit = limit
        self.rate = 0.0
        self._begin = 0.0
        self._count = 0
        self._last: float | None = None
        self._steps: list[float] = []

    def take(self, now: float, cell: Cell) -> bool:
        """A sample came; True if it has just become clear that there are too many."""
        if now - self._begin >= _WINDOW or now < self._begin:
            before = self.rate
            self.rate = self._count / _WINDOW if now - self._begin < 2 * _WINDOW else 0.0
            self._begin, self._count = now, 0
            new = before <= self.limit < self.rate
        else:
            new = False
        self._count += 1
        if isinstance(cell, (int, float)):
            if self._last is not None and len(self._steps) < _KEPT:
                self._steps.append(abs(cell - self._last))
            elif self._last is not None:
                self._steps[self._count % _KEPT] = abs(cell - self._last)
            self._last = cell
        return new

    @property
    def is_verbose(self) -> bool:
        """Whether there were too many."""
        return self.rate > self.limit

    def threshold(self) -> float | None:
        """An archive_abs_change that no longer lets noise through: three sigmas of it; None if unknown."""
        if len(self._steps) < 16:
            return None
        sigma = median(self._steps) / _NOISE
        return float(f"{3 * sigma:.2g}") if sigma > 0 else None

    def advice(self) -> str:
        """The advice to users, "" if the rate is sensible."""
        if not self.is_verbose:
            return ""
        told = f"{self.rate:.1f} events/s, more than {self.limit:g}"
        threshold = self.threshold()
        if threshold is None:
            return f"{told}: set archive_abs_change or archive_period"
        return f"{told}: archive_abs_change = {threshold:g} would be three sigmas of its noise"
