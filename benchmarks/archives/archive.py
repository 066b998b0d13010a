"""The archive: from event to durable, bytes a sample, reading and decimating; PostgreSQL's COPY as the limit."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.harness.process import Peer, PeerError, free_port
from benchmarks.harness.row import OURS, Row, Wanted
from benchmarks.harness.settings import Settings
from puretango.archive import FileReader, FileStore, Kind
from puretango.archive import Row as Sample
from puretango.archive.files._sealing import BlockFile
from puretango.archive.files._upkeep import register

SUMMARY = "archiving: events to durable samples, size, reading, decimating, memory"
BY_NAME = True
"""Runs only when it is named: some minutes."""

SECOND = 1_000_000_000
START = 1_700_000_000 * SECOND // (86_400 * SECOND) * (86_400 * SECOND)
DOUBLE = Kind("DevDouble")


def run(settings: Settings) -> Iterator[Row]:
    """The stores, then an archiver over the wire."""
    with tempfile.TemporaryDirectory() as directory:
        yield from _stored(Path(directory) / "stored")
        yield from _ten_million(Path(directory) / "ten")
        yield from _year(Path(directory) / "year")
        yield from _burst(Path(directory) / "burst")
        yield from _wire(Path(directory) / "wire", settings)
        yield from _many(Path(directory) / "many")
    yield from postgres_rows()


def one(name: str, unit: str, value: float, *, less: bool = True, **wanted: float) -> Row:
    """A row of one figure."""
    return Row(name, unit, {OURS: value}, less_is_better=less, wanted=Wanted(**wanted))


def _noise(count: int) -> list[float]:
    return np.random.default_rng(1).normal(size=count).tolist()  # type: ignore[no-any-return]  # numpy says Any


def _stored(directory: Path) -> Iterator[Row]:
    """A million noisy doubles of a thousand attributes at 1 Hz, with jitter in both times."""
    count, attributes = 1_000_000, 1000
    rng = np.random.default_rng(2)
    jitter = (rng.integers(0, 2000, count) * 1000).tolist()
    late = (rng.integers(200, 900, count) * 1000).tolist()
    values = _noise(count)
    with FileStore(directory) as store:
        wanted = [(f"a/b/c/x{number}", DOUBLE, START) for number in range(attributes)]
        numbers = [generation.id for generation in store.generations(wanted)]
        rows = []
        for at in range(count):
            moment = START + at // attributes * SECOND + jitter[at]
            rows.append(
                Sample(numbers[at % attributes], moment, moment + late[at], 0, values[at], None)
            )
        before = time.process_time()
        for at in range(0, count, 10_000):
            store.write(rows[at : at + 10_000])
        yield one("rows to durable", "/CPU s", count / (time.process_time() - before), less=False)
        before = time.process_time()
        store.seal()
        yield one("rows to sealed", "/CPU s", count / (time.process_time() - before), less=False)
        size = sum(path.stat().st_size for path in (directory / "sealed").iterdir())
        yield one("a noisy double, both times, quality", "bytes", size / count, most=16)


def _fill(directory: Path, count: int, step: int) -> None:
    """One attribute's noise, sealed a day at a time: as it is after some time of archiving."""
    values = np.random.default_rng(3).normal(size=count).cumsum()
    late = np.random.default_rng(4).integers(200, 900, count)
    with FileStore(directory) as store:
        (generation,) = store.generations([("a/b/c/d", DOUBLE, START)])
        for number, at in enumerate(range(0, count, 86_400), 1):
            part = values[at : at + 86_400]
            columns = {
                "time": START + np.arange(at, at + len(part), dtype="i8") * step,
                "late": late[at : at + len(part)],
                "quality": np.zeros(len(part), "u1"),
                "value": part,
            }
            file = BlockFile(directory / "sealed" / f"{number:08d}.sqlite", store._index)
            file.begin()
            file.add(generation, columns)
            register(store._index, file.finish())


def _ten_million(directory: Path) -> Iterator[Row]:
    _fill(directory, 10_000_000, SECOND // 10)
    with FileReader(directory) as reader:
        taken = []
        for _ in range(3):
            begin = time.perf_counter()
            (series,) = reader.series("a/b/c/d", columns=("value",))
            taken.append(time.perf_counter() - begin)
            assert len(series) == 10_000_000
    yield one("10⁷ points, time and value", "s", min(taken), most=1)


def _year(directory: Path) -> Iterator[Row]:
    days = 365
    _fill(directory, days * 86_400, SECOND)
    taken = []
    for _ in range(5):
        with FileReader(directory) as reader:
            begin = time.perf_counter()
            found = reader.decimated("a/b/c/d", START, START + days * 86_400 * SECOND, 2000)
            taken.append(1000 * (time.perf_counter() - begin))
        assert found.count.sum() == days * 86_400
    yield one("a year of 1 Hz in 2,000 points", "ms", sorted(taken)[2], most=50)


def _burst(directory: Path) -> Iterator[Row]:
    """50,000 samples a second for 10 s, as the collector gives them, into the archiver's queue."""
    import threading

    from puretango.archive.collecting._pending import Pending

    pending, stop = Pending(500_000), threading.Event()
    with FileStore(directory) as store:
        wanted = [(f"a/b/c/x{number}", DOUBLE, START) for number in range(1000)]
        numbers = [generation.id for generation in store.generations(wanted)]
        pending.names.update({number: name for number, (name, _, _) in zip(numbers, wanted)})
        stored = dropped = 0

        def drain() -> None:
            nonlocal stored, dropped
            while not stop.is_set() or not pending.is_empty:
                rows, gaps = pending.take(20_000)
                store.write(rows, gaps)
                stored += len(rows)
                dropped += sum(gap.count for gap in gaps)
                if len(rows) < 1000:
                    time.sleep(0.05)

        thread = threading.Thread(target=drain)
        thread.start()
        given, begin = 0, time.monotonic()
        while (past := time.monotonic() - begin) < 10:
            while given < past * 50_000:
                moment = START + given * 20_000
                pending.add(Sample(numbers[given % 1000], moment, moment, 0, 0.5 * given, None))
                given += 1
            time.sleep(0.001)
        stop.set()
        thread.join()
        assert stored + dropped == given
    yield one("lost of 50,000 samples/s for 10 s", "samples", dropped, most=0)


def names(port: int, devices: int, attributes: int) -> list[str]:
    """The attributes of a pusher."""
    return [
        f"tango://127.0.0.1:{port}/bench/pusher/{device}/v{number}#dbase=no"
        for device in range(devices)
        for number in range(attributes)
    ]


def _wire(directory: Path, settings: Settings) -> Iterator[Row]:
    """From a device's push to durable, over the wire; server and archiver each on a core of their own."""
    port = free_port()
    seconds = max(settings.seconds, 10.0)
    with (
        Peer("events.pusher", str(port), "10", "20") as pusher,
        Peer("events.archiver", str(directory)) as archiver,
    ):
        pusher.read(), archiver.read()
        pusher.patience = archiver.patience = seconds + 60
        archiver.ask(add=names(port, 10, 20))
        before = archiver.ask(report=True)
        pushed = pusher.ask(rate=12_000, seconds=seconds)["pushed"]
        after = archiver.ask(report=True)
        while True:  # What is still under way comes within a second.
            time.sleep(2)
            last, after = after, archiver.ask(report=True)
            if last["received"] == after["received"]:
                break
    stored = after["stored"] - before["stored"]
    yield one("pushed over the wire", "events/s", pushed / seconds, less=False)
    cost = after["cpu"] - before["cpu"]
    yield one("event to durable", "/CPU s", stored / cost, less=False, least=10_000)
    missing = pushed - stored - (after["duplicates"] - before["duplicates"])
    yield one("lost over the wire", "events", missing, most=0)
    yield one("slowest from receipt to durable", "s", after["slowest"], most=2)


def _many(directory: Path) -> Iterator[Row]:
    port = free_port()
    with (
        Peer("events.pusher", str(port), "100", "100") as pusher,
        Peer("events.archiver", str(directory)) as archiver,
    ):
        pusher.read(), archiver.read()
        archiver.patience = 200
        found = archiver.ask(add=names(port, 100, 100))
    yield one("10,000 attributes subscribed", "s", found["seconds"], most=60)
    yield one("memory at 10,000 attributes", "MB", found["memory"], most=300)


def postgres_rows() -> Iterator[Row]:
    """Samples into HDB++'s tables, beside plain COPY of the same lines as the limit."""
    try:
        from tests.interop.archive.conftest import server
    except ImportError:
        return
    try:
        with server() as postgres:
            yield from _copied(postgres.database(), postgres.database())
    except (PeerError, OSError) as error:
        yield Row("PostgreSQL", "/s", {}, note=str(error))


def _copied(ours: str, plain: str) -> Iterator[Row]:
    import psycopg

    from puretango.archive.postgres import PostgresStore
    from puretango.archive.postgres._text import columns_of, line_of

    count = 200_000
    values = _noise(count)

    def rows(generations: list[int]) -> list[Sample]:
        return [
            Sample(generations[at % 1000], START + at // 1000 * SECOND, START, 0, values[at], None)
            for at in range(count)
        ]

    wanted = [(f"tango://db:1/a/b/c/x{number}", DOUBLE, START) for number in range(1000)]
    with PostgresStore(ours) as store:
        made = rows([generation.id for generation in store.generations(wanted)])
        begin = time.perf_counter()
        for at in range(0, count, 10_000):
            store.write(made[at : at + 10_000])
        taken = time.perf_counter() - begin
    with PostgresStore(plain) as store:
        store.generations(wanted)
    lines = [line_of(DOUBLE, row.generation, row, row.time // 1000) for row in made]
    with psycopg.connect(plain) as connection:
        begin = time.perf_counter()
        for at in range(0, count, 10_000):
            with connection.cursor().copy(
                f"COPY att_scalar_devdouble ({columns_of(DOUBLE)}) FROM STDIN"
            ) as copy:
                copy.write("".join(lines[at : at + 10_000]))
            connection.commit()
        limit = time.perf_counter() - begin
    yield Row(
        "samples into PostgreSQL",
        "/s",
        {OURS: count / taken, "plain COPY": count / limit},
        less_is_better=False,
    )
