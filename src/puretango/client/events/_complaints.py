"""Log lines about peers that send nonsense: once per peer and interval, however much they send."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

__all__ = ["Complaints"]

LOG = logging.getLogger("puretango.client.events")

INTERVAL = 60.0
"""Seconds between two lines about one peer."""

_MOST = 256
"""How many peers are remembered; with more than that, the oldest are logged again."""


class Complaints:
    """Logs a peer's nonsense, and how much of it was left out since the last line."""

    def __init__(
        self, interval: float = INTERVAL, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._interval = interval
        self._clock = clock
        self._told: dict[str, tuple[float, int]] = {}
        """Peer → when it was last logged, and how many messages were left out since."""

    def tell(self, peer: str, error: BaseException) -> None:
        """Log an error that a peer's message caused, unless another of the same peer was logged just now."""
        now = self._clock()
        when, left_out = self._told.get(peer, (float("-inf"), 0))
        if now - when < self._interval:
            self._told[peer] = (when, left_out + 1)
            return
        while len(self._told) >= _MOST:
            del self._told[next(iter(self._told))]
        self._told[peer] = (now, 0)
        more = f" ({left_out} more since the last line)" if left_out else ""
        LOG.error("%s sends what makes no sense%s: %s", peer, more, error)
