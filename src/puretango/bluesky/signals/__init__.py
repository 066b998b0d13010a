"""Attributes and commands as ophyd signals."""

from __future__ import annotations

from ._attribute import TangoAttribute, TangoSignalRO
from ._command import TangoCommand
from ._link import Link
from ._signal import TangoSignal

__all__ = [
    "Link",
    "TangoAttribute",
    "TangoCommand",
    "TangoSignal",
    "TangoSignalRO",
]
