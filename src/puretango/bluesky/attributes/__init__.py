"""What an attribute is and what a reading of it says, for classic ophyd and ophyd-async alike."""

from __future__ import annotations

from ._facts import AttributeFacts
from ._reading import AttributeFailed, Sample, equal_values, sample, telling, to_tango, unreachable
from ._trl import device_path, host_prefix, join, locate, split

__all__ = [
    "equal_values",
    "AttributeFacts",
    "AttributeFailed",
    "Sample",
    "device_path",
    "host_prefix",
    "join",
    "locate",
    "sample",
    "split",
    "telling",
    "to_tango",
    "unreachable",
]
