"""Motors, and Sardana's elements."""

from __future__ import annotations

from ._group import SardanaGroup
from ._motor import TangoMotor
from ._sardana import SardanaCounter, SardanaMotor

__all__ = [
    "SardanaCounter",
    "SardanaGroup",
    "SardanaMotor",
    "TangoMotor",
]
