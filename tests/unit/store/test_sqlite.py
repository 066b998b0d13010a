"""The file: durable, atomic, and refused with one clear line when it cannot be used."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import puretango.store.engines._sqlite as sqlite_backend
from puretango.errors import StoreError
from puretango.store import SCHEMA_VERSION, Store

WRITER = """
import sys
from puretango.store import Store
store = Store(sys.argv[1])
start = int(sys.argv[2])
for number in range(start, start + 1_000_000):
    # one command: ten values and their history, all or nothing
    store.device_properties.put(("a/b/c",), f"p{number % 7}", [str(number)] * 10)
    store.object_properties.put(("o",), f"n{number}", [str(number)])
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""


def test_kill_9_in_the_middle_of_writes_loses_nothing_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "tango.db"
    acknowledged = -1
    chance = random.Random(1)
    for _ in range(4):
        start = acknowledged + 1
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), str(start)],
            stdout=subprocess.PIPE,
            text=True,
        ) as writer:
            assert writer.stdout is not None
            last = [int(writer.stdout.readline()) for _ in range(chance.randint(1, 30))][-1]
            writer.send_signal(signal.SIGKILL)
            for line in writer.stdout:
                # the last line may be cut off in the middle
                if line.endswith("\n"):
                    last = int(line)
        acknowledged = last
        with Store(path) as store:
            for number in range(acknowledged + 1):
                assert store.object_properties.get(("o",), f"n{number}") == [str(number)]
            for name in store.device_properties.names("a/b/c", "*"):
                values = store.device_properties.get(("a/b/c",), name)
                assert len(values) == 10, "a command was cut in two"
                assert len(set(values)) == 1
                for change in store.device_properties.history("a/b/c", name):
                    assert len(change.values) == 10
    assert acknowledged > 3


def test_commits_are_synchronised_to_the_disk(tmp_path: Path) -> None:
    with Store(tmp_path / "tango.db") as store, store.change() as session:
        assert session.query("PRAGMA synchronous", ()) == [(2,)]
        assert session.query("PRAGMA journal_mode", ()) == [("wal",)]


def test_a_store_is_one_file_when_closed(tmp_path: Path) -> None:
    path = tmp_path / "tango.db"
    with Store(path) as store:
        store.devices.add("S/1", "a/b/c", "C")
        assert store.devices.find("a/b/c") is not None
    assert sorted(os.listdir(tmp_path)) == ["tango.db"]
    with Store(path) as store:
        assert store.devices.find("a/b/c") is not None


def test_not_a_database(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("these are notes, and no database at all\n" * 50)
    with pytest.raises(StoreError, match=r"notes\.txt: not a puretango store") as caught:
        Store(path)
    assert "\n" not in str(caught.value)
    assert path.read_text().startswith("these are notes")


def test_another_applications_database(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE mine (x)")
    connection.close()
    with pytest.raises(StoreError, match="a database of another application"):
        Store(path)


def test_a_corrupt_store(tmp_path: Path) -> None:
    path = tmp_path / "tango.db"
    with Store(path) as store, store.change():
        for number in range(500):
            store.devices.add("S/1", f"a/b/{number}", "C")
    data = bytearray(path.read_bytes())
    for position in range(4096 * 3, len(data) - 4096, 4096 * 5):
        data[position : position + 200] = os.urandom(200)
    path.write_bytes(data)
    with pytest.raises(StoreError, match=r"tango\.db: corrupt") as caught:
        Store(path)
    assert "\n" not in str(caught.value)


def test_a_newer_store(tmp_path: Path) -> None:
    path = tmp_path / "tango.db"
    Store(path).close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version={SCHEMA_VERSION + 2}")
    connection.close()
    with pytest.raises(StoreError, match="written by a newer puretango"):
        Store(path)


def test_a_locked_store_can_be_read_and_refuses_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_backend, "BUSY_SECONDS", 0.05)
    path = tmp_path / "tango.db"
    with Store(path) as store:
        store.devices.add("S/1", "a/b/c", "C")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            assert store.devices.find("a/b/c") is not None
            with pytest.raises(StoreError, match="locked by another process"):
                store.devices.add("S/1", "a/b/d", "C")
            with pytest.raises(StoreError, match="locked by another process"):
                Store(path)
        finally:
            other.execute("ROLLBACK")
            other.close()
        store.devices.add("S/1", "a/b/d", "C")
        assert store.devices.names("a/*") == ["a/b/c", "a/b/d"]


def test_a_full_disk_refuses_the_write_and_changes_nothing(tmp_path: Path) -> None:
    with Store(tmp_path / "tango.db") as store:
        store.object_properties.put(("o",), "p", ["old"])
        with store.change() as session:
            pages = session.query("PRAGMA page_count", ())[0][0]
            session.query(f"PRAGMA max_page_count={pages}", ())
        with pytest.raises(StoreError, match="the disk is full"):
            store.object_properties.put(("o",), "p", ["x" * 1000] * 1000)
        assert store.object_properties.get(("o",), "p") == ["old"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_store(tmp_path: Path) -> None:
    path = tmp_path / "tango.db"
    Store(path).close()
    path.chmod(0o444)
    with pytest.raises(StoreError, match="read-only"):
        Store(path)


def test_read_only_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "tango.db"
    with Store(path) as store:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        with pytest.raises(sqlite3.OperationalError) as caught:
            connection.execute("DELETE FROM device")
        connection.close()
        assert "read-only" in str(store._backend.error(caught.value))  # type: ignore[attr-defined]  # a look behind the store's door


def test_no_such_directory(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such directory"):
        Store(tmp_path / "nowhere" / "tango.db")


def test_a_directory_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        Store(tmp_path)


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = Store(tmp_path / "tango.db")
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.devices.find("a/b/c")
    with pytest.raises(StoreError, match="closed"):
        store.devices.add("S/1", "a/b/c", "C")


def test_an_unknown_address() -> None:
    with pytest.raises(StoreError, match="neither a file nor"):
        Store("oracle://host/db")


def test_a_failed_migration_leaves_the_store_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "tango.db"
    with Store(path) as store:
        store.devices.add("S/1", "a/b/c", "C")

    def failing(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE half_done (x)")
        connection.execute("INSERT INTO nowhere VALUES (1)")

    monkeypatch.setattr(sqlite_backend, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
    monkeypatch.setattr(sqlite_backend, "MIGRATIONS", [*sqlite_backend.MIGRATIONS, failing])
    with pytest.raises(StoreError, match="nowhere"):
        Store(path)
    monkeypatch.undo()
    with Store(path) as store:
        assert store.devices.find("a/b/c") is not None
        assert store.select("SELECT count(*) FROM sqlite_master WHERE name='half_done'")[1] == [
            (0,)
        ]


@pytest.mark.parametrize("where", ["memory", "file"])
def test_several_changes_are_kept_together_or_not_at_all(tmp_path: Path, where: str) -> None:
    with Store(":memory:" if where == "memory" else tmp_path / "tango.db") as store:
        with pytest.raises(ZeroDivisionError), store.change():
            store.device_properties.put(("a/b/c",), "one", ["1"])
            assert store.device_properties.get(("a/b/c",), "one") == ["1"], "seen from within"
            raise ZeroDivisionError
        assert store.device_properties.get(("a/b/c",), "one") == []
        assert store.device_properties.history("a/b/c", "*") == []


@pytest.mark.parametrize("where", ["memory", "file"])
def test_many_threads(tmp_path: Path, where: str) -> None:
    errors: list[BaseException] = []
    with Store(":memory:" if where == "memory" else tmp_path / "tango.db") as store:

        def work(number: int) -> None:
            try:
                for value in range(30):
                    store.device_properties.put((f"a/b/{number}",), "p", [str(value)])
                    assert store.device_properties.get((f"a/b/{number}",), "p") == [str(value)]
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        assert store.count("property_device") == 8


def test_a_store_of_version_1_is_turned_to_texts(tmp_path: Path) -> None:
    """Before, each byte of a text's UTF-8 was a character."""
    path = tmp_path / "tango.db"
    texts = ["plain", "caf\xe9", "k\u03a9", "\U0001f525"]
    with Store(path) as store:
        for text in texts:
            before = text.encode().decode("latin-1")
            store.object_properties.put((before,), before, [before, "\xb5m"])
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version=1")
    connection.close()
    for _ in range(2):
        with Store(path) as store:
            for text in texts:
                assert store.object_properties.get((text,), text) == [text, "\xb5m"]


@pytest.mark.parametrize("since", [(3, 35), (99,)])
def test_an_sqlite_without_returning_counts_history_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, since: tuple[int, ...]
) -> None:
    monkeypatch.setattr(sqlite_backend, "RETURNING_SINCE", since)
    with Store(tmp_path / "db") as store:
        for value in ("1", "2", "3"):
            store.device_properties.put(("a/b/c",), "p", [value])
        history = store.device_properties.history("a/b/c", "p")
        assert [record.values for record in history] == [["1"], ["2"], ["3"]]
