"""The time by which samples are too old: a clock that jumps forwards is not followed at once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["SteadyClock"]

_DRIFT = 60.0
"""An advance of up to so many seconds between two reads is not a jump."""
_DAY = 86_400.0


class SteadyClock:
    """A clock that follows another one, but a jump forwards only after a day.

    Deleted samples are gone: a wrong clock (a machine that has just been switched on, a mistaken
    time server) can be corrected within a day.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        known: float | None = None,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make a clock.

        Args:
            clock: Seconds since 1970, which may jump.
            known: A time that was right once; seconds since 1970.
            steady: Seconds, which only grow.
        """
        self._clock, self._steady = clock, steady
        now = clock()
        self._offset = (now if known is None else min(now, known)) - steady()
        self._ahead_since: float | None = None

    def __call__(self) -> float:
        """Seconds since 1970."""
        steady = self._steady()
        offset = self._clock() - steady
        if offset <= self._offset + _DRIFT:
            self._offset, self._ahead_since = offset, None
        elif self._ahead_since is None:
            self._ahead_since = steady
        elif steady - self._ahead_since >= _DAY:
            self._offset, self._ahead_since = offset, None
        return steady + self._offset
