"""ophyd-async over Tango, natively on asyncio: no thread, reads of one device in one request."""

from __future__ import annotations

from ._backend import TangoCommandBackend, TangoSignalBackend
from ._datatypes import TangoState
from ._device import TangoDevice, TangoDeviceConnector, TangoName, TangoPolling
from ._motor import TangoMotor
from ._readable import TangoReadable
from ._signals import (
    tango_command,
    tango_signal_r,
    tango_signal_rw,
    tango_signal_w,
    tango_signal_x,
)

__all__ = [
    "TangoCommandBackend",
    "TangoDevice",
    "TangoDeviceConnector",
    "TangoMotor",
    "TangoName",
    "TangoPolling",
    "TangoReadable",
    "TangoSignalBackend",
    "TangoState",
    "tango_command",
    "tango_signal_r",
    "tango_signal_rw",
    "tango_signal_w",
    "tango_signal_x",
]
