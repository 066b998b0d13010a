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
    AttributeConfig,
    CommandConfig,
    SuspenderSignal,
    TangoCommandBackend,
    TangoSignalBackend,
    TangoState,
    ensure_proper_executor,
    get_device_trl_and_attr,
    get_dtype_extended,
    get_full_attr_trl,
    get_python_type,
    get_source_metadata,
    infer_python_type,
    infer_signal_type,
    make_backend,
    make_converter,
    parse_precision,
    sig_from_types,
    tango_command,
    tango_signal_r,
    tango_signal_rw,
    tango_signal_w,
    tango_signal_x,
    tango_triggerable_command,
    try_to_cast_as_float,
)
from puretango.bluesky.aio.transport import (
    AsyncLink,
    AttributeProxy,
    CommandProxy,
    TangoConverter,
    TangoDevStateArrayConverter,
    TangoDevStateConverter,
    TangoDoubleStringTable,
    TangoDoubleStringTableConverter,
    TangoEnumArrayConverter,
    TangoEnumConverter,
    TangoLongStringTable,
    TangoLongStringTableConverter,
    get_tango_trl,
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
    "AttributeConfig",
    "AttributeProxy",
    "CommandConfig",
    "CommandProxy",
    "TangoConverter",
    "TangoDevStateArrayConverter",
    "TangoDevStateConverter",
    "TangoDoubleStringTableConverter",
    "TangoEnumArrayConverter",
    "TangoEnumConverter",
    "TangoLongStringTableConverter",
    "get_dtype_extended",
    "get_source_metadata",
    "get_tango_trl",
    "make_converter",
    "parse_precision",
    "try_to_cast_as_float",
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
