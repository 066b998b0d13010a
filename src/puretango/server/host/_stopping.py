"""The end of a server."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import traceback
from contextvars import ContextVar
from typing import Any

from puretango.errors import DevFailed
from puretango.net import AsyncListener, Listener
from puretango.server.base import _current as _context
from puretango.server.base._failure import AUTHORS_ERRORS
from puretango.server.host._core import ServerCore

LOG = logging.getLogger("puretango.server")
PATIENCE = 2.0
"""Seconds that a restart waits for the request that is in a device: less than its client waits."""
GRACE = 2.0
"""Seconds for which the end waits for what a device does."""
RESTART = 10.0
"""Seconds for which it waits for a restart of the whole server: an init_device may hang."""
_ends: ContextVar[Any] = ContextVar("puretango_ends", default=None)
"""The server on whose end the running code works."""


class Stopping(ServerCore):
    """The part of a server that ends it, once, whoever asks for it and how often."""

    def stop(self) -> None:
        """Stop without a trace; a second caller waits for the first."""
        if _ends.get() is self:  # a device that is being deleted
            return
        if self.alive and self.on_loop_thread():
            raise RuntimeError("on the event loop a server is stopped by: await stop_async()")
        with self._stop_lock:
            if not self.alive:
                return
            token = _ends.set(self)
            try:
                self._stop()
            finally:
                _ends.reset(token)

    def _stop(self) -> None:
        self.is_stopping = True
        self._ended.set()
        self._join_restart()
        self.poller.scheduler.stop(GRACE)
        self.publisher.stop()
        self.subdevices.store_sub_devices()
        self.store.unexport_all()
        if isinstance(self.listener, Listener):
            self.listener.stop()
        elif self.listener is not None and self.loop_thread is not None:
            self.loop_thread.run(self.listener.stop())
        self._take_down()
        self._finish_stop()
        if self.loop_thread is not None:
            self.loop_thread.stop()

    async def stop_async(self) -> None:
        """stop() on the loop that start_async() was called on.

        In a task of its own: if a request asks for it, the end of its connection does not end this.
        """
        if not self.alive or _ends.get() is self:
            return
        if self._stop_task is None or self._stop_task.done():
            self._stop_task = asyncio.create_task(self._stop_async())
        await asyncio.shield(self._stop_task)

    async def _stop_async(self) -> None:
        _ends.set(self)
        self.is_stopping = True
        self._ended.set()
        await asyncio.to_thread(self._join_restart)
        await asyncio.to_thread(self.poller.scheduler.stop, GRACE)
        await asyncio.to_thread(self.publisher.stop)
        await asyncio.to_thread(self.subdevices.store_sub_devices)
        await asyncio.to_thread(self.store.unexport_all)
        if isinstance(self.listener, AsyncListener):
            await self.listener.stop()
        await asyncio.to_thread(self._take_down)
        await asyncio.to_thread(self._finish_stop)

    def _join_restart(self) -> None:
        thread = self._restart_thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(RESTART)
            if thread.is_alive():
                LOG.warning("the server stops in the middle of a restart that does not end")

    def _take_down(self) -> None:
        # A restart that does not come to its end sees by itself that the server has stopped.
        restarted = self._restart_lock.acquire(timeout=GRACE)
        try:
            with _context.working_for(self):
                for cls in self.device_classes:
                    for device in list(cls.py_dev_list):
                        self._finish_device(device)
                if self.admin is not None:
                    self._finish_device(self.admin)
                self.device_classes = []
                self.dispatcher.by_key.clear()
                self.store.forget_classes()
                self.subdevices.remove_sub_devices()
                self.init_failures = []
        finally:
            if restarted:
                self._restart_lock.release()

    def _finish_stop(self) -> None:
        if self._workers is not None:
            self._workers.stop(GRACE)
        self.signals.clear()
        self.logs.close()
        self.store.close()
        self.alive = False
        _context.forget(self)

    def _finish_device(self, device: Any) -> None:
        device._tango.exported = False
        device._tango.changed()
        for key, known in list(self.dispatcher.by_key.items()):
            if known is device:
                del self.dispatcher.by_key[key]
        self.poller.forget(device)
        for signo in list(self.signals._wanted):
            self.signals.unregister(signo, device)
        self._delete(device)
        for attribute in device._tango.attributes.made():
            if attribute.forwarded:
                attribute.close()
        device._tango.telemetry.end()
        device._tango.logger.close()

    def _delete(self, device: Any) -> None:
        """Call delete_device, after the request or the turn of polling that is in the device."""
        monitor = device._tango.monitor
        inside = False
        if device is not self.admin and not self.is_stopping:  # then they have had their time
            try:
                monitor.acquire(PATIENCE)
                inside = True
            except DevFailed as error:
                LOG.warning("device %s is deleted in mid-request: %s", device._tango.name, error)
        try:
            device._tango.run(device._tango.call(device.delete_device))
        except AUTHORS_ERRORS:
            sys.stderr.write(
                f"{device._tango.name}: delete_device() raised a DevFailed exception\n"
                f"{traceback.format_exc()}"
            )
        finally:
            if inside:
                monitor.release()
