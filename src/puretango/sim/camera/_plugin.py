"""Frames, and the plugins of an area detector that consume them."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

_logger = logging.getLogger("puretango.sim")

__all__ = ["Frame", "ImagePlugin", "Plugin"]

Image = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Frame:
    """One image as it leaves the camera."""

    data: Image
    unique_id: int
    timestamp: float


class Plugin:
    """Takes frames, in the camera's thread (blocking) or in its own behind a queue."""

    #: How many frames may wait; further ones are dropped and counted.
    QUEUE_SIZE = 20
    #: How many frames are processed at a time, if so many wait.
    BATCH = 64

    def __init__(self, port: str) -> None:
        self.port = port
        self.enabled = False
        self.blocking = False
        self.array_counter = 0
        self.dropped = 0
        self.frame: Frame | None = None
        self.changed: Callable[[], None] = lambda: None
        self._queue: queue.Queue[Frame | None] = queue.Queue(self.QUEUE_SIZE)
        self._thread: threading.Thread | None = None
        self._lock = threading.RLock()

    @property
    def array_size(self) -> tuple[int, int, int]:
        """Width, height and depth of the last frame; zeros before the first."""
        if self.frame is None:
            return (0, 0, 0)
        height, width = self.frame.data.shape
        return (width, height, 0)

    @property
    def waiting(self) -> int:
        """Frames in the queue."""
        return self._queue.qsize()

    def take(self, frame: Frame) -> None:
        """Give the plugin a frame."""
        if not self.enabled:
            return
        if self.blocking:
            self._consume([frame])
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name=self.port, daemon=True)
            self._thread.start()
        try:
            self._queue.put_nowait(frame)
        except queue.Full:
            self.dropped += 1
            self.changed()

    def drain(self, timeout: float = 30.0) -> bool:
        """Wait until all frames given so far have been consumed."""
        deadline = time.monotonic() + timeout
        while self._queue.unfinished_tasks:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.001)
        return True

    def close(self) -> None:
        """End the worker."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None

    def process(self, frames: list[Frame]) -> None:
        """What the plugin does with frames; subclasses extend it."""

    def _consume(self, frames: list[Frame]) -> None:
        with self._lock:
            self.frame = frames[-1]
            self.array_counter += len(frames)
            self.process(frames)
        self.changed()

    def _work(self) -> None:
        while True:
            waiting = [self._queue.get()]
            while waiting[-1] is not None and len(waiting) < self.BATCH:
                try:
                    waiting.append(self._queue.get_nowait())
                except queue.Empty:
                    break
            try:
                frames = [frame for frame in waiting if frame is not None]
                if frames:
                    self._consume(frames)
            except Exception:
                # The worker must go on: otherwise a camera that waits for it would wait for ever.
                _logger.exception("%s could not process a frame", self.port)
            finally:
                for _ in waiting:
                    self._queue.task_done()
            if waiting[-1] is None:
                return


class ImagePlugin(Plugin):
    """Keeps the last image for viewers."""

    @property
    def image(self) -> npt.NDArray[Any]:
        """The last image, flat; empty before the first."""
        frame = self.frame
        return np.empty(0, np.int32) if frame is None else frame.data.ravel()
