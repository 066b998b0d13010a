"""The threads that work for a server, its loop, and the monitors of its devices."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from puretango.net import WorkerPool, present_step, under
from puretango.server.base import _current as _context
from puretango.server.base._failure import to_dev_failed
from puretango.server.base._loopthread import LoopThread
from puretango.server.base._monitor import NoMonitor, TangoMonitor
from puretango.server.base._ports import Host
from puretango.values import GreenMode, SerialModel

if TYPE_CHECKING:
    from puretango.server.device._deviceclass import DeviceClass
    from puretango.server.device._deviceimpl import DeviceImpl

LOG = logging.getLogger("puretango.server")


class Employer(Host, Protocol):
    """A server, as its threads see it."""

    green_mode: GreenMode | None
    serial_model: SerialModel


class Threads:
    """Blocking requests run in the listener's threads; asyncio devices have one loop, and worker threads beside it."""

    def __init__(self, server: Employer) -> None:
        self._server = server
        self.process_monitor = TangoMonitor("process")
        self.no_monitor = NoMonitor()
        self.loop_thread: LoopThread | None = None
        self._class_monitors: dict[int, TangoMonitor] = {}
        self._workers: WorkerPool | None = None
        self._restart: threading.Thread | None = None

    def have_loop(self) -> None:
        """Start a loop in a thread of its own."""
        self.loop_thread = LoopThread()
        self.loop_thread.start(self.adopt_thread)
        self._workers = WorkerPool()

    def share_loop(self) -> None:
        """Use the running loop."""
        self.loop_thread = LoopThread(asyncio.get_running_loop())
        self._workers = WorkerPool()

    def stop_workers(self, grace: float) -> None:
        """End the worker threads, which get ``grace`` seconds to finish."""
        if self._workers is not None:
            self._workers.stop(grace)

    def stop_loop(self) -> None:
        """End the loop, if it is the server's own."""
        if self.loop_thread is not None:
            self.loop_thread.stop()

    def run_restart(self, work: Callable[[], None]) -> None:
        """Restart the whole server in a thread of its own, so that the request for it can be answered."""
        self._restart = threading.Thread(target=work, name="puretango-restart", daemon=True)
        self._restart.start()

    def join_restart(self, patience: float) -> bool:
        """Wait for a restart of the whole server; False if it is still under way after so many seconds."""
        thread = self._restart
        if thread is None or thread is threading.current_thread():
            return True
        thread.join(patience)
        return not thread.is_alive()

    def green_mode_of(self, cls: type) -> GreenMode:
        """Whether the devices of a class are synchronous, asyncio …"""
        own = getattr(cls, "green_mode", None)
        mode = own if own is not None else self._server.green_mode
        return GreenMode.Synchronous if mode is None else GreenMode(mode)

    def runs_on_loop(self, cls: type) -> bool:
        """True for the classes of asyncio devices."""
        return self.green_mode_of(cls) == GreenMode.Asyncio

    def monitor_for(self, device: DeviceImpl, cls: DeviceClass) -> TangoMonitor:
        """The monitor of a new device."""
        mode = self.green_mode_of(type(device))
        if mode in (GreenMode.Asyncio, GreenMode.Gevent):
            return self.no_monitor
        if self._server.serial_model == SerialModel.NO_SYNC:
            return self.no_monitor
        if self._server.serial_model == SerialModel.BY_PROCESS:
            return self.process_monitor
        if self._server.serial_model == SerialModel.BY_CLASS:
            return self._class_monitors.setdefault(id(cls), TangoMonitor(cls.get_name()))
        return TangoMonitor(device._tango.name)

    def is_no_sync(self, device: DeviceImpl) -> bool:
        """True if several requests may be in the device at once."""
        return device._tango.monitor is self.no_monitor

    def adopt_thread(self) -> None:
        """The calling thread works for this server."""
        _context.adopt(self._server)

    def run_on_loop(self, core: Any) -> Any:
        """Run a coroutine of an asyncio device from a thread and wait for it."""
        assert self.loop_thread is not None
        return self.loop_thread.run(core)

    def submit_on_loop(self, core: Any) -> Any:
        """Run a coroutine of an asyncio device without waiting for it."""
        assert self.loop_thread is not None
        return self.loop_thread.submit(core)

    def on_loop_thread(self) -> bool:
        """True in the thread of the server's loop."""
        return self.loop_thread is not None and self.loop_thread.is_current

    def in_worker(self, work: Callable[[], Any]) -> Awaitable[Any]:
        """Run a function in a thread while the loop goes on."""
        assert self.loop_thread is not None
        assert self._workers is not None
        loop = self.loop_thread.loop
        future = loop.create_future()

        def settle(result: Any, error: BaseException | None) -> None:
            if future.done():
                return
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(result)

        step = present_step()

        def task() -> None:
            outcome: tuple[Any, BaseException | None]
            try:
                with under(step):
                    outcome = (work(), None)
            except BaseException as error:
                # A future cannot hold a StopIteration, and anything but an Exception would end the loop.
                fit = isinstance(error, Exception) and not isinstance(error, StopIteration)
                outcome = (None, error if fit else to_dev_failed(error))
            try:
                loop.call_soon_threadsafe(settle, *outcome)
            except RuntimeError:  # the loop has been closed meanwhile
                LOG.debug("an answer came after the end of the loop")

        if not self._workers.submit(task):
            future.set_exception(RuntimeError("too many requests at once"))
        return future

    @contextmanager
    def running_callbacks(self) -> Iterator[Callable[[Callable[[], Any]], Any]]:
        """For a while, a function that calls a callback: a coroutine's on the loop."""

        def call(callback: Callable[[], Any]) -> Any:
            with _context.working_for(self._server):
                result = callback()
            if not hasattr(result, "__await__"):
                return result
            if self.loop_thread is not None:
                return self.loop_thread.run(_awaited(result))
            return asyncio.run(_awaited(result))

        yield call


async def _awaited(result: Any) -> Any:
    return await result
