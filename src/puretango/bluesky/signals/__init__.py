"""Attributes and commands as ophyd signals."""

from __future__ import annotations

from ._attribute import TangoAttribute, TangoSignalRO
from ._command import TangoCommand
from ._fakeclasses import fake_of, register_fake
from ._fakes import FakeLink
from ._link import Link
from ._signal import TangoSignal

__all__ = [
    "FakeLink",
    "Link",
    "TangoAttribute",
    "TangoCommand",
    "TangoSignal",
    "TangoSignalRO",
    "fake_of",
    "register_fake",
]
