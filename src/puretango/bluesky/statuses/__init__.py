"""Statuses that cost little or tell how far they are."""

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
