"""The event loop of a server with asyncio devices, in a thread of its own or the user's."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable, Coroutine
from typing import Any


class _Exit(Exception):
    """Carries an exception that would end the loop to the caller that asked for the coroutine."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(str(error))
        self.error = error


async def _kept(coroutine: Coroutine[Any, Any, Any]) -> Any:
    try:
        return await coroutine
    except (SystemExit, KeyboardInterrupt) as error:
        raise _Exit(error) from error


class LoopThread:
    """Runs coroutines on a loop from any thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._owned = loop is None
        self.loop = loop if loop is not None else asyncio.new_event_loop()
        self._thread: threading.Thread | None = None
        self._ident: int | None = None if self._owned else threading.get_ident()

    def start(self, at_start: Callable[[], None]) -> None:
        """Start the loop's thread, if the loop is not the user's."""
        if not self._owned:
            return
        ready = threading.Event()

        def run() -> None:
            asyncio.set_event_loop(self.loop)
            self._ident = threading.get_ident()
            at_start()
            self.loop.call_soon(ready.set)
            try:
                self.loop.run_forever()
            finally:
                self._drain()

        self._thread = threading.Thread(target=run, name="puretango-loop", daemon=True)
        self._thread.start()
        ready.wait()

    def _drain(self) -> None:
        tasks = asyncio.all_tasks(self.loop)
        for task in tasks:
            task.cancel()
        if tasks:
            self.loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        asyncio.set_event_loop(None)
        self.loop.close()

    @property
    def is_current(self) -> bool:
        """True in the loop's own thread."""
        return self._ident == threading.get_ident()

    def run(self, coroutine: Coroutine[Any, Any, Any], timeout: float | None = None) -> Any:
        """Run a coroutine on the loop and wait for it; never from the loop's own thread."""
        if self.is_current:
            coroutine.close()
            raise RuntimeError("the event loop cannot wait for itself: use await")
        try:
            return self.submit(coroutine).result(timeout)
        except _Exit as left:
            raise left.error from None

    def submit(self, coroutine: Coroutine[Any, Any, Any]) -> concurrent.futures.Future[Any]:
        """Run a coroutine on the loop, without waiting."""
        return asyncio.run_coroutine_threadsafe(_kept(coroutine), self.loop)

    def stop(self) -> None:
        """Stop the loop and its thread, if they are the server's own."""
        if not self._owned or self._thread is None:
            if self._owned and not self.loop.is_closed():
                self.loop.close()
            return
        self.loop.call_soon_threadsafe(self.loop.stop)
        if not self.is_current:
            self._thread.join()
        self._thread = None
