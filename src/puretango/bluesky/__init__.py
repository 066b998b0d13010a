"""Bluesky over Tango: signals, devices, motors, flyers and detectors for plans.

Classic ophyd lives here. The same for ophyd-async is in ``puretango.bluesky.aio``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._acquisition import AcquisitionFailed
    from ._attribute import TangoAttribute, TangoSignalRO
    from ._command import TangoCommand
    from ._course import FlightError
    from ._detector import HDF5Detector
    from ._detector_epics import EpicsPilatus
    from ._detector_tango import TangoPilatus
    from ._device import TangoDevice
    from ._files import DetectorError
    from ._flyer import BusyFlyer
    from ._flyer_epics import EpicsBusyFlyer, SimulatedBusyFlyer
    from ._flyer_tango import TangoBusyFlyer
    from ._motor import TangoMotor
    from ._move import MoveFailed
    from ._reading import AttributeFailed, Sample
    from ._registry import TangoDevices, devices_from_database
    from ._sardana import SardanaCounter, SardanaGroup, SardanaMotor
    from ._signal import TangoSignal

_HOMES = {
    "AcquisitionFailed": "_acquisition",
    "AttributeFailed": "_reading",
    "BusyFlyer": "_flyer",
    "DetectorError": "_files",
    "EpicsBusyFlyer": "_flyer_epics",
    "EpicsPilatus": "_detector_epics",
    "FlightError": "_course",
    "HDF5Detector": "_detector",
    "MoveFailed": "_move",
    "Sample": "_reading",
    "SardanaCounter": "_sardana",
    "SardanaGroup": "_sardana",
    "SardanaMotor": "_sardana",
    "SimulatedBusyFlyer": "_flyer_epics",
    "TangoAttribute": "_attribute",
    "TangoBusyFlyer": "_flyer_tango",
    "TangoCommand": "_command",
    "TangoDevice": "_device",
    "TangoDevices": "_registry",
    "TangoMotor": "_motor",
    "TangoPilatus": "_detector_tango",
    "TangoSignal": "_signal",
    "TangoSignalRO": "_attribute",
    "devices_from_database": "_registry",
}

__all__ = [
    "AcquisitionFailed",
    "AttributeFailed",
    "BusyFlyer",
    "DetectorError",
    "EpicsBusyFlyer",
    "EpicsPilatus",
    "FlightError",
    "HDF5Detector",
    "MoveFailed",
    "Sample",
    "SardanaCounter",
    "SardanaGroup",
    "SardanaMotor",
    "SimulatedBusyFlyer",
    "TangoAttribute",
    "TangoBusyFlyer",
    "TangoCommand",
    "TangoDevice",
    "TangoDevices",
    "TangoMotor",
    "TangoPilatus",
    "TangoSignal",
    "TangoSignalRO",
    "devices_from_database",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
