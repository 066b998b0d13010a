"""50,000 events a second for ten seconds over the wire: how many sources and archivers that takes, and what is lost."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.archives.archive import names
from benchmarks.harness.process import Peer, free_port
from benchmarks.harness.row import OURS, Row, Wanted
from benchmarks.harness.settings import Settings

SUMMARY = "50,000 events/s for 10 s over the wire into one archiver, and into two"
BY_NAME = True
"""Runs only when it is named: half a minute on a machine that is otherwise quiet."""

RATE, SECONDS, SOURCES = 50_000, 10.0, 2
DEVICES, ATTRIBUTES = 5, 50
# Ten seconds' worth may wait on both sides of the wire: with Tango's 1,000 what is late for 20 ms is lost.
ROOM = {"TANGO_EVENT_BUFFER_HWM": "500000", "TANGO_DS_EVENT_BUFFER_HWM": "500000"}


def run(settings: Settings) -> Iterator[Row]:
    """The same events into one archiver and store, then shared between two."""
    del settings
    for archivers in (1, 2):
        with tempfile.TemporaryDirectory() as directory:
            yield from _storm(Path(directory), archivers)


def _storm(directory: Path, count: int) -> Iterator[Row]:
    ports = [free_port() for _ in range(SOURCES)]
    with ExitStack() as stack:
        size = (str(DEVICES), str(ATTRIBUTES))
        sources = [
            stack.enter_context(Peer("events.pusher", str(port), *size, environment=ROOM))
            for port in ports
        ]
        archivers = [
            stack.enter_context(
                Peer("events.archiver", str(directory / str(number)), environment=ROOM)
            )
            for number in range(count)
        ]
        for peer in (*sources, *archivers):
            peer.read()
            peer.patience = SECONDS + 120
        for number, port in enumerate(ports):
            archivers[number % count].ask(add=names(port, DEVICES, ATTRIBUTES))
        before = [archiver.ask(report=True) for archiver in archivers]
        pushed, taken = _push(sources)
        after = [_settled(archiver) for archiver in archivers]
    yield from _rows(count, pushed, taken, before, after)


def _push(sources: list[Peer]) -> tuple[int, float]:
    """Events that all sources pushed at once, and the seconds that the slowest took."""
    told: list[dict[str, Any]] = []

    def ask(source: Peer) -> None:
        told.append(source.ask(rate=RATE / SOURCES, count=int(RATE * SECONDS / SOURCES)))

    threads = [threading.Thread(target=ask, args=(source,)) for source in sources]
    begin = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(answer["pushed"] for answer in told), time.monotonic() - begin


def _settled(archiver: Peer) -> dict[str, Any]:
    """What an archiver tells when nothing is under way any more."""
    last = archiver.ask(report=True)
    while True:
        time.sleep(2)
        told = archiver.ask(report=True)
        if told["received"] == last["received"]:
            return dict(told)
        last = told


def _rows(
    count: int,
    pushed: int,
    taken: float,
    before: list[dict[str, Any]],
    after: list[dict[str, Any]],
) -> Iterator[Row]:
    def grown(key: str) -> float:
        return float(sum(new[key] - old[key] for new, old in zip(after, before)))

    where = f"{SOURCES} sources, {count} archiver{'s' if count > 1 else ''}"
    stored = grown("stored") + grown("duplicates")
    yield Row(f"{where}: pushed", "events/s", {OURS: pushed / taken}, less_is_better=False)
    yield Row(f"{where}: not stored", "events", {OURS: pushed - stored}, wanted=Wanted(most=0))
    yield Row(f"{where}: of them counted by gap rows", "events", {OURS: grown("lost")})
    yield Row(f"{where}: slowest to durable", "s", {OURS: max(t["slowest"] for t in after)})
    yield Row(
        f"{where}: event to durable", "/CPU s", {OURS: stored / grown("cpu")}, less_is_better=False
    )
