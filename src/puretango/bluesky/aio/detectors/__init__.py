"""Detectors that write files of images, for ophyd-async."""

from __future__ import annotations

from ._detector import HDF5Detector, HDF5DetectorIO
from ._detector_tango import TangoPilatus, TangoPilatusIO

__all__ = [
    "HDF5Detector",
    "HDF5DetectorIO",
    "TangoPilatus",
    "TangoPilatusIO",
]
