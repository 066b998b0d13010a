"""ophyd-async's signals for bluesky's suspenders, which only know classic ophyd's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from ophyd_async.core import SignalR

__all__ = ["SuspenderSignal"]


class _Subscription(NamedTuple):
    loop: asyncio.AbstractEventLoop
    take: Callable[[Any], None]
    teller: ThreadPoolExecutor


class SuspenderSignal:
    """``RE.install_suspender(SuspendFloor(SuspenderSignal(beam), 5))``.

    A suspender waits for the RunEngine's loop, on which the signal's values come; so a thread of
    its own passes them on.
    """

    def __init__(self, signal: SignalR[Any]) -> None:
        self.signal = signal
        self._last: Any = None
        self._subscriptions: dict[Any, _Subscription] = {}

    @property
    def name(self) -> str:
        """The signal's name."""
        return self.signal.name

    def get(self) -> Any:
        """The last value."""
        return self._last

    def subscribe(self, function: Any, *, event_type: Any = None, run: bool = True) -> None:
        """Call a suspender with every value, beginning with the present one."""
        teller = ThreadPoolExecutor(1, thread_name_prefix=f"suspender-{self.name}")

        def take(reading: Any) -> None:
            self._last = reading[self.name]["value"]
            teller.submit(function, self._last, timestamp=reading[self.name]["timestamp"])

        loop = function.RE.loop
        self._subscriptions[function] = _Subscription(loop, take, teller)
        loop.call_soon_threadsafe(self.signal.subscribe_reading, take)

    def clear_sub(self, function: Any) -> None:
        """Stop calling it."""
        subscription = self._subscriptions.pop(function, None)
        if subscription is not None:
            subscription.loop.call_soon_threadsafe(self.signal.clear_sub, subscription.take)
            subscription.teller.shutdown(wait=False, cancel_futures=True)
