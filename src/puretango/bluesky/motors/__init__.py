"""Motors, and Sardana's elements."""

from __future__ import annotations

from ._motor import TangoMotor
from ._sardana import SardanaCounter, SardanaGroup, SardanaMotor

__all__ = [
    "SardanaCounter",
    "SardanaGroup",
    "SardanaMotor",
    "TangoMotor",
]
