"""The drawing of states and transitions, which are placed on a circle."""

from __future__ import annotations

import math
from dataclasses import dataclass

from puretango.model import ClassModel

__all__ = ["COLOURS", "Graph", "graph_of"]

COLOURS = {
    "ON": "#00ff00", "OFF": "#ffffff", "CLOSE": "#ffffff", "OPEN": "#00ff00",
    "INSERT": "#ffffff", "EXTRACT": "#00ff00", "MOVING": "#80a0ff", "STANDBY": "#ffff00",
    "FAULT": "#ff0000", "INIT": "#cccc7a", "RUNNING": "#80a0ff", "ALARM": "#ff8c00",
    "DISABLE": "#ff00ff", "UNKNOWN": "#9b9b9b",
}  # fmt: skip
"""The colours that the guidelines' table gives to the fourteen states."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Boxes by state, and arrows ``(from, to, trigger)``; and the size of the picture."""

    boxes: dict[str, tuple[float, float]]
    arrows: tuple[tuple[str, str, str], ...]
    width: float
    height: float


def graph_of(model: ClassModel) -> Graph:
    """The positions of a class's states in a drawing."""
    names = [one.name for one in model.states]
    for start, end, _ in model.transitions:
        names += [name for name in (start, end) if name not in names]
    count = max(len(names), 1)
    radius = 0 if count == 1 else max(110.0, 36.0 * count)
    width, height = 2 * radius + 180, 2 * radius * 0.62 + 90
    boxes = {}
    for place, name in enumerate(names):
        angle = 2 * math.pi * place / count - math.pi / 2
        boxes[name] = (
            width / 2 + radius * math.cos(angle),
            height / 2 + radius * 0.62 * math.sin(angle),
        )
    return Graph(boxes, tuple(model.transitions), width, height)
