"""Statuses that give the reason when they have failed.

The RunEngine raises ``FailedStatus(status)``, and what it writes into the stop document is that
status as a text: bluesky's own say ``Status(done=True, success=False)`` there.
"""

from __future__ import annotations

from typing import Any

from ophyd.status import DeviceStatus, MoveStatus, Status

__all__ = ["ReasonedDeviceStatus", "ReasonedMoveStatus", "ReasonedStatus", "why"]


def why(status: Any, plain: str) -> str:
    """The reason of a status that has failed; ``plain`` for any other."""
    if not status.done or status.success:
        return plain
    failure = status.exception(timeout=0)
    text = str(failure) or type(failure).__name__
    owner = getattr(getattr(status, "obj", None) or getattr(status, "device", None), "name", "")
    return text if not owner or owner in text else f"{owner}: {text}"


class ReasonedStatus(Status):
    """The status of a signal's ``set``."""

    def __str__(self) -> str:
        return why(self, super().__str__())

    __repr__ = __str__


class ReasonedDeviceStatus(DeviceStatus):
    """The status of a device's action."""

    def __str__(self) -> str:
        return why(self, super().__str__())

    __repr__ = __str__


class ReasonedMoveStatus(MoveStatus):
    """The status of a move."""

    def __str__(self) -> str:
        return why(self, super().__str__())

    __repr__ = __str__
