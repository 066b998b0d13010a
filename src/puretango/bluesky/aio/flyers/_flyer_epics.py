"""Fly scans on EPICS for ophyd-async: the synApps busy record and waveforms."""

from __future__ import annotations

from typing import Any

import numpy as np
from ophyd_async.core import Array1D
from ophyd_async.epics.core import epics_signal_r, epics_signal_rw

from ._flyer import BusyFlyer

__all__ = ["EpicsBusyFlyer", "SimulatedBusyFlyer"]


class EpicsBusyFlyer(BusyFlyer):
    """A synApps busy record and waveforms: ``EpicsBusyFlyer("prj:", "flyer")``.

    For records with other names use `BusyFlyer` with signals of your own.
    """

    def __init__(self, prefix: str, name: str = "", **options: Any) -> None:
        numbers = Array1D[np.float64]
        super().__init__(
            epics_signal_rw(bool, f"{prefix}mybusy"),
            epics_signal_r(numbers, f"{prefix}t_array"),
            {
                "positions": epics_signal_r(numbers, f"{prefix}x_array"),
                "signals": epics_signal_r(numbers, f"{prefix}y_array"),
            },
            count=epics_signal_r(int, f"{prefix}t_array.NORD"),
            name=name,
            **options,
        )


class SimulatedBusyFlyer(EpicsBusyFlyer):
    """The simulated busy IOC: `EpicsBusyFlyer` and its controller's settings."""

    def __init__(self, prefix: str, name: str = "", **options: Any) -> None:
        super().__init__(
            prefix,
            name,
            hold=epics_signal_rw(bool, f"{prefix}fly:hold"),
            settings={
                "start_position": epics_signal_rw(float, f"{prefix}fly:start"),
                "end_position": epics_signal_rw(float, f"{prefix}fly:stop"),
                "num_points": epics_signal_rw(int, f"{prefix}fly:points"),
                "dwell": epics_signal_rw(float, f"{prefix}fly:dwell"),
            },
            **options,
        )
