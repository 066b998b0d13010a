"""Subscribes to many attributes of either side: ``listener SIDE PORT DEVICES ATTRIBUTES``."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from benchmarks.peers._side import module


class Book:
    """What has come of each attribute: its values count up by one."""

    def __init__(self) -> None:
        self.last: dict[str, float] = {}
        self.received = 0
        self.lost = 0
        self.errors: dict[str, int] = {}

    def __call__(self, event: Any) -> None:
        if event.err:
            reason = event.errors[0].reason
            self.errors[reason] = self.errors.get(reason, 0) + 1
            return
        name, value = event.attr_name, event.attr_value.value
        before = self.last.get(name)
        self.last[name] = value
        if before is not None and value != before:
            self.received += 1
            self.lost += max(int(value - before) - 1, 0)

    def clear(self) -> None:
        """Count from now on."""
        self.received = self.lost = 0
        self.errors = {}


def main() -> None:
    """Subscribe, then count for as long as each line says."""
    side, port, devices, attributes = sys.argv[1], *map(int, sys.argv[2:5])
    tango = module(side)
    book = Book()
    started = time.perf_counter()
    proxies = []
    for device in range(1, devices + 1):
        proxy = tango.DeviceProxy(f"tango://127.0.0.1:{port}/test/bench/{device}#dbase=no")
        proxies.append(proxy)
        for number in range(attributes):
            proxy.subscribe_event(f"value{number}", tango.EventType.CHANGE_EVENT, book)
    print(json.dumps({"seconds": time.perf_counter() - started}), flush=True)
    for line in sys.stdin:
        seconds = json.loads(line)["seconds"]
        book.clear()
        cpu, started = time.process_time(), time.perf_counter()
        time.sleep(seconds)
        spent = time.perf_counter() - started
        answer = {
            "rate": book.received / spent,
            "lost": book.lost,
            "errors": book.errors,
            "cpu": 100 * (time.process_time() - cpu) / spent,
            "silent": devices * attributes - len(book.last),
        }
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
