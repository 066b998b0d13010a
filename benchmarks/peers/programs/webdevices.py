"""A control system for the pages: 1,000 attributes that push at 10 Hz, and 10,000 devices that are only registered.

It prints ``{"tango_host": …}`` and answers ``{"push": true}`` and ``{"push": false}``.
"""

from __future__ import annotations

import json
import sys
import threading
import time

from puretango.client import DbDevInfo
from puretango.server import Attr, Device
from puretango.testing import TangoSystem
from puretango.values import CmdArgType

DEVICES, ATTRIBUTES, REGISTERED = 10, 100, 10_000


class Thousand(Device):
    """A hundred attributes that push."""

    def initialize_dynamic_attributes(self) -> None:
        self.numbers = {f"value_{number:02}": 0.0 for number in range(ATTRIBUTES)}
        for name in self.numbers:
            self.add_attribute(Attr(name, CmdArgType.DevDouble), self.read_one)
            self.set_change_event(name, True, False)

    def read_one(self, attr: object) -> None:
        attr.set_value(self.numbers[attr.get_name()])  # type: ignore[attr-defined]  # a dynamic attribute has this device

    def push_all(self, value: float) -> None:
        """One event of each attribute."""
        for number, name in enumerate(self.numbers):
            self.numbers[name] = value + number
            self.push_change_event(name, value + number)


def push(devices: list[Thousand], on: threading.Event) -> None:
    """Ten rounds a second, each spread over its tenth of a second."""
    turn = 0
    start = time.monotonic()
    while True:
        on.wait()
        for device in devices:
            turn += 1
            device.push_all(turn * 0.37)
            late = start + turn * 0.1 / DEVICES - time.monotonic()
            if late > 0:
                time.sleep(late)
            elif late < -1:
                start = time.monotonic() - turn * 0.1 / DEVICES


def main() -> None:
    """Run until the input ends."""
    names = [f"bench/web/{number}" for number in range(DEVICES)]
    with TangoSystem({Thousand: names}, short_names=False) as system:
        for start in range(0, REGISTERED, 500):
            infos = []
            for number in range(start, start + 500):
                info = DbDevInfo()
                info.name = f"site{number // 1000:02}/section{number % 1000 // 50:02}/device{number % 50:02}"
                info._class, info.server = f"Class{number % 40:02}", f"Server{number // 500:02}/one"
                infos.append(info)
            system.database.add_server(f"Server{start // 500:02}/one", infos, with_dserver=True)
        devices = [system.servers[0].find_device(name) for name in names]
        on = threading.Event()
        threading.Thread(target=push, args=(devices, on), daemon=True).start()
        print(json.dumps({"tango_host": system.tango_host}), flush=True)
        for line in sys.stdin:
            on.set() if json.loads(line)["push"] else on.clear()
            print("{}", flush=True)


if __name__ == "__main__":
    main()
