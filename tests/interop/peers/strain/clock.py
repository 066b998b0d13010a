"""A server and a client whose wall clock is set forwards and backwards by hours, while the time goes on.

`clock.py serve MODULE …` is the server; `clock.py follow MODULE DEVICE FILE` the client, which sets the clock of both:
libfaketime reads it from FILE. Prints one line of JSON.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any


def _sleep(seconds: float) -> None:
    threading.Event().wait(seconds)


if "FAKETIME_TIMESTAMP_FILE" in os.environ:
    time.sleep = _sleep  # libfaketime 0.9.10 refuses clock_nanosleep by the monotonic clock

JUMPS = ("+5h", "-7h", "+0")
"""Where the clock stands, one after the other, from the true time."""
STAY = 13.0
"""Seconds at each: more than heartbeats and locks have patience."""
PERIOD = 0.1


def serve(module: str, words: list[str]) -> None:
    """A device that is polled, and one attribute with a delayed comparison of set and read value."""
    server: Any = importlib.import_module(f"{module}.server")

    class Clocked(server.Device):  # type: ignore[misc, name-defined]  # the module is chosen at run time
        number = 0

        @server.attribute(
            dtype=int, polling_period=int(PERIOD * 1000), abs_change=1, archive_abs_change=1
        )  # type: ignore[untyped-decorator]  # the module is chosen at run time
        def count(self) -> int:
            self.number += 1
            return self.number

        @server.attribute(dtype=float, polling_period=200, period=500)  # type: ignore[untyped-decorator]  # the module is chosen at run time
        def steady(self) -> float:
            return 1.0

    Clocked.run_server(words)


class Followed:
    """Events of one kind: how many, the longest silence between two, the errors."""

    def __init__(self) -> None:
        self.last = time.monotonic()
        self.longest = 0.0
        self.count = 0
        self.errors: list[str] = []

    def note(self, event: Any) -> None:
        """An event came."""
        now = time.monotonic()
        if event.err:
            self.errors.append(event.errors[0].reason)
            return
        self.count += 1
        self.longest = max(self.longest, now - self.last)
        self.last = now

    def told(self) -> dict[str, Any]:
        """As a dictionary."""
        longest = max(self.longest, time.monotonic() - self.last)
        return {"count": self.count, "silence": round(longest, 2), "errors": self.errors}


def _set(clock: Path, where: str) -> None:
    beside = clock.with_suffix(".new")
    beside.write_text(where)
    beside.replace(clock)


def follow(module: str, device: str, file: str) -> None:
    """Subscribe, lock, and look while the clock jumps."""
    tango = importlib.import_module(module)
    clock = Path(file)
    proxy = tango.DeviceProxy(device)
    kinds = {
        "change": ("count", tango.EventType.CHANGE_EVENT),
        "archive": ("count", tango.EventType.ARCHIVE_EVENT),
        "periodic": ("steady", tango.EventType.PERIODIC_EVENT),
    }
    followed = {name: Followed() for name in kinds}
    for name, (attribute, kind) in kinds.items():
        proxy.subscribe_event(attribute, kind, followed[name].note)
    proxy.lock(4)
    started, begun = time.time(), time.monotonic()
    for each in followed.values():
        each.last = begun
    wrong: list[str] = []
    apart: list[float] = []
    for where in JUMPS:
        _set(clock, where)
        until = time.monotonic() + STAY
        while time.monotonic() < until:
            wrong += _look(tango, proxy)
            time.sleep(0.2)
        apart.append(round((time.time() - started - (time.monotonic() - begun)) / 3600, 1))
    told = {
        "events": {name: each.told() for name, each in followed.items()},
        "seconds": round(time.monotonic() - begun, 1),
        "hours": apart,
        "wrong": wrong,
    }
    proxy.unlock()
    print(json.dumps(told), flush=True)
    os._exit(0)


def _look(tango: Any, proxy: Any) -> list[str]:
    """What is wrong now."""
    found = []
    try:
        if not proxy.is_locked_by_me():
            found.append("the lock is lost")
        proxy.set_source(tango.DevSource.CACHE)
        proxy.read_attribute("count")  # API_NotUpdatedAnyMore if polling stands still
        proxy.set_source(tango.DevSource.DEV)
        proxy.read_attribute("count")
    except tango.DevFailed as failed:
        found.append(str(failed.args[0].reason))
    return found


def archive(device: str, file: str) -> None:
    """Archive the attribute while the clock jumps; how many samples, and what they are."""
    print(json.dumps(asyncio.run(_archive(device, Path(file)))), flush=True)


async def _archive(device: str, clock: Path) -> dict[str, Any]:
    from puretango.archive import Archiver, FileReader, FileStore

    base, mark, modifier = device.partition("#")
    name = f"{base}/count{mark}{modifier}"
    with tempfile.TemporaryDirectory() as folder:
        with FileStore(Path(folder, "store")) as store:
            async with Archiver(store, flush=0.2) as archiver:
                (entry,) = await archiver.add([name])
                await asyncio.sleep(1)
                for where in JUMPS:
                    _set(clock, where)
                    await asyncio.sleep(3)
                    faulty = entry.faulty(time.monotonic(), 5.0)
                known = entry.name
            store.seal()
        with FileReader(Path(folder, "store")) as reader:
            rows = [v for each in reader.series(known) for v in each.values_or_none()]
            gaps = [gap.kind for gap in reader.gaps(known)]
    missing = sorted(set(range(min(rows), max(rows) + 1)) - set(rows))
    return {"rows": len(rows), "missing": missing, "gaps": gaps, "faulty": faulty}


if __name__ == "__main__":
    act, *rest = sys.argv[1:]
    if act == "serve":
        serve(rest[0], rest[1:])
    elif act == "follow":
        follow(*rest)
    else:
        archive(*rest)
