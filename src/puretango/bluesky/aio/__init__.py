"""ophyd-async over Tango, natively on asyncio: no thread, reads of one device in one request.

Flyers and detectors take signals of any control layer that ophyd-async has a backend for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from puretango.bluesky.aio.detectors import (
    HDF5Detector,
    HDF5DetectorIO,
    LimaDetector,
    LimaIO,
    TangoImage,
    TangoPilatus,
    TangoPilatusIO,
)
from puretango.bluesky.aio.devices import (
    TangoDevice,
    TangoDeviceConnector,
    TangoName,
    TangoPolling,
    TangoReadable,
    TangoReadables,
    devices_from_database,
)
from puretango.bluesky.aio.flyers import BusyFlyer, TangoBusyFlyer
from puretango.bluesky.aio.motors import SardanaCounter, SardanaGroup, SardanaMotor, TangoMotor
from puretango.bluesky.aio.signals import (
    AsyncLink,
    SuspenderSignal,
    TangoCommandBackend,
    TangoDoubleStringTable,
    TangoLongStringTable,
    TangoSignalBackend,
    TangoState,
    ensure_proper_executor,
    get_device_trl_and_attr,
    get_full_attr_trl,
    get_python_type,
    infer_python_type,
    infer_signal_type,
    make_backend,
    sig_from_types,
    tango_command,
    tango_signal_r,
    tango_signal_rw,
    tango_signal_w,
    tango_signal_x,
    tango_triggerable_command,
)
from puretango.bluesky.attributes import OnFailure, attribute_of, key_of
from puretango.bluesky.devices import own_streams
from puretango.bluesky.files import DetectorError
from puretango.bluesky.rules import AcquisitionFailed, FlightError, MoveFailed

if TYPE_CHECKING:
    from puretango.bluesky.aio.flyers import EpicsBusyFlyer, SimulatedBusyFlyer

#: What needs ophyd-async's EPICS support, which wants aioca or p4p.
_LATE = frozenset({"EpicsBusyFlyer", "SimulatedBusyFlyer"})

#: ophyd-async's name for it.
DevStateEnum = TangoState

__all__ = [
    "DevStateEnum",
    "OnFailure",
    "TangoDoubleStringTable",
    "TangoImage",
    "TangoLongStringTable",
    "attribute_of",
    "ensure_proper_executor",
    "get_device_trl_and_attr",
    "get_full_attr_trl",
    "get_python_type",
    "infer_python_type",
    "infer_signal_type",
    "key_of",
    "make_backend",
    "own_streams",
    "sig_from_types",
    "tango_triggerable_command",
    "AcquisitionFailed",
    "AsyncLink",
    "BusyFlyer",
    "DetectorError",
    "EpicsBusyFlyer",
    "FlightError",
    "HDF5Detector",
    "HDF5DetectorIO",
    "LimaDetector",
    "LimaIO",
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
        return getattr(import_module(".flyers", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
