"""Bluesky over Tango: puretango's backends beside ophyd-async's own on PyTango."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from benchmarks.harness.environment import peer_python
from benchmarks.harness.process import Peer, PeerError, free_port
from benchmarks.harness.row import OURS, THEIRS, Row, row_of
from benchmarks.harness.settings import Settings

SUMMARY = "bluesky: reads, connections, plans and monitors beside ophyd-async on PyTango"
CLASSIC = "puretango, classic ophyd"
#: case, what it is, unit, how often at most
CASES = (
    ("read", "device with 50 attributes", "ms", 5),
    ("connect", "connect 100 devices of 50 attributes", "ms", 1),
    ("connect_floor", "of that the objects of 5,000 signals in memory", "ms", 3),
    ("count_signal", "count of one signal, 1,000 points", "s", 3),
    ("engine", "of that the RunEngine: a detector that does nothing", "s", 3),
    ("count_floor", "the same with a signal in memory of that layer", "s", 3),
    ("count_device", "count of 200 points, 50 attributes", "s", 3),
    ("grown", "10,000 points of one signal: memory grown", "MB", 1),
    ("monitors", "100 attributes at 10 Hz by events, client", "ms CPU/s", 1),
    ("polled", "100 attributes polled at 10 Hz, client", "ms CPU/s", 1),
)
SIDES = {
    OURS: ("puretango", "puretango"),
    THEIRS: ("pytango", "pytango"),
    CLASSIC: ("classic", "puretango"),
}


def run(settings: Settings) -> Iterator[Row]:
    """Every case in every placement, each in a fresh client."""
    for placement in settings.placements:
        for case, name, unit, most in CASES:
            samples: dict[str, list[float]] = {side: [] for side in SIDES}
            notes: list[str] = []
            for _ in range(min(most, settings.rounds)):
                for side in SIDES:
                    try:
                        value, rate = _once(settings, placement, side, case)
                    except PeerError as error:
                        notes.append(f"{side}: {error}")
                        continue
                    samples[side].append(value)
                    if rate:
                        notes.append(f"{side}: {rate:,.0f} updates/s of 1,000")
            yield row_of(name, unit, samples, cores=placement, note="; ".join(notes))


def _once(settings: Settings, placement: str, side: str, case: str) -> tuple[float, float]:
    client, server = SIDES[side]
    server_cores, client_cores = settings.places(placement)
    port = str(free_port())
    # The client needs bluesky beside PyTango, and keeps OpenTelemetry out of its sight itself.
    python = peer_python() if side == THEIRS else ""
    with Peer("programs.plan_server", server, port, cores=server_cores, python=python) as peer:
        peer.read()
        # Our own Python: the peer's has no bluesky.
        with Peer(
            "programs.plan_client", client, port, cores=client_cores, python=sys.executable
        ) as user:
            user.patience = 240.0
            user.read()
            answer = user.ask(case=case)
            return answer["value"], answer["rate"]
