"""Many clients of one server, each a process."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from contextlib import ExitStack

from benchmarks.harness.process import Client, PeerError, Server
from benchmarks.harness.row import OURS, THEIRS, Row, row_of
from benchmarks.harness.settings import Settings

SUMMARY = "scalar reads per second that 1, 4 and 16 clients get together"

COUNTS = (1, 4, 16)


def run(settings: Settings) -> Iterator[Row]:
    """Every number of clients in every placement."""
    for placement in settings.placements:
        # With two cores nobody is pinned: this is what users see.
        cores = settings.cores[:1] if placement == "one core" else settings.cores
        for count in COUNTS:
            samples: dict[str, list[float]] = {OURS: [], THEIRS: []}
            notes = []
            for side in (OURS, THEIRS):
                try:
                    samples[side] = _rates(settings, side, cores, count)
                except PeerError as error:
                    notes.append(f"{side}: {error}")
            name = f"{count} client{'s' if count > 1 else ''}"
            yield row_of(
                name,
                "reads/s",
                samples,
                cores=placement,
                less_is_better=False,
                note="; ".join(notes),
            )


def _rates(settings: Settings, side: str, cores: list[int], count: int) -> list[float]:
    with ExitStack() as stack:
        server = stack.enter_context(Server(side, cores))
        clients = [stack.enter_context(Client(side, server.trl, cores)) for _ in range(count)]
        rates = []
        for turn in range(settings.rounds + 1):
            for client in clients:
                client.send(case="scalar read", seconds=settings.seconds)
            means = [statistics.fmean(client.read()["us"]) for client in clients]
            if turn:
                rates.append(sum(1e6 / value for value in means))
        return rates
