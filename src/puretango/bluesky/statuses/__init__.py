"""Statuses that cost little, report progress, or give the reason of a failure."""

from __future__ import annotations

from ._finished import FinishedStatus
from ._progress import ProgressStatus
from ._reason import ReasonedDeviceStatus, ReasonedMoveStatus, ReasonedStatus

__all__ = [
    "FinishedStatus",
    "ProgressStatus",
    "ReasonedDeviceStatus",
    "ReasonedMoveStatus",
    "ReasonedStatus",
]
