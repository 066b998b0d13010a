"""A detector head, its plugins, and the files that they write."""

from __future__ import annotations

from ._camera import PILATUS_100K, Camera, CameraState, ImageMode
from ._filewriter import FileWriter, WriteMode
from ._hdf5 import Compression, CompressionSettings
from ._plugin import Frame, ImagePlugin, Plugin

__all__ = [
    "PILATUS_100K",
    "Camera",
    "CameraState",
    "Compression",
    "CompressionSettings",
    "FileWriter",
    "Frame",
    "ImageMode",
    "ImagePlugin",
    "Plugin",
    "WriteMode",
]
