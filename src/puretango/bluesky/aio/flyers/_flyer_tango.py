"""Fly scans on Tango for ophyd-async: a device with a busy attribute."""

from __future__ import annotations

from typing import Any

import numpy as np
from ophyd_async.core import Array1D, SignalR, SignalRW

from puretango.bluesky.aio.signals import tango_signal_r, tango_signal_rw
from puretango.bluesky.aio.transport import AsyncLink
from puretango.bluesky.attributes import join

from ._flyer import BusyFlyer

__all__ = ["TangoBusyFlyer"]


class TangoBusyFlyer(BusyFlyer):
    """A Tango BusyController: ``TangoBusyFlyer("test/busy/1", "flyer")``; options as BusyFlyer's."""

    def __init__(self, trl: str, name: str = "", **options: Any) -> None:
        link = AsyncLink(trl)

        def reads(datatype: Any, attribute: str) -> SignalR[Any]:
            return tango_signal_r(datatype, join(trl, attribute), link=link)

        def writes(datatype: Any, attribute: str) -> SignalRW[Any]:
            return tango_signal_rw(datatype, join(trl, attribute), link=link)

        numbers = Array1D[np.float64]
        super().__init__(
            writes(bool, "busy"),
            reads(numbers, "times"),
            {attribute: reads(numbers, attribute) for attribute in ("positions", "signals")},
            count=reads(int, "points_taken"),
            hold=writes(bool, "hold"),
            fault=reads(bool, "failed"),
            settings={
                "start_position": writes(float, "start_position"),
                "end_position": writes(float, "end_position"),
                "num_points": writes(int, "num_points"),
                "dwell": writes(float, "dwell"),
            },
            name=name,
            **options,
        )
