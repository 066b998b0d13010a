"""Writers that come at once share a commit; each is kept, or told that it is not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from puretango.errors import StoreError
from puretango.store import Store


@contextmanager
def watched(store: Store) -> Iterator[list[str]]:
    """The SQL that the writing connection executes."""
    seen: list[str] = []
    connection = store._backend._writer.connection  # type: ignore[attr-defined]  # a look behind the store's door
    connection.set_trace_callback(seen.append)
    try:
        yield seen
    finally:
        connection.set_trace_callback(None)


def crowd(store: Store, count: int, work: Any) -> list[Any]:
    """Run ``work(n)`` in as many threads, which all wait for a writer that was there before them."""
    waiting = store._backend._commits._waiting  # type: ignore[attr-defined]  # a look behind the store's door
    full = threading.Event()
    with ThreadPoolExecutor(count) as pool:
        with suppress(StoreError), store.change():
            pending = [pool.submit(work, number) for number in range(count)]
            while len(waiting) < count:
                full.wait(0.001)
    return [each.exception() or each.result() for each in pending]


def test_a_crowd_of_writers_makes_few_commits(tmp_path: Path) -> None:
    path = tmp_path / "tango.db"
    with Store(path) as store, watched(store) as seen:
        crowd(store, 16, lambda n: store.device_properties.put((f"a/b/{n}",), "p", [str(n)]))
        assert seen.count("COMMIT") < 6
    with Store(path) as store:
        for number in range(16):
            assert store.device_properties.get((f"a/b/{number}",), "p") == [str(number)]


def test_one_that_fails_takes_nobody_with_it(tmp_path: Path) -> None:
    path = tmp_path / "tango.db"

    def work(number: int) -> None:
        with store.change():
            store.device_properties.put((f"a/b/{number}",), "p", [str(number)])
            if number % 3 == 0:
                raise LookupError(number)

    with Store(path) as store:
        results = crowd(store, 12, work)
    with Store(path) as store:
        for number, result in enumerate(results):
            failed = isinstance(result, LookupError)
            assert failed is (number % 3 == 0)
            found = store.device_properties.get((f"a/b/{number}",), "p")
            assert found == ([] if failed else [str(number)])


def test_a_commit_that_fails_is_told_to_all_of_its_writers(tmp_path: Path) -> None:
    path = tmp_path / "tango.db"
    with Store(path) as store:
        store.device_properties.put(("a/b/0",), "p", ["before"])

        def work(number: int) -> None:
            with store.change():
                store.device_properties.put((f"a/b/{number}",), "p", ["after"])
                if number == 3:
                    path.rename(tmp_path / "elsewhere")

        results = crowd(store, 8, work)
        (tmp_path / "elsewhere").rename(path)
        kept = [store.device_properties.get((f"a/b/{n}",), "p") == ["after"] for n in range(8)]
    told = [isinstance(result, StoreError) for result in results]
    assert any(told)
    # A change that is told to be lost may be there; one that was acknowledged is.
    assert all(here for here, lost in zip(kept, told, strict=True) if not lost)


def test_a_writer_whose_successor_was_interrupted_commits_itself(tmp_path: Path) -> None:
    with Store(tmp_path / "tango.db") as store:
        waiting = store._backend._commits._waiting  # type: ignore[attr-defined]  # a look behind the store's door
        waiting.append(None)  # it will never come
        store.device_properties.put(("a/b/c",), "p", ["1"])
        assert store.device_properties.get(("a/b/c",), "p") == ["1"]
        waiting.pop()


def test_what_is_not_committed_yet_is_not_seen(tmp_path: Path) -> None:
    with Store(tmp_path / "tango.db") as store:
        with store.change():
            store.device_properties.put(("a/b/c",), "p", ["1"])
            with ThreadPoolExecutor(1) as pool:
                found = pool.submit(store.device_properties.get, ("a/b/c",), "p").result()
        assert found == []


def test_closing_keeps_what_was_acknowledged(tmp_path: Path) -> None:
    store = Store(tmp_path / "tango.db")
    store.device_properties.put(("a/b/c",), "p", ["1"])
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.device_properties.put(("a/b/c",), "p", ["2"])
    with Store(tmp_path / "tango.db") as again:
        assert again.device_properties.get(("a/b/c",), "p") == ["1"]
