"""How long the commands take, in milliseconds, for the Timing attributes."""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass

__all__ = ["TIMED", "Timing", "Timings"]

TIMED = (
    "DbDeleteDeviceProperty",
    "DbExportDevice",
    "DbExportEvent",
    "DbGetClassPropertyList",
    "DbGetDataForServerCache",
    "DbGetDeviceAttributeProperty",
    "DbGetDeviceAttributeProperty2",
    "DbGetDeviceClassList",
    "DbGetDeviceDomainList",
    "DbGetDeviceExportedList",
    "DbGetDeviceFamilyList",
    "DbGetDeviceMemberList",
    "DbGetDevicePipeProperty",
    "DbGetDeviceProperty",
    "DbGetDevicePropertyList",
    "DbGetHostList",
    "DbGetHostServerList",
    "DbGetServerList",
    "DbImportDevice",
    "DbImportEvent",
    "DbInfo",
    "DbMySqlSelect",
    "DbPutClassProperty",
    "DbPutDeviceAttributeProperty",
    "DbPutDeviceAttributeProperty2",
    "DbPutDevicePipeProperty",
    "DbPutDeviceProperty",
    "DbUnExportServer",
)
"""The commands that Tango's database server times."""


@dataclass(slots=True)
class Timing:
    """Durations of one command, in milliseconds."""

    calls: int = 0
    total: float = 0.0
    minimum: float = 0.0
    maximum: float = 0.0

    @property
    def average(self) -> float:
        """The mean duration; 0 before the first call."""
        return self.total / self.calls if self.calls else 0.0

    def add(self, duration: float) -> None:
        """Note one call."""
        self.calls += 1
        self.total += duration
        self.maximum = max(self.maximum, duration)
        self.minimum = duration if self.calls == 1 else min(self.minimum, duration)


class Timings:
    """Durations of all the timed commands."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._timings = {name: Timing() for name in TIMED}

    def add(self, command: str, seconds: float) -> None:
        """Note one call of a command (of those that are timed)."""
        timing = self._timings.get(command)
        if timing is not None:
            with self._lock:
                timing.add(seconds * 1000.0)

    def reset(self) -> None:
        """Forget all durations."""
        with self._lock:
            for name in TIMED:
                self._timings[name] = Timing()

    def __getitem__(self, command: str) -> Timing:
        return self._timings[command]

    def table(self) -> list[str]:
        """The lines of the attribute Timing_info."""
        lines = [
            f"TANGO Database Timing info on host {socket.gethostname()}",
            " ",
            "command average minimum maximum calls",
            " ",
        ]
        with self._lock:
            for name, timing in self._timings.items():
                lines.append(
                    f"{name}\t{timing.average:6.3f}\t{timing.minimum:6.3f}"
                    f"\t{timing.maximum:6.3f}\t{timing.calls}"
                )
        return lines
