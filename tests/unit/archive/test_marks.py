"""bluesky runs beside an archive: noted by a callback of the RunEngine, found by plots, and the way from a run back."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from puretango.archive import (
    ArchiveError,
    ArchiveReader,
    FileStore,
    Kind,
    RunMarks,
    archive_data,
    period_of_run,
)
from tests.unit.archive.stores import SECOND, START, rows
from tests.unit.bluesky.conftest import run_engine

BEGIN = START // SECOND


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    with FileStore(tmp_path) as store:
        generation = store.generation("tango://db:1/a/b/c/d", Kind("DevDouble"), START)
        store.write(rows(generation, range(10)))
    return tmp_path


@pytest.mark.leaks("ophyd's control layer, which comes with the engine, keeps its threads")
def test_runs_of_a_run_engine_are_noted_beside_an_open_archive(directory: Path) -> None:
    from bluesky import plan_stubs

    def plan() -> Any:
        yield from plan_stubs.open_run()
        yield from plan_stubs.close_run()

    documents = []
    # An archiver holds the store's lock, and is not in the way.
    with FileStore(directory), run_engine() as engine:
        engine.subscribe(RunMarks(f"file:{directory}"))
        engine.subscribe(lambda name, document: documents.append((name, document)))
        (uid,) = engine(plan())
    start = next(document for name, document in documents if name == "start")
    stop = next(document for name, document in documents if name == "stop")
    with ArchiveReader(str(directory)) as archive:
        (mark,) = archive.marks()
        assert (mark.uid, mark.start, mark.end) == (uid, start["time"], stop["time"])
        assert mark.text == f"#{start['scan_id']} plan: success"
        assert archive.marks(0, BEGIN) == []
    assert period_of_run(SimpleNamespace(metadata={"start": start, "stop": stop})) == (
        start["time"],
        stop["time"],
    )
    assert period_of_run(SimpleNamespace(start=start, stop=None)) == (start["time"], None)
    assert period_of_run(start) == (start["time"], None)


def test_http_tells_the_runs_of_its_time(directory: Path) -> None:
    marks = RunMarks(str(directory))
    marks("start", {"uid": "u1", "time": BEGIN + 2.0, "plan_name": "scan", "scan_id": 7})
    marks("stop", {"run_start": "u1", "time": BEGIN + 4.0, "exit_status": "abort"})
    marks("start", {"uid": "u2", "time": BEGIN + 8.0})
    with (directory / "runs.jsonl").open("a") as file:
        file.write('["half a li')
    with ArchiveReader(str(directory)) as archive:
        _, body = archive_data(archive, f"name=a/b/c/d&from={BEGIN}&to={BEGIN + 9}")
    assert json.loads(body)["runs"] == [
        {"uid": "u1", "start": BEGIN + 2.0, "end": BEGIN + 4.0, "text": "#7 scan: abort"},
        {"uid": "u2", "start": BEGIN + 8.0, "end": None, "text": "run"},
    ]


def test_what_is_no_run_and_no_archive_is_told(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="is not a run"):
        period_of_run({"uid": "x"})
    with pytest.raises(ArchiveError, match="there is no archive in"):
        RunMarks(str(tmp_path / "nowhere"))
