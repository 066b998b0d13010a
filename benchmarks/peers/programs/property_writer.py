"""Puts one property again and again: ``property_writer HOST PORT DEVICE``; each line asks for some seconds."""

from __future__ import annotations

import json
import statistics
import sys
import time

from puretango import Database


def put(database: Database, device: str, seconds: float) -> list[float]:
    """Microseconds of each put."""
    found, end, clock = [], time.perf_counter() + seconds, time.perf_counter
    while (began := clock()) < end:
        database.put_device_property(device, {"setting": [str(began)]})
        found.append((clock() - began) * 1e6)
    return found


def main() -> None:
    """Answer until the input ends."""
    host, port, device = sys.argv[1:4]
    database = Database(host, int(port))
    put(database, device, 0.1)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        took = put(database, device, json.loads(line)["seconds"])
        print(json.dumps({"us": statistics.median(took), "count": len(took)}), flush=True)


if __name__ == "__main__":
    main()
