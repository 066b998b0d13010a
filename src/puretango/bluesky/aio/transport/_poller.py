"""Attributes that are monitored by polling."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Any, Protocol

from puretango.bluesky.attributes import join
from puretango.errors import DevFailed

__all__ = ["Poller", "Watcher"]

logger = logging.getLogger("puretango.bluesky")
#: Seconds until a poller reads again after a write; each pause after that is twice as long.
_SOON = 0.02

Watcher = tuple[Callable[[Any], None], Callable[[DevFailed], None]]


class Readable(Protocol):
    """The link that is read."""

    device: str

    async def read_many(self, attributes: list[str]) -> list[Any]:
        """The answers of several attributes."""


class Poller:
    """Reads all attributes that are polled with one period in one request.

    After a write it reads at once, and then soon again: what a write begins may be over soon.
    """

    def __init__(self, link: Readable, period: float) -> None:
        self._link = link
        self._period = period
        self._watchers: dict[str, list[Watcher]] = {}
        self._task: asyncio.Task[None] | None = None
        self._pause = period
        self._wake = asyncio.Event()
        #: Held from a request until its answers are delivered, so that no older answer follows a newer one.
        self._turn = asyncio.Lock()

    async def look_now(self) -> None:
        """Read now, and more often for a while."""
        await self._poll(list(self._watchers))
        self._pause = min(_SOON, self._period)
        self._wake.set()

    def add(self, attribute: str, watcher: Watcher) -> None:
        self._watchers.setdefault(attribute, []).append(watcher)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())

    def remove(self, attribute: str, watcher: Watcher) -> None:
        watchers = self._watchers.get(attribute, [])
        if watcher in watchers:
            watchers.remove(watcher)
        if not watchers:
            self._watchers.pop(attribute, None)
        if not self._watchers and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while self._watchers:
            self._wake.clear()
            started = loop.time()
            await self._poll(list(self._watchers))
            pause, self._pause = self._pause, min(2 * self._pause, self._period)
            rest = max(0.0, pause - (loop.time() - started))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(rest):
                    await self._wake.wait()

    async def _poll(self, attributes: list[str]) -> None:
        if attributes:
            async with self._turn:
                await self._read_all(attributes)

    async def _read_all(self, attributes: list[str]) -> None:
        try:
            answers = await self._link.read_many(attributes)
        except DevFailed as failure:
            for attribute in attributes:
                self._tell(attribute, None, failure)
            return
        for attribute, answer in zip(attributes, answers):
            failed = answer.has_failed
            self._tell(attribute, answer, DevFailed(*answer.get_err_stack()) if failed else None)

    def _tell(self, attribute: str, answer: Any, failure: DevFailed | None) -> None:
        for on_answer, on_failure in list(self._watchers.get(attribute, ())):
            try:
                if failure is None:
                    on_answer(answer)
                else:
                    on_failure(failure)
            except Exception:
                # One subscriber's mistake must not end the polling for all the others.
                logger.exception("a subscriber to %s failed", join(self._link.device, attribute))
