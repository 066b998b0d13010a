"""Test contexts."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.harness.process import Peer, PeerError
from benchmarks.harness.row import OURS, THEIRS, Row, row_of
from benchmarks.harness.settings import Settings

SUMMARY = "a DeviceTestContext entered, its device asked for its state, and left"


def run(settings: Settings) -> Iterator[Row]:
    """In turns, in processes of their own."""
    samples: dict[str, list[float]] = {OURS: [], THEIRS: []}
    notes: dict[str, str] = {}
    for _ in range(settings.rounds):
        for side in (OURS, THEIRS):
            try:
                with Peer("requests.contexter", side) as peer:
                    samples[side].extend(peer.read()["ms"])
            except PeerError as error:
                notes[side] = f"{side}: {error}"
    yield row_of("DeviceTestContext", "ms", samples, note="; ".join(notes.values()))
