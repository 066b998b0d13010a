"""Bluesky over Tango: signals, devices, motors, flyers and detectors for plans.

Classic ophyd lives here. The same for ophyd-async is in ``puretango.bluesky.aio``.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "AttributeFailed": "_reading",
    "BusyFlyer": "_flyer",
    "EpicsBusyFlyer": "_flyer_epics",
    "FlightError": "_flight",
    "AcquisitionFailed": "_sardana",
    "MoveFailed": "_motor",
    "SardanaCounter": "_sardana",
    "SardanaGroup": "_sardana",
    "SardanaMotor": "_sardana",
    "SimulatedBusyFlyer": "_flyer_epics",
    "TangoAttribute": "_signal",
    "TangoBusyFlyer": "_flyer_tango",
    "TangoCommand": "_command",
    "TangoDevice": "_device",
    "TangoDevices": "_registry",
    "TangoMotor": "_motor",
    "TangoSignal": "_signal",
    "TangoSignalRO": "_signal",
    "devices_from_database": "_registry",
}

__all__ = [
    "AttributeFailed",
    "AcquisitionFailed",
    "MoveFailed",
    "SardanaCounter",
    "SardanaGroup",
    "SardanaMotor",
    "TangoAttribute",
    "TangoCommand",
    "TangoDevice",
    "TangoDevices",
    "TangoMotor",
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
