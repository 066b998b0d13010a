"""Fly scans on Tango: a device with a busy attribute."""

from __future__ import annotations

from ophyd import Component, Kind

from puretango.bluesky.signals import TangoSignal, TangoSignalRO

from ._flyer import BusyFlyer

__all__ = ["TangoBusyFlyer"]


class TangoBusyFlyer(BusyFlyer):
    """A Tango BusyController: ``TangoBusyFlyer("test/busy/1", name="flyer")``."""

    busy_value = True
    done_value = False

    busy = Component(TangoSignal, "/busy", kind=Kind.omitted)
    times = Component(TangoSignalRO, "/times", kind=Kind.omitted)
    positions = Component(TangoSignalRO, "/positions", kind=Kind.omitted)
    signals = Component(TangoSignalRO, "/signals", kind=Kind.omitted)
    count = Component(TangoSignalRO, "/points_taken", kind=Kind.omitted)
    fault = Component(TangoSignalRO, "/failed", kind=Kind.omitted)
    hold = Component(TangoSignal, "/hold", kind=Kind.omitted)
    start_position = Component(TangoSignal, "/start_position", kind=Kind.config)
    end_position = Component(TangoSignal, "/end_position", kind=Kind.config)
    num_points = Component(TangoSignal, "/num_points", kind=Kind.config)
    dwell = Component(TangoSignal, "/dwell", kind=Kind.config)
