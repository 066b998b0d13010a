"""Options that bluesky's own ``TiledWriter`` needs for `resource` documents."""

from __future__ import annotations

from typing import Any

__all__ = ["tiled_options"]

#: Where areaDetector's file writer, and ours, put the images.
_DATASET = "/entry/data/data"


def tiled_options() -> dict[str, Any]:
    """``bluesky.callbacks.tiled_writer.TiledWriter(catalogue, **tiled_options())``.

    That writer does not know the spec ``AD_HDF5``, and takes the dataset's name from each document;
    ``area-detector-handlers`` know the name, and refuse it as an argument. The writer of
    ``bluesky-tiled-plugins`` needs none of this.
    """
    return {
        "spec_to_mimetype": {"AD_HDF5": "application/x-hdf5"},
        "patches": {"resource": _with_dataset},
    }


def _with_dataset(resource: dict[str, Any]) -> dict[str, Any]:
    if resource.get("spec") != "AD_HDF5":
        return resource
    frames = resource["resource_kwargs"].get("frame_per_point", 1)
    kwargs = {"dataset": _DATASET, "chunk_shape": [frames]}
    return {**resource, "resource_kwargs": kwargs}
