"""The connections of one event loop, closed in time when the loop shuts down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

from puretango.net import AsyncConnectionPool
from puretango.values import unzeroed

__all__ = ["LoopKeeper", "LoopPool"]


class LoopPool(AsyncConnectionPool):
    """A pool that its loop closes at the end."""

    def __init__(self, keeper: LoopKeeper) -> None:
        super().__init__(allocate=unzeroed)
        self.watched = False
        self._keeper = keeper

    async def watch(self) -> None:
        """Be closed when the loop shuts down; to be awaited on the loop."""
        self.watched = True
        await self._keeper.start()


class LoopKeeper:
    """Holds a loop's pool.

    A loop that shuts down in order closes the asynchronous generators that ran on it: one that
    waits for that moment closes the connections while the loop still runs.
    """

    def __init__(
        self,
        of_loops: dict[asyncio.AbstractEventLoop, LoopKeeper],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        for old in list(of_loops):  # of other threads, too
            if old.is_closed():
                of_loops.pop(old, None)
        self.loop = loop
        self.pool = LoopPool(self)
        self._of_loops = of_loops
        self._watch: AsyncGenerator[None, None] | None = None

    async def start(self) -> None:
        """Wait, as a generator does, for the loop to shut down."""
        self._watch = self._until_shutdown()
        await anext(self._watch)

    async def _until_shutdown(self) -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            # Known until the end: a call that fails now must find it, and not connect again.
            await self.pool.aclose()
            if self._of_loops.get(self.loop) is self:
                del self._of_loops[self.loop]

    def close(self) -> None:
        """Close the connections from anywhere."""
        self._of_loops.pop(self.loop, None)
        if self.loop.is_closed():
            return
        if self.loop.is_running():
            with suppress(RuntimeError):  # it has ended meanwhile
                self.loop.call_soon_threadsafe(self.pool.close)
            return
        if asyncio._get_running_loop() is not None:
            self.pool.close()  # nobody can wait here, where another loop runs
            return
        if self._watch is not None:
            self.loop.run_until_complete(self._watch.aclose())
