"""The file below a running store: private, sound, and still the one that was opened."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from puretango.errors import StoreError
from puretango.store import Store


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
