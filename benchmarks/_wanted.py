"""What is wanted of the figures: how many times better than PyTango, or how much at most."""

from __future__ import annotations

from benchmarks._row import Row, Wanted

#: (benchmark, row) → what is wanted of it, on one core and on two.
WANTED: dict[tuple[str, str], Wanted] = {
    ("calls", "scalar read"): Wanted(ratio=3),
    ("calls", "scalar read with alarms"): Wanted(ratio=3),
    ("calls", "4 MiB image"): Wanted(ratio=1),
    ("asyncio_calls", "asyncio read"): Wanted(ratio=5),
    ("asyncio_calls", "100 reads of 0.1 s"): Wanted(most=200),
    ("contexts", "DeviceTestContext"): Wanted(most=5),
    ("events", "received of a burst of 20,000"): Wanted(ratio=2),
    ("events", "lost of a burst of 20,000"): Wanted(most=0),
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
