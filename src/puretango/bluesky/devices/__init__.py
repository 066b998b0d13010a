"""Whole Tango devices, the choice of what is read, and devices in bulk."""

from __future__ import annotations

from ._device import TangoDevice
from ._kinds import check_names, default_kind
from ._listing import listed
from ._ownstreams import own_streams
from ._registry import Devices, TangoDevices, devices_from_database

__all__ = [
    "Devices",
    "TangoDevice",
    "TangoDevices",
    "check_names",
    "default_kind",
    "devices_from_database",
    "listed",
    "own_streams",
]
