"""Files of images: their names, and the documents that say where they are."""

from __future__ import annotations

from ._assets import Asset, ImageFile, ResourceAssets, StreamAssets, make_assets
from ._eventfiles import EventFiles
from ._files import (
    DetectorError,
    Written,
    as_directory,
    as_text,
    file_name,
    is_windows,
    local_path,
    name_in,
)
from ._flownfiles import FlownFiles
from ._recorder import Recorder
from ._references import ReferenceAssets, reference_key
from ._tiled import tiled_options

__all__ = [
    "Asset",
    "DetectorError",
    "EventFiles",
    "FlownFiles",
    "ImageFile",
    "Recorder",
    "ReferenceAssets",
    "ResourceAssets",
    "StreamAssets",
    "Written",
    "as_directory",
    "as_text",
    "file_name",
    "is_windows",
    "local_path",
    "make_assets",
    "name_in",
    "reference_key",
    "tiled_options",
]
