"""Watching servers: one small request a second to the admin device of each.

The silence of an event channel shows only after ten seconds that a server is gone; people want to see
it within two. The connection of a process that dies ends, which is noticed at once; one that hangs,
or whose machine is gone, is known by its silence. The admin device is asked, so that nothing shows in the
devices' black boxes.
"""

from __future__ import annotations

import asyncio
import logging
import random
from typing import TYPE_CHECKING, Any

from puretango.client import ClientContext, get_device_proxy, until_disconnected
from puretango.errors import DevFailed
from puretango.hub._budget import Budget
from puretango.hub._failure import first_error
from puretango.values import GreenMode

if TYPE_CHECKING:
    from puretango.hub._ports import Watched

__all__ = ["Watches"]

LOG = logging.getLogger("puretango.hub")

_CLOSING = 0.05
"""Seconds that a server may take to close its port after a connection."""


class _Watch:
    """One server and those of its devices that are in use."""

    def __init__(
        self,
        admin: str,
        interval: float,
        patience: float,
        context: ClientContext | None,
        budget: Budget,
    ) -> None:
        self.admin = admin
        self._context = context
        self._budget = budget
        self.devices: set[Watched] = set()
        self.answered = False
        """True once it has answered."""
        self._interval = interval
        self._patience = patience
        self._task = asyncio.get_running_loop().create_task(self._run(), name=f"watch {admin}")

    async def end(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        proxy: Any = None
        away = False
        silent = failures = 0
        while True:
            if away:
                await self._budget.attempt()
            try:
                async with asyncio.timeout(self._patience):
                    if proxy is None:
                        proxy = await get_device_proxy(
                            self.admin, green_mode=GreenMode.Asyncio, context=self._context
                        )
                    await proxy.ping()
                silent = failures = 0
                self.answered = True
                if away:
                    away = False
                    LOG.info("%s answers again", self.admin)
                    self._tell_back()
            except TimeoutError:
                # A single failure may be due to a busy machine: it is asked again at once.
                silent += 1
                if silent == 1 and not away:
                    continue
                failures += away
                if not away:
                    away = True
                    self._tell_lost("API_DeviceTimedOut", f"{self.admin} does not answer")
            except DevFailed as failed:
                failures += away
                if not away:
                    away = True
                    self._tell_lost(*first_error(failed))
            await self._rest(proxy, away, failures)

    async def _rest(self, proxy: Any, away: bool, failures: int) -> None:
        """Wait until the server is to be asked again, which is at once if its connection has ended."""
        if away or proxy is None:
            await asyncio.sleep(self._budget.pause(failures) if away else self._interval)
            return
        # Not all in step: requests to a thousand servers are spread over the second.
        usual = self._interval * random.uniform(0.8, 1.2)
        if await until_disconnected(proxy, usual):
            await asyncio.sleep(_CLOSING)

    def _tell_lost(self, reason: str, error: str) -> None:
        LOG.warning("%s is away: %s", self.admin, error)
        for device in list(self.devices):
            device.lost(reason, error)

    def _tell_back(self) -> None:
        for device in list(self.devices):
            device.back()


class Watches:
    """The watched servers."""

    def __init__(
        self,
        context: ClientContext | None,
        budget: Budget,
        interval: float,
        patience: float,
    ) -> None:
        self.context = context
        self.budget = budget
        self._interval = interval
        self._patience = patience
        self._watches: dict[str, _Watch] = {}
        self._of: dict[Watched, _Watch] = {}

    def is_watched(self, device: Watched) -> bool:
        """True if the device's server is watched."""
        return device in self._of

    def add(self, admin: str, device: Watched) -> None:
        """Watch the server with this admin device, for a device of it."""
        watch = self._watches.get(admin)
        if watch is None:
            watch = self._watches[admin] = _Watch(
                admin, self._interval, self._patience, self.context, self.budget
            )
        watch.devices.add(device)
        self._of[device] = watch

    async def remove(self, device: Watched) -> None:
        """Stop watching for a device without users."""
        watch = self._of.pop(device, None)
        if watch is None:
            return
        watch.devices.discard(device)
        if not watch.devices:
            del self._watches[watch.admin]
            await watch.end()
