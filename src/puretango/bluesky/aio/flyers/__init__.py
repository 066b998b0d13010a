"""Fly scans for ophyd-async, on any control layer."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._flight import Flight
from ._flyer import BusyFlyer
from ._flyer_tango import TangoBusyFlyer

if TYPE_CHECKING:
    from ._flyer_epics import EpicsBusyFlyer, SimulatedBusyFlyer

#: What needs ophyd-async's EPICS support, which wants aioca or p4p.
_LATE = frozenset({"EpicsBusyFlyer", "SimulatedBusyFlyer"})

__all__ = [
    "BusyFlyer",
    "EpicsBusyFlyer",
    "Flight",
    "SimulatedBusyFlyer",
    "TangoBusyFlyer",
]


def __getattr__(name: str) -> Any:
    if name in _LATE:
        return getattr(import_module("._flyer_epics", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
