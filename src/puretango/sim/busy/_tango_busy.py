"""BusyController: a simulated fly-scan controller as a Tango device."""

from __future__ import annotations

import threading
from typing import Any

from puretango.errors import Except
from puretango.idl import AttrWriteType, DevState
from puretango.server import Device, attribute, command

from ._busy import CAPACITY, BusyModel, FlyPlan

__all__ = ["BusyController"]


def _spectrum(doc: str, **options: Any) -> Any:
    return attribute(dtype=(float,), max_dim_x=CAPACITY, doc=doc, **options)


class BusyController(Device):
    """Takes points by itself once `busy` is set, fills its arrays, and clears `busy`.

    Busy is set, and the state RUNNING, before the write returns.
    """

    times = _spectrum("When each point was taken, in seconds since 1970", unit="s")
    positions = _spectrum("Where each point was taken", unit="mm")
    signals = _spectrum("What was seen at each point", unit="a.u.")

    def init_device(self) -> None:
        """An idle controller with the default plan."""
        super().init_device()
        self._telling = threading.Lock()
        self.model = BusyModel(listener=self._changed)
        self._settings: dict[str, Any] = {
            "start": self.model.plan.start,
            "stop": self.model.plan.stop,
            "points": self.model.plan.points,
            "dwell": self.model.plan.dwell,
        }
        for name in ("busy", "points_taken", "state"):
            self.set_change_event(name, True, False)
        self._report()

    def delete_device(self) -> None:
        """End the run under way."""
        self.model.listener = None
        self.model.close()
        super().delete_device()

    # -- state
    def dev_state(self) -> DevState:
        """RUNNING while busy."""
        return self._report()

    def _report(self) -> DevState:
        model = self.model
        taken = model.taken
        if model.busy:
            state = DevState.RUNNING
            status = f"{'On hold' if model.paused else 'Flying'}: {taken} points"
        else:
            state = DevState.STANDBY
            status = f"Idle: {taken} points" + ("" if model.completed else ", stopped early")
        self.set_state(state)
        self.set_status(status)
        return state

    def _changed(self) -> None:
        self.push_change_event("points_taken", self.model.taken)
        if not self.model.busy:
            self._push_busy()

    def _push_busy(self) -> None:
        # The run may end while the event of its start is pushed: that event must not be the last one.
        with self._telling:
            self.push_change_event("busy", self.model.busy)
            self.push_change_event("state", self._report())

    # -- attributes
    @attribute(dtype=bool, access=AttrWriteType.READ_WRITE)
    def busy(self) -> bool:
        """True while the controller takes points; writing True starts it, False stops it."""
        return self.model.busy

    @busy.write  # type: ignore[no-redef, unused-ignore]  # read and written under one name, as PyTango's users write it
    def busy(self, value: bool) -> None:
        if value:
            self.Start()
        else:
            self.Stop()

    def read_times(self) -> list[float]:
        """The points' times."""
        return [point.time for point in self.model.points]

    def read_positions(self) -> list[float]:
        """The points' positions."""
        return [point.position for point in self.model.points]

    def read_signals(self) -> list[float]:
        """The points' signals."""
        return [point.signal for point in self.model.points]

    @attribute(dtype=int)
    def points_taken(self) -> int:
        """How many points the arrays hold."""
        return self.model.taken

    @attribute(dtype=bool)
    def failed(self) -> bool:
        """Whether the last run ended before its last point."""
        return not self.model.busy and not self.model.completed

    @attribute(dtype=bool, access=AttrWriteType.READ_WRITE)
    def hold(self) -> bool:
        """True holds the run where it is."""
        return self.model.paused

    @hold.write  # type: ignore[no-redef, unused-ignore]  # read and written under one name, as PyTango's users write it
    def hold(self, value: bool) -> None:
        if value:
            self.model.pause()
        else:
            self.model.resume()
        self._report()

    @attribute(dtype=float, access=AttrWriteType.READ_WRITE, unit="mm")
    def start_position(self) -> float:
        """Where the first point of the next run is taken."""
        return float(self._settings["start"])

    @start_position.write  # type: ignore[no-redef, unused-ignore]  # read and written under one name, as PyTango's users write it
    def start_position(self, value: float) -> None:
        self._set("start", value)

    @attribute(dtype=float, access=AttrWriteType.READ_WRITE, unit="mm")
    def end_position(self) -> float:
        """Where the last point of the next run is taken."""
        return float(self._settings["stop"])

    @end_position.write  # type: ignore[no-redef, unused-ignore]  # read and written under one name, as PyTango's users write it
    def end_position(self, value: float) -> None:
        self._set("stop", value)

    @attribute(dtype=int, access=AttrWriteType.READ_WRITE, min_value=1, max_value=CAPACITY)
    def num_points(self) -> int:
        """How many points the next run takes."""
        return int(self._settings["points"])

    @num_points.write  # type: ignore[no-redef, unused-ignore]  # read and written under one name, as PyTango's users write it
    def num_points(self, value: int) -> None:
        self._set("points", int(value))

    @attribute(dtype=float, access=AttrWriteType.READ_WRITE, unit="s", min_value=0)
    def dwell(self) -> float:
        """Seconds per point of the next run."""
        return float(self._settings["dwell"])

    @dwell.write  # type: ignore[no-redef, unused-ignore]  # read and written under one name, as PyTango's users write it
    def dwell(self, value: float) -> None:
        self._set("dwell", value)

    def _set(self, name: str, value: Any) -> None:
        wanted = self._settings | {name: value}
        try:
            FlyPlan(**wanted)
        except ValueError as error:
            Except.throw_exception("BusyController_BadSetting", str(error), "BusyController")
        self._settings = wanted

    # -- commands
    @command
    def Start(self) -> None:
        """Begin a run; does nothing while one is under way."""
        if not self.model.busy:
            self.model.plan = FlyPlan(**self._settings)
            self.model.start()
            self._push_busy()

    @command
    def Stop(self) -> None:
        """End the run after the point being taken, and wait for that."""
        self.model.stop()
        self.model.wait(2.0)
        self._report()

    @command
    def Pause(self) -> None:
        """Hold the run."""
        self.model.pause()
        self._report()

    @command
    def Resume(self) -> None:
        """Go on after Pause."""
        self.model.resume()
        self._report()
