"""One flight of a busy-flag controller on asyncio, from the set of Busy to Done."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import Any

from ophyd_async.core import SignalRW

from puretango.bluesky.rules import Course

__all__ = ["Flight"]


class Flight:
    """Drives one flight in a task and completes two futures: started, and over.

    Its `Course` decides when it is over. Readings that the flag sends by itself merely wake
    this task up; none of them is relied on.
    """

    def __init__(
        self,
        name: str,
        flag: SignalRW[Any],
        *,
        busy_value: Any,
        done_value: Any,
        start_timeout: float,
        timeout: float | None,
        poll_interval: float,
        failed: Callable[[], Awaitable[str | None]],
        subscribe: bool = True,
    ) -> None:
        loop = asyncio.get_running_loop()
        self.began = time.time()
        self.started: asyncio.Future[None] = loop.create_future()
        self.over: asyncio.Future[None] = loop.create_future()
        #: Whether the controller was told to be busy.
        self.sent = False
        self._course = Course(
            flag.name or name,
            start_timeout=start_timeout,
            timeout=timeout,
            poll_interval=poll_interval,
        )
        self._flag = flag
        self._busy_value, self._done_value = busy_value, done_value
        self._failed = failed
        self._subscribe = subscribe
        self._wake = asyncio.Event()
        self._put: asyncio.Task[None] | None = None
        for future in (self.started, self.over):
            # Avoids asyncio's warning about exceptions that nobody asks for.
            future.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._task = loop.create_task(self._fly(), name=f"flight-{name}")

    @property
    def done(self) -> bool:
        """Whether the flight is over, well or not."""
        return self.over.done()

    @property
    def told_to_end(self) -> bool:
        """Whether the controller has been told to stop."""
        return self._course.told_to_end

    def end(self, reason: str | None) -> None:
        """Note that the controller has been told to stop: the flight finishes when it has.

        With a reason the flight counts as failed, without one as a success.
        """
        self._course.end(reason)
        self._wake.set()

    def hold(self, held: bool) -> None:
        """Hold the flight, or let it go on: time on hold does not count towards the timeout."""
        self._course.hold(held, time.monotonic())

    async def join(self, timeout: float | None = None) -> None:
        """Wait for the end, `timeout` seconds at most."""
        await asyncio.wait({self.over}, timeout=timeout)

    def wake(self, *_: Any) -> None:
        """Check the flag now: it may have changed."""
        self._wake.set()

    # -- the task
    async def _fly(self) -> None:
        try:
            if not self._course.may_begin(await self._read()):
                self._finish(self._course.outcome(None))
                return
            if self._subscribe:
                self._flag.subscribe_reading(self.wake)
            self.sent = True
            self._put = asyncio.get_running_loop().create_task(self._order())
            await self._watch()
            # A flight that was told to end early need not have done everything.
            ended = self._course.told_to_end
            outcome = self._course.outcome(None if ended else await self._failed())
        except asyncio.CancelledError as cancelled:
            self._finish(RuntimeError(f"the flight was cancelled: {cancelled}"))
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it goes into the futures
            await self._leave_at_rest()
            self._finish(error)
        else:
            self._finish(outcome)
        finally:
            if self._subscribe and self.sent:
                self._flag.clear_sub(self.wake)
            if self._put is not None and not self._put.done():
                # A put that completes with the flight; nobody waits for this one any more.
                self._put.cancel()

    async def _watch(self) -> None:
        course = self._course
        while True:
            accepted = course.accepted
            if course.look(await self._read(), accepted=accepted, now=time.monotonic()):
                return
            if course.stop_again():
                await self._flag.set(self._done_value)
            if course.begun:
                self._finish_started(None)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), course.pause())
            self._wake.clear()

    async def _read(self) -> Any:
        # An explicit request to the device, never a cached monitor value.
        return await self._flag.get_value(cached=False)

    async def _order(self) -> None:
        try:
            await self._flag.set(self._busy_value, timeout=None)
        except Exception as refusal:  # noqa: BLE001 - the course says what it means
            self._course.refusal = refusal
        else:
            self._course.accepted = True
        self._wake.set()

    async def _leave_at_rest(self) -> None:
        # After a timeout the controller is still busy. This comes before the futures are
        # done: a caller that gets the failure may start again at once.
        if self.sent:
            with contextlib.suppress(Exception):
                await self._flag.set(self._done_value)

    def _finish_started(self, error: BaseException | None) -> None:
        _settle(self.started, error)

    def _finish(self, error: BaseException | None) -> None:
        self._finish_started(error)
        _settle(self.over, error)


def _settle(future: asyncio.Future[None], error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)
