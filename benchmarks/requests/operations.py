"""Every operation of a client beside PyTango, and beside a bare echo of the same sizes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack

from benchmarks.harness.process import Client, Peer, PeerError, Server, free_port
from benchmarks.harness.row import OURS, THEIRS, Row, row_of
from benchmarks.harness.settings import Settings

SUMMARY = "each operation, its arguments changing, on one core; and a bare echo of the same sizes"

ECHO = "echo"
GROUP = 20
CASES = (
    "ping",
    "state()",
    "status()",
    "read double",
    "read bool",
    "read with alarms",
    "read string",
    "read enum",
    "read State",
    "write double",
    "write bool",
    "write string",
    "write enum",
    "write_read",
    "command void",
    "command double, constant",
    "command double, changing",
    "command string",
    "command, array of 1,000",
    "command, list of 1,000",
    "read 1 attribute",
    "read 10 attributes",
    "read 50 attributes",
    "spectrum of 1,000 doubles",
    "spectrum of 1,000 strings",
    "write array of 1,000",
    "write list of 1,000",
    "image 4 MiB, read",
    "image 4 MiB, write",
    "encoded 1 MiB",
    "dev.attr",
    "dev.attr = v",
    "configuration of 1",
    "configuration of 50",
    "info()",
    "DeviceProxy made",
)
WITHOUT_ECHO = (
    "asyncio read",
    "asyncio write",
    "asyncio command",
    "20 asyncio reads gathered",
    "futures read",
    "Group of 20: read",
    "Group of 20: command",
    "2 threads",
    "8 threads",
)
IN_TURN = ("1,000 attributes in turn", "5,000 attributes in turn")
AT_LEAST = ("ping", "read double", "command void")
"""Measured on two cores as well: what waking the other process costs shows in the echo beside them."""
CONNECTIONS = (1, 4, 16, 64)
PROCESSES = 3
"""Servers, each with its client, of either side, asked in turns.

One process in ten is half as slow again as its like for all its life, by where its memory happens to lie.
"""


class Pair:
    """The clients of both sides, each with its own server, and the echo."""

    def __init__(self, stack: ExitStack, settings: Settings, placement: str, kind: str) -> None:
        server_cores, client_cores = settings.places(placement)
        self.settings = settings
        self.notes: dict[str, str] = {}
        self.clients: dict[str, list[Client]] = {}
        devices = GROUP if kind == "ops" else 1
        for side in (OURS, THEIRS) * PROCESSES:
            try:
                server = stack.enter_context(
                    Server(
                        side, server_cores, kind=kind, devices=devices, module="requests.ops_server"
                    )
                )
                client = stack.enter_context(
                    Client(
                        side, server.trl, client_cores, str(devices), module="requests.ops_client"
                    )
                )
            except PeerError as error:
                self.notes[side] = str(error)
            else:
                self.clients.setdefault(side, []).append(client)
        port = str(free_port())
        stack.enter_context(Peer("requests.echo", "serve", port, cores=server_cores)).read()
        self.echo = stack.enter_context(Peer("requests.echo", "ask", port, cores=client_cores))
        self.echo.read()

    def measure(self, case: str, placement: str, with_echo: bool, name: str = "") -> Row:
        """One case, the sides and their processes in turns; the first turn of each warms up.

        The row has the case's name, or another one.
        """
        samples: dict[str, list[float]] = {side: [] for side in self.clients}
        notes = dict(self.notes)
        sizes: list[int] = []
        if with_echo and OURS in self.clients:
            samples[ECHO] = []
            sizes = self.clients[OURS][0].ask(case=case, seconds=0, sizes=True)["us"]
        for turn in range(self.settings.rounds + PROCESSES):
            for side in list(samples):
                try:
                    found = self._turn(side, case, sizes, turn)
                except PeerError as error:
                    notes[side] = f"{case}: {error}"
                    del samples[side]
                    continue
                if turn >= PROCESSES:
                    samples[side].extend(found)
        note = "; ".join(f"{side}: {what}" for side, what in notes.items())
        return row_of(name or case, "µs", samples, cores=placement, note=note)

    def _turn(self, side: str, case: str, sizes: list[int], turn: int) -> list[float]:
        seconds = self.settings.seconds
        if side == ECHO:
            found: list[float] = self.echo.ask(sizes=sizes, seconds=seconds)["us"]
            return found
        clients = self.clients[side]
        return clients[turn % len(clients)].time(case, seconds)


def run(settings: Settings) -> Iterator[Row]:
    """Every case, on one core; writes of several connections on two."""
    placement = settings.placements[0]
    with ExitStack() as stack:
        pair = Pair(stack, settings, placement, "ops")
        for case in CASES:
            yield pair.measure(case, placement, True)
        for case in WITHOUT_ECHO:
            yield pair.measure(case, placement, False)
    if "two cores" in settings.placements:
        with ExitStack() as stack:
            pair = Pair(stack, settings, "two cores", "ops")
            for case in AT_LEAST:
                yield pair.measure(case, "two cores", True, f"{case}, over two cores")
    with ExitStack() as stack:
        pair = Pair(stack, settings, placement, "many")
        for case in IN_TURN:
            yield pair.measure(case, placement, False)
    for count in CONNECTIONS:
        yield _writes(settings, count)


def _writes(settings: Settings, count: int) -> Row:
    """Writes per second that some connections get together, a process each, in one same time."""
    samples: dict[str, list[float]] = {OURS: [], THEIRS: []}
    notes = []
    server_cores, client_cores = settings.places("two cores")
    seconds = max(0.5, settings.seconds * 2)
    for side, found in samples.items():
        try:
            with ExitStack() as stack:
                server = stack.enter_context(
                    Server(side, server_cores, kind="ops", module="requests.ops_server")
                )
                clients = [
                    stack.enter_context(
                        Client(side, server.trl, client_cores, "1", module="requests.ops_client")
                    )
                    for _ in range(count)
                ]
                for turn in range(settings.rounds + 1):
                    start = time.time() + 0.1
                    for client in clients:
                        client.send(case="rate", seconds=seconds, start=start)
                    written = [client.read()["us"][0] for client in clients]
                    if turn:
                        found.append(sum(written) / seconds)
        except PeerError as error:
            notes.append(f"{side}: {error}")
    return row_of(
        f"writes, {count} connections",
        "/s",
        samples,
        cores="two cores",
        less_is_better=False,
        note="; ".join(notes),
    )
