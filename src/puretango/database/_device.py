"""The Database device: Tango's commands over a store."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from puretango.database.answers._cache import PROCEDURE_RELEASE
from puretango.database.answers._commands import answer, command_faces
from puretango.database.answers._initial import DATABASE_DEVICE
from puretango.server import Device, DeviceMeta, attribute
from puretango.store import HISTORY_DEPTH, Store
from puretango.values import DevState

from ._declared import declared
from ._notices import NOTICED, StarterNotices, hosts_concerned
from ._timing import TIMED, Timings

__all__ = ["DataBaseDevice", "database_class"]

DIMENSION = 64
"""The largest size of the Timing attributes."""


class DataBaseDevice(Device):
    """The control system's database as a device, without its commands."""

    store: ClassVar[Store]
    timings: ClassVar[Timings]

    def init_device(self) -> None:
        """Take the depth of the histories from the device's own property."""
        super().init_device()
        depth = self.store.device_properties.get((DATABASE_DEVICE,), "historyDepth")
        self.store.set_history_depth(_positive(depth) or HISTORY_DEPTH)
        self.set_state(DevState.ON)
        self.set_status("Device is OK")

    # The order is that of Tango's own server.
    StoredProcedureRelease = attribute(dtype=str, fget="read_procedure_release")
    Timing_average = attribute(dtype=(float,), max_dim_x=DIMENSION, fget="read_timing_average")
    Timing_minimum = attribute(dtype=(float,), max_dim_x=DIMENSION, fget="read_timing_minimum")
    Timing_maximum = attribute(dtype=(float,), max_dim_x=DIMENSION, fget="read_timing_maximum")
    Timing_calls = attribute(dtype=(float,), max_dim_x=DIMENSION, fget="read_timing_calls")
    Timing_index = attribute(dtype=(str,), max_dim_x=DIMENSION, fget="read_timing_index")
    Timing_info = attribute(dtype=(str,), max_dim_x=DIMENSION, fget="read_timing_info")

    def read_procedure_release(self) -> str:
        """The layout of DbGetDataForServerCache."""
        return PROCEDURE_RELEASE

    def read_timing_average(self) -> list[float]:
        """Mean durations in milliseconds."""
        return [self.timings[name].average for name in TIMED]

    def read_timing_minimum(self) -> list[float]:
        """Shortest durations in milliseconds."""
        return [self.timings[name].minimum for name in TIMED]

    def read_timing_maximum(self) -> list[float]:
        """Longest durations in milliseconds."""
        return [self.timings[name].maximum for name in TIMED]

    def read_timing_calls(self) -> list[float]:
        """Numbers of calls."""
        return [float(self.timings[name].calls) for name in TIMED]

    def read_timing_index(self) -> list[str]:
        """The commands that the other Timing attributes describe, in the same order."""
        return list(TIMED)

    def read_timing_info(self) -> list[str]:
        """All timings as a text."""
        return self.timings.table()


def database_class(store: Store, notices: StarterNotices | None = None) -> type[Device]:
    """The device class ``DataBase`` whose devices answer from this store."""
    timings = Timings()
    members: dict[str, Any] = {
        name: declared(name, face, _answering(name, store, timings, notices))
        for name, face in command_faces().items()
    }
    members.update(
        __doc__="The control system's database.",
        __module__=__name__,
        store=store,
        timings=timings,
    )
    made: type[Device] = DeviceMeta("DataBase", (DataBaseDevice,), members)
    return made


def _answering(
    name: str, store: Store, timings: Timings, notices: StarterNotices | None
) -> Callable[[Any], Any]:
    """The function of a command: it answers, notes the time taken, and notifies the Starters."""
    if name == "ResetTimingValues":
        return lambda argin: timings.reset()
    plain = partial(answer, store, name)
    if name in NOTICED and notices is not None:
        plain = _noticing(name, store, plain, notices)
    if name not in TIMED:
        return plain

    def timed(argin: Any) -> Any:
        before = time.perf_counter()
        found = plain(argin)
        timings.add(name, time.perf_counter() - before)
        return found

    return timed


def _noticing(name: str, store: Store, plain: Callable[[Any], Any], notices: StarterNotices) -> Any:
    def noticed(argin: Any) -> Any:
        hosts = hosts_concerned(store, name, argin)
        found = plain(argin)
        notices.tell(*hosts)
        return found

    return noticed


def _positive(words: list[str]) -> int:
    try:
        return max(0, int(words[0])) if words else 0
    except ValueError:
        return 0
