"""Reading: names and times as people write them, numpy, pandas, exports, HTTP, plots, pyhdbpp's interface."""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from puretango.archive import (
    ArchiveError,
    ArchiveReader,
    FileStore,
    Gap,
    GapKind,
    Kind,
    Row,
    UnknownAttribute,
    archive_data,
    drawn,
    export,
    nanoseconds,
    plot_png,
)
from puretango.archive.reading import Reader
from tests.unit.archive.stores import SECOND, START, rows

NAME = "tango://db:10000/sys/tg_test/1/double_scalar"
SHORT = "sys/tg_test/1/double_scalar"
BEGIN = START // SECOND


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten doubles a second apart, one of them NaN; a text, an image; a gap of three seconds."""
    path = tmp_path_factory.mktemp("archive")
    with FileStore(path) as store:
        double = store.generation(NAME, Kind("DevDouble", access="READ_WRITE"), START)
        values = [0.0, 1.0, 2.0, float("nan"), 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]
        written = [
            Row(double.id, row.time, row.received, n % 2 * 2, row.value, 0.5)
            for n, row in enumerate(rows(double, values))
        ]
        gap = Gap(
            NAME, GapKind.DISCONNECTED, START + 10 * SECOND, START + 13 * SECOND, 0, "no reply"
        )
        store.write(written[:6])
        store.seal()
        store.write(written[6:], [gap])
        text = store.generation(
            "tango://db:10000/sys/tg_test/1/text#dbase=no", Kind("DevString"), 0
        )
        store.write(rows(text, ["a", None, "µ"]))
        image = store.generation(
            "tango://db:10000/sys/tg_test/1/image", Kind("DevShort", "IMAGE"), 0
        )
        store.write(rows(image, [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]))
    return path


@pytest.fixture
def archive(directory: Path) -> Iterator[ArchiveReader]:
    with ArchiveReader(f"file:{directory}") as archive:
        yield archive


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (1.5, 1_500_000_000),
        (7, 7 * SECOND),
        ("1700000000.25", 1_700_000_000_250_000_000),
        ("now", 1_000_000 * SECOND),
        ("-90s", (1_000_000 - 90) * SECOND),
        ("now-2h", (1_000_000 - 7200) * SECOND),
        ("- 1.5d", (1_000_000 - 129_600) * SECOND),
        ("2026-11-29T12:00:00.123456+00:00", 1_795_953_600_123_456_000),
        (datetime(2026, 11, 29, 12, tzinfo=UTC), 1_795_953_600 * SECOND),
        (datetime(2026, 11, 29, 12), int(datetime(2026, 11, 29, 12).timestamp()) * SECOND),
    ],
)
def test_times_are_written_in_many_ways(written: Any, expected: int) -> None:
    assert nanoseconds(written, now=1_000_000.0) == expected


def test_what_is_no_time_is_told() -> None:
    with pytest.raises(ValueError, match="'yesterday' is not a time"):
        nanoseconds("yesterday")


def test_attributes_are_found_by_short_names(archive: ArchiveReader) -> None:
    assert archive.full_name(SHORT.upper()) == NAME
    assert archive.full_name("sys/tg_test/1/text") == "tango://db:10000/sys/tg_test/1/text#dbase=no"
    assert len(archive.attributes("sys/tg_test/*/*")) == 3
    with pytest.raises(UnknownAttribute, match="a/b/c/d is not in file:"):
        archive.full_name("a/b/c/d")


def test_numpy(archive: ArchiveReader) -> None:
    time, value = archive.numpy(SHORT, BEGIN + 2, BEGIN + 4)
    assert time.tolist() == [BEGIN + 2, BEGIN + 3, BEGIN + 4]
    np.testing.assert_array_equal(value, [2.0, float("nan"), 4.0])
    _, text = archive.numpy("sys/tg_test/1/text")
    assert text.tolist() == ["a", None, "µ"]
    time, _ = archive.numpy(SHORT, BEGIN - 9, BEGIN - 5)
    assert len(time) == 0


def test_pandas(archive: ArchiveReader) -> None:
    frame = archive.pandas(SHORT)
    assert list(frame.columns) == ["value", "set_value", "quality", "received"]
    assert frame.index[0].timestamp() == BEGIN
    assert frame["quality"].tolist() == [0, 2] * 5
    assert frame["set_value"].tolist() == [0.5] * 10
    assert frame["received"].iloc[0].timestamp() == BEGIN + 0.25


def test_last_closest_and_next(archive: ArchiveReader) -> None:
    assert archive.last(SHORT)[0].value.tolist() == [9.0]
    assert archive.next(SHORT, BEGIN + 4)[0].value.tolist() == [5.0]
    closest = archive.closest(SHORT, BEGIN + 5.6)
    assert closest is not None
    assert closest.value.tolist() == [6.0]
    assert archive.closest(SHORT, 0).value.tolist() == [0.0]  # type: ignore[union-attr]  # there is one at that time


def test_csv_has_every_column(archive: ArchiveReader, tmp_path: Path) -> None:
    assert export(archive.series(SHORT), tmp_path / "a.csv") == 10
    with (tmp_path / "a.csv").open() as file:
        written = list(csv.DictReader(file))
    assert written[1] == {
        "time": "2023-11-14T22:13:21.000000Z",
        "received": "2023-11-14T22:13:21.250000Z",
        "quality": "2",
        "value": "1.0",
        "set_value": "0.5",
        "attribute": NAME,
        "type": "DevDouble SCALAR READ_WRITE",
    }
    assert written[3]["value"] == "nan"
    export(archive.series("sys/tg_test/1/image"), tmp_path / "i.csv")
    with (tmp_path / "i.csv").open() as file:
        assert [json.loads(row["value"]) for row in csv.DictReader(file)][1] == [[5, 6], [7, 8]]


def test_hdf5_and_parquet_give_the_numbers_back(archive: ArchiveReader, tmp_path: Path) -> None:
    from pyarrow import parquet

    assert export(archive.series(SHORT), tmp_path / "a.h5") == 10
    with h5py.File(tmp_path / "a.h5") as file:
        assert file["0"].attrs["attribute"] == NAME
        np.testing.assert_array_equal(file["0/value"][:], archive.numpy(SHORT)[1])
        assert file["0/time"][:].tolist() == [START + n * SECOND for n in range(10)]
    export(archive.series("sys/tg_test/1/image"), tmp_path / "i.h5")
    with h5py.File(tmp_path / "i.h5") as file:
        assert file["0/value"].shape == (2, 2, 2)
    assert export(archive.series("sys/tg_test/1/text"), tmp_path / "t.parquet") == 3
    assert parquet.read_table(tmp_path / "t.parquet")["value"].to_pylist() == ["a", None, "µ"]
    export(archive.series("sys/tg_test/1/image"), tmp_path / "i.parquet")
    table = parquet.read_table(tmp_path / "i.parquet")
    assert table["value"].to_pylist() == [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]
    with pytest.raises(ArchiveError, match=r"export writes \.csv, \.parquet, \.h5 and \.hdf5"):
        export(archive.series(SHORT), tmp_path / "a.xls")


def asked(archive: ArchiveReader, query: str) -> tuple[int, Any]:
    status, body = archive_data(archive, query)
    return status, json.loads(body)


def test_http_gives_samples_and_gaps(archive: ArchiveReader) -> None:
    status, told = asked(archive, f"name={SHORT}&from={BEGIN + 2}&to={BEGIN + 11}")
    assert status == 200
    assert told["name"] == NAME
    assert told["value"] == [2.0, None, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]
    assert told["quality"] == [0, 2] * 4
    gap = {"kind": "disconnected", "from": BEGIN + 10, "to": BEGIN + 13, "count": 0}
    assert told["gaps"] == [{**gap, "text": "no reply"}]


def test_http_gives_few_points(archive: ArchiveReader) -> None:
    _, told = asked(archive, f"name={SHORT}&from={BEGIN}&to={BEGIN + 10}&points=2")
    assert (told["min"], told["max"], told["count"]) == ([0.0, 5.0], [4.0, 9.0], [4, 5])
    assert told["level"] == 0


def test_http_gives_the_qualities_of_few_points(archive: ArchiveReader) -> None:
    _, body = archive_data(archive, f"name={SHORT}&from={BEGIN}&to={BEGIN + 10}&points=10")
    odd = [[BEGIN + n, BEGIN + n + 1, 2] for n in (1, 3, 5, 7, 9)]
    assert json.loads(body)["qualities"] == odd
    _, body = archive_data(archive, f"name={SHORT}&from={BEGIN}&to={BEGIN + 10}&points=2")
    assert json.loads(body)["qualities"] == [[BEGIN + 1, BEGIN + 10, 2]]


@pytest.mark.parametrize(
    ("query", "status", "text"),
    [
        ("", 400, "no name"),
        ("name=a/b/c/d", 404, "a/b/c/d is not in"),
        (f"name={SHORT}&from=never", 400, "'never' is not a time"),
        (f"name={SHORT}&points=0", 400, "0 points: 1 to 100000"),
        (f"name={SHORT}&points=many", 400, "invalid literal"),
        (f"name={SHORT}&from=now&to=-1h", 400, "is not after"),
    ],
)
def test_http_tells_what_is_wrong(
    archive: ArchiveReader, query: str, status: int, text: str
) -> None:
    got, told = asked(archive, query)
    assert got == status
    assert text in told["error"]


def test_a_plot_in_the_terminal(archive: ArchiveReader) -> None:
    start, end = START, START + 20 * SECOND
    lines = drawn(archive.decimated(SHORT, BEGIN, BEGIN + 20, 40), start, end, 40, 5).splitlines()
    assert lines[0].startswith("9 ┤")
    assert lines[4].startswith("   0 ┤".strip().rjust(lines[4].index("┤") + 1))
    assert lines[5].split("┤")[1].rstrip() == " " * 20 + "x" * 7
    assert drawn(archive.decimated(SHORT, 0, 10, 4), 0, 10 * SECOND) == "no numbers in this time"


@pytest.mark.leaks("matplotlib keeps its fonts open")
def test_a_plot_as_png(archive: ArchiveReader, tmp_path: Path) -> None:
    plot_png(archive.decimated(SHORT, BEGIN, BEGIN + 20, 40), tmp_path / "plot.png")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")


# ── pyhdbpp ──


@pytest.fixture
def reader(directory: Path) -> Iterator[Any]:
    pyhdbpp = pytest.importorskip("pyhdbpp")
    found = pyhdbpp.reader(
        apiclass="puretango.archive.Reader",
        config={"database": f"file:{directory}", "user": "", "password": ""},
    )
    yield found
    found.close()


def test_pyhdbpp_takes_our_class_for_one_of_its_own(reader: Any) -> None:
    from pyhdbpp.abstract import AbstractReader

    assert isinstance(reader, AbstractReader)
    assert isinstance(reader, Reader)
    missing = [
        name
        for name in vars(AbstractReader)
        if not name.startswith("_") and not hasattr(Reader, name)
    ]
    assert missing == []


def test_pyhdbpp_lists_attributes(reader: Any) -> None:
    assert reader.get_attributes(pattern="%double%") == [NAME]
    assert reader.is_attribute_archived(SHORT)
    assert not reader.is_attribute_archived(SHORT, active=True)
    assert not reader.is_attribute_archived("a/b/c/d")


def test_pyhdbpp_gets_single_samples(reader: Any) -> None:
    assert reader.get_last_attribute_value(SHORT) == (BEGIN + 9, 9.0)
    assert reader.get_last_attribute_value("a/b/c/d") == []
    two = reader.get_last_attributes_values([SHORT], n=2)
    assert two == {SHORT: [(BEGIN + 9, 9.0), (BEGIN + 8, 8.0)]}
    assert reader.get_next_attribute_value(SHORT, time_ref=BEGIN + 4) == (BEGIN + 5, 5.0)
    before = reader.get_closer_attribute_value(
        SHORT, BEGIN + 2, n=-1, columns=["value_r", "quality"]
    )
    assert before == [(1.0, 2)]


def test_pyhdbpp_gets_samples_of_a_time(reader: Any) -> None:
    values = reader.get_attribute_values(SHORT, BEGIN + 8, BEGIN + 20)
    assert values == [
        (BEGIN + 8, 8.0, 0.5, 0, None),
        (BEGIN + 9, 9.0, 0.5, 2, None),
        (BEGIN + 10, None, None, 1, "disconnected: no reply"),
    ]
    newest = reader.get_attribute_values(
        SHORT, BEGIN, BEGIN + 9, columns="time, r_value", sort="desc"
    )
    assert newest[0] == (BEGIN + 9, 9.0)
    told = reader.get_attribute_values(SHORT, BEGIN, BEGIN + 1, with_context=True)
    assert told["arguments"]["attribute"] == SHORT
    assert len(told["values"]) == 2
    reader.set_default_time_type("datetime")
    assert reader.get_last_attribute_value(SHORT)[0] == datetime.fromtimestamp(BEGIN + 9)


def first_row(rows: Any) -> Any:
    """A decimation of a user's own."""
    return rows[:1]


@pytest.mark.parametrize(
    ("decimate", "expected"),
    [
        ({"method": "POINTS", "argument": 2, "aggregator": "MAX"}, [4.0, 9.0]),
        ({"method": "SECONDS", "argument": 5, "aggregator": ("MIN", "MAX")}, [0.0, 4.0, 5.0, 9.0]),
        ({5: ("COUNT",)}, [4, 5]),
        ({"method": "SECONDS", "argument": 5, "aggregator": "COUNT_NAN"}, [1, 0]),
        ({"method": "SECONDS", "argument": 5, "aggregator": "FIRST"}, [0.0, 5.0]),
        ({"method": "SECONDS", "argument": 5, "aggregator": "LAST"}, [4.0, 9.0]),
        (5, [1.75, 7.0]),
        ({"method": "CUSTOM", "argument": first_row}, [0.0]),
    ],
    ids=lambda value: re.sub(r" at 0x\w+", "", str(value)),
)
def test_pyhdbpp_decimates(reader: Any, decimate: Any, expected: list[float]) -> None:
    values = reader.get_attribute_values(SHORT, BEGIN, BEGIN + 10, decimate=decimate)
    assert [row[1] for row in values] == expected


def test_pyhdbpp_correlates(reader: Any) -> None:
    names = [SHORT, "sys/tg_test/1/text"]
    found = reader.get_attributes_values(
        names, BEGIN, BEGIN + 3, correlate=True, columns="time, r_value"
    )
    assert [row[0] for row in found[SHORT]] == [row[0] for row in found[names[1]]]
    assert [row[1] for row in found[names[1]]] == ["a", None, "µ", "µ"]
    assert math.isnan(found[SHORT][3][1])


def test_the_class_works_without_pyhdbpp(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins
    import importlib.util

    known = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("pyhdbpp"):
            raise ImportError(name)
        return known(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    spec = importlib.util.find_spec("puretango.archive.reading._pyhdbpp")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    alone = module.Reader(str(directory))
    assert alone.get_last_attribute_value(SHORT) == (BEGIN + 9, 9.0)
    alone.close()


def test_addresses_of_pyhdbpp_configurations() -> None:
    from puretango.archive.reading._pyhdbpp import _address

    known = {"host": "h", "port": 5, "user": "u", "password": "p w"}
    assert _address({"database": "hdb", **known}) == "postgresql://u:p%20w@h:5/hdb"
    assert _address({"database": "u:p@h:5/hdb"}) == "postgresql://u:p@h:5/hdb"
    assert _address({"database": "file:/a", **known}) == "file:/a"
    with pytest.raises(ArchiveError, match="neither a directory nor a database"):
        _address({"database": "hdb"})
