"""Fly scans by a controller with a busy flag, on any control layer."""

from __future__ import annotations

from ._flight import Flight, connect_all, leave_staged
from ._flyer import BusyFlyer
from ._flyer_epics import EpicsBusyFlyer, SimulatedBusyFlyer
from ._flyer_tango import TangoBusyFlyer

__all__ = [
    "BusyFlyer",
    "EpicsBusyFlyer",
    "Flight",
    "SimulatedBusyFlyer",
    "TangoBusyFlyer",
    "connect_all",
    "leave_staged",
]
