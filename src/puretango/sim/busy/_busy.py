"""A fly-scan controller: it takes points by itself once it is told to be busy."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

__all__ = ["BusyModel", "FlyPlan", "Point"]

_logger = logging.getLogger("puretango.sim")
#: How many points a run may have at most.
CAPACITY = 1_000_000


@dataclass(frozen=True, slots=True)
class FlyPlan:
    """The settings of a run: so many points from start to stop, one per dwell."""

    start: float = -1.0
    stop: float = 1.0
    points: int = 11
    dwell: float = 0.02

    def __post_init__(self) -> None:
        if not 1 <= self.points <= CAPACITY:
            raise ValueError(f"points must be 1 to {CAPACITY}, not {self.points}")
        if not (math.isfinite(self.dwell) and self.dwell >= 0):
            raise ValueError(f"dwell must not be negative, not {self.dwell}")
        if not (math.isfinite(self.start) and math.isfinite(self.stop)):
            raise ValueError("start and stop must be finite")

    def position(self, index: int) -> float:
        """Where point `index` is taken."""
        if self.points == 1:
            return self.start
        return self.start + (self.stop - self.start) * index / (self.points - 1)


@dataclass(frozen=True, slots=True)
class Point:
    """One point: time (seconds since 1970), position, and signal."""

    time: float
    position: float
    signal: float


class BusyModel:
    """The controller behind a busy flag.

    `listener` is called, from the controller's own thread, after every point
    and once more when a run is over; it reads from the model what has changed.
    """

    def __init__(
        self,
        plan: FlyPlan | None = None,
        *,
        listener: Callable[[], None] | None = None,
        seed: int | None = None,
    ) -> None:
        self.plan = plan or FlyPlan()
        self.listener = listener
        self._random = np.random.default_rng(seed)
        self._changed = threading.Condition()
        self._points: list[Point] = []
        self._thread: threading.Thread | None = None
        self._busy = False
        self._stopping = False
        self._paused = False
        self._completed = True

    # -- state --------------------------------------------------------------
    @property
    def busy(self) -> bool:
        """True from start() until the last point is in the arrays."""
        return self._busy

    @property
    def paused(self) -> bool:
        """True while a run waits for resume()."""
        return self._paused

    @property
    def completed(self) -> bool:
        """False when the last run was stopped before its last point."""
        return self._completed

    @property
    def points(self) -> list[Point]:
        """The points taken so far in this run (or in the last one)."""
        with self._changed:
            return list(self._points)

    @property
    def taken(self) -> int:
        """How many points were taken so far in this run (or in the last one)."""
        return len(self._points)

    # -- commands -----------------------------------------------------------
    def start(self) -> bool:
        """Begin a run; False (and nothing happens) when one is under way."""
        with self._changed:
            if self._busy:
                return False
            self._busy, self._stopping, self._paused, self._completed = True, False, False, False
            self._points = []
            self._thread = threading.Thread(
                target=self._run, args=(self.plan,), name="busy-controller", daemon=True
            )
            self._thread.start()
        return True

    def stop(self) -> None:
        """End the run after the point being taken; the points taken stay."""
        with self._changed:
            self._stopping = True
            self._paused = False
            self._changed.notify_all()

    def pause(self) -> None:
        """Hold the run where it is."""
        with self._changed:
            self._paused = self._busy
            self._changed.notify_all()

    def resume(self) -> None:
        """Go on after pause()."""
        with self._changed:
            self._paused = False
            self._changed.notify_all()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until not busy; False when that took longer than `timeout`."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._busy, timeout)

    def close(self) -> None:
        """Stop and wait for the thread."""
        self.stop()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    # -- the run ------------------------------------------------------------
    def _run(self, plan: FlyPlan) -> None:
        try:
            self._take_points(plan)
        except Exception:
            _logger.exception("the run broke off")
        finally:
            # Whatever happened: nothing may wait for ever for a dead thread.
            with self._changed:
                self._completed = len(self._points) == plan.points
                self._busy = self._paused = False
                self._changed.notify_all()
        self._tell()

    def _take_points(self, plan: FlyPlan) -> None:
        due = time.monotonic()
        for index in range(plan.points):
            due += plan.dwell
            with self._changed:
                while not self._stopping:
                    if self._paused:
                        held = time.monotonic()
                        self._changed.wait()
                        due += time.monotonic() - held
                        continue
                    left = due - time.monotonic()
                    if left <= 0:
                        break
                    self._changed.wait(left)
                if self._stopping:
                    break
                position = plan.position(index)
                self._points.append(Point(time.time(), position, self._signal(position)))
                last = len(self._points) == plan.points
            if not last:
                self._tell()

    def _signal(self, position: float) -> float:
        """A peak of height 1 at 0.2 with a little noise."""
        distance = (position - 0.2) / 0.3
        # Not ** 2, which overflows for very large positions.
        return math.exp(-distance * distance) + 0.01 * float(self._random.random())

    def _tell(self) -> None:
        if self.listener is not None:
            self.listener()
