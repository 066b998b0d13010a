"""Enters and leaves test contexts of either side: ``contexter SIDE``."""

from __future__ import annotations

import json
import sys
import time

from benchmarks.peers._side import module
from benchmarks.peers.requests.server import sync_device

COUNT = 10


def main() -> None:
    """Time some, one after the other, and print."""
    side = sys.argv[1]
    context = module(side, "test_context").DeviceTestContext
    device = sync_device(module(side, "server"))
    found = []
    # PyTango serves once per process; of ours the first one imports what it needs, and is left out.
    for _ in range(1 if side == "pytango" else COUNT):
        started = time.perf_counter()
        with context(device, process=False) as proxy:
            proxy.state()
        found.append((time.perf_counter() - started) * 1000)
    print(json.dumps({"ms": found[1:] or found}), flush=True)


if __name__ == "__main__":
    main()
