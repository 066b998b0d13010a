"""Devices for bluesky on either side: ``plan_server SIDE PORT``."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.peers._side import module

WIDE, NARROW, DEVICES = 50, 50, 100
#: Milliseconds between two polls of what is watched by events.
PERIOD = 100


def device_class(server: object, name: str, count: int, **options: object) -> type:
    """A device class with ``count`` attributes that change all the time."""
    attribute, device = server.attribute, server.Device  # type: ignore[attr-defined]  # a module by name, of whichever implementation is served

    def reader(number: int) -> object:
        def read(self: object) -> float:
            return time.time() + number

        return read

    members = {
        f"value{number}": attribute(
            name=f"value{number}", dtype=float, fget=reader(number), **options
        )
        for number in range(count)
    }
    return type(device)(name, (device,), members)


def main() -> None:
    """Serve until killed."""
    side, port = sys.argv[1:3]
    server = module(side, "server")
    wide = device_class(server, "Wide", WIDE)
    narrow = device_class(server, "Narrow", NARROW)
    # Each poll finds a change, and each change is an event.
    watched = device_class(server, "Watched", WIDE, polling_period=PERIOD, abs_change=1e-6)
    names = ", ".join(f'"test/narrow/{number}"' for number in range(DEVICES))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "devices")
        file.write_text(
            f'Plans/bench/DEVICE/Wide: "test/wide/1", "test/wide/2"\n'
            f'Plans/bench/DEVICE/Watched: "test/watched/1", "test/watched/2"\n'
            f"Plans/bench/DEVICE/Narrow: {names}\n"
        )
        endpoint = f"giop:tcp:127.0.0.1:{port}"
        server.run(
            [wide, narrow, watched],
            args=["Plans", "bench", f"-file={file}", "-ORBendPoint", endpoint],
            post_init_callback=lambda: print(json.dumps({"ready": True}), flush=True),
        )


if __name__ == "__main__":
    main()
