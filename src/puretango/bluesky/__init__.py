"""Bluesky over Tango: signals, devices, motors, flyers and detectors for plans.

Classic ophyd lives here. Its counterpart for ophyd-async is ``puretango.bluesky.aio``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .attributes import AttributeFailed, OnFailure, Sample, attribute_of, key_of
    from .detectors import EpicsPilatus, HDF5Detector, TangoPilatus
    from .devices import TangoDevice, TangoDevices, devices_from_database
    from .files import DetectorError, tiled_options
    from .flyers import BusyFlyer, EpicsBusyFlyer, SimulatedBusyFlyer, TangoBusyFlyer
    from .motors import SardanaCounter, SardanaGroup, SardanaMotor, TangoMotor
    from .rules import AcquisitionFailed, FlightError, MoveFailed
    from .signals import TangoAttribute, TangoCommand, TangoSignal, TangoSignalRO

_HOMES = {
    "AcquisitionFailed": "rules",
    "AttributeFailed": "attributes",
    "BusyFlyer": "flyers",
    "DetectorError": "files",
    "EpicsBusyFlyer": "flyers",
    "EpicsPilatus": "detectors",
    "FlightError": "rules",
    "HDF5Detector": "detectors",
    "LimaDetector": "detectors",
    "MoveFailed": "rules",
    "OnFailure": "attributes",
    "Sample": "attributes",
    "SardanaCounter": "motors",
    "SardanaGroup": "motors",
    "SardanaMotor": "motors",
    "SimulatedBusyFlyer": "flyers",
    "TangoAttribute": "signals",
    "TangoBusyFlyer": "flyers",
    "TangoCommand": "signals",
    "TangoDevice": "devices",
    "TangoDevices": "devices",
    "TangoImage": "detectors",
    "TangoMotor": "motors",
    "TangoPilatus": "detectors",
    "TangoSignal": "signals",
    "TangoSignalRO": "signals",
    "attribute_of": "attributes",
    "devices_from_database": "devices",
    "key_of": "attributes",
    "own_streams": "devices",
    "tiled_options": "files",
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
    "LimaDetector",
    "MoveFailed",
    "OnFailure",
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
    "TangoImage",
    "TangoMotor",
    "TangoPilatus",
    "TangoSignal",
    "TangoSignalRO",
    "attribute_of",
    "devices_from_database",
    "key_of",
    "own_streams",
    "tiled_options",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
