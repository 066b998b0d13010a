"""How a server begins, and begins again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from puretango.server.base import _current as _context
from puretango.server.base._life import ServerAction, ServerInput
from puretango.server.host._controlsystem import read_control_system
from puretango.server.host._core import ServerCore
from puretango.server.host._devices import Devices
from puretango.server.host._door import Door
from puretango.server.host._limits import check_limits
from puretango.server.host._stopping import GRACE, Stopping
from puretango.server.host._threads import Threads

LOG = logging.getLogger("puretango.server")


class Lifecycle:
    """Start, and restart of all devices; a start that fails leaves nothing behind."""

    def __init__(
        self, server: ServerCore, threads: Threads, door: Door, devices: Devices, end: Stopping
    ) -> None:
        self._server = server
        self._threads = threads
        self._door = door
        self._devices = devices
        self._end = end

    # -- start -----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Listen, build the devices, let clients in."""
        self._or_stop(self._start)

    def _start(self) -> None:
        if self._needs_loop():
            self._threads.have_loop()
        self._door.bind()
        self.bring_up()
        self._door.open()

    def build(self) -> None:
        """Build the devices without a listener: they are called from within this process."""
        self._or_stop(self._build)

    def _build(self) -> None:
        if self._needs_loop():
            raise TypeError("asyncio devices are built on a loop: await build_async()")
        self.bring_up()

    def _needs_loop(self) -> bool:
        classes = self._server.classes
        return any(self._threads.runs_on_loop(info.device_type) for info in classes)

    def _or_stop(self, begin: Callable[[], None]) -> None:
        try:
            check_limits(self._server)
            begin()
        except BaseException:
            self._end.stop()
            raise

    async def start_async(self, listening: bool) -> None:
        """start() or build() on the running loop, which the asyncio devices then share."""
        try:
            check_limits(self._server)
            self._threads.share_loop()
            if listening:
                await self._door.bind_async()
            await asyncio.to_thread(self.bring_up)
            if listening:
                await self._door.open_async()
        except BaseException:
            await self._end.stop_async()
            raise

    def bring_up(self) -> None:
        """Build classes and devices, and export them."""
        server = self._server
        if server.life.feed(ServerInput.BRING_UP) is None:
            return  # stopped meanwhile
        if server.classes:
            _context.note_mode(self._threads.green_mode_of(server.classes[0].device_type))
        try:
            with _context.working_for(server):
                server.store.begin()
                read_control_system(server)
                self._devices.build()
                server.store.complete()
                server.subdevices.store_sub_devices()
                self._devices.run_init_hooks()
        except BaseException:
            server.life.feed(ServerInput.FAILED)
            raise
        if server.life.feed(ServerInput.UP) is ServerAction.PUBLISH:
            server.publisher.start()
            server.poller.scheduler.start()

    # -- restart -------------------------------------------------------------------------------------------

    def restart_all(self) -> None:
        """RestartServer: all classes and devices again; the connections stay."""
        self._server.poller.scheduler.stop(GRACE)
        self._end.take_down()
        self.bring_up()
        for device in self._server.devices:
            self._server.publisher.device_restarted(device)

    def run_restart(self) -> None:
        """restart_all in a thread of its own, so that the request for it can be answered."""
        self._threads.run_restart(self._restart)

    def _restart(self) -> None:
        server = self._server
        with self._devices.restarting:
            if server.is_stopping:
                return
            try:
                self.restart_all()
                if server.must_stop():  # whatever stopped the server did not wait this long
                    server.poller.scheduler.stop(GRACE)
                    self._end.take_down()
            except BaseException:
                # Without devices, the admin device among them, no client could end it any more.
                LOG.exception("the server cannot be restarted: it ends")
                self._end.ended.set()
