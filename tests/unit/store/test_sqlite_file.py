"""The file below a running store: private, sound, and still the one that was opened."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from puretango.errors import StoreError
from puretango.store import Store
from puretango.store.engines._sqlitefile import Mark, _mark_below_the_log


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with a few devices and properties, closed."""
    file = tmp_path / "tango.db"
    with Store(file) as store, store.change():
        for number in range(50):
            store.devices.add("S/1", f"a/b/{number}", "C")
            store.device_properties.put((f"a/b/{number}",), "p", [str(number)] * 3)
    return file


def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "new.db"
    with Store(file) as store:
        store.device_properties.put(("a/b/c",), "password", ["secret"])
        assert {each.stat().st_mode & 0o777 for each in tmp_path.iterdir()} == {0o600}
    shared = tmp_path / "shared.db"
    shared.touch(0o660)
    shared.chmod(0o660)
    with Store(shared):
        assert shared.stat().st_mode & 0o777 == 0o660  # the owner's choice


def _delete(path: Path) -> None:
    path.unlink()


def _move(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))


def _replace(path: Path) -> None:
    copy = path.with_name("copy")
    shutil.copy(path, copy)
    copy.replace(path)


def _delete_log(path: Path) -> None:
    path.with_name("tango.db-wal").unlink()


def _delete_folder(path: Path) -> None:
    shutil.rmtree(path.parent)


@pytest.mark.parametrize("harm", [_delete, _move, _replace, _delete_log, _delete_folder])
def test_a_write_that_would_be_lost_is_refused(path: Path, harm: Callable[[Path], None]) -> None:
    with Store(path) as store:
        store.device_properties.put(("a/b/1",), "p", ["before"])
        harm(path)
        for _ in range(2):
            with pytest.raises(StoreError, match=r"was (deleted|replaced) while it was in use"):
                store.device_properties.put(("a/b/1",), "p", ["after"])
        if harm is not _delete_log:
            with pytest.raises(StoreError, match=r"was (deleted|replaced)"):
                store.device_properties.get(("a/b/1",), "p")


def test_a_file_that_comes_back_is_used_again(path: Path) -> None:
    with Store(path) as store:
        path.rename(path.with_name("elsewhere"))
        with pytest.raises(StoreError, match="was deleted"):
            store.device_properties.put(("a/b/1",), "p", ["lost"])
        path.with_name("elsewhere").rename(path)
        store.device_properties.put(("a/b/1",), "p", ["kept"])
    with Store(path) as store:
        assert store.device_properties.get(("a/b/1",), "p") == ["kept"]


def test_a_file_that_is_deleted_in_the_middle_of_a_change(path: Path) -> None:
    with Store(path) as store:
        with pytest.raises(StoreError, match="was deleted"), store.change():
            store.device_properties.put(("a/b/1",), "p", ["x"])
            path.unlink()


def _other(path: Path) -> Path:
    """Another store, with the same devices."""
    file = path.with_name("other")
    with Store(file) as store, store.change():
        for number in range(50):
            store.devices.add("S/1", f"a/b/{number}", "C")
    return file


def _backup(path: Path) -> Path:
    """What the same store was before."""
    file = path.with_name("backup")
    shutil.copy(path, file)
    return file


def _backup_by_sqlite(path: Path) -> Path:
    file = path.with_name("backup")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"VACUUM INTO '{file}'")
    return file


def _nothing(path: Path) -> Path:
    file = path.with_name("nothing")
    file.touch()
    return file


@pytest.mark.parametrize("kind", [_other, _backup, _backup_by_sqlite, _nothing])
@pytest.mark.parametrize("written", [0, 1, 400])
def test_a_file_that_is_copied_over_the_open_one(
    path: Path, kind: Callable[[Path], Path], written: int
) -> None:
    copy = kind(path)
    wanted = copy.read_bytes()
    with Store(path) as store:
        for number in range(written):
            store.device_properties.put(("a/b/1",), "p", [str(number)])
        path.write_bytes(wanted)  # the same file, other content: as cp does
        for _ in range(2):
            with pytest.raises(StoreError, match="was overwritten while it was in use"):
                store.device_properties.put(("a/b/1",), "p", ["lost"])
            with pytest.raises(StoreError, match="was overwritten"):
                store.device_properties.get(("a/b/1",), "p")
    assert path.read_bytes() == wanted  # nothing of the old log is mixed into it


def test_what_was_copied_is_served_after_a_restart(path: Path) -> None:
    copy = _other(path)
    with Store(copy) as store:
        store.device_properties.put(("a/b/1",), "q", ["other's"])
    with Store(path) as store:
        store.device_properties.put(("a/b/1",), "p", ["before"])
        path.write_bytes(copy.read_bytes())
        with pytest.raises(StoreError, match="was overwritten"):
            store.device_properties.put(("a/b/1",), "p", ["lost"])
    with Store(path) as store:
        assert store.device_properties.get(("a/b/1",), "q") == ["other's"]
        assert store.device_properties.get(("a/b/1",), "p") == []


def test_another_process_may_write_and_fold_the_log(path: Path) -> None:
    """Two stores on one file, and SQLite's own program: no false alarm."""
    with Store(path) as store, Store(path) as second, closing(sqlite3.connect(path)) as third:
        for number in range(300):
            store.device_properties.put(("a/b/1",), "p", [str(number)])
            second.device_properties.put(("a/b/2",), "p", [str(number)])
            if number % 50 == 0:
                third.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        path.touch()
        assert store.device_properties.get(("a/b/2",), "p") == ["299"]
        assert second.device_properties.get(("a/b/1",), "p") == ["299"]


def test_readers_see_no_false_alarm_while_the_log_is_folded(path: Path) -> None:
    over = threading.Event()
    told: list[StoreError] = []

    def read(store: Store) -> None:
        while not over.wait(0.001):
            try:
                store.device_properties.get(("a/b/1",), "p")
            except StoreError as error:
                told.append(error)

    with Store(path) as store:
        readers = [threading.Thread(target=read, args=(store,)) for _ in range(2)]
        for reader in readers:
            reader.start()
        try:
            for number in range(40):
                store.device_properties.put(("a/b/1",), "p", [str(number)] * 50)
        finally:
            over.set()
            for reader in readers:
                reader.join()
    assert not told


def test_the_log_stays_small(path: Path) -> None:
    with Store(path) as store:
        for number in range(1500):
            store.device_properties.put(("a/b/1",), "p", [str(number)])
        assert path.with_name("tango.db-wal").stat().st_size < 16 * 1024 * 1024


def _edit(path: Path, *texts: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA writable_schema=1")
        for text in texts:
            connection.execute(text)
    connection.close()


@pytest.mark.parametrize(
    "texts",
    [
        # bytes that are no UTF-8 where SQLite keeps its schema
        ["UPDATE sqlite_master SET sql=CAST(x'435245ff41fe' AS TEXT) WHERE name='server'"],
        ["UPDATE sqlite_master SET name=CAST(x'ff' AS TEXT) WHERE name='server'"],
        ["UPDATE sqlite_master SET name=CAST(x'ffd0' AS TEXT), sql='nonsense' WHERE name='event'"],
        ["DELETE FROM sqlite_master WHERE name='property_device_key'"],
        ["DROP TABLE property_device_hist"],
        ["ALTER TABLE device DROP COLUMN pid"],
        ["DROP INDEX device_server"],
        # an index whose order is not its table's any more
        [
            "UPDATE sqlite_master SET sql='CREATE INDEX device_name ON device (alias)' WHERE name='device_name'"
        ],
        ["UPDATE sqlite_master SET rootpage=2 WHERE name='device'"],
    ],
    ids=lambda texts: texts[0][:60],
)
def test_a_schema_or_an_index_that_is_wrong_is_told_and_refused(
    path: Path, texts: list[str]
) -> None:
    _edit(path, *texts)
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"tango\.db: (corrupt|not a puretango store)") as caught:
        Store(path)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == before


def test_every_byte_of_the_schema_may_be_broken(path: Path) -> None:
    whole = path.read_bytes()
    for position in range(100, 4096, 97):
        path.write_bytes(whole[:position] + os.urandom(16) + whole[position + 16 :])
        with suppress(StoreError):  # and nothing else
            Store(path).close()
        for each in path.parent.glob("tango.db-*"):
            each.unlink()


def test_the_mark_in_the_file_is_what_sqlite_reads(tmp_path: Path) -> None:
    """It is read without SQLite, since a file below a log that is folded in part is none to SQLite."""
    file = tmp_path / "tango.db"
    with Store(file) as store:
        opened = store._backend._file  # type: ignore[attr-defined]  # of SQLite's
        assert opened is not None
        for generation in (0, 1, 2, 127, 128, 300, 32767, 32768, 40000, 2**23, 2**31, 2**40, 5, 1):
            opened._writer.execute("UPDATE store_mark SET generation = ?", (generation,))
            opened._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            assert opened._mark_in_file() == _mark_below_the_log(str(file))
            assert opened._mark_in_file() == Mark(opened._store, generation)


def test_a_log_that_readers_keep_from_being_folded_as_a_whole(path: Path) -> None:
    """The file is shorter than its first page says, malformed to SQLite: no fault to readers nor to the writer."""
    with Store(path) as store, closing(sqlite3.connect(path)) as reader:
        opened = store._backend._file  # type: ignore[attr-defined]  # of SQLite's
        opened._writer.execute("CREATE TABLE grown (x BLOB)")
        opened._writer.execute("INSERT INTO grown VALUES (zeroblob(40000))")
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM grown").fetchone()
        opened._writer.execute("UPDATE grown SET x = randomblob(40000)")
        opened._fold()
        with pytest.raises(sqlite3.DatabaseError, match="malformed"):
            _mark_below_the_log(str(path))
        store.device_properties.put(("a/b/1",), "p", ["kept"])
        path.touch()
        assert store.device_properties.get(("a/b/1",), "p") == ["kept"]
    with Store(path) as store:
        assert store.device_properties.get(("a/b/1",), "p") == ["kept"]
