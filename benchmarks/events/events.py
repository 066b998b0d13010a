"""Events pushed by code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack

from benchmarks.harness.process import Peer, PeerError, Server
from benchmarks.harness.row import OURS, THEIRS, Row, row_of
from benchmarks.harness.settings import Settings

SUMMARY = "change events pushed by code: rate, loss, delay, and what a push nobody hears costs"

BURST = 20_000
UNHEARD = 2_000
TICKS = 300

#: Figure → its name, its unit, whether less is better.
FIGURES = {
    "unheard": ("push without a subscriber", "µs", True),
    "pushed": ("pushed in a burst of 20,000", "events/s", False),
    "received": ("received of a burst of 20,000", "events/s", False),
    "lost": ("lost of a burst of 20,000", "%", True),
    "median": ("push to callback, median", "µs", True),
    "p99": ("push to callback, 99th percentile", "µs", True),
}


def run(settings: Settings) -> Iterator[Row]:
    """Every figure in every placement."""
    for placement in settings.placements:
        server_cores, client_cores = settings.places(placement)
        samples: dict[str, dict[str, list[float]]] = defaultdict(lambda: {OURS: [], THEIRS: []})
        notes: dict[str, str] = {}
        with ExitStack() as stack:
            peers = {}
            for side in (OURS, THEIRS):
                try:
                    server = stack.enter_context(Server(side, server_cores, kind="push"))
                    peer = Peer("events.subscriber", side, server.trl, cores=client_cores)
                    stack.enter_context(peer).read()
                    found = [peer.ask(do="unheard", count=UNHEARD)["us"] for _ in range(5)]
                    samples["unheard"][side] = found
                    peer.ask(do="subscribe")
                    peers[side] = peer
                except PeerError as error:
                    notes[side] = f"{side}: {error}"
            for _ in range(max(settings.rounds // 2, 2)):
                for side, peer in peers.items():
                    try:
                        for figure, value in _turn(peer).items():
                            samples[figure][side].append(value)
                    except PeerError as error:
                        notes[side] = f"{side}: {error}"
        note = "; ".join(notes.values())
        for figure, (name, unit, less) in FIGURES.items():
            yield row_of(
                name, unit, samples[figure], cores=placement, less_is_better=less, note=note
            )


def _turn(peer: Peer) -> dict[str, float]:
    answers: dict[str, float] = {
        **peer.ask(do="burst", count=BURST),
        **peer.ask(do="ticks", count=TICKS),
    }
    return {figure: value for figure, value in answers.items() if figure in FIGURES}
