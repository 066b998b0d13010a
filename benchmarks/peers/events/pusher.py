"""A server whose devices push archive events, at the rate that is asked for.

``python -m benchmarks.peers.events.pusher PORT DEVICES ATTRIBUTES``; asked ``{"rate": R, "seconds": S}`` (or
``"count": N``, however long that takes) it answers ``{"pushed": N}`` when it has pushed.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from puretango.server import Device, Server, attribute


class Pushing(Device):
    """Numbers that change when they are pushed."""

    def init_device(self) -> None:
        super().init_device()
        for name in vars(type(self)):
            if name.startswith("v"):
                self.set_archive_event(name, True, False)


def pusher(attributes: int) -> type[Device]:
    """The class with so many attributes."""
    numbers = {f"v{n}": attribute(dtype=float, fget=lambda _: 0.0) for n in range(attributes)}
    return type("Pusher", (Pushing,), numbers)


def push(
    devices: list[Any], attributes: int, rate: float, seconds: float = 0.0, count: int = 0
) -> int:
    """Push so many events a second, for so long or so many, in turn from every attribute."""
    names = [(device, f"v{number}") for number in range(attributes) for device in devices]
    pushed, begin = 0, time.monotonic()
    while (past := time.monotonic() - begin) < seconds or pushed < count:
        due = min(int(past * rate), count) if count else int(past * rate)
        while pushed < due:
            device, name = names[pushed % len(names)]
            device.push_archive_event(name, float(pushed))
            pushed += 1
        time.sleep(0.002)
    return pushed


def main(port: int, count: int, attributes: int) -> None:
    """Serve until the standard input ends."""
    names = [f"bench/pusher/{number}" for number in range(count)]
    with Server("bench", [pusher(attributes)], port=port, devices={"Pusher": names}) as server:
        devices = [device for device in server.devices if device.get_name() in names]
        print(json.dumps({"port": port}), flush=True)
        for line in sys.stdin:
            asked = json.loads(line)
            pushed = push(devices, attributes, **asked)
            print(json.dumps({"pushed": pushed}), flush=True)


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:4]))
