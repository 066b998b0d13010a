"""Files of images: their names, and the documents that say where they are."""

from __future__ import annotations

from ._assets import Asset, ImageFile, ResourceAssets, StreamAssets, make_assets
from ._files import DetectorError, as_directory, as_text, file_name

__all__ = [
    "Asset",
    "DetectorError",
    "ImageFile",
    "ResourceAssets",
    "StreamAssets",
    "as_directory",
    "as_text",
    "file_name",
    "make_assets",
]
