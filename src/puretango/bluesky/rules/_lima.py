"""How Lima's cameras are set up and what they say, for classic ophyd and ophyd-async alike."""

from __future__ import annotations

from typing import Any

__all__ = [
    "LIMA_CONFIGURATION",
    "LIMA_DATASET",
    "LIMA_SETTINGS",
    "LimaStep",
    "lima_data_key",
    "lima_step",
]

#: Where Lima's HDF5 files have the images.
LIMA_DATASET = "/entry_0000/measurement/data"
#: What a run may change besides exposures; unstage puts it back, in this order.
LIMA_SETTINGS = (
    *("acq_nb_frames", "saving_mode", "saving_directory", "saving_prefix", "saving_suffix"),
    *("saving_format", "saving_overwrite_policy", "saving_next_number", "saving_frame_per_file"),
)
#: What is read as the detector's configuration.
LIMA_CONFIGURATION = ("acq_expo_time", "latency_time", "acq_mode", "acq_trigger_mode")


class LimaStep(RuntimeError):
    """An acquisition that failed, in Lima's words."""


def lima_step(status: str, fault: str, saved: int, frames: int) -> bool:
    """Whether an acquisition is over, with all images in the file; LimaStep where it has failed.

    ``status`` is acq_status, ``saved`` last_image_saved, which counts from 0.
    """
    if status == "Fault":
        raise LimaStep(fault)
    return status == "Ready" and saved >= frames - 1


def lima_data_key(sizes: Any, frames: int) -> dict[str, Any]:
    """The part of the data key that image_sizes tells: (signed, octets, width, height)."""
    signed, octets, width, height = (int(size) for size in sizes)
    kind = f"|{'i' if signed else 'u'}1" if octets == 1 else f"<{'i' if signed else 'u'}{octets}"
    return {
        "dtype": "array",
        "dtype_numpy": kind,
        "shape": [frames, height, width],
        "dims": ["frame", "row", "column"],
    }
