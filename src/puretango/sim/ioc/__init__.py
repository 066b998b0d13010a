"""EPICS IOCs in a process of their own."""

from __future__ import annotations

from ._ioc import nobody_to_tell, run_ioc

__all__ = [
    "nobody_to_tell",
    "run_ioc",
]
