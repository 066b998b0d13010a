"""What it costs a server to poll a thousand attributes ten times a second."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from benchmarks.harness.process import Peer, PeerError, Server
from benchmarks.harness.row import OURS, THEIRS, Row, row_of
from benchmarks.harness.settings import Settings

SUMMARY = "1,000 attributes of 50 devices polled at 10 Hz"

DEVICES, ATTRIBUTES = 50, 20
SECONDS = 3.0
ROUNDS = 3

FIGURES = {
    "alone": ("processor time of the server", "%", True),
    "rate": ("turns of polling", "polls/s", False),
    "events": ("with a change event each, to one client", "%", True),
    "client": ("processor time of that client", "%", True),
}


def run(settings: Settings) -> Iterator[Row]:
    """In turns, on all cores: without a subscriber, then with one."""
    samples: dict[str, dict[str, list[float]]] = {
        figure: {OURS: [], THEIRS: []} for figure in FIGURES
    }
    notes: dict[str, str] = {}
    for _ in range(min(ROUNDS, settings.rounds)):
        for side in (OURS, THEIRS):
            try:
                for figure, value in _turn(side).items():
                    samples[figure][side].append(value)
            except PeerError as error:
                notes[side] = f"{side}: {error}"
    for figure, (name, unit, less) in FIGURES.items():
        yield row_of(
            name, unit, samples[figure], less_is_better=less, note="; ".join(notes.values())
        )


def _turn(side: str) -> dict[str, float]:
    with ExitStack() as stack:
        server = stack.enter_context(Server(side, kind="polled", devices=DEVICES))
        # It reads the values, which count the turns, from the cache.
        probe = stack.enter_context(Peer("events.poll_probe", side, str(server.port), str(DEVICES)))
        probe.read()
        before = server.processor()
        turns = probe.ask(seconds=SECONDS)["hertz"]
        alone = 100 * (server.processor() - before) / SECONDS
        arguments = (str(server.port), str(DEVICES), str(ATTRIBUTES))
        client = stack.enter_context(Peer("events.listener", side, *arguments))
        client.read()
        client.ask(seconds=0.5)
        before = server.processor()
        told = client.ask(seconds=SECONDS)
        events = 100 * (server.processor() - before) / SECONDS
        return {
            "alone": alone,
            "rate": turns * DEVICES * ATTRIBUTES,
            "events": events,
            "client": told["cpu"],
        }
