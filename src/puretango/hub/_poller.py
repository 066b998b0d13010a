"""The attributes of one device that send no events: they are read together, slow ones by themselves."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from puretango.errors import DevFailed
from puretango.hub._failure import first_error
from puretango.hub._sample import LOST, POLLED

if TYPE_CHECKING:
    from puretango.hub._ports import Feed, Polled

__all__ = ["Poller"]

SLOW = 0.5
"""An attribute that takes longer, in seconds, is read by itself, so that the others need not wait for it."""
FREE = 0.4
"""The share of its time that polling leaves the device (seed 002, Polling limitations)."""

Key = tuple[float, str]


class Poller:
    """Tasks that read: one per period, and one for each slow attribute."""

    def __init__(self, device: Polled) -> None:
        self._device = device
        self._groups: dict[Key, list[Feed]] = {}
        self._tasks: dict[Key, asyncio.Task[None]] = {}

    def add(self, source: Feed) -> None:
        """Read this source from now on."""
        assert source.period is not None
        self._put((source.period, ""), source)

    def _put(self, key: Key, source: Feed) -> None:
        group = self._groups.setdefault(key, [])
        if source not in group:
            group.append(source)
        if key not in self._tasks:
            loop = asyncio.get_running_loop()
            self._tasks[key] = loop.create_task(self._run(key), name=f"poll {self._device.name}")

    def remove(self, source: Feed) -> None:
        """Stop reading it."""
        for key, group in list(self._groups.items()):
            if source in group:
                group.remove(source)
                if not group:
                    self._end(key)

    def _end(self, key: Key) -> None:
        self._groups.pop(key, None)
        task = self._tasks.pop(key, None)
        if task is not None and task is not asyncio.current_task():
            task.cancel()

    async def close(self) -> None:
        """End all reading."""
        tasks = list(self._tasks.values())
        for key in list(self._groups):
            self._end(key)
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, key: Key) -> None:
        singly = False
        while (group := self._groups.get(key)) is not None:
            start = time.monotonic()
            if singly:
                for source in list(group):
                    await self._read_alone(key, source)
                singly = False
            else:
                answered = await self._read([*group])
                slow = time.monotonic() - start > SLOW or not answered
                singly = slow and len(group) > 1
            if self._groups.get(key) is not group:
                return
            taken = time.monotonic() - start
            await asyncio.sleep(max(key[0] - taken, taken * FREE / (1 - FREE)))

    async def _read(self, sources: list[Feed]) -> bool:
        """Read these sources in one request; False if that gave nothing at all."""
        try:
            proxy = await self._device.open()
            answers = await proxy.read_attributes([source.attribute for source in sources])
        except DevFailed as failed:
            for source in sources:
                source.fail(*first_error(failed), how=LOST)
            return False
        received = time.time()
        for source, data in zip(sources, answers, strict=True):
            if data.has_failed:
                error = data.get_err_stack()[0]
                source.fail(error.reason, error.desc, received, POLLED)
            else:
                source.take(POLLED, data, received)
        self._device.changed()
        return True

    async def _read_alone(self, key: Key, source: Feed) -> None:
        start = time.monotonic()
        await self._read([source])
        group = self._groups.get(key)
        if time.monotonic() - start > SLOW and group is not None and len(group) > 1:
            if source in group:
                group.remove(source)
            self._put((key[0], source.attribute), source)
