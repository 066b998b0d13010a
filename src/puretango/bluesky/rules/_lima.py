"""How Lima's cameras are set up and their answers read, for classic ophyd and ophyd-async alike."""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = [
    "LIMA_CONFIGURATION",
    "LIMA_DATASET",
    "LIMA_SETTINGS",
    "LimaFlight",
    "LimaStep",
    "lima_data_key",
    "lima_flight",
    "lima_step",
]

#: The dataset of the images in Lima's HDF5 files.
LIMA_DATASET = "/entry_0000/measurement/data"
#: Settings that a run may change besides exposures; unstage restores them, in this order.
LIMA_SETTINGS = (
    *("acq_nb_frames", "saving_mode", "saving_directory", "saving_prefix", "saving_suffix"),
    *("saving_format", "saving_overwrite_policy", "saving_next_number", "saving_frame_per_file"),
)
#: What is read as the detector's configuration.
LIMA_CONFIGURATION = ("acq_expo_time", "latency_time", "acq_mode", "acq_trigger_mode")


#: Lima's trigger mode, by ophyd-async's trigger.
_TRIGGER_MODES = {
    "INTERNAL": "INTERNAL_TRIGGER",
    "EXTERNAL_EDGE": "EXTERNAL_TRIGGER_MULTI",
    "EXTERNAL_LEVEL": "EXTERNAL_GATE",
}


class LimaFlight(NamedTuple):
    """One acquisition of all images of a flight, into one file."""

    frames: int
    frames_per_event: int
    #: Lima's settings for it, in this order.
    settings: dict[str, Any]

    @property
    def external(self) -> bool:
        """Whether an external trigger starts the exposures: Lima must wait for it from the beginning."""
        return bool(self.settings["acq_trigger_mode"] != "INTERNAL_TRIGGER")


def lima_flight(name: str, info: Any) -> LimaFlight:
    """The acquisition that ophyd-async's ``TriggerInfo``, or an object with its attributes, asks for.

    ValueError where Lima cannot do it.
    """
    frames = int(info.number_of_events) * int(info.collections_per_event)
    if not frames:
        raise ValueError(f"{name}: Lima must be told how many images a flight has")
    if info.exposures_per_collection != 1:
        raise ValueError(f"{name}: exposures are not added up: exposures_per_collection must be 1")
    trigger = str(getattr(info.trigger, "value", info.trigger))
    if trigger not in _TRIGGER_MODES:
        raise ValueError(f"{name}: no trigger {trigger!r}, only {', '.join(_TRIGGER_MODES)}")
    settings: dict[str, Any] = {
        "acq_trigger_mode": _TRIGGER_MODES[trigger],
        "acq_nb_frames": frames,
        "saving_frame_per_file": frames,
    }
    if info.livetime:
        settings["acq_expo_time"] = float(info.livetime)
        settings["latency_time"] = float(info.deadtime)
    return LimaFlight(frames, int(info.collections_per_event), settings)


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
    """The part of the data key that follows from image_sizes: (signed, octets, width, height)."""
    signed, octets, width, height = (int(size) for size in sizes)
    kind = f"|{'i' if signed else 'u'}1" if octets == 1 else f"<{'i' if signed else 'u'}{octets}"
    return {
        "dtype": "array",
        "dtype_numpy": kind,
        "shape": [frames, height, width],
        "dims": ["frame", "row", "column"],
    }
