"""Detectors that write files of images, on any control layer."""

from __future__ import annotations

from ._detector import HDF5Detector
from ._detector_epics import EpicsPilatus
from ._detector_lima import LimaDetector
from ._detector_tango import TangoPilatus
from ._recorded import TangoImage

__all__ = [
    "EpicsPilatus",
    "HDF5Detector",
    "LimaDetector",
    "TangoImage",
    "TangoPilatus",
]
