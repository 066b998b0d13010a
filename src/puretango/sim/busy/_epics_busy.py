"""EPICS IOC: the synApps busy record, four waveforms, and the controller behind them.

The records are `<prefix>mybusy` (bo-like: Done, Busy; a put with completion
returns when the controller is done), `<prefix>t_array`, `x_array`, `y_array`
(DOUBLE, 65,536 elements) and `str_wave` (CHAR, 256). The settings of the
controller are `<prefix>fly:start|stop|points|dwell|hold`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from caproto import AlarmSeverity, AlarmStatus, ChannelType, SkipWrite
from caproto.server import PVGroup, SubGroup, pvproperty

from puretango.sim.ioc import nobody_to_tell, run_ioc

from ._busy import BusyModel, FlyPlan, Point

__all__ = ["BusyIoc", "run_busy_ioc"]

DONE, BUSY = "Done", "Busy"
#: How many points the waveforms hold.
NELM = 65_536
_MESSAGE = 256


def _waveform(name: str, description: str) -> Any:
    return pvproperty(
        name=name,
        value=[],
        dtype=ChannelType.DOUBLE,
        max_length=NELM,
        record="waveform",
        read_only=False,
        doc=description,
        precision=6,
    )


async def _put_hold(settings: FlySettings, instance: Any, value: Any) -> None:
    """Hold the run, or let it go on."""
    settings.parent.hold(value in ("Hold", 1))


async def _put_busy(ioc: BusyIoc, instance: Any, value: Any) -> None:
    """Busy: run the controller, and complete the put when it is done. Done: stop it."""
    if value in (BUSY, 1):
        await ioc.fly_once()
    else:
        await ioc.halt()
    await ioc.monitors_sent()
    # The record has written itself already; a value written now, after the
    # awaits, could undo what another client put meanwhile.
    raise SkipWrite


class FlySettings(PVGroup):
    """The settings of the controller's runs."""

    start = pvproperty(value=-1.0, precision=4, doc="First position")
    stop = pvproperty(value=1.0, precision=4, doc="Last position")
    points = pvproperty(value=11, doc="Number of points")
    dwell = pvproperty(value=0.02, precision=4, units="s", doc="Time per point")
    hold = pvproperty(
        value="Run",
        dtype=ChannelType.ENUM,
        enum_strings=["Run", "Hold"],
        record="bo",
        doc="Pause the run",
        put=_put_hold,
    )


class BusyIoc(PVGroup):
    """The records of the busy IOC; `model` is the controller."""

    mybusy = pvproperty(
        value=DONE,
        dtype=ChannelType.ENUM,
        enum_strings=[DONE, BUSY],
        record="bo",
        doc="Fly scan",
        put=_put_busy,
    )
    t_array = _waveform("t_array", "timestamps")
    x_array = _waveform("x_array", "positions")
    y_array = _waveform("y_array", "signals")
    str_wave = pvproperty(
        value="", dtype=ChannelType.CHAR, max_length=_MESSAGE, record="waveform", doc="message"
    )
    fly = SubGroup(FlySettings, prefix="fly:")

    def __init__(self, prefix: str = "prj:", *, model: BusyModel | None = None) -> None:
        super().__init__(prefix)
        self.monitors_sent: Callable[[], Awaitable[None]] = nobody_to_tell
        self.model = model or BusyModel()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._dirty = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._flying = False
        self._publisher: asyncio.Task[None] | None = None

    # -- life ---------------------------------------------------------------
    async def started(self) -> None:
        """Take the running loop and begin to publish what the controller does."""
        self._loop = asyncio.get_running_loop()
        self.model.listener = self._model_changed
        self._publisher = asyncio.create_task(self._publish_changes())
        await self.mybusy.fields["OUT"].write(f"{self.prefix}fly:points.PROC PP")
        await self.mybusy.fields["FLNK"].write(f"{self.prefix}str_wave", verify_value=False)
        # Fields that caproto's own record types lack; clients cannot write them.
        await self.mybusy.fields["RTYP"].write("busy", verify_value=False)
        await self.str_wave.fields["FTVL"].write("CHAR", verify_value=False)
        for wave in self._waves():
            await wave.fields["DESC"].write(wave.__doc__ or "")
            await wave.fields["FTVL"].write("DOUBLE", verify_value=False)

    async def stopped(self) -> None:
        """End the controller and the publisher."""
        self.model.listener = None
        await asyncio.to_thread(self.model.close)
        if self._publisher is not None:
            self._publisher.cancel()

    # -- the busy record ----------------------------------------------------
    async def halt(self) -> None:
        """Stop the controller and wait until it has."""
        if not self._idle.is_set():
            self.model.stop()
            await self._idle.wait()

    async def fly_once(self) -> None:
        """Run the controller (or join the run under way) and wait until it is done."""
        if self._idle.is_set():
            try:
                points = int(self.fly.points.value)
                if not 1 <= points <= NELM:
                    raise ValueError(f"points must be 1 to {NELM}, not {points}")
                self.model.plan = FlyPlan(
                    start=float(self.fly.start.value),
                    stop=float(self.fly.stop.value),
                    points=points,
                    dwell=float(self.fly.dwell.value),
                )
            except ValueError as error:
                # The points of the run before must not be mistaken for this one's.
                await self._fill([])
                await self.str_wave.write(str(error))
                await self.mybusy.write(
                    DONE,
                    verify_value=False,
                    status=AlarmStatus.WRITE,
                    severity=AlarmSeverity.INVALID_ALARM,
                )
                return
            self._idle.clear()
            # Set the flag first: a client that reads it back after the put must see Busy.
            await self.mybusy.write(
                BUSY,
                verify_value=False,
                status=AlarmStatus.NO_ALARM,
                severity=AlarmSeverity.NO_ALARM,
            )
            await self._fill([])
            await self.str_wave.write("flying")
            self.model.start()
            self._flying = True
        await self._idle.wait()

    def hold(self, paused: bool) -> None:
        """Pause the run, or let it go on."""
        if paused:
            self.model.pause()
        else:
            self.model.resume()

    # -- from the controller's thread to the records ------------------------
    def _model_changed(self) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._dirty.set)

    async def _publish_changes(self) -> None:
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            # A late notice of the run before may arrive while the next one is
            # being prepared: it must not end that one.
            if not self._flying:
                continue
            over = not self.model.busy
            await self._fill(self.model.points)
            if over:
                self._flying = False
                await self.str_wave.write("done" if self.model.completed else "stopped")
                await self.mybusy.write(DONE, verify_value=False)
                self._idle.set()

    def _waves(self) -> tuple[Any, Any, Any]:
        return self.t_array, self.x_array, self.y_array

    async def _fill(self, points: list[Point]) -> None:
        columns = (
            [p.time for p in points],
            [p.position for p in points],
            [p.signal for p in points],
        )
        for wave, column in zip(self._waves(), columns, strict=True):
            await wave.write(column, verify_value=False)
            await wave.fields["NORD"].write(len(column), verify_value=False)


def run_busy_ioc(prefix: str = "prj:", *, interfaces: list[str] | None = None) -> None:
    """Serve the busy IOC until interrupted."""
    run_ioc(BusyIoc(prefix), interfaces=interfaces, label="busy-ioc")
