"""An archiver at 10,000 events a second for ten minutes: nothing is lost, and its memory stays as it is."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.archives.archive import names, postgres_rows
from benchmarks.harness.process import Peer, free_port
from benchmarks.harness.row import OURS, Row, Wanted
from benchmarks.harness.settings import Settings

SUMMARY = "1,000 attributes archived at 10,000 events/s for ten minutes"
BY_NAME = True
"""Runs only when it is named: ten minutes, and --seconds says how long that is."""

MINUTES = 600.0
RATE, DEVICES, ATTRIBUTES = 10_000, 10, 100


def run(settings: Settings) -> Iterator[Row]:
    """The rate in ten parts; memory after the first and after the last."""
    seconds = settings.seconds if settings.seconds >= 1 else MINUTES
    port, memory, pushed = free_port(), [], 0
    with (
        tempfile.TemporaryDirectory() as directory,
        Peer("events.pusher", str(port), str(DEVICES), str(ATTRIBUTES)) as pusher,
        Peer("events.archiver", directory) as archiver,
    ):
        for peer in (pusher, archiver):
            peer.read()
            peer.patience = seconds + 120
        archiver.ask(add=names(port, DEVICES, ATTRIBUTES))
        first = archiver.ask(report=True)
        for _ in range(10):
            pushed += pusher.ask(rate=RATE, seconds=seconds / 10)["pushed"]
            last = archiver.ask(report=True)
            memory.append(last["memory"])
        before = -1
        while before != last["stored"]:  # What is still under way comes.
            before = last["stored"]
            time.sleep(3)
            last = archiver.ask(report=True)
        size = sum(p.stat().st_size for p in Path(directory).rglob("*") if p.is_file())
    stored = last["stored"] - first["stored"]
    rate = pushed / seconds
    yield Row("pushed", "events/s", {OURS: rate}, less_is_better=False, wanted=Wanted(least=9_900))
    yield Row("lost", "events", {OURS: pushed - stored}, wanted=Wanted(most=0))
    grown = memory[-1] - memory[0]
    yield Row("memory after the first tenth", "MB", {OURS: memory[0]})
    yield Row("memory grown since", "MB", {OURS: grown}, wanted=Wanted(most=30))
    yield Row("slowest to durable", "s", {OURS: last["slowest"]}, wanted=Wanted(most=2))
    cpu = 100 * (last["cpu"] - first["cpu"]) / seconds
    yield Row("processor time of the archiver", "%", {OURS: cpu})
    yield Row("bytes on the disk per sample", "bytes", {OURS: size / max(stored, 1)})
    yield from postgres_rows()  # What a database could take at most.
