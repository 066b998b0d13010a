"""Fly scans on EPICS: the synApps busy record and waveforms."""

from __future__ import annotations

from ophyd import Component, EpicsSignal, EpicsSignalRO, Kind

from ._flyer import BusyFlyer

__all__ = ["EpicsBusyFlyer", "SimulatedBusyFlyer"]


class EpicsBusyFlyer(BusyFlyer):
    """A synApps busy record and waveforms: ``EpicsBusyFlyer("prj:", name="flyer")``.

    For other PV names make a subclass with components of your own.
    """

    busy = Component(EpicsSignal, "mybusy", kind=Kind.omitted)
    times = Component(EpicsSignalRO, "t_array", kind=Kind.omitted)
    positions = Component(EpicsSignalRO, "x_array", kind=Kind.omitted)
    signals = Component(EpicsSignalRO, "y_array", kind=Kind.omitted)
    count = Component(EpicsSignalRO, "t_array.NORD", kind=Kind.omitted)


class SimulatedBusyFlyer(EpicsBusyFlyer):
    """The simulated busy IOC: `EpicsBusyFlyer` and its controller's settings."""

    start_position = Component(EpicsSignal, "fly:start", kind=Kind.config)
    end_position = Component(EpicsSignal, "fly:stop", kind=Kind.config)
    num_points = Component(EpicsSignal, "fly:points", kind=Kind.config)
    dwell = Component(EpicsSignal, "fly:dwell", kind=Kind.config)
    hold = Component(EpicsSignal, "fly:hold", kind=Kind.omitted)
