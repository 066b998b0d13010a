"""ophyd-async over Tango, natively on asyncio: no thread, reads of one device in one request.

Flyers and detectors take signals of any control layer that ophyd-async has a backend for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from puretango.bluesky._acquisition import AcquisitionFailed
from puretango.bluesky._course import FlightError
from puretango.bluesky._files import DetectorError
from puretango.bluesky._move import MoveFailed

from ._backend import TangoCommandBackend, TangoSignalBackend
from ._datatypes import TangoState
from ._detector import HDF5Detector, HDF5DetectorIO
from ._detector_tango import TangoPilatus, TangoPilatusIO
from ._device import TangoDevice, TangoDeviceConnector, TangoName, TangoPolling
from ._flyer import BusyFlyer
from ._flyer_tango import TangoBusyFlyer
from ._link import AsyncLink
from ._motor import TangoMotor
from ._readable import TangoReadable
from ._registry import TangoReadables, devices_from_database
from ._sardana import SardanaCounter, SardanaGroup, SardanaMotor
from ._signals import (
    tango_command,
    tango_signal_r,
    tango_signal_rw,
    tango_signal_w,
    tango_signal_x,
)
from ._suspending import SuspenderSignal

if TYPE_CHECKING:
    from ._flyer_epics import EpicsBusyFlyer, SimulatedBusyFlyer

#: What needs ophyd-async's EPICS support, which wants aioca or p4p.
_LATE = {"EpicsBusyFlyer": "_flyer_epics", "SimulatedBusyFlyer": "_flyer_epics"}

__all__ = [
    "AcquisitionFailed",
    "AsyncLink",
    "BusyFlyer",
    "DetectorError",
    "EpicsBusyFlyer",
    "FlightError",
    "HDF5Detector",
    "HDF5DetectorIO",
    "MoveFailed",
    "SardanaCounter",
    "SardanaGroup",
    "SardanaMotor",
    "SimulatedBusyFlyer",
    "SuspenderSignal",
    "TangoBusyFlyer",
    "TangoCommandBackend",
    "TangoDevice",
    "TangoDeviceConnector",
    "TangoMotor",
    "TangoName",
    "TangoPilatus",
    "TangoPilatusIO",
    "TangoPolling",
    "TangoReadable",
    "TangoReadables",
    "TangoSignalBackend",
    "TangoState",
    "devices_from_database",
    "tango_command",
    "tango_signal_r",
    "tango_signal_rw",
    "tango_signal_w",
    "tango_signal_x",
]


def __getattr__(name: str) -> Any:
    if name in _LATE:
        return getattr(import_module(f".{_LATE[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
