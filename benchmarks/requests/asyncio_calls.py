"""Asyncio client and asyncio server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from benchmarks.harness.process import Client, PeerError, Server
from benchmarks.harness.row import OURS, THEIRS, Row, row_of
from benchmarks.harness.settings import Settings

SUMMARY = "one awaited read, and a hundred at once that wait 0.1 s each"

CASES = {"asyncio read": 1.0, "100 reads of 0.1 s": 1000.0}


def run(settings: Settings) -> Iterator[Row]:
    """Every case in every placement."""
    for placement in settings.placements:
        server_cores, client_cores = settings.places(placement)
        with ExitStack() as stack:
            clients, notes = {}, []
            for side in (OURS, THEIRS):
                try:
                    server = stack.enter_context(Server(side, server_cores, kind="asyncio"))
                    clients[side] = stack.enter_context(Client(side, server.trl, client_cores))
                except PeerError as error:
                    notes.append(f"{side}: {error}")
            for case, divisor in CASES.items():
                samples: dict[str, list[float]] = {side: [] for side in clients}
                for turn in range(settings.rounds + 1):
                    for side, client in clients.items():
                        try:
                            found = client.time(case, settings.seconds)
                        except PeerError as error:
                            notes.append(f"{side}: {error}")
                            continue
                        if turn:
                            samples[side].extend(value / divisor for value in found)
                unit = "µs" if divisor == 1.0 else "ms"
                note = "; ".join(dict.fromkeys(notes))
                yield row_of(case, unit, samples, cores=placement, note=note)
