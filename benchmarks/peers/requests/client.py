"""A client of either side: ``client SIDE TRL``; each line asks for one case to be timed."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.peers._side import module

BATCH = 0.004
"""Seconds of calls between two looks at the clock."""

TEN = [f"value{number}" for number in range(10)]


def cases(tango: Any, trl: str) -> dict[str, Callable[[], Callable[[], object]]]:
    """Name → what makes the call that is timed."""
    made: list[Any] = []

    def proxy() -> Any:
        if not made:
            made.append(tango.DeviceProxy(trl))
        return made[0]

    def simple(method: str, *args: Any) -> Callable[[], Callable[[], object]]:
        def make() -> Callable[[], object]:
            bound = getattr(proxy(), method)
            return lambda: bound(*args)

        return make

    return {
        "ping": simple("ping"),
        "scalar read": simple("read_attribute", "scalar"),
        "scalar read with alarms": simple("read_attribute", "guarded"),
        "scalar write": simple("write_attribute", "scalar", 2.5),
        "command with an argument": simple("command_inout", "twice", 2.5),
        "10 attributes": simple("read_attributes", TEN),
        "10 attributes and State": simple("read_attributes", [*TEN, "State"]),
        "1,000-double spectrum": simple("read_attribute", "spectrum"),
        "4 MiB image": simple("read_attribute", "image"),
        "connect": lambda: lambda: tango.DeviceProxy(trl),
    }


def timed(call: Callable[[], object], seconds: float) -> list[float]:
    """Microseconds per call, batch by batch."""
    clock = time.perf_counter
    call()
    count, took = 1, 0.0
    while took < BATCH and count < 100_000:
        started = clock()
        for _ in range(count):
            call()
        took = clock() - started
        if took < BATCH:
            count = max(count + 1, int(count * BATCH / max(took, 1e-6)))
    found, end = [], clock() + seconds
    while clock() < end or not found:
        started = clock()
        for _ in range(count):
            call()
        found.append((clock() - started) / count * 1e6)
    return found


async def timed_on_loop(proxies: Any, trl: str, seconds: float) -> list[float]:
    """The same, awaited one by one."""
    proxy = await proxies.DeviceProxy(trl)
    clock = time.perf_counter
    await proxy.read_attribute("scalar")
    found, end = [], clock() + seconds
    while clock() < end or not found:
        started = clock()
        for _ in range(20):
            await proxy.read_attribute("scalar")
        found.append((clock() - started) / 20 * 1e6)
    return found


async def many_slow(proxies: Any, trl: str) -> list[float]:
    """A hundred reads at once that each wait 0.1 s."""
    proxy = await proxies.DeviceProxy(trl)
    started = time.perf_counter()
    await asyncio.gather(*(proxy.read_attribute("slow") for _ in range(100)))
    return [(time.perf_counter() - started) * 1e6]


def main() -> None:
    """Answer until the input ends."""
    side, trl = sys.argv[1:3]
    known = cases(module(side), trl)
    ready: dict[str, Callable[[], object]] = {}
    # PyTango's asyncio side knows one loop per process.
    runner = asyncio.Runner()
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        case, seconds = request["case"], request["seconds"]
        try:
            if case == "asyncio read":
                found = runner.run(timed_on_loop(module(side, "asyncio"), trl, seconds))
            elif case == "100 reads of 0.1 s":
                found = runner.run(many_slow(module(side, "asyncio"), trl))
            else:
                call = ready.get(case) or ready.setdefault(case, known[case]())
                found = timed(call, seconds)
            answer: dict[str, Any] = {"us": found}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {str(error)[:300]}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
