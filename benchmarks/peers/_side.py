"""The implementation that a process measures, by its name."""

from __future__ import annotations

import importlib
from typing import Any

_NAMES = {"puretango": "puretango", "pytango": "tango"}


def module(side: str, name: str = "") -> Any:
    """The package of this side, or a module in it."""
    return importlib.import_module(_NAMES[side] + (f".{name}" if name else ""))
