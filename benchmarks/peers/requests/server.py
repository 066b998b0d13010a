"""A device server of either side: ``server SIDE KIND PORT DEVICES``."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.peers._side import module


def resident() -> float:
    """Megabytes of memory in use."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def sync_device(server: object) -> type:
    """The device with what the calls read, write and execute."""
    attribute, command, device = server.attribute, server.command, server.Device  # type: ignore[attr-defined]  # a module by name, of whichever implementation is served

    class Bench(device):  # type: ignore[misc, valid-type]  # its base is of whichever implementation is served
        def init_device(self) -> None:
            super().init_device()
            self._scalar = 1.25
            self._spectrum = np.arange(1000.0)
            self._image = np.zeros((1024, 1024), np.int32)

        @attribute(dtype=float)
        def scalar(self):  # type: ignore[no-untyped-def]  # written as users of PyTango write it
            return self._scalar

        @scalar.write
        def scalar(self, value):  # type: ignore[no-untyped-def]  # written as users of PyTango write it
            self._scalar = value

        @attribute(
            dtype=float, min_alarm=-50, max_alarm=50, min_warning=-20, max_warning=20,
            delta_val=5, delta_t=50,
        )  # fmt: skip
        def guarded(self):  # type: ignore[no-untyped-def]  # written as users of PyTango write it
            return self._scalar

        @guarded.write
        def guarded(self, value):  # type: ignore[no-untyped-def]  # written as users of PyTango write it
            self._scalar = value

        @attribute(dtype=(float,), max_dim_x=1000)
        def spectrum(self):  # type: ignore[no-untyped-def]  # written as users of PyTango write it
            return self._spectrum

        @attribute(dtype=((np.int32,),), max_dim_x=1024, max_dim_y=1024)
        def image(self):  # type: ignore[no-untyped-def]  # written as users of PyTango write it
            return self._image

        @command(dtype_in=float, dtype_out=float)
        def twice(self, value):  # type: ignore[no-untyped-def]  # written as users of PyTango write it
            return 2 * value

        for number in range(10):
            exec(  # ten attributes that differ in name only
                f"@attribute(dtype=float)\ndef value{number}(self):\n    return {number}.5\n",
                {"attribute": attribute},
                locals(),
            )

    return Bench


def pushing_device(server: object) -> type:
    """A device that pushes change events by code, and times itself."""
    attribute, command, device = server.attribute, server.command, server.Device  # type: ignore[attr-defined]  # a module by name, of whichever implementation is served

    class Bench(device):  # type: ignore[misc, valid-type]  # its base is of whichever implementation is served
        def init_device(self) -> None:
            super().init_device()
            self.set_change_event("pushed", True, False)

        @attribute(dtype=float)
        def pushed(self):  # type: ignore[no-untyped-def]  # written as users of PyTango write it
            return 0.0

        @command(dtype_in=int, dtype_out=float)
        def burst(self, count):  # type: ignore[no-untyped-def]  # written as users of PyTango write it
            started = time.perf_counter()
            for number in range(count):
                self.push_change_event("pushed", float(number))
            return time.perf_counter() - started

        @command(dtype_in=int)
        def ticks(self, count):  # type: ignore[no-untyped-def]  # written as users of PyTango write it
            for _ in range(count):
                self.push_change_event("pushed", time.perf_counter())
                time.sleep(0.001)

    return Bench


def polled_device(server: object) -> type:
    """A device of 20 attributes, polled ten times a second, whose values count up."""
    attribute, device = server.attribute, server.Device  # type: ignore[attr-defined]  # a module by name, of whichever implementation is served

    class Bench(device):  # type: ignore[misc, valid-type]  # its base is of whichever implementation is served
        def init_device(self) -> None:
            super().init_device()
            self._counts = [0.0] * 20

        def _count(self, number: int) -> float:
            self._counts[number] += 1
            return self._counts[number]

        for number in range(20):
            exec(
                f"@attribute(dtype=float, polling_period=100, abs_change=0.5)\n"
                f"def value{number}(self):\n    return self._count({number})\n",
                {"attribute": attribute},
                locals(),
            )

    return Bench


def asyncio_device(tango: object, server: object) -> type:
    """The same scalar on a loop, and one that waits."""
    attribute, device = server.attribute, server.Device  # type: ignore[attr-defined]  # a module by name, of whichever implementation is served

    class Bench(device):  # type: ignore[misc, valid-type]  # its base is of whichever implementation is served
        green_mode = tango.GreenMode.Asyncio  # type: ignore[attr-defined]  # a module by name, of whichever implementation is served

        @attribute(dtype=float)
        async def scalar(self):  # type: ignore[no-untyped-def]  # written as users of PyTango write it
            return 1.25

        @attribute(dtype=float)
        async def slow(self):  # type: ignore[no-untyped-def]  # written as users of PyTango write it
            await asyncio.sleep(0.1)
            return 2.5

    return Bench


def main() -> None:
    """Serve until killed."""
    side, kind, port, count = sys.argv[1:5]
    tango, server = module(side), module(side, "server")
    if kind == "asyncio":
        device = asyncio_device(tango, server)
    else:
        device = {"sync": sync_device, "push": pushing_device, "polled": polled_device}[kind](
            server
        )
    names = ",".join(f"test/bench/{number + 1}" for number in range(int(count)))
    started = time.perf_counter()

    def ready() -> None:
        seconds = time.perf_counter() - started
        print(json.dumps({"seconds": seconds, "megabytes": resident()}), flush=True)

    endpoint = f"giop:tcp:127.0.0.1:{port}"
    args = ["Bench", "bench", "-nodb", "-dlist", names, "-ORBendPoint", endpoint]
    server.run([device], args=args, post_init_callback=ready)


if __name__ == "__main__":
    main()
