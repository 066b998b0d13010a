"""Synchronous calls, and each side's client with the other's server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from benchmarks.harness.process import Client, PeerError, Server
from benchmarks.harness.row import OURS, THEIRS, Row, row_of
from benchmarks.harness.settings import Settings

SUMMARY = "reads, writes and commands, both sides and crossed"

CASES = (
    "scalar read",
    "scalar read with alarms",
    "scalar write",
    "command with an argument",
    "10 attributes",
    "10 attributes and State",
    "1,000-double spectrum",
    "4 MiB image",
    "connect",
)
#: Client and server of each column.
PAIRS = {
    OURS: (OURS, OURS),
    THEIRS: (THEIRS, THEIRS),
    "our client, their server": (OURS, THEIRS),
    "their client, our server": (THEIRS, OURS),
}


def run(settings: Settings) -> Iterator[Row]:
    """Every case in every placement."""
    for placement in settings.placements:
        with ExitStack() as stack:
            clients, notes = _start(stack, settings, placement)
            for case in CASES:
                yield _measure(settings, placement, case, clients, dict(notes))


def _start(
    stack: ExitStack, settings: Settings, placement: str
) -> tuple[dict[str, Client], dict[str, str]]:
    server_cores, client_cores = settings.places(placement)
    servers: dict[str, Server] = {}
    notes: dict[str, str] = {}
    for side in (OURS, THEIRS):
        try:
            servers[side] = stack.enter_context(Server(side, server_cores))
        except PeerError as error:
            notes[f"{side} server"] = str(error)
    clients = {}
    for pair, (client, server) in PAIRS.items():
        if server in servers:
            try:
                clients[pair] = stack.enter_context(
                    Client(client, servers[server].trl, client_cores)
                )
            except PeerError as error:
                notes[pair] = str(error)
    return clients, notes


def _measure(
    settings: Settings,
    placement: str,
    case: str,
    clients: dict[str, Client],
    notes: dict[str, str],
) -> Row:
    samples: dict[str, list[float]] = {pair: [] for pair in clients}
    failed: set[str] = set()
    for turn in range(settings.rounds + 1):
        for pair, client in clients.items():
            if pair in failed:
                continue
            try:
                found = client.time(case, settings.seconds)
            except PeerError as error:
                notes[pair] = str(error)
                failed.add(pair)
                continue
            if turn:  # the first warms up
                samples[pair].extend(found)
    note = "; ".join(f"{who}: {what}" for who, what in notes.items())
    return row_of(case, "µs", samples, cores=placement, note=note)
