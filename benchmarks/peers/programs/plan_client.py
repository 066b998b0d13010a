"""ophyd-async and ophyd objects of either side: ``plan_client SIDE PORT``.

Sides: ``puretango`` (its ophyd-async backends), ``pytango`` (ophyd_async.tango on PyTango) and
``classic`` (puretango's ophyd devices).
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

os.environ["OPHYD_CONTROL_LAYER"] = "dummy"

if sys.argv[1:2] == ["pytango"]:
    # PyTango that sees OpenTelemetry, which bluesky brings, opens and reads files for each request.
    # It is measured as its users have it without that.
    sys.modules["opentelemetry"] = None  # type: ignore[assignment]  # so importing it fails
    import tango  # noqa: F401

    del sys.modules["opentelemetry"]

from bluesky import RunEngine
from bluesky.plans import count

DEVICES, WIDE = 100, 50


class Native:
    """puretango's own backends."""

    def __init__(self) -> None:
        from puretango.bluesky import aio

        self.aio = aio

    def device(self, trl: str, name: str) -> Any:
        return self.aio.TangoReadable(trl, name=name)

    async def connected(self, trl: str, name: str) -> Any:
        device = self.device(trl, name)
        await device.connect(timeout=60)
        return device

    def signal(self, trl: str, events: bool) -> Any:
        return self.aio.tango_signal_r(float, trl, polling_period=0.1, events=events)


class Foreign:
    """ophyd_async.tango."""

    def __init__(self) -> None:
        from ophyd_async import core
        from ophyd_async.tango.core import TangoDevice, tango_signal_r

        class Whole(TangoDevice, core.StandardReadable):
            pass

        self.core, self.whole, self.make_signal = core, Whole, tango_signal_r

    async def connected(self, trl: str, name: str) -> Any:
        device = self.whole(trl, name=name)
        await device.connect(timeout=60)
        scalars = [child for key, child in device.children() if key.startswith("value")]
        device.add_readables(scalars, self.core.StandardReadableFormat.UNCACHED_SIGNAL)
        return device

    def signal(self, trl: str, events: bool) -> Any:
        signal = self.make_signal(float, trl)
        backend = signal._connector.backend
        backend.allow_events(events)
        backend.set_polling(not events, 0.1, 0.0, None)
        return signal


def in_loop(engine: RunEngine, work: Callable[[], Awaitable[Any]]) -> Any:
    """Run a coroutine on the engine's loop."""
    return asyncio.run_coroutine_threadsafe(work(), engine.loop).result(300)  # type: ignore[arg-type]  # a coroutine, though ophyd-async calls it awaitable


class Cases:
    """What can be asked for, by name."""

    def __init__(self, side: str, port: str) -> None:
        self.side = side
        self.engine = RunEngine({})
        self.maker: Any = {"puretango": Native, "pytango": Foreign}.get(side, lambda: None)()
        self.base = f"tango://127.0.0.1:{port}"

    def trl(self, name: str) -> str:
        return f"{self.base}/{name}#dbase=no"

    def wide(self) -> Any:
        if self.side == "classic":
            from puretango.bluesky import TangoDevice

            return TangoDevice(self.trl("test/wide/1"), name="wide")
        return in_loop(self.engine, lambda: self.maker.connected(self.trl("test/wide/1"), "wide"))

    def read(self) -> float:
        device = self.wide()
        if self.side == "classic":
            device.read()
            began = time.perf_counter()
            for _ in range(200):
                device.read()
            return (time.perf_counter() - began) / 200 * 1e3

        async def work() -> float:
            await device.read()
            began = time.perf_counter()
            for _ in range(50):
                await device.read()
            return (time.perf_counter() - began) / 50 * 1e3

        found: float = in_loop(self.engine, work)
        return found

    def connect(self) -> float:
        trls = [self.trl(f"test/narrow/{number}") for number in range(DEVICES)]
        began = time.perf_counter()
        if self.side == "classic":
            from puretango.bluesky import TangoDevice

            for number, trl in enumerate(trls):
                TangoDevice(trl, name=f"d{number}")
        else:

            async def work() -> None:
                await asyncio.gather(
                    *(self.maker.connected(trl, f"d{number}") for number, trl in enumerate(trls))
                )

            in_loop(self.engine, work)
        return (time.perf_counter() - began) * 1e3

    def one(self) -> Any:
        """One attribute of the device."""
        trl = self.trl("test/wide/1/value1")
        if self.side == "classic":
            from puretango.bluesky import TangoAttribute

            return TangoAttribute(trl, name="one")
        signal = self.maker.signal(trl, False)
        signal.set_name("one")
        in_loop(self.engine, lambda: signal.connect(timeout=60))
        return signal

    def counted(self, device: Any, points: int) -> float:
        began = time.perf_counter()
        self.engine(count([device], points))
        return time.perf_counter() - began

    def count_signal(self) -> float:
        return self.counted(self.one(), 1000)

    def count_floor(self) -> float:
        """The same plan over a signal of the layer that has its value in memory."""
        if self.side == "classic":
            from ophyd import Signal

            return self.counted(Signal(name="one", value=1.0), 1000)
        from ophyd_async.core import soft_signal_r_and_setter

        signal, _ = soft_signal_r_and_setter(float, 1.0, name="one")
        in_loop(self.engine, signal.connect)
        return self.counted(signal, 1000)

    def connect_floor(self) -> float:
        """Milliseconds to make and connect as many signals of the layer that are in memory."""
        began = time.perf_counter()
        if self.side == "classic":
            from ophyd import Signal

            for number in range(DEVICES):
                for one in range(WIDE):
                    Signal(name=f"d{number}_value{one}", value=1.0)
        else:
            from ophyd_async.core import Device, SignalR, SoftSignalBackend

            async def made(number: int) -> None:
                device = Device()
                for one in range(WIDE):
                    setattr(device, f"value{one}", SignalR(SoftSignalBackend(float)))
                device.set_name(f"d{number}")
                await device.connect()

            async def work() -> None:
                await asyncio.gather(*map(made, range(DEVICES)))

            in_loop(self.engine, work)
        return (time.perf_counter() - began) * 1e3

    def count_device(self) -> float:
        return self.counted(self.wide(), 200)

    def engine_alone(self) -> float:
        """The same plan over something that is read in no time."""
        return self.counted(Nothing(), 1000)

    def grown(self) -> float:
        """Megabytes that the process is larger after 10,000 points than after the first 1,000."""
        device = self.one()
        self.counted(device, 1000)
        before = resident()
        self.counted(device, 10_000)
        return (resident() - before) / 1e6

    def monitors(self) -> float:
        """CPU milliseconds per second for 100 attributes whose events come at 10 Hz."""
        return self.watching("test/watched", events=True)

    def polled(self) -> float:
        """The same by reading them in turn at 10 Hz."""
        return self.watching("test/wide", events=False)

    def watching(self, family: str, events: bool) -> float:
        """CPU milliseconds per second while 100 attributes are watched."""
        trls = [self.trl(f"{family}/{n}/value{i}") for n in (1, 2) for i in range(WIDE)]
        if self.side == "classic":
            from puretango.bluesky import TangoSignal
            from puretango.bluesky.signals import Link

            links = {n: Link(self.trl(f"{family}/{n}")) for n in ("1", "2")}
            signals = [
                TangoSignal(t, polling_period=0.1, events=events, link=links[t.split("/")[5]])
                for t in trls
            ]
            watchers = [Watcher() for _ in signals]
            for signal, watcher in zip(signals, watchers):
                signal.subscribe(watcher)
        else:
            watchers = [Watcher() for _ in trls]
            signals = [self.maker.signal(trl, events) for trl in trls]

            async def work() -> None:
                for signal, watcher in zip(signals, watchers):
                    await signal.connect(timeout=60)
                    signal.subscribe_reading(watcher)

            in_loop(self.engine, work)
        # Subscriptions take their time; what is compared is the steady state.
        limit = time.perf_counter() + 30
        while min(watcher.updates for watcher in watchers) < 3 and time.perf_counter() < limit:
            time.sleep(0.1)
        before = sum(watcher.updates for watcher in watchers)
        cpu, began = time.process_time(), time.perf_counter()
        time.sleep(3)
        seconds = time.perf_counter() - began
        used = (time.process_time() - cpu) / seconds * 1e3
        self.rate = (sum(watcher.updates for watcher in watchers) - before) / seconds
        return used


class Nothing:
    """A detector that has its value at hand."""

    name = "one"
    parent = None

    def read(self) -> dict[str, Any]:
        return {"one": {"value": 1.0, "timestamp": 0.0}}

    def describe(self) -> dict[str, Any]:
        return {"one": {"source": "none", "dtype": "number", "shape": []}}


def resident() -> int:
    """Bytes of this process in memory."""
    with open("/proc/self/statm") as status:
        return int(status.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Watcher:
    """Counts the updates of one attribute."""

    def __init__(self) -> None:
        self.updates = 0

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        self.updates += 1


def main() -> None:
    """Answer until the input ends."""
    side, port = sys.argv[1:3]
    cases = Cases(side, port)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        name = json.loads(line)["case"]
        try:
            value = getattr(cases, {"engine": "engine_alone"}.get(name, name))()
            answer = {"value": value, "rate": getattr(cases, "rate", 0)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"[:300]}
        print(json.dumps(answer), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
