"""One device: its proxy, the attributes in use, and those that have to be polled."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from puretango.client import get_device_proxy
from puretango.errors import DevFailed
from puretango.hub._poller import Poller
from puretango.values import GreenMode

if TYPE_CHECKING:
    from puretango.hub._ports import Feed
    from puretango.hub._watch import Watches

__all__ = ["HubDevice"]

LOG = logging.getLogger("puretango.hub")

_ASYNCIO = GreenMode.Asyncio
_MANY = 4
"""From so many attributes on, reading all of them in one request gives first values sooner than subscribing."""
_FIRST_VALUES = 0.3
"""Seconds to wait for that request before subscribing goes on beside it."""
_REMEMBERED = 0.4
"""Seconds for which a failure to open the device counts for all its attributes."""


class HubDevice:
    """A device: opened when first needed; its server is watched while any of its attributes is in use."""

    def __init__(self, name: str, watches: Watches, changed: Callable[[], None]) -> None:
        self.name = name
        self.changed = changed
        self.sources: set[Feed] = set()
        self.poller = Poller(self)
        self._watches = watches
        self._proxy: Any = None
        self._opening = asyncio.Lock()
        self._failed: tuple[float, DevFailed] | None = None
        self._numbers: list[int] = []
        self._unsubscribing: asyncio.Future[None] | None = None
        self._first: asyncio.Task[None] | None = None

    async def open(self) -> Any:
        """The device's proxy, whose server has answered. Raises DevFailed."""
        async with self._opening:
            if self._failed is not None and time.monotonic() - self._failed[0] < _REMEMBERED:
                raise self._failed[1]
            self._failed = None
            try:
                if self._proxy is None or not self._watches.is_watched(self):
                    await self._watches.budget.attempt()
                if self._proxy is None:
                    self._proxy = await get_device_proxy(
                        self.name, green_mode=_ASYNCIO, context=self._watches.context
                    )
                if not self._watches.is_watched(self):
                    admin = await self._proxy.adm_name(green_mode=_ASYNCIO)
                    self._watches.add(admin, self)
            except DevFailed as failed:
                self._failed = (time.monotonic(), failed)
                raise
            return self._proxy

    def lost(self, reason: str, error: str) -> None:
        """The server does not answer: every attribute is notified, and waits."""
        for source in list(self.sources):
            source.lost(reason, error)

    def back(self) -> None:
        """The server answers again."""
        for source in list(self.sources):
            source.start()

    # ------------------------------------------------------------------ first values

    async def first_value(self, source: Feed) -> None:
        """If many attributes come into use at once: read them all in one request, before each is subscribed to.

        This waits for a moment only: a slow attribute must not keep the others from their subscriptions.
        """
        if source.wants_first and (self._first is None or self._first.done()):
            wanted = [each for each in self.sources if each.wants_first and not each.recorders]
            for each in wanted:
                each.wants_first = False
            if len(wanted) >= _MANY:
                loop = asyncio.get_running_loop()
                self._first = loop.create_task(self._read_first(wanted), name=f"first {self.name}")
        if self._first is not None and not self._first.done():
            await asyncio.wait([self._first], timeout=_FIRST_VALUES)

    async def _read_first(self, sources: list[Feed]) -> None:
        try:
            answers = await self._proxy.read_attributes([each.attribute for each in sources])
        except DevFailed as failed:
            LOG.debug("%s: %s", self.name, failed.args[0].reason)
            return  # each subscription reports its own failure
        received = time.time()
        for source, data in zip(sources, answers, strict=True):
            if not data.has_failed:
                source.take_first(data, received)
        self.changed()

    # ----------------------------------------------------------------- unsubscribing

    def unsubscribe(self, number: int) -> None:
        """End a subscription, in a thread, since that may have to wait for the receiving thread."""
        self._numbers.append(number)
        if self._unsubscribing is None:
            loop = asyncio.get_running_loop()
            self._unsubscribing = loop.run_in_executor(None, self._unsubscribe, self._proxy)
            self._unsubscribing.add_done_callback(self._unsubscribed)

    def _unsubscribe(self, proxy: Any) -> None:
        while self._numbers:
            try:
                proxy.unsubscribe_event(self._numbers.pop(), green_mode=GreenMode.Synchronous)
            except KeyError:
                LOG.debug("a subscription of %s had ended by itself", self.name)

    def _unsubscribed(self, done: asyncio.Future[None]) -> None:
        self._unsubscribing = None
        if not done.cancelled() and done.exception() is not None:
            LOG.error("%s could not be unsubscribed from", self.name, exc_info=done.exception())
        elif self._numbers:
            self.unsubscribe(self._numbers.pop())

    async def close(self) -> None:
        """Release a device without users."""
        await self._watches.remove(self)
        await self.poller.close()
        if self._first is not None:
            self._first.cancel()
            await asyncio.gather(self._first, return_exceptions=True)
        while self._unsubscribing is not None:
            await asyncio.wait([self._unsubscribing])
            await asyncio.sleep(0)
        self._proxy = None
