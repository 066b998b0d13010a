"""The archive's answers to the pages: names, samples, few points with qualities, gaps and runs."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from puretango.archive import FileStore, Gap, GapKind, Kind, Row, RunMarks
from puretango.web import Settings, WebServer
from tests.unit.archive.stores import SECOND, START, rows
from tests.unit.web.client import Client

BEGIN = START // SECOND
HOST = "one.example.org:10000"


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An attribute that two control systems have, in ALARM for three seconds; a text; a run."""
    path = tmp_path_factory.mktemp("archive")
    with FileStore(path) as store:
        for host in (HOST, "two.example.org:10000"):
            name = f"tango://{host}/lab/supply/1/volts"
            volts = store.generation(name, Kind("DevDouble"), START)
            made = [
                Row(volts.id, row.time, row.received, 2 if 3 <= n < 6 else 0, row.value, None)
                for n, row in enumerate(rows(volts, [float(v) for v in range(10)]))
            ]
            store.write(made, [Gap(name, GapKind.STOPPED, START + 10 * SECOND, None, 0, "asked")])
        text = store.generation(f"tango://{HOST}/lab/supply/1/text", Kind("DevString"), START)
        store.write(rows(text, ["a", "b"]))
    marks = RunMarks(str(path))
    marks("start", {"uid": "abc1", "time": BEGIN + 2.0, "plan_name": "scan", "scan_id": 7})
    marks("stop", {"run_start": "abc1", "time": BEGIN + 5.0, "exit_status": "success"})
    marks("start", {"uid": "abd2", "time": BEGIN + 8.0, "plan_name": "count"})
    return path


@pytest.fixture(scope="module")
def pages(directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    state = tmp_path_factory.mktemp("state")
    settings = Settings(tango_host=HOST, state=state, port=0, archive=f"file:{directory}")
    with WebServer(settings) as server:
        yield Client(server.port)


def test_names_are_found_by_a_part(pages: Client) -> None:
    assert pages.ask("me")["archive"] is True
    found = pages.ask("archive/names", text="SUPPLY/1/te")
    assert found == {"names": [f"tango://{HOST}/lab/supply/1/text"], "count": 1, "all": 3}


def test_few_points_with_qualities_gaps_and_runs(pages: Client) -> None:
    asked = {"name": "lab/supply/1/volts", "from": BEGIN, "to": BEGIN + 10, "points": 10}
    found = pages.ask("archive/data", **asked)
    # Of two systems' attributes of this name it is that of the pages' own.
    assert found["name"] == f"tango://{HOST}/lab/supply/1/volts"
    assert found["mean"] == found["min"] == [float(v) for v in range(10)]
    assert found["qualities"] == [[BEGIN + 3, BEGIN + 6, 2]]
    assert [gap["kind"] for gap in found["gaps"]] == ["stopped"]
    assert [run["uid"] for run in found["runs"]] == ["abc1", "abd2"]


def test_the_time_of_a_run(pages: Client) -> None:
    found = pages.ask("archive/data", name="lab/supply/1/volts", run="abc1")
    assert (found["from"], found["to"]) == (BEGIN + 2, BEGIN + 5)
    assert found["value"] == [2.0, 3.0, 4.0, 5.0]
    assert found["quality"] == [0, 2, 2, 2]
    for run, told in (("ab", "2 runs"), ("x", "no run is noted as 'x'")):
        answer = pages.get("archive/data", name="lab/supply/1/volts", run=run)
        assert answer.status == 400
        assert told in answer.body["error"]


def test_the_address_of_the_documentation(pages: Client) -> None:
    query = f"name=lab/supply/1/text&from={BEGIN}&to=now"
    answer = pages.send("GET", f"/archive/data?{query}")
    assert (answer.status, answer.body["value"]) == (200, ["a", "b"])


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        ({"name": "a/b/c/d"}, 404, "a/b/c/d is not in"),
        ({}, 400, "no name"),
        ({"name": "lab/supply/1/volts", "from": "1e999"}, 400, "is not a time"),
        ({"name": "lab/supply/1/volts", "from": "-9e18", "to": "9e18"}, 400, "is not a time"),
        ({"name": "lab/supply/1/volts", "to": "9999-12-31T23:59"}, 400, "is not a time"),
        ({"name": "lab/supply/1/volts", "points": "0"}, 400, "0 points"),
        ({"name": "lab/supply/1/volts", "points": "x"}, 400, "x"),
        ({"name": "lab/supply/1/volts", "from": "now", "to": "-1h"}, 400, "not after"),
    ],
)
def test_what_is_wrong_is_told(
    pages: Client, asked: dict[str, str], status: int, told: str
) -> None:
    answer = pages.get("archive/data", **asked)
    assert answer.status == status
    assert told in answer.body["error"]


def test_without_an_archive(tmp_path: Path) -> None:
    with WebServer(Settings(tango_host="", state=tmp_path, port=0)) as server:
        pages = Client(server.port)
        assert pages.ask("me")["archive"] is False
        answer = pages.get("archive/names")
        assert (answer.status, "--archive" in answer.body["error"]) == (404, True)


def test_an_archive_that_cannot_be_read_is_told_each_time(tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        refused = f"postgresql://x:y@127.0.0.1:{nobody.getsockname()[1]}/z"
        for address in (f"file:{tmp_path / 'nowhere'}", refused):
            settings = Settings(tango_host="", state=tmp_path, port=0, archive=address)
            with WebServer(settings) as server:
                for _ in range(2):
                    answer = Client(server.port).get("archive/names")
                    assert answer.status == 503
                    assert "no archive" in answer.body["error"] or "refused" in answer.body["error"]
