"""Receives pushed events of either side: ``subscriber SIDE TRL``."""

from __future__ import annotations

import json
import statistics
import sys
import time
from typing import Any

from benchmarks.peers._side import module

QUIET = 0.7
"""Seconds without an event after which no more are expected."""


class Received:
    """What the callback has seen."""

    def __init__(self) -> None:
        self.values: list[float] = []
        self.times: list[float] = []
        self.errors = 0

    def __call__(self, event: Any) -> None:
        now = time.perf_counter()
        if event.err:
            self.errors += 1
        else:
            self.values.append(event.attr_value.value)
            self.times.append(now)

    def clear(self) -> None:
        """Forget all."""
        self.__init__()  # type: ignore[misc]  # on purpose: begun anew as it is

    def wait(self, count: int) -> None:
        """Until that many have come, or none comes any more."""
        quiet_since, seen = time.perf_counter(), len(self.values)
        while len(self.values) < count and time.perf_counter() - quiet_since < QUIET:
            time.sleep(0.01)
            if len(self.values) != seen:
                quiet_since, seen = time.perf_counter(), len(self.values)


def burst(proxy: Any, received: Received, count: int) -> dict[str, float]:
    """Push ``count`` events as fast as can be."""
    received.clear()
    seconds = proxy.command_inout("burst", count)
    received.wait(count)
    found = len(received.values)
    spent = received.times[-1] - received.times[0] if found > 1 else 0.0
    return {
        "pushed": count / seconds,
        "received": found / spent if spent else 0.0,
        "lost": 100 * (1 - found / count),
        "errors": received.errors,
    }


def ticks(proxy: Any, received: Received, count: int) -> dict[str, float]:
    """Push one event per millisecond, its time as its value."""
    received.clear()
    proxy.command_inout("ticks", count)
    received.wait(count)
    delays = [
        (now - value) * 1e6
        for value, now in zip(received.values, received.times, strict=True)
        if value
    ]
    cuts = statistics.quantiles(delays, n=100)
    return {"median": statistics.median(delays), "p99": cuts[98]}


def main() -> None:
    """Answer until the input ends."""
    side, trl = sys.argv[1:3]
    tango = module(side)
    proxy = tango.DeviceProxy(trl)
    proxy.set_timeout_millis(60_000)
    print(json.dumps({"ready": True}), flush=True)
    received = Received()
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["do"] == "subscribe":
                proxy.subscribe_event("pushed", tango.EventType.CHANGE_EVENT, received)
                time.sleep(0.3)
                answer: dict[str, Any] = {}
            elif request["do"] == "unheard":
                count = request["count"]
                answer = {"us": proxy.command_inout("burst", count) / count * 1e6}
            elif request["do"] == "burst":
                answer = burst(proxy, received, request["count"])
            else:
                answer = ticks(proxy, received, request["count"])
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {str(error)[:300]}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
