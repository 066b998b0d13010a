"""The file store: what is written is read, sealed or not; levels, gaps, generations, merging, retention."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from puretango.archive import (
    ArchiveError,
    FileReader,
    FileStore,
    Gap,
    GapKind,
    Kind,
    Row,
    StoreInUse,
    StoreTooNew,
    UnknownAttribute,
)
from tests.unit.archive.stores import EVERY_KIND, SECOND, START, plain, rows

NAME = "tango://db:10000/sys/tg_test/1/double_scalar"
DOUBLE = Kind("DevDouble")
DAY = 86_400


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FileStore]:
    with FileStore(tmp_path / "store") as store:
        yield store


def read(store: FileStore, name: str = NAME, **between: int) -> list[Any]:
    with FileReader(store.directory) as reader:
        return [v for s in reader.series(name, **between) for v in s.values_or_none()]


def test_every_bit_of_every_type_comes_back(store: FileStore) -> None:
    for place, (kind, values) in enumerate(EVERY_KIND):
        generation = store.generation(f"a/b/c/{place}", kind, START)
        store.write(rows(generation, [*values, None]))
    read_every_kind(store)
    store.seal()
    read_every_kind(store)


def read_every_kind(store: FileStore) -> None:
    with FileReader(store.directory) as reader:
        for place, (kind, values) in enumerate(EVERY_KIND):
            (series,) = reader.series(f"a/b/c/{place}")
            assert plain(series.values_or_none()) == plain([*values, None])
            assert series.kind == kind
            assert series.time.tolist() == [START + n * SECOND for n in range(len(values) + 1)]
            assert series.received is not None
            assert set((series.received - series.time).tolist()) == {SECOND // 4}


@pytest.mark.parametrize("sealed", [False, True], ids=["open", "sealed"])
def test_quality_and_set_value_come_back(store: FileStore, sealed: bool) -> None:
    generation = store.generation(NAME, Kind("DevLong", access="READ_WRITE"), START)
    given = [(0, 1, 10), (1, None, 20), (2, 3, None), (4, 4, 40)]
    store.write(
        [Row(generation.id, START + n, START, q, v, s) for n, (q, v, s) in enumerate(given)]
    )
    if sealed:
        store.seal()
    with FileReader(store.directory) as reader:
        (series,) = reader.series(NAME)
    assert series.quality is not None
    found = zip(series.quality.tolist(), series.values_or_none(), series.set_values_or_none())
    assert list(found) == given


def test_samples_that_came_late_are_read_in_the_order_of_their_time(store: FileStore) -> None:
    generation = store.generation(NAME, DOUBLE, START)
    at = rows(generation, [0.0, 1.0, 2.0, 3.0])
    store.write([at[2], at[0]])
    store.seal()
    store.write([at[3], at[1]])
    assert read(store) == [0.0, 1.0, 2.0, 3.0]
    store.seal()
    assert read(store) == [0.0, 1.0, 2.0, 3.0]
    assert read(store, start=START + SECOND, end=START + 2 * SECOND) == [1.0, 2.0]


def test_last_and_next(store: FileStore) -> None:
    generation = store.generation(NAME, DOUBLE, START)
    store.write(rows(generation, range(5)))
    store.seal()
    far = START + 10 * DAY * SECOND
    store.write(rows(generation, [5.0], far))
    with FileReader(store.directory) as reader:

        def values(found: list[Any]) -> list[float]:
            return [value for series in found for value in series.value]

        assert values(reader.last(NAME)) == [5.0]
        assert values(reader.last(NAME, n=3)) == [3.0, 4.0, 5.0]
        assert values(reader.last(NAME, before=START + 2 * SECOND)) == [1.0]
        assert values(reader.last(NAME, before=START)) == []
        assert values(reader.next(NAME, after=START + 3 * SECOND, n=9)) == [4.0, 5.0]
        assert values(reader.next(NAME, after=far)) == []


def test_a_change_of_type_begins_a_generation_and_leaves_a_gap_row(store: FileStore) -> None:
    store.write(rows(store.generation(NAME, DOUBLE, START), [1.5]))
    later = START + 10 * SECOND
    store.write(rows(store.generation(NAME, Kind("DevString"), later), ["now a text"], later))
    with FileReader(store.directory) as reader:
        assert [s.values_or_none() for s in reader.series(NAME)] == [[1.5], ["now a text"]]
        (gap,) = reader.gaps(NAME)
        assert [g.number for g in reader.generations(NAME)] == [1, 2]
    assert (gap.kind, gap.start) == (GapKind.TYPE_CHANGE, later)
    assert gap.text == "from DevDouble SCALAR READ to DevString SCALAR READ"


def test_gaps_are_rows_that_end(store: FileStore) -> None:
    store.write([], [Gap(NAME, GapKind.DISCONNECTED, START, text="no reply")])
    store.write([], [Gap(NAME, GapKind.OVERFLOW, START + 5, START + 9, 42)])
    store.resume([NAME], START + SECOND)
    with FileReader(store.directory) as reader:
        assert reader.gaps(NAME) == [
            Gap(NAME, GapKind.DISCONNECTED, START, START + SECOND, 0, "no reply"),
            Gap(NAME, GapKind.OVERFLOW, START + 5, START + 9, 42),
        ]
        assert reader.gaps(NAME, start=START + 2 * SECOND) == []


@pytest.mark.parametrize("sealing", [0, 3])
def test_few_points_are_those_of_the_samples(store: FileStore, sealing: int) -> None:
    """Each level beside numpy over the samples: hours, minutes and samples, sealed in parts or not."""
    rng = np.random.default_rng(3)
    time = np.sort(rng.integers(0, 2 * DAY, 6000)) // 60 * 60
    value = rng.normal(size=6000)
    generation = store.generation(NAME, DOUBLE, START)
    whole = START // (3600 * SECOND) * (3600 * SECOND)
    every = [
        Row(generation.id, whole + int(t) * SECOND, whole, 0, float(v), None)
        for t, v in zip(time, value)
    ]
    for at in range(0, 6000, 1000):
        store.write(every[at : at + 1000])
        if sealing and at // 1000 < sealing:
            store.seal()
    end = whole + 2 * DAY * SECOND
    with FileReader(store.directory) as reader:
        for points in (1, 7, 100, 1000, 5000):
            beside_numpy(reader, time, value, (whole, end, points))


def beside_numpy(reader: FileReader, time: Any, value: Any, asked: tuple[int, int, int]) -> None:
    whole, end, points = asked
    found = reader.decimated(NAME, *asked)
    width = -(-(end - whole) // points)
    assert found.count.sum() == 6000
    # A cell of a level belongs to the bin in which it begins.
    cell = (time * SECOND) // (max(found.level, 1) * SECOND) * (max(found.level, 1) * SECOND)
    bins = cell // width
    for place, at in enumerate(np.unique(bins)):
        inside = value[bins == at]
        assert found.time[place] == whole + at * width
        assert found.low[place] == inside.min()
        assert found.high[place] == inside.max()
        assert found.count[place] == len(inside)
        assert found.mean[place] == pytest.approx(inside.mean())


def test_samples_without_a_number_are_in_no_level(store: FileStore) -> None:
    generation = store.generation(NAME, DOUBLE, START)
    store.write(rows(generation, [1.0, float("nan"), None, 3.0]))
    store.seal()
    with FileReader(store.directory) as reader:
        found = reader.decimated(NAME, START, START + 3600 * SECOND, 1)
        fine = reader.decimated(NAME, START, START + 8 * SECOND, 2)
    assert (found.low[0], found.high[0], found.mean[0], found.count[0]) == (1.0, 3.0, 2.0, 2)
    assert fine.count.tolist() == [2]


def test_merging_a_day_changes_nothing_that_is_read(store: FileStore) -> None:
    generation = store.generation(NAME, Kind("DevLong", access="READ_WRITE"), START)
    text = store.generation("a/b/c/text", Kind("DevString"), START)
    for at in range(3):
        begin = START + at * 100 * SECOND
        store.write(rows(generation, [at, None, at + 1], begin))
        store.write(rows(text, ["x", None], begin))
        store.write([Row(generation.id, begin + 50 * SECOND, begin, 1, at, 7 if at else None)])
        store.seal()
    with FileReader(store.directory) as reader:
        before = [reader.series(NAME), reader.series("a/b/c/text")]
        few = reader.decimated(NAME, START, START + 3600 * SECOND, 4)
    store.tidy(START / SECOND + 2 * DAY)
    files = sorted(path.name for path in (store.directory / "sealed").iterdir())
    assert len(files) == 4  # The old ones stay for a while: a copy may be under way.
    with FileReader(store.directory) as reader:
        after = [reader.series(NAME), reader.series("a/b/c/text")]
        assert reader.decimated(NAME, START, START + 3600 * SECOND, 4).count.tolist() == (
            few.count.tolist()
        )
    for one, other in zip(before, after):
        for old, new in zip(one, other, strict=True):
            assert old.time.tolist() == new.time.tolist()
            assert old.values_or_none() == new.values_or_none()
            assert old.set_values_or_none() == new.set_values_or_none()
            assert old.received is not None
            assert new.received is not None
            assert old.received.tolist() == new.received.tolist()
    store.tidy(START / SECOND + 3 * DAY)
    assert len(list((store.directory / "sealed").iterdir())) == 1


def test_what_is_too_old_goes_and_the_rest_stays(store: FileStore) -> None:
    short, kept = (store.generation(f"a/b/c/{n}", DOUBLE, START) for n in ("short", "kept"))
    store.set_ttl("a/b/c/short", 24)
    store.write(rows(short, [1.0]) + rows(kept, [2.0]))
    store.seal()
    store.write(rows(short, [3.0], START + 3 * DAY * SECOND))
    store.seal()
    store.tidy(START / SECOND + 3 * DAY + 60)
    assert read(store, "a/b/c/short") == [3.0]
    assert read(store, "a/b/c/kept") == [2.0]
    assert store.ttl("a/b/c/short") == 24


def test_a_copy_of_the_sealed_files_is_an_archive(store: FileStore, tmp_path: Path) -> None:
    generation = store.generation(NAME, DOUBLE, START)
    store.write(rows(generation, [1.0, 2.0]), [Gap(NAME, GapKind.STOPPED, START, START + 1)])
    store.seal()
    store.write(rows(generation, [3.0], START + 60 * SECOND))
    store.seal()
    store.tidy(START / SECOND + 2 * DAY)  # The copy has merged files and those they replace.
    shutil.copytree(store.directory / "sealed", tmp_path / "copy" / "sealed")
    with FileReader(tmp_path / "copy") as reader:
        assert reader.attributes() == [NAME]
        assert [s.value.tolist() for s in reader.series(NAME)] == [[1.0, 2.0, 3.0]]
        assert [gap.kind for gap in reader.gaps(NAME)] == [GapKind.STOPPED]
        found = reader.decimated(NAME, START, START + DAY * SECOND, 1)
    assert (found.level, found.count.tolist(), found.high.tolist()) == (3600, [3], [3.0])
    # An archiver goes on where the copy ends.
    with FileStore(tmp_path / "copy") as again:
        generation = again.generation(NAME, DOUBLE, START)
        again.write(rows(generation, [4.0], START + 90 * SECOND))
        assert read(again) == [1.0, 2.0, 3.0, 4.0]
        again.seal()
        assert read(again) == [1.0, 2.0, 3.0, 4.0]


def test_a_wrong_byte_is_told_and_the_rest_is_read(
    store: FileStore, caplog: pytest.LogCaptureFixture
) -> None:
    generation = store.generation(NAME, DOUBLE, START)
    store.write(rows(generation, [1.0, 2.0]))
    store.seal()
    store.write(rows(generation, [3.0], START + 60 * SECOND))
    store.seal()
    path = min((store.directory / "sealed").iterdir())
    with sqlite3.connect(path) as file:
        (data,) = file.execute("SELECT data FROM block WHERE level = 0").fetchone()
        wrong = data[:-1] + bytes([data[-1] ^ 1])
        file.execute("UPDATE block SET data = ? WHERE level = 0", (wrong,))
    file.close()
    assert read(store) == [3.0]
    assert "has another checksum than was written" in caplog.text
    with FileReader(store.directory) as reader:
        (gap,) = reader.damage(NAME)
    assert (gap.kind, gap.start, gap.end, gap.count) == (
        GapKind.DAMAGED,
        START,
        START + SECOND,
        2,
    )
    store.tidy(START / SECOND + 2 * DAY)  # Merging carries the damage over, and hides nothing.
    assert read(store) == [3.0]
    with FileReader(store.directory) as reader:
        assert [gap.count for gap in reader.damage(NAME)] == [2]


def test_a_file_cut_short_is_told_and_the_rest_is_read(
    store: FileStore, caplog: pytest.LogCaptureFixture
) -> None:
    generation = store.generation(NAME, DOUBLE, START)
    store.write(rows(generation, [1.0]))
    store.seal()
    store.write(rows(generation, [3.0], START + 60 * SECOND))
    store.seal()
    path = min((store.directory / "sealed").iterdir())
    path.write_bytes(path.read_bytes()[:5000])
    assert read(store) == [3.0]
    assert path.name in caplog.text


def test_two_archivers_on_one_store_are_refused(store: FileStore) -> None:
    with pytest.raises(StoreInUse, match=r"another archiver writes to .*: process \d+ on "):
        FileStore(store.directory)


def test_a_store_of_a_later_version_is_refused(store: FileStore, tmp_path: Path) -> None:
    store.close()
    with sqlite3.connect(store.directory / "archive.sqlite") as file:
        file.execute("UPDATE meta SET value = 99 WHERE key = 'version'")
    file.close()
    for opened in (FileStore, FileReader):
        with pytest.raises(StoreTooNew, match="has version 99; this puretango knows up to 1"):
            opened(store.directory)
    # And the lock is free again.
    with sqlite3.connect(store.directory / "archive.sqlite") as file:
        file.execute("UPDATE meta SET value = 1 WHERE key = 'version'")
    file.close()
    FileStore(store.directory).close()
    store.__init__(tmp_path / "other")  # type: ignore[misc] # The fixture closes it.


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "archive.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(ArchiveError, match="cannot be opened as an archive"):
        FileStore(tmp_path)
    with pytest.raises(ArchiveError, match="is damaged"):
        FileReader(tmp_path)
    with pytest.raises(ArchiveError, match="there is no archive in"):
        FileReader(tmp_path / "nowhere")


def test_an_unknown_attribute_is_told(store: FileStore) -> None:
    with FileReader(store.directory) as reader, pytest.raises(UnknownAttribute, match="a/b/c/d"):
        reader.series("a/b/c/d")


def test_the_last_rows_are_known_after_a_restart(store: FileStore) -> None:
    sealed = store.generation("a/b/c/sealed", DOUBLE, START)
    store.write(rows(sealed, [1.0, float("nan")]))
    store.seal()
    fresh = store.generation("a/b/c/open", Kind("DevString"), START)
    written = rows(fresh, ["x", "y"])
    store.write(written)
    found = store.last_rows()
    assert found["a/b/c/open"] == written[-1]
    assert found["a/b/c/sealed"] == rows(sealed, [1.0, float("nan")])[-1]


def test_a_segment_is_sealed_when_it_is_full(tmp_path: Path) -> None:
    with FileStore(tmp_path, segment_rows=10) as store:
        generation = store.generation(NAME, DOUBLE, START)
        for at in range(5):
            store.write(rows(generation, [float(at)] * 4, START + at * 60 * SECOND))
        store._upkeep.wait()
        assert len(list((tmp_path / "sealed").iterdir())) == 1
        assert len(read(store)) == 20
