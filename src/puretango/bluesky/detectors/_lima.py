"""What a detector needs of a LimaCCDs device: its public control interface."""

from __future__ import annotations

from typing import Any

from ophyd import Component, Kind

from puretango.bluesky.detectors._imagedetector import ImageDetector
from puretango.bluesky.signals import TangoCommand, TangoSignal, TangoSignalRO

__all__ = ["LimaCamera"]


def _writable(attribute: str, kind: Kind = Kind.omitted) -> Any:
    return Component(TangoSignal, f"/{attribute}", kind=kind)


def _readable(attribute: str) -> Any:
    return Component(TangoSignalRO, f"/{attribute}", kind=Kind.omitted)


class LimaCamera(ImageDetector):
    """The attributes and commands."""

    acq_status = _readable("acq_status")
    acq_status_fault_error = _readable("acq_status_fault_error")
    last_image_ready = _readable("last_image_ready")
    last_image_saved = _readable("last_image_saved")
    image_sizes = _readable("image_sizes")
    acq_nb_frames = _writable("acq_nb_frames")
    acq_expo_time = _writable("acq_expo_time", Kind.config)
    latency_time = _writable("latency_time", Kind.config)
    acq_mode = _writable("acq_mode", Kind.config)
    acq_trigger_mode = _writable("acq_trigger_mode", Kind.config)
    saving_mode = _writable("saving_mode")
    saving_directory = _writable("saving_directory")
    saving_prefix = _writable("saving_prefix")
    saving_suffix = _writable("saving_suffix")
    saving_format = _writable("saving_format")
    saving_overwrite_policy = _writable("saving_overwrite_policy")
    saving_index_format = _writable("saving_index_format")
    saving_next_number = _writable("saving_next_number")
    saving_frame_per_file = _writable("saving_frame_per_file")
    prepare_acq = Component(TangoCommand, "/prepareAcq")
    start_acq = Component(TangoCommand, "/startAcq")
    stop_acq = Component(TangoCommand, "/stopAcq")
