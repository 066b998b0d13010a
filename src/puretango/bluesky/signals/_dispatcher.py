"""Where callbacks run: ophyd's event dispatcher for Tango, with threads only while there is work."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from typing import Any

_logger = logging.getLogger("puretango.bluesky")
#: How long a thread waits for more work before it ends.
_IDLE = 0.2


class SerialQueue:
    """Runs calls one after the other in a thread of its own, which ends when there are none."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = threading.Lock()
        self._calls: queue.SimpleQueue[tuple[Callable[..., Any], Any, Any]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def run(self, func: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Call now if this is the queue's thread already, else when its turn comes."""
        if threading.current_thread() is self._thread:
            func(*args, **kwargs)
            return
        with self._lock:
            self._calls.put((func, args, kwargs))
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._work, name=f"tango-{self.name}", daemon=True
                )
                self._thread.start()

    __call__ = run

    def settle(self, timeout: float) -> bool:
        """Wait until the present entries of the queue have been called; returns at once in the queue's own thread."""
        with self._lock:
            idle = self._thread is None
        if idle or threading.current_thread() is self._thread:
            return True
        reached = threading.Event()
        self.run(reached.set)
        return reached.wait(timeout)

    def _work(self) -> None:
        while True:
            try:
                func, args, kwargs = self._calls.get(timeout=_IDLE)
            except queue.Empty:
                with self._lock:
                    if self._calls.empty():
                        self._thread = None
                        return
                continue
            try:
                func(*args, **kwargs)
            except BaseException:
                # Not even a sys.exit in it may end the callbacks of all the others.
                _logger.exception("callback %r failed", func)
            # A waiting thread must not keep the last caller's objects alive.
            del func, args, kwargs


class Dispatcher:
    """What ophyd expects of a control layer's dispatcher: a queue for each kind of callback."""

    def __init__(self) -> None:
        self._contexts = {name: SerialQueue(name) for name in ("monitor", "metadata", "get_put")}
        self._utility = SerialQueue("utility")

    def get_thread_context(self, name: str) -> SerialQueue:
        """The queue for one kind of callback."""
        return self._contexts[name]

    def schedule_utility_task(
        self, callback: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> None:
        """Run a task that may take long, apart from the callbacks."""
        self._utility.run(callback, *args, **kwargs)


class ControlLayer:
    """Tango's control layer, as ophyd's signals need it."""

    name = "tango"
    thread_class = threading.Thread

    def __init__(self) -> None:
        self._dispatcher = Dispatcher()

    def get_dispatcher(self) -> Dispatcher:
        """The one dispatcher of this layer."""
        return self._dispatcher


#: The default layer of signals.
CONTROL_LAYER = ControlLayer()
