"""Rules over running devices: read only, in whatever language they are written."""

from puretango.lint.live._device import lint_device, lint_observation
from puretango.lint.live._observation import (
    Observation,
    Polled,
    Read,
    Request,
    Sample,
    observe,
    parse_polling,
)

__all__ = [
    "Observation",
    "Polled",
    "Read",
    "Request",
    "Sample",
    "lint_device",
    "lint_observation",
    "observe",
    "parse_polling",
]
