"""The Database device: Tango's commands over a store."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, ClassVar

from puretango.server import Device, attribute, command
from puretango.store import HISTORY_DEPTH, Store
from puretango.values import CmdArgType, DevState

from ._cache import PROCEDURE_RELEASE
from ._commands import CommandFace, answer, command_faces
from ._initial import DATABASE_DEVICE
from ._timing import TIMED, Timings

__all__ = ["DataBaseDevice", "database_class"]

DIMENSION = 64
"""The largest size that the Timing attributes tell of."""


class DataBaseDevice(Device):
    """The control system's database as a device: all but its commands."""

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
        """The commands that the other Timing attributes tell of, in their order."""
        return list(TIMED)

    def read_timing_info(self) -> list[str]:
        """All of it as a text."""
        return self.timings.table()


def database_class(store: Store) -> type[Device]:
    """The device class ``DataBase`` whose devices answer from this store."""
    timings = Timings()
    members: dict[str, Any] = {
        name: _command(name, face, store, timings) for name, face in command_faces().items()
    }
    members.update(
        __doc__="The control system's database.",
        __module__=__name__,
        store=store,
        timings=timings,
    )
    return type(DataBaseDevice)("DataBase", (DataBaseDevice,), members)


def _command(name: str, face: CommandFace, store: Store, timings: Timings) -> Any:
    """The declaration of one command."""
    answering = _answering(name, store, timings)
    method: Callable[..., Any]
    if face.argin == "DevVoid":

        def without_argument(self: DataBaseDevice) -> Any:
            return answering(None)

        method = without_argument
    else:

        def with_argument(self: DataBaseDevice, argin: Any) -> Any:
            return answering(argin)

        method = with_argument
    method.__name__ = method.__qualname__ = name
    return command(
        method,
        dtype_in=CmdArgType[face.argin],
        doc_in=face.argin_text,
        dtype_out=CmdArgType[face.argout],
        doc_out=face.argout_text,
    )


def _answering(name: str, store: Store, timings: Timings) -> Callable[[Any], Any]:
    if name == "ResetTimingValues":
        return lambda argin: timings.reset()
    if name not in TIMED:
        return lambda argin: answer(store, name, argin)

    def timed(argin: Any) -> Any:
        before = time.perf_counter()
        found = answer(store, name, argin)
        timings.add(name, time.perf_counter() - before)
        return found

    return timed


def _positive(words: list[str]) -> int:
    try:
        return max(0, int(words[0])) if words else 0
    except ValueError:
        return 0
