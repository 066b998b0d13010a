"""What a detector needs of a LimaCCDs device: its public control interface."""

from __future__ import annotations

from typing import Annotated as A

import numpy as np
from ophyd_async.core import Array1D, SignalR, SignalRW, TriggerableCommand

from puretango.bluesky.aio.devices import TangoDevice, TangoName

__all__ = ["LimaIO"]


class LimaIO(TangoDevice):
    """What a detector needs of a LimaCCDs device."""

    acq_status: SignalR[str]
    acq_status_fault_error: SignalR[str]
    last_image_ready: SignalR[int]
    last_image_saved: SignalR[int]
    image_sizes: SignalR[Array1D[np.uint32]]
    acq_nb_frames: SignalRW[int]
    acq_expo_time: SignalRW[float]
    latency_time: SignalRW[float]
    acq_mode: SignalRW[str]
    acq_trigger_mode: SignalRW[str]
    saving_mode: SignalRW[str]
    saving_directory: SignalRW[str]
    saving_prefix: SignalRW[str]
    saving_suffix: SignalRW[str]
    saving_format: SignalRW[str]
    saving_overwrite_policy: SignalRW[str]
    saving_index_format: SignalRW[str]
    saving_next_number: SignalRW[int]
    saving_frame_per_file: SignalRW[int]
    prepare_acq: A[TriggerableCommand, TangoName("prepareAcq")]
    start_acq: A[TriggerableCommand, TangoName("startAcq")]
    stop_acq: A[TriggerableCommand, TangoName("stopAcq")]
