"""Import, start of servers, and memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import suppress

from benchmarks.harness.process import Peer, PeerError, Server
from benchmarks.harness.row import OURS, THEIRS, Row, row_of
from benchmarks.harness.settings import Settings

SUMMARY = "import, start of a server with 1, 100 and 1,000 devices, memory"

COUNTS = (1, 100, 1000)


def run(settings: Settings) -> Iterator[Row]:
    """Time and memory of each."""
    with tempfile.TemporaryDirectory() as cache:
        # Both sides with their bytecode, which an installation has and a checkout may not.
        environment = {"PYTHONPYCACHEPREFIX": cache, "PYTHONDONTWRITEBYTECODE": ""}
        for side in (OURS, THEIRS):
            with suppress(PeerError):
                _imported(side, environment)
        yield from _rows("import", settings, lambda side: _imported(side, environment))
    for count in COUNTS:
        name = f"server of {count:,} device{'s' if count > 1 else ''}"
        yield from _rows(name, settings, lambda side, n=count: _started(side, n))


def _imported(side: str, environment: dict[str, str]) -> dict[str, float]:
    with Peer("programs.importer", side, environment=environment) as peer:
        found: dict[str, float] = peer.read()
        return found


def _started(side: str, count: int) -> dict[str, float]:
    with Server(side, devices=count) as server:
        ready: dict[str, float] = server.ready
        return ready


def _rows(name: str, settings: Settings, measure: object) -> Iterator[Row]:
    seconds: dict[str, list[float]] = {OURS: [], THEIRS: []}
    megabytes: dict[str, list[float]] = {OURS: [], THEIRS: []}
    notes: dict[str, str] = {}
    for _ in range(settings.rounds):
        for side in (OURS, THEIRS):
            try:
                found = measure(side)  # type: ignore[operator]  # one of the functions of the table
            except PeerError as error:
                notes[side] = f"{side}: {error}"
                continue
            seconds[side].append(found["seconds"] * 1000)
            megabytes[side].append(found["megabytes"])
    note = "; ".join(notes.values())
    yield row_of(name, "ms", seconds, note=note)
    yield row_of(f"{name}: memory", "MiB", megabytes, note=note)
