"""Detectors that write files of images, for ophyd-async."""

from __future__ import annotations

from ._detector import HDF5Detector, HDF5DetectorIO
from ._detector_lima import LimaDetector
from ._detector_tango import TangoPilatus, TangoPilatusIO
from ._lima import LimaIO
from ._recorded import TangoImage

__all__ = [
    "HDF5Detector",
    "HDF5DetectorIO",
    "LimaDetector",
    "LimaIO",
    "TangoImage",
    "TangoPilatus",
    "TangoPilatusIO",
]
