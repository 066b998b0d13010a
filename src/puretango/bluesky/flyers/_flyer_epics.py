"""Fly scans on EPICS: the synApps busy record and waveforms."""

from __future__ import annotations

from ophyd import Component, EpicsSignal, EpicsSignalRO, Kind
from ophyd.utils.epics_pvs import AlarmSeverity

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

    def failure(self) -> str | None:
        """A busy record whose put could not be carried out is in alarm."""
        if self.busy.alarm_severity == AlarmSeverity.INVALID:
            return f"{self.name}: {self.busy.name} is in alarm{self._message()}"
        failed: str | None = super().failure()
        return failed

    def _message(self) -> str:
        return ""


class SimulatedBusyFlyer(EpicsBusyFlyer):
    """The simulated busy IOC: `EpicsBusyFlyer` and its controller's settings."""

    start_position = Component(EpicsSignal, "fly:start", kind=Kind.config)
    end_position = Component(EpicsSignal, "fly:stop", kind=Kind.config)
    num_points = Component(EpicsSignal, "fly:points", kind=Kind.config)
    dwell = Component(EpicsSignal, "fly:dwell", kind=Kind.config)
    hold = Component(EpicsSignal, "fly:hold", kind=Kind.omitted)
    message = Component(EpicsSignalRO, "str_wave", string=True, kind=Kind.omitted)

    def _message(self) -> str:
        return f": {self.message.get(use_monitor=False)}"
