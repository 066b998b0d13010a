"""Many connections of one server that all ask at once: is each of them answered in its turn?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from benchmarks.harness.process import Peer, PeerError, Server
from benchmarks.harness.row import OURS, THEIRS, Row, row_of
from benchmarks.harness.settings import Settings

SUMMARY = "64, 256 and 1,000 connections that ask as soon as they are answered"

COUNTS = (64, 256, 1000)
FIGURES = {
    "reads": ("/s", "rate", False),
    "99th percentile": ("ms", "p99", True),
    "longest": ("ms", "longest", True),
}
KINDS = {"sync": "", "asyncio": ", asyncio device"}


def run(settings: Settings) -> Iterator[Row]:
    """Every number of connections, server and crowd each on a core of its own."""
    for kind, suffix in KINDS.items():
        for count in COUNTS:
            yield from _rows(settings, kind, suffix, count)


def _rows(settings: Settings, kind: str, suffix: str, count: int) -> Iterator[Row]:
    found: dict[str, list[dict[str, float]]] = {OURS: [], THEIRS: []}
    notes = []
    server_cores, crowd_cores = settings.places("two cores")
    seconds = max(0.5, settings.seconds * 4)
    for side, into in found.items():
        try:
            with ExitStack() as stack:
                server = stack.enter_context(Server(side, server_cores, kind=kind))
                words = (str(server.port), "test/bench/1", "scalar", str(count))
                crowd = stack.enter_context(Peer("requests.crowd", *words, cores=crowd_cores))
                crowd.read()
                for turn in range(max(2, settings.rounds // 2) + 1):
                    told = crowd.ask(seconds=seconds)
                    if turn:
                        into.append(told)
        except PeerError as error:
            notes.append(f"{side}: {error}")
    for figure, (unit, key, less_is_better) in FIGURES.items():
        samples = {side: [told[key] for told in each] for side, each in found.items()}
        yield row_of(
            f"{count:,} connections: {figure}{suffix}",
            unit,
            samples,
            cores="two cores",
            less_is_better=less_is_better,
            note="; ".join(notes),
        )
