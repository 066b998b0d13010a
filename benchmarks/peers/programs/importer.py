"""Imports one side and tells how long it took: ``importer SIDE``."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from benchmarks.peers._side import module


def main() -> None:
    """Import what a client script imports, and print."""
    started = time.perf_counter()
    proxy = module(sys.argv[1]).DeviceProxy
    seconds = time.perf_counter() - started
    assert proxy is not None
    status = Path("/proc/self/status").read_text().splitlines()
    kilobytes = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
    print(json.dumps({"seconds": seconds, "megabytes": kilobytes / 1024}), flush=True)


if __name__ == "__main__":
    main()
