"""A limit for attempts to connect: so many a second in all, with pauses of different lengths.

After a facility's restart all its devices are missing at once. Without a limit each would be tried as soon as
its pause is over, all in step, and the database and the network would get hundreds of requests at one moment.
"""

from __future__ import annotations

import asyncio
import random

__all__ = ["Budget"]

_FIRST, _LONGEST = 0.5, 3.0
"""Seconds before a second attempt, doubled with each failure, and their maximum."""


class Budget:
    """The attempts to connect of one hub.

    Attributes:
        attempts: How many have been made.
    """

    def __init__(self, rate: float = 200.0, burst: int = 100) -> None:
        """Make a budget.

        Args:
            rate: Attempts a second.
            burst: Attempts that may be made at once after a quiet time.
        """
        if rate <= 0 or burst < 1:
            raise ValueError(f"{rate} attempts a second, {burst} at once: nothing would connect")
        self._step = 1 / rate
        self._ahead = (burst - 1) / rate
        self._next = float("-inf")
        self.attempts = 0

    async def attempt(self) -> None:
        """Wait for the turn of an attempt; first come, first served."""
        now = asyncio.get_running_loop().time()
        turn = self._next = max(self._next + self._step, now - self._ahead)
        if turn > now:
            await asyncio.sleep(turn - now)
        self.attempts += 1

    @staticmethod
    def pause(failures: int) -> float:
        """Seconds to wait after so many failures in a row: longer each time, and random, so that no two are alike."""
        longest = min(_LONGEST, _FIRST * 2.0 ** min(failures, 16))
        return random.uniform(longest / 2, longest)
