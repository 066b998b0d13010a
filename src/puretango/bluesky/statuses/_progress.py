"""Statuses that report progress, as ophyd's move statuses do."""

from __future__ import annotations

import time
from typing import Any

from ._reason import ReasonedDeviceStatus

__all__ = ["ProgressStatus"]

#: Seconds between two reports.
PERIOD = 0.1


class ProgressStatus(ReasonedDeviceStatus):
    """A status for bluesky's ``ProgressBar``: the worker calls `progress`."""

    def __init__(self, device: Any, *, unit: str, **kwargs: Any) -> None:
        super().__init__(device, **kwargs)
        self.unit = unit
        self._began = time.monotonic()
        self._told = 0.0
        self._target: float | None = None

    @property
    def elapsed_time(self) -> float:
        """Seconds since it was made."""
        return time.monotonic() - self._began

    @property
    def wanted(self) -> bool:
        """Whether a watcher has not got a report for a while."""
        return bool(self._watchers) and time.monotonic() - self._told >= PERIOD

    def progress(self, current: float, target: float | None) -> None:
        """Report that `current` of `target` is done; without a target the total is unknown."""
        self._told = time.monotonic()
        self._target = target
        fraction = None
        if target:
            # The fraction still to be done, as everywhere in bluesky.
            fraction = min(1.0, max(0.0, 1.0 - current / target))
        for watcher in list(self._watchers):
            watcher(
                name=self.device.name,
                current=current,
                initial=0,
                target=target,
                unit=self.unit,
                precision=3,
                fraction=fraction,
                time_elapsed=self.elapsed_time,
            )

    def _settled(self) -> None:
        # A progress bar ends full, rather than with ophyd's bare "complete".
        if self._exception is None and self._target:
            self.progress(self._target, self._target)
        else:
            super()._settled()
