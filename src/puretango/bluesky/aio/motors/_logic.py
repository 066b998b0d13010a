"""A Tango motor's moves for what works with ophyd-async's logics."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Protocol

from ophyd_async.core import MovableLogic, WatcherUpdate

__all__ = ["TangoMotorLogic"]


class Moving(Protocol):
    """What the logic needs of the motor."""

    async def halt(self) -> None:
        """Send the stop command."""

    async def check_value(self, value: float) -> None:
        """LimitError outside the limits."""

    def moves(self, target: float, timeout: float | None) -> AsyncIterator[WatcherUpdate[float]]:
        """Move, and report where the motor is meanwhile."""


@dataclass
class TangoMotorLogic(MovableLogic[float]):
    """A Tango motor's moves for what works with ophyd-async's logics."""

    motor: Moving

    async def stop(self) -> None:
        """Stop the motor."""
        await self.motor.halt()

    async def check_move(self, new_position: float) -> None:
        """LimitError outside the limits."""
        await self.motor.check_value(new_position)

    async def move(self, new_position: float, timeout: Any) -> None:
        """Move and wait for the end."""
        async for _ in self.motor.moves(new_position, timeout()):
            pass
