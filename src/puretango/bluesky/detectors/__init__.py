"""Detectors that write files of images, on any control layer."""

from __future__ import annotations

from ._detector import HDF5Detector
from ._detector_epics import EpicsPilatus
from ._detector_tango import TangoPilatus

__all__ = [
    "EpicsPilatus",
    "HDF5Detector",
    "TangoPilatus",
]
