"""A photon-counting area detector as physics: exposures, periods, counters, images."""

from __future__ import annotations

import enum
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ._plugin import Frame, Plugin

__all__ = ["Camera", "CameraSettings", "CameraState", "ImageMode"]

#: Pixels of a Pilatus 100K: width and height.
PILATUS_100K = (487, 195)
#: If images come at shorter intervals (seconds), there is no time to compute each.
_FAST = 0.02
#: How many images are computed for a fast acquisition.
_KEPT = 8


class ImageMode(enum.IntEnum):
    """How many images one acquisition takes."""

    SINGLE = 0
    MULTIPLE = 1
    CONTINUOUS = 2


class CameraState(enum.IntEnum):
    """What the camera is doing; numbers as areaDetector's DetectorState."""

    IDLE = 0
    ACQUIRE = 1
    READOUT = 2
    ERROR = 6
    WAITING = 7
    ABORTED = 10


@dataclass(slots=True)
class CameraSettings:
    """What a user sets before an acquisition."""

    acquire_time: float = 1.0
    acquire_period: float = 1.05
    image_mode: ImageMode = ImageMode.SINGLE
    num_images: int = 1
    num_exposures: int = 1
    array_callbacks: bool = True
    wait_for_plugins: bool = True
    threshold_energy: float = 10.0
    min_x: int = 0
    min_y: int = 0
    size_x: int = PILATUS_100K[0]
    size_y: int = PILATUS_100K[1]
    reverse_x: bool = False
    reverse_y: bool = False


class Camera:
    """The detector head. One acquisition at a time, in a thread of its own.

    `changed` is called from that thread whenever a counter or the state moved.
    """

    def __init__(self, size: tuple[int, int] = PILATUS_100K, *, seed: int | None = None) -> None:
        self.max_size = size
        self.settings = CameraSettings(size_x=size[0], size_y=size[1])
        self.plugins: list[Plugin] = []
        self.changed: Callable[[], None] = lambda: None
        self.state = CameraState.IDLE
        self.status_message = "Ready"
        self.array_counter = 0
        self.images_counter = 0
        self.exposures_counter = 0
        self.array_rate = 0.0
        self.frame: Frame | None = None
        self._random = np.random.default_rng(seed)
        self._pattern = _rings(size)
        self._wake = threading.Condition()
        self._acquiring = False
        self._stopping = False
        self._ends = 0.0
        self._thread: threading.Thread | None = None
        self._prepared: list[npt.NDArray[np.int32]] = []

    @property
    def acquiring(self) -> bool:
        """True from start() until the images (and, if asked, the plugins) are done."""
        return self._acquiring

    @property
    def time_remaining(self) -> float:
        """Seconds until the current exposure ends."""
        return max(0.0, self._ends - time.monotonic()) if self._acquiring else 0.0

    @property
    def image_shape(self) -> tuple[int, int]:
        """Height and width of the next image."""
        s = self.settings
        width, height = self.max_size
        return (
            max(1, min(s.size_y, height - s.min_y)),
            max(1, min(s.size_x, width - s.min_x)),
        )

    # -- commands -----------------------------------------------------------
    def start(self) -> bool:
        """Begin an acquisition; False when one is under way."""
        with self._wake:
            if self._acquiring:
                return False
            self._acquiring, self._stopping = True, False
            self.images_counter = self.exposures_counter = 0
            self.state, self.status_message = CameraState.ACQUIRE, "Acquiring"
            self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
            self._thread.start()
        return True

    def stop(self) -> None:
        """End the acquisition now; the exposure under way gives no image."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until not acquiring; False when that took longer than `timeout`."""
        with self._wake:
            return self._wake.wait_for(lambda: not self._acquiring, timeout)

    def close(self) -> None:
        """Stop the camera and its plugins."""
        self.stop()
        if self._thread is not None:
            self._thread.join()
        for plugin in self.plugins:
            plugin.close()

    # -- the acquisition ----------------------------------------------------
    def _run(self) -> None:
        state, message = CameraState.ERROR, "Acquisition failed"
        try:
            self._acquire()
            state, message = CameraState.IDLE, "Acquisition complete"
            if self._stopping:
                state, message = CameraState.ABORTED, "Acquisition aborted"
        finally:
            # Whatever happened: nothing may wait for ever for a dead thread.
            with self._wake:
                self.state, self.status_message = state, message
                self._acquiring = False
                self._wake.notify_all()
            self.changed()

    def _acquire(self) -> None:
        settings = self.settings
        wanted = {
            ImageMode.SINGLE: 1,
            ImageMode.MULTIPLE: max(1, settings.num_images),
            ImageMode.CONTINUOUS: None,
        }[settings.image_mode]
        self._prepared = self._exposures() if settings.acquire_period < _FAST else []
        began = due = time.monotonic()
        while wanted is None or self.images_counter < wanted:
            for exposure in range(max(1, settings.num_exposures)):
                if not self._sleep_until(due + settings.acquire_time):
                    break
                self.exposures_counter = exposure + 1
                due += max(settings.acquire_period, settings.acquire_time)
            if self._stopping:
                break
            self._readout()
            self.array_rate = self.images_counter / max(time.monotonic() - began, 1e-9)
            self.changed()
            if wanted is None or self.images_counter < wanted:
                self._sleep_until(due)
        if settings.wait_for_plugins:
            for plugin in self.plugins:
                plugin.drain()

    def _sleep_until(self, when: float) -> bool:
        """Sleep until then; False if stopped meanwhile."""
        self._ends = when
        with self._wake:
            while not self._stopping:
                left = when - time.monotonic()
                if left <= 0:
                    return True
                self._wake.wait(left)
        return False

    def _readout(self) -> None:
        self.array_counter += 1
        self.images_counter += 1
        prepared = self._prepared
        image = prepared[self.images_counter % len(prepared)] if prepared else self._expose()
        self.frame = Frame(image, self.array_counter, time.time())
        if self.settings.array_callbacks:
            for plugin in self.plugins:
                plugin.take(self.frame)

    def _exposures(self) -> list[npt.NDArray[np.int32]]:
        """Images of a fast acquisition, made before it begins: repeated in turn."""
        return [self._expose() for _ in range(_KEPT)]

    def _expose(self) -> npt.NDArray[np.int32]:
        s = self.settings
        height, width = self.image_shape
        # A region that begins outside of the detector is its last row or column.
        x, y = min(s.min_x, self.max_size[0] - 1), min(s.min_y, self.max_size[1] - 1)
        seen = self._pattern[y : y + height, x : x + width]
        mean = seen * (s.acquire_time * max(1, s.num_exposures))
        image = self._random.poisson(mean).astype(np.int32)
        if s.reverse_x:
            image = image[:, ::-1]
        if s.reverse_y:
            image = image[::-1]
        return np.ascontiguousarray(image)


def _rings(size: tuple[int, int]) -> npt.NDArray[np.float64]:
    """Powder rings around a beam centre, in photons per second and pixel."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width]
    radius = np.hypot(x - 0.5 * width, y - 0.5 * height)
    image: npt.NDArray[np.float64] = 20.0 + 4000.0 * np.exp(-((radius / (0.03 * width)) ** 2))
    for k, strength in enumerate((800.0, 500.0, 300.0), start=1):
        image += strength * np.exp(-(((radius - 0.13 * k * width) / (0.01 * width)) ** 2))
    return image
