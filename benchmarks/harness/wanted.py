"""What is wanted of the figures: how many times better than PyTango, or how much at most."""

from __future__ import annotations

from benchmarks.harness.row import Row, Wanted

#: Operation → how many times better than PyTango on one core, at least: see docs/benchmarks.md.
REACH = {
    "ping": 0.9,
    "state()": 3,
    "status()": 3,
    "read double": 4,
    "read bool": 4,
    "read with alarms": 4,
    "read string": 3.5,
    "read enum": 3.5,
    "read State": 3.5,
    "write double": 3,
    "write bool": 3,
    "write string": 2.5,
    "write enum": 2.5,
    "write_read": 3,
    "command void": 4,
    "command double, constant": 4,
    "command double, changing": 3.5,
    "command string": 3,
    "command, array of 1,000": 2,
    "command, list of 1,000": 1,
    "read 1 attribute": 3.5,
    "read 10 attributes": 4,
    "read 50 attributes": 5,
    "spectrum of 1,000 doubles": 3,
    "spectrum of 1,000 strings": 0.7,
    "write array of 1,000": 2,
    "write list of 1,000": 1,
    "image 4 MiB, read": 2,
    "image 4 MiB, write": 4,
    "encoded 1 MiB": 2,
    "dev.attr": 4,
    "dev.attr = v": 3,
    "asyncio read": 4,
    "asyncio write": 3,
    "asyncio command": 3,
    "20 asyncio reads gathered": 4,
    "futures read": 2,
    "configuration of 1": 1,
    "configuration of 50": 0.5,
    "info()": 1,
    "Group of 20: read": 3,
    "Group of 20: command": 3,
    "DeviceProxy made": 1,
    "2 threads": 2,
    "8 threads": 2,
    "1,000 attributes in turn": 3,
    "5,000 attributes in turn": 3,
    "writes, 1 connections": 2,
    "writes, 4 connections": 2,
    "writes, 16 connections": 2,
    "writes, 64 connections": 2,
}

#: (benchmark, row) → what is wanted of it, on one core and on two.
WANTED: dict[tuple[str, str], Wanted] = {
    **{("operations", name): Wanted(ratio=ratio) for name, ratio in REACH.items()},
    ("calls", "scalar read"): Wanted(ratio=3),
    ("calls", "scalar read with alarms"): Wanted(ratio=3),
    ("calls", "4 MiB image"): Wanted(ratio=1),
    ("asyncio_calls", "asyncio read"): Wanted(ratio=5),
    ("asyncio_calls", "100 reads of 0.1 s"): Wanted(most=200),
    ("contexts", "DeviceTestContext"): Wanted(most=5),
    ("events", "received of a burst of 20,000"): Wanted(ratio=2),
    ("events", "lost of a burst of 20,000"): Wanted(most=0),
    ("plans", "device with 50 attributes"): Wanted(ratio=5),
    ("plans", "connect 100 devices of 50 attributes"): Wanted(ratio=10),
    ("plans", "count of one signal, 1,000 points"): Wanted(ratio=1.5),
    ("plans", "count of 200 points, 50 attributes"): Wanted(ratio=1.5),
    ("plans", "10,000 points of one signal: memory grown"): Wanted(most=5),
    ("plans", "100 attributes at 10 Hz by events, client"): Wanted(ratio=3),
    ("polling", "processor time of the server"): Wanted(ratio=1),
    ("polling", "with a change event each, to one client"): Wanted(ratio=1),
    ("soak", "received"): Wanted(least=9_900),
    ("soak", "lost"): Wanted(most=0),
    ("soak", "errors told to the client"): Wanted(most=0),
    ("soak", "attributes without an event"): Wanted(most=0),
    ("startup", "server of 1,000 devices"): Wanted(most=500),
    ("startup", "server of 1,000 devices: memory"): Wanted(ratio=1),
}


def judged(benchmark: str, row: Row) -> Row:
    """The row with what is wanted of it, unless its benchmark has said so itself."""
    if row.wanted is None:
        row.wanted = WANTED.get((benchmark, row.name))
    return row
