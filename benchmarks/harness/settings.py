"""How long and where to measure."""

from __future__ import annotations

import os
from dataclasses import dataclass, field


@dataclass
class Settings:
    """Given to every benchmark."""

    seconds: float = 0.3
    """Of each turn of each side."""
    rounds: int = 9
    """Turns of each side."""
    placements: tuple[str, ...] = ("one core", "two cores")
    cores: list[int] = field(default_factory=lambda: sorted(os.sched_getaffinity(0)))

    def places(self, placement: str) -> tuple[list[int], list[int]]:
        """The cores of the server and of the client."""
        first = self.cores[:1]
        if placement == "one core" or len(self.cores) == 1:
            return first, first
        return self.cores[1:2], first
