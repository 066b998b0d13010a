"""Tells how often a server of either side polls: ``poll_probe SIDE PORT DEVICES``."""

from __future__ import annotations

import json
import sys
import time

from benchmarks.peers._side import module


def main() -> None:
    """Read the counting values twice, from the cache."""
    side, port, devices = sys.argv[1], *map(int, sys.argv[2:4])
    tango = module(side)
    proxies = [
        tango.DeviceProxy(f"tango://127.0.0.1:{port}/test/bench/{device}#dbase=no")
        for device in range(1, devices + 1, 7)
    ]
    for proxy in proxies:
        proxy.set_source(tango.DevSource.CACHE)
    time.sleep(0.5)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        before, started = [proxy.read_attribute("value0").value for proxy in proxies], time.time()
        time.sleep(json.loads(line)["seconds"])
        after, spent = [proxy.read_attribute("value0").value for proxy in proxies], time.time()
        turns = (sum(after) - sum(before)) / len(proxies)
        print(json.dumps({"hertz": turns / (spent - started)}), flush=True)


if __name__ == "__main__":
    main()
