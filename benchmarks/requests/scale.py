"""Whether a read slows down as devices grow in number."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from benchmarks.harness.process import Client, PeerError, Server
from benchmarks.harness.row import OURS, THEIRS, Row, Wanted, row_of
from benchmarks.harness.settings import Settings

SUMMARY = "scalar read of one device among 1, 1,000 and 10,000 of its server"

COUNTS = (1, 1000, 10_000)
TOLERANCE = 1.15
"""So many times the read of an only device is no slower."""


def run(settings: Settings) -> Iterator[Row]:
    """Every number of devices, on one core."""
    server_cores, client_cores = settings.places("one core")
    first = 0.0
    for count in COUNTS:
        samples: dict[str, list[float]] = {OURS: [], THEIRS: []}
        notes = []
        with ExitStack() as stack:
            clients = {}
            for side in (OURS, THEIRS):
                try:
                    server = stack.enter_context(Server(side, server_cores, devices=count))
                    clients[side] = stack.enter_context(Client(side, server.trl, client_cores))
                except PeerError as error:
                    notes.append(f"{side}: {error}")
            for turn in range(settings.rounds + 1):
                for side, client in clients.items():
                    found = client.time("scalar read", settings.seconds)
                    if turn:
                        samples[side].extend(found)
        name = f"read among {count:,} device{'s' if count > 1 else ''}"
        row = row_of(name, "µs", samples, cores="one core", note="; ".join(notes))
        first = first or row.values.get(OURS, 0.0)
        row.wanted = Wanted(most=first * TOLERANCE)
        yield row
