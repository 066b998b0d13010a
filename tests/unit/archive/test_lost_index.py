"""An index that is deleted, replaced or overwritten under the archiver: told, and no row is lost in silence."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from puretango.archive import ArchiveError, FileReader, FileStore, GapKind, Kind
from puretango.archive.files.index._steady import SteadyClock
from tests.unit.archive.stores import SECOND, START, rows

FIRST, SECOND_NAME = "tango://db:1/a/b/c/first", "tango://db:1/a/b/c/second"
DOUBLE, LONG = Kind("DevDouble"), Kind("DevLong")
Harm = Callable[[Path], None]


def _index(folder: Path) -> Path:
    return folder / "archive.sqlite"


def _delete(folder: Path) -> None:
    _index(folder).unlink()


def _delete_all(folder: Path) -> None:
    for path in folder.glob("archive.sqlite*"):
        path.unlink()


def _delete_log(folder: Path) -> None:
    (folder / "archive.sqlite-wal").unlink()


def _move(folder: Path) -> None:
    _index(folder).rename(folder / "elsewhere")


def _remove_folder(folder: Path) -> None:
    shutil.rmtree(folder)


def _backup(folder: Path) -> Path:
    """An archive of another time: its attributes have other numbers, and one has had another type."""
    before = folder.with_name("before")
    if not before.exists():
        with FileStore(before) as store:
            second = store.generation(SECOND_NAME, DOUBLE, START)
            store.write(rows(second, [7.5]))
            store.generation("tango://db:1/a/b/c/other", DOUBLE, START)
    return _index(before)


def _replace(folder: Path) -> None:
    copy = folder / "copy"
    shutil.copy(_backup(folder), copy)
    copy.replace(_index(folder))


def _overwrite(folder: Path) -> None:
    _index(folder).write_bytes(_backup(folder).read_bytes())


def _empty(folder: Path) -> None:
    _index(folder).write_bytes(b"")


def read(folder: Path, name: str) -> list[Any]:
    with FileReader(folder) as reader:
        return [v for series in reader.series(name) for v in series.values_or_none()]


@pytest.mark.parametrize(
    "harm", [_delete, _delete_all, _delete_log, _move, _remove_folder, _replace]
)
@pytest.mark.parametrize("times", [1, 2])
def test_acknowledged_rows_are_kept(
    tmp_path: Path, harm: Harm, times: int, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "store"
    with FileStore(folder) as store:
        first, second = store.generations([(FIRST, DOUBLE, START), (SECOND_NAME, LONG, START)])
        store.write([*rows(first, [0.5]), *rows(second, [0])])
        for turn in range(times):
            harm(folder)
            at = START + 10 * (turn + 1) * SECOND
            store.write([*rows(first, [turn + 1.5], at), *rows(second, [turn + 1], at)])
            assert "while it was in use" in store.trouble
        third = store.generation("tango://db:1/a/b/c/third", LONG, START)
        store.write(rows(third, [42]))
        assert len([r for r in caplog.records if r.levelno == logging.ERROR]) == times
    wanted = list(range(times + 1))
    assert read(folder, FIRST) == [n + 0.5 for n in wanted]
    assert read(folder, SECOND_NAME)[-len(wanted) :] == wanted
    assert read(folder, "tango://db:1/a/b/c/third") == [42]
    with FileStore(folder) as store:  # and again after it is opened anew, sealed
        store.seal()
        assert not store.trouble
    assert read(folder, FIRST) == [n + 0.5 for n in wanted]
    assert read(folder, SECOND_NAME)[-len(wanted) :] == wanted


@pytest.mark.parametrize("harm", [_overwrite, _empty])
def test_what_was_overwritten_is_a_gap_that_is_told(
    tmp_path: Path, harm: Harm, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "store"
    with FileStore(folder) as store:
        first, second = store.generations([(FIRST, DOUBLE, START), (SECOND_NAME, LONG, START)])
        store.write(rows(first, [0.5]))
        store.seal()
        store.write([*rows(first, [1.5], START + SECOND), *rows(second, [1])])
        harm(folder)
        store.write([*rows(first, [2.5], START + 2 * SECOND), *rows(second, [2])])
        assert "was overwritten while it was in use" in store.trouble
        assert "was overwritten" in caplog.text
    assert read(folder, FIRST)[-1] == 2.5
    assert read(folder, SECOND_NAME)[-1] == 2
    if harm is _empty:  # what was sealed is found by its files
        assert read(folder, FIRST) == [0.5, 2.5]
    with FileReader(folder) as reader:
        gaps = reader.gaps(FIRST)
    assert [(gap.kind, "was overwritten" in gap.text) for gap in gaps] == [(GapKind.DAMAGED, True)]


def test_a_segment_that_is_being_sealed_is_not_dropped_from_another_index(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with FileStore(folder) as store:
        first = store.generation(FIRST, DOUBLE, START)
        for number in range(5):
            store.write(rows(first, [float(number)], START + number * SECOND))
        _replace(folder)
        store.seal()
        store.write(rows(first, [5.0], START + 5 * SECOND))
    assert read(folder, FIRST) == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]


def test_what_is_no_archive_is_refused_until_it_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with FileStore(folder) as store:
        first = store.generation(FIRST, DOUBLE, START)
        store.write(rows(first, [0.5]))
        (folder / "foreign").write_text("no database\n" * 100)
        (folder / "foreign").replace(_index(folder))
        for _ in range(2):
            with pytest.raises(ArchiveError, match=r"archive\.sqlite"):
                store.write(rows(first, [1.5], START + SECOND))
        _index(folder).unlink()
        store.write(rows(first, [2.5], START + 2 * SECOND))
    assert read(folder, FIRST) == [0.5, 2.5]


def test_readers_beside_it_are_no_fault(tmp_path: Path) -> None:
    with FileStore(tmp_path / "store", segment_rows=50) as store:
        first = store.generation(FIRST, DOUBLE, START)
        for number in range(200):
            store.write(rows(first, [float(number)], START + number * SECOND))
            if number % 20 == 0:
                assert len(read(store.directory, FIRST)) == number + 1
        assert not store.trouble


def test_a_clock_that_jumps_deletes_nothing_for_a_day() -> None:
    wall, steady = [1000.0], [0.0]
    clock = SteadyClock(lambda: wall[0], None, lambda: steady[0])

    def later(seconds: float) -> float:
        wall[0] += seconds
        steady[0] += seconds
        return clock()

    assert later(900) == 1900
    wall[0] += 10 * 86_400
    assert later(900) == 2800
    assert later(80_000) == 82_800
    wall[0] -= 10 * 86_400  # it was a mistake
    assert later(900) == 83_700
    wall[0] += 86_400 * 365  # a clock that is put right
    assert later(900) == 84_600
    assert later(86_400) == wall[0]
    wall[0] -= 3600  # backwards deletes nothing: believed at once
    assert later(1) == wall[0]


def test_a_clock_that_is_wrong_from_the_beginning() -> None:
    wall, steady = [4e9], [5.0]
    clock = SteadyClock(lambda: wall[0], 1.7e9, lambda: steady[0])
    assert clock() == 1.7e9
    wall[0] += 60
    steady[0] += 60
    assert clock() == 1.7e9 + 60
