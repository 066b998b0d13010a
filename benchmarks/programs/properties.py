"""Properties put into a database: `puretango db` beside C++ DataBaseds on MariaDB, and what the disk alone takes."""

from __future__ import annotations

import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from benchmarks.harness.process import ROOT, Peer, free_port
from benchmarks.harness.row import OURS, THEIRS, Row, Wanted, row_of
from benchmarks.harness.settings import Settings
from tests.interop.peers import cpp
from tests.interop.peers.process import Peer as Program
from tests.interop.peers.process import puretango

SUMMARY = "a durable property, by 1 and by 16 clients; the other side is C++ DataBaseds on MariaDB (MyISAM)"
BY_NAME = True
PAGE = 4120
"""Octets of a page in SQLite's log."""


def run(settings: Settings) -> Iterator[Row]:
    """The disk alone, then both databases, in turns."""
    with tempfile.TemporaryDirectory(dir=ROOT) as folder, ExitStack() as stack:
        directory = Path(folder)
        seconds = max(0.5, settings.seconds)
        for name, put in (("fdatasync alone", _synchronised), ("SQLite alone", _committed)):
            samples = {OURS: _timed(put(directory), seconds)}
            yield row_of(f"{name}, one row", "µs", samples)
        port = free_port()
        command = puretango(
            "db", "--host", "127.0.0.1", "--port", str(port), "--store", f"{folder}/db"
        )
        stack.enter_context(Program("db", command, directory, port))
        theirs = stack.enter_context(cpp.cpp_database(directory))
        hosts = {OURS: f"127.0.0.1:{port}", THEIRS: theirs.tango_host}
        for count in (1, 16):
            took, rates = _rates(hosts, count, seconds, settings.rounds)
            wanted = Wanted(ratio=2) if count == 1 else Wanted(ratio=1)
            suffix = f"{count} client{'s' if count > 1 else ''}"
            yield row_of(f"a put, {suffix}", "µs", took, wanted=wanted)
            yield row_of(f"puts, {suffix}", "/s", rates, less_is_better=False)


Found = dict[str, list[float]]


def _rates(hosts: dict[str, str], count: int, seconds: float, rounds: int) -> tuple[Found, Found]:
    took: Found = {side: [] for side in hosts}
    rates: Found = {side: [] for side in hosts}
    with ExitStack() as stack:
        clients = {
            side: [
                stack.enter_context(_writer(host, f"bench/property/{number}"))
                for number in range(count)
            ]
            for side, host in hosts.items()
        }
        for _ in range(rounds):
            for side, some in clients.items():
                for client in some:
                    client.send(seconds=seconds)
                told = [client.read() for client in some]
                took[side].append(statistics.median(each["us"] for each in told))
                rates[side].append(sum(each["count"] for each in told) / seconds)
    return took, rates


def _writer(host: str, device: str) -> Peer:
    words = (*host.split(":"), device)
    writer = Peer("programs.property_writer", *words, python=sys.executable)
    writer.read()
    return writer


def _timed(put: Callable[[], None], seconds: float) -> list[float]:
    found, end, clock = [], time.perf_counter() + seconds, time.perf_counter
    while (began := clock()) < end:
        put()
        found.append((clock() - began) * 1e6)
    return found


def _synchronised(directory: Path) -> Callable[[], None]:
    file = os.open(directory / "bare", os.O_RDWR | os.O_CREAT)
    os.pwrite(file, bytes(PAGE), 0)
    os.fsync(file)

    def put() -> None:
        os.pwrite(file, bytes(PAGE), 0)
        os.fdatasync(file)

    return put


def _committed(directory: Path) -> Callable[[], None]:
    connection = sqlite3.connect(directory / "bare.db", isolation_level=None)
    for setting in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {setting}")
    connection.execute("CREATE TABLE p (name TEXT PRIMARY KEY, value TEXT)")

    def put() -> None:
        connection.execute("REPLACE INTO p VALUES ('a', ?)", (str(time.time()),))

    return put
