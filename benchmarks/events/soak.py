"""A thousand attributes at 10 Hz to one client, for a minute."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.harness.process import Peer, PeerError, Server
from benchmarks.harness.row import OURS, THEIRS, Row
from benchmarks.harness.settings import Settings

SUMMARY = "1,000 attributes of 50 devices polled at 10 Hz, change events to one client"
BY_NAME = True
"""Runs only when it is named: a minute for each side, and --seconds says how long that is."""

DEVICES, ATTRIBUTES = 50, 20
MINUTE = 60.0
WARM_UP = 3.0

FIGURES = {
    "rate": ("received", "events/s", False),
    "lost": ("lost", "events", True),
    "missed": ("errors told to the client", "events", True),
    "silent": ("attributes without an event", "attributes", True),
    "subscribing": ("subscribing to all", "s", True),
    "server": ("processor time of the server", "%", True),
    "cpu": ("processor time of the client", "%", True),
}


def run(settings: Settings) -> Iterator[Row]:
    """One side after the other, on all cores."""
    found: dict[str, dict[str, float]] = {}
    notes = []
    for side in (OURS, THEIRS):
        try:
            found[side] = _soak(side, settings.seconds if settings.seconds >= 1 else MINUTE)
        except PeerError as error:
            notes.append(f"{side}: {error}")
    for figure, (name, unit, less) in FIGURES.items():
        values = {side: numbers[figure] for side, numbers in found.items()}
        yield Row(name, unit, values, less_is_better=less, note="; ".join(notes))


def _soak(side: str, seconds: float) -> dict[str, float]:
    with Server(side, kind="polled", devices=DEVICES) as server:
        arguments = (str(server.port), str(DEVICES), str(ATTRIBUTES))
        with Peer("events.listener", side, *arguments) as client:
            client.patience = seconds + 120
            subscribing = client.read()["seconds"]
            client.ask(seconds=WARM_UP)
            before = server.processor()
            numbers = client.ask(seconds=seconds)
            numbers["server"] = 100 * (server.processor() - before) / seconds
            numbers["subscribing"] = subscribing
            numbers["missed"] = sum(numbers.pop("errors").values())
            return dict(numbers)
