"""Whole Tango devices for ophyd-async, and devices in bulk."""

from __future__ import annotations

from ._device import TangoDevice, TangoDeviceConnector, TangoName, TangoPolling
from ._readable import TangoReadable
from ._registry import TangoReadables, devices_from_database

__all__ = [
    "TangoDevice",
    "TangoDeviceConnector",
    "TangoName",
    "TangoPolling",
    "TangoReadable",
    "TangoReadables",
    "devices_from_database",
]
