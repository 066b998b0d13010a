"""The end of a server."""

from __future__ import annotations

import asyncio
import logging
import threading
from contextvars import ContextVar
from typing import Any

from puretango.server.base import _current as _context
from puretango.server.base._life import ServerInput
from puretango.server.host._core import ServerCore
from puretango.server.host._devices import Devices
from puretango.server.host._door import Door
from puretango.server.host._threads import Threads

LOG = logging.getLogger("puretango.server")
GRACE = 2.0
"""Seconds that the end waits for what a device is doing."""
RESTART = 10.0
"""Seconds that it waits for a restart of the whole server: an init_device may hang."""
_ends: ContextVar[Any] = ContextVar("puretango_ends", default=None)
"""The server that the running code is stopping."""


class Stopping:
    """Ends a server once, however often and from however many threads that is asked for."""

    def __init__(self, server: ServerCore, threads: Threads, door: Door, devices: Devices) -> None:
        self._server = server
        self._threads = threads
        self._door = door
        self._devices = devices
        self.ended = threading.Event()
        """Set when the server is told to end."""
        self._once = threading.RLock()
        self._task: asyncio.Task[None] | None = None

    def stop(self) -> None:
        """Stop without a trace; a second caller waits for the first."""
        if _ends.get() is self._server:  # a device that is being deleted
            return
        if self._server.alive and self._threads.on_loop_thread():
            raise RuntimeError("on the event loop a server is stopped by: await stop_async()")
        with self._once:
            if not self._server.alive:
                return
            token = _ends.set(self._server)
            try:
                self._stop()
            finally:
                _ends.reset(token)

    def _stop(self) -> None:
        if self._server.life.feed(ServerInput.STOP) is None:
            return
        self.ended.set()
        self._join_restart()
        self._server.poller.scheduler.stop(GRACE)
        self._server.publisher.stop()
        self._server.subdevices.store_sub_devices()
        self._server.store.unexport_all()
        self._door.close()
        self.take_down()
        self._finish_stop()
        self._threads.stop_loop()

    async def stop_async(self) -> None:
        """stop() on the loop that start_async() was called on.

        It runs in a task of its own: if a request asks for it, closing that request's connection does not cancel it.
        """
        if not self._server.alive or _ends.get() is self._server:
            return
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._stop_async())
        await asyncio.shield(self._task)

    async def _stop_async(self) -> None:
        _ends.set(self._server)
        if self._server.life.feed(ServerInput.STOP) is None:
            return
        self.ended.set()
        await asyncio.to_thread(self._join_restart)
        await asyncio.to_thread(self._server.poller.scheduler.stop, GRACE)
        await asyncio.to_thread(self._server.publisher.stop)
        await asyncio.to_thread(self._server.subdevices.store_sub_devices)
        await asyncio.to_thread(self._server.store.unexport_all)
        await self._door.close_async()
        await asyncio.to_thread(self.take_down)
        await asyncio.to_thread(self._finish_stop)

    def _join_restart(self) -> None:
        if not self._threads.join_restart(RESTART):
            LOG.warning("the server stops in the middle of a restart that does not end")

    def take_down(self) -> None:
        """End all devices; clients stay connected."""
        # A restart that is still running notices by itself that the server has stopped.
        restarted = self._devices.restarting.acquire(timeout=GRACE)
        try:
            with _context.working_for(self._server):
                self._devices.finish_all()
                self._server.dispatcher.by_key.clear()
                self._server.store.forget_classes()
                self._server.subdevices.remove_sub_devices()
        finally:
            if restarted:
                self._devices.restarting.release()

    def _finish_stop(self) -> None:
        self._threads.stop_workers(GRACE)
        self._server.signals.clear()
        self._server.logs.close()
        self._server.store.close()
        self._server.life.feed(ServerInput.OVER)
        _context.forget(self._server)
