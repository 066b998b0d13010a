"""From samples to rows: types, duplicates, errors, clocks, floods, by hand-made samples and devices that restart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from puretango import AttrDataFormat, AttrQuality, CmdArgType, TimeVal
from puretango.archive import (
    ArchiveReader,
    ArchiveService,
    FileStore,
    GapKind,
    Generation,
    Kind,
    Row,
    Settings,
)
from puretango.archive.collecting._collector import Collector
from puretango.archive.collecting._entry import STARTED, Entry
from puretango.archive.collecting._pending import Pending
from puretango.archive.collecting._verbosity import RateGuard
from puretango.client.events._names import missed_events
from puretango.hub import LOST, Sample
from puretango.server import Device, attribute
from puretango.testing import DeviceTestContext
from tests.unit.archive.test_devices import until

NAME = "tango://db:10000/a/b/c/d"
SECOND = 1_000_000_000
AT = 1_700_000_000.0


def reading(value: Any, time: float = AT, **more: Any) -> Any:
    """A DeviceAttribute as the collector looks at it."""
    told = {
        "value": value,
        "w_value": None,
        "time": TimeVal.fromtimestamp(time),
        "quality": AttrQuality.ATTR_VALID,
        "type": CmdArgType.DevDouble,
        "data_format": AttrDataFormat.SCALAR,
        "w_dim_x": 0,
    }
    return SimpleNamespace(**{**told, **more})


def sample(value: Any, time: float = AT, received: float | None = None, **more: Any) -> Sample:
    arrived = time + 0.25 if received is None else received
    return Sample(NAME, "archive", reading(value, time, **more), arrived)


def error(text: str, received: float = AT, how: str = "archive", reason: str = "R") -> Sample:
    return Sample(NAME, how, None, received, reason, text)


class Bench:
    """A collector with one entry, whose generation is known."""

    def __init__(self, kind: Kind | None = None, capacity: int = 100) -> None:
        self.asked = 0
        self.pending = Pending(capacity)
        self.collector = Collector(self.pending, self._ask)
        self.entry = Entry(NAME, Settings(), STARTED)
        self.entry.generation = Generation(1, NAME, 1, kind or Kind("DevDouble"), 0)
        self.pending.names[1] = NAME

    def _ask(self, entry: Entry) -> None:
        self.asked += 1

    def take(self, *samples: Sample) -> tuple[list[Row], list[Any]]:
        for one in samples:
            self.collector.take(self.entry, one)
        return self.pending.take(1000)


def test_a_sample_is_a_row() -> None:
    bench = Bench(Kind("DevDouble", access="READ_WRITE"))
    rows, gaps = bench.take(sample(1.5, w_value=2.5, quality=AttrQuality.ATTR_ALARM))
    assert rows == [Row(1, int(AT) * SECOND, int(AT) * SECOND + SECOND // 4, 2, 1.5, 2.5)]
    assert gaps == []
    assert bench.entry.counters.ok == 1


def test_the_same_sample_twice_after_a_reconnection_is_stored_once() -> None:
    bench = Bench()
    rows, _ = bench.take(sample(1.0), sample(1.0, received=AT + 9), sample(float("nan"), AT + 1))
    again, _ = bench.take(sample(float("nan"), AT + 1, received=AT + 9), sample(2.0, AT + 1))
    assert [row.time for row in rows] == [int(AT) * SECOND, int(AT + 1) * SECOND]
    assert [row.value for row in again] == [2.0]  # another value at the same time is another sample
    assert bench.entry.counters.duplicates == 2


def test_errors_are_gaps_with_their_text_until_there_are_values() -> None:
    bench = Bench()
    _, gaps = bench.take(error("broken"))
    assert [(gap.kind, gap.end, gap.text) for gap in gaps] == [(GapKind.ERROR, None, "R: broken")]
    assert bench.entry.faulty(AT, 5) == "R: broken"
    _, gaps = bench.take(error("broken", AT + 1), error("other", AT + 2))
    assert [(gap.end is None, gap.text) for gap in gaps] == [
        (False, "R: broken"),
        (True, "R: other"),
    ]
    _, gaps = bench.take(sample(1.0, AT + 3))
    assert [(gap.kind, gap.end) for gap in gaps] == [
        (GapKind.ERROR, int(AT + 3) * SECOND + SECOND // 4)
    ]
    assert bench.entry.faulty(AT, 5) == ""


def test_events_that_were_lost_on_the_way_are_counted_in_a_gap_row() -> None:
    bench = Bench()
    (told,) = missed_events(7)
    lost = [error(told.desc, AT + second, reason=told.reason) for second in (2, 3)]
    _, gaps = bench.take(sample(1.0), lost[0], sample(2.0, AT + 2), lost[1], sample(3.0, AT + 3))
    (gap,) = gaps
    assert (gap.kind, gap.count) == (GapKind.OVERFLOW, 14)
    assert gap.text.startswith("14 events did not arrive")
    assert (gap.start, gap.end) == (int(AT) * SECOND + SECOND // 4, int(AT + 3) * SECOND)
    assert bench.entry.counters.lost == 14
    assert bench.pending.is_empty
    assert bench.entry.faulty(AT, 5) == ""
    # An error of another kind that looks like it is an error.
    _, gaps = bench.take(error(told.desc, AT + 3, reason="R"))
    assert [gap.kind for gap in gaps] == [GapKind.ERROR]


def test_a_lost_device_is_a_gap_of_its_own_kind_and_its_type_is_asked_again() -> None:
    bench = Bench()
    _, gaps = bench.take(error("no reply", how=LOST))
    assert [gap.kind for gap in gaps] == [GapKind.DISCONNECTED]
    bench.take(sample(1.0, AT + 1))
    assert bench.asked == 1
    assert len(bench.entry.held) == 1


@pytest.mark.parametrize("ahead", [7200.0, -7200.0])
def test_a_device_whose_clock_is_wrong_is_told_and_archived(
    ahead: float, caplog: pytest.LogCaptureFixture
) -> None:
    bench = Bench()
    rows, _ = bench.take(
        sample(1.0, AT + ahead, received=AT), sample(2.0, AT + ahead + 1, received=AT)
    )
    assert [row.time for row in rows] == [int(AT + ahead) * SECOND, int(AT + ahead + 1) * SECOND]
    assert f"device time {ahead:+.0f} s from the time of receipt" in bench.entry.note
    assert len(caplog.records) == 1
    bench.take(sample(3.0, AT))
    assert bench.entry.note == ""


def test_another_type_is_asked_for_and_what_came_meanwhile_is_kept() -> None:
    bench = Bench()
    text = {"type": CmdArgType.DevString}
    rows, _ = bench.take(sample("x", **text), sample("y", AT + 1, **text))
    assert (rows, bench.asked) == ([], 1)
    configuration = SimpleNamespace(
        data_type=CmdArgType.DevString, data_format=0, writable=0, enum_labels=[]
    )
    bench.collector.told(bench.entry, configuration, "")
    ((_, kind, since),) = bench.collector.told_kinds
    assert (kind, since) == (Kind("DevString"), int(AT) * SECOND + SECOND // 4)
    bench.collector.take_held(bench.entry, Generation(2, NAME, 2, kind, since))
    rows, _ = bench.pending.take(10)
    assert [(row.generation, row.value) for row in rows] == [(2, "x"), (2, "y")]


def test_a_value_that_is_not_of_its_type_is_told_and_the_rest_goes_on() -> None:
    bench = Bench(Kind("DevLong"))
    bench.entry.generation = Generation(1, NAME, 1, Kind("DevDouble", "IMAGE"), 0)
    flat = sample([1.0], data_format=AttrDataFormat.IMAGE)
    good = sample([[1.0]], AT + 1, data_format=AttrDataFormat.IMAGE)
    rows, gaps = bench.take(flat, good)
    assert len(rows) == 1
    assert "an image has two dimensions, not 1" in gaps[0].text
    assert gaps[1].end is not None


def test_an_invalid_sample_has_no_value_and_changes_no_type() -> None:
    bench = Bench()
    empty = sample(None, quality=AttrQuality.ATTR_INVALID, type=CmdArgType.Unknown)
    rows, _ = bench.take(empty)
    assert [(row.value, row.quality) for row in rows] == [(None, 1)]
    assert bench.asked == 0


def test_a_flood_drops_the_oldest_and_a_gap_row_counts_them() -> None:
    bench = Bench(capacity=10)
    for n in range(25):
        bench.collector.take(bench.entry, sample(float(n), AT + n))
    rows, gaps = bench.pending.take(100)
    assert [row.value for row in rows] == [float(n) for n in range(15, 25)]
    (gap,) = gaps
    assert (gap.kind, gap.count) == (GapKind.OVERFLOW, 15)
    assert (gap.start, gap.end) == tuple(int(AT + n) * SECOND + SECOND // 4 for n in (0, 14))


def test_what_could_not_be_stored_waits_before_the_rest() -> None:
    pending = Pending(4)
    pending.names[1] = NAME
    made = [Row(1, n, n, 0, float(n), None) for n in range(6)]
    for row in made[:3]:
        pending.add(row)
    taken, gaps = pending.take(2)
    for row in made[3:5]:
        pending.add(row)
    pending.give_back(taken, gaps)
    rows, gaps = pending.take(10)
    assert [row.value for row in rows] == [1.0, 2.0, 3.0, 4.0]
    assert [gap.count for gap in gaps] == [1]


def test_the_rate_guard_tells_who_is_verbose_and_what_would_help() -> None:
    import random

    guard, noise = RateGuard(5.0), random.Random(1)
    told = [guard.take(AT + n * 0.1, noise.gauss(100, 0.02)) for n in range(250)]
    assert sum(told) == 1
    assert guard.rate == pytest.approx(10, rel=0.05)
    threshold = guard.threshold()
    assert threshold == pytest.approx(0.06, rel=0.4)
    assert guard.advice().startswith("10.")
    assert (
        f"archive_abs_change = {threshold:g} would be three sigmas of its noise" in guard.advice()
    )
    calm = RateGuard(5.0)
    assert not any(calm.take(AT + n, 1.0) for n in range(100))
    assert calm.advice() == ""
    texts = RateGuard(5.0)
    for n in range(250):
        texts.take(AT + n * 0.1, "x")
    assert texts.advice().endswith("set archive_abs_change or archive_period")


def changing(kind: type, given: Any) -> type[Device]:
    """A class with one attribute: the same server's class before and after an update."""

    class Changing(Device):
        @attribute(dtype=kind)
        def value(self) -> Any:
            """What it has."""
            return given

    return Changing


@contextmanager
def served(device: type[Device], port: int) -> Iterator[int]:
    with DeviceTestContext(device, device_name="a/b/c", port=port) as proxy:
        yield int(proxy.get_dev_port())


def test_a_device_that_comes_back_as_another_one(tmp_path: Path) -> None:
    """Disconnected, then of another type: a gap, a new generation under the same name, nothing twice."""
    with FileStore(tmp_path) as store, ArchiveService(store) as service:

        def entry() -> Any:
            return service.look(lambda archiver: next(iter(archiver.entries.values())))

        with served(changing(float, 1.5), 0) as port:
            name = f"tango://127.0.0.1:{port}/a/b/c/value#dbase=no"
            service.add([name], Settings(poll_period=0.1))
            until(lambda: entry().counters.ok > 2)
        until(lambda: entry().error)
        with served(changing(str, "text"), port):
            until(lambda: entry().generation and entry().generation.kind.type == "DevString", 20)
            until(lambda: service.look(lambda a: a.pending) == 0 and not entry().error)
    with ArchiveReader(str(tmp_path)) as archive:
        first, second = archive.series(name)
        assert set(first.value.tolist()) == {1.5}
        assert set(second.value) == {"text"}
        kinds = [gap.kind for gap in archive.gaps(name)]
        assert sorted(kinds) == sorted([GapKind.DISCONNECTED, GapKind.TYPE_CHANGE, GapKind.STOPPED])
        lost = next(gap for gap in archive.gaps(name) if gap.kind == GapKind.DISCONNECTED)
        assert lost.end is not None
        assert first.received is not None
        assert second.received is not None
        assert first.received[-1] <= lost.start < lost.end <= second.received[0]
        times = [*first.time.tolist(), *second.time.tolist()]
        assert len(set(times)) == len(times)


def test_the_gap_of_a_removal_ends_when_the_attribute_is_added_again(tmp_path: Path) -> None:
    """As when a plan changes how an attribute is archived: at once, before the gap's row is stored."""
    with FileStore(tmp_path) as store, ArchiveService(store, flush=0.3) as service:
        with served(changing(float, 1.5), 0) as port:
            name = f"tango://127.0.0.1:{port}/a/b/c/value#dbase=no"
            for _ in range(2):
                service.add([name], Settings(poll_period=0.05))
                until(lambda: service.look(lambda a: a.entry(name).counters.ok > 2))
                service.remove(name)
    with ArchiveReader(str(tmp_path)) as archive:
        # A busy machine may have a gap of another kind besides.
        first, last = [gap for gap in archive.gaps(name) if gap.kind == GapKind.STOPPED]
        assert (first.text, last.text, last.end) == ("removed", "removed", None)
        assert first.end is not None
        assert first.start <= first.end <= last.start


def test_a_fault_of_the_archiver_itself_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with FileStore(tmp_path) as store, ArchiveService(store, flush=0.05) as service:

        def broken(*_: Any) -> None:
            raise ZeroDivisionError("never foreseen")

        store.write = broken  # type: ignore[method-assign]  # on purpose: replaced for this test
        with served(changing(float, 1.5), 0) as port:
            service.add(
                [f"tango://127.0.0.1:{port}/a/b/c/value#dbase=no"], Settings(poll_period=0.05)
            )
            until(lambda: service.look(lambda a: a.trouble))
        assert "never foreseen" in service.look(lambda a: a.trouble)
        del store.write
    with ArchiveReader(str(tmp_path)) as archive:  # Nothing was lost by it.
        assert len(archive.numpy("a/b/c/value")[0]) > 0
    assert "a fault of the archiver itself" in caplog.text


@pytest.mark.slow
def test_a_store_that_is_full_keeps_the_archiver_waiting(tmp_path: Path) -> None:
    # The archiver ends before the device: one that went first would be a gap of its own, if it were read once more.
    with FileStore(tmp_path) as store, served(changing(float, 1.5), 0) as port:
        with ArchiveService(store, flush=0.05) as service:
            name = f"tango://127.0.0.1:{port}/a/b/c/value#dbase=no"
            service.add([name], Settings(poll_period=0.02))
            until(
                lambda: service.look(lambda a: next(iter(a.entries.values())).counters.stored.count)
            )
            pages = store._index.execute("PRAGMA page_count").fetchone()[0]
            store._index.execute(f"PRAGMA max_page_count = {pages}")
            until(lambda: service.look(lambda a: a.trouble), 30)
            assert "full" in service.look(lambda a: a.trouble)
            waiting = service.look(lambda a: a.pending)
            until(lambda: service.look(lambda a: a.pending) > waiting)
            store._index.execute("PRAGMA max_page_count = 1000000")
            until(lambda: not service.look(lambda a: a.trouble))
            until(lambda: service.look(lambda a: a.pending) < 5)
            entry = service.look(lambda a: next(iter(a.entries.values())))
            assert entry.counters.failed_writes > 0
    with ArchiveReader(str(tmp_path)) as archive:
        (series,) = archive.series(name)
        assert len(series) == entry.counters.ok - entry.counters.duplicates
        assert [gap.kind for gap in archive.gaps(name)] == [GapKind.STOPPED]
