"""The PostgreSQL store beside the file store, pyhdbpp's own reader, and HDB++'s own SQL."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from puretango.archive import (
    ArchiveReader,
    Gap,
    GapKind,
    Kind,
    Row,
    RunMarks,
    StoreInUse,
    StoreTooNew,
    UnknownAttribute,
    archive_data,
    open_reading,
    open_store,
)
from puretango.archive.postgres import PostgresStore
from puretango.archive.reading._quality import spans_of
from tests.unit.archive.stores import EVERY_KIND, SECOND, START, plain, rows

NAME = "tango://db:10000/sys/tg_test/1/double_scalar"
DOUBLE = Kind("DevDouble")


def expected(kind: Kind, value: Any) -> Any:
    """What PostgreSQL gives back: its texts have no NUL."""
    if kind.type == "DevString" and isinstance(value, str):
        return value.replace("\0", "\ufffd")
    return plain(value)


def test_every_value_of_every_type_comes_back(database: str) -> None:
    with open_store(database) as store:  # type: ignore[attr-defined]  # PostgreSQL's store alone has it
        for place, (kind, values) in enumerate(EVERY_KIND):
            generation = store.generation(f"tango://db:1/a/b/c/x{place}", kind, START)
            store.write(rows(generation, [*values, None]))
    with ArchiveReader(database) as archive:
        assert len(archive.attributes()) == len(EVERY_KIND)
        for place, (kind, values) in enumerate(EVERY_KIND):
            (series,) = archive.series(f"a/b/c/x{place}")
            found = [plain(value) for value in series.values_or_none()]
            assert found == [*(expected(kind, value) for value in values), None], kind
            assert series.kind == kind
            assert series.time.tolist() == [START + n * SECOND for n in range(len(values) + 1)]
            assert series.received is not None
            assert set((series.received - series.time).tolist()) == {SECOND // 4}


def filled(database: str) -> None:
    with PostgresStore(database) as store:
        generation = store.generation(NAME, Kind("DevDouble", access="READ_WRITE"), START)
        values = [0.0, 1.0, float("nan"), 3.0]
        written = [row._replace(set_value=0.5) for row in rows(generation, values)]
        text = "API_Timeout: no reply"
        store.write(written, [Gap(NAME, GapKind.ERROR, START + 9 * SECOND, text=text)])


def test_pyhdbpps_own_reader_reads_it(database: str, postgres: Any) -> None:
    timescale = pytest.importorskip("pyhdbpp.timescaledb")
    filled(database)
    reader = timescale.TimescaleDbReader(
        user="hdb",
        password="secret",
        host="127.0.0.1",
        port=postgres.port,
        database=database.rpartition("/")[2],
        connection_pool_max_conn=3,  # with its default of one it waits for itself
    )
    try:
        assert reader.get_attributes() == [NAME]
        begin, end = (datetime.fromtimestamp(START / 1e9 + n) for n in (-1, 100))
        found = reader.get_attribute_values("sys/tg_test/1/double_scalar", begin, end, sort="ASC")
        assert [plain(row[1]) for row in found] == [0.0, 1.0, "NaN", 3.0]
        assert {row[2] for row in found} == {0.5}
        assert found[0][0] == pytest.approx(START / 1e9)
        last = reader.get_last_attributes_values([NAME], time_ref=end, n=2)[NAME]
        assert last[0][1] is None  # HDB++'s row for an error …
        assert last[0][4] is not None  # … and its number in att_error_desc.
        assert last[1][1] == 3.0
    finally:
        reader.connection_pool.closeall()


def test_our_reader_with_pyhdbpps_interface_reads_it(database: str) -> None:
    pyhdbpp = pytest.importorskip("pyhdbpp")
    filled(database)
    config = {"database": database, "user": "hdb", "password": "secret"}
    reader = pyhdbpp.reader(apiclass="puretango.archive.Reader", config=config)
    begin = START // SECOND
    found = reader.get_attribute_values("sys/tg_test/1/double_scalar", begin, begin + 9)
    assert found[0] == (begin, 0.0, 0.5, 0, None)
    assert found[-1] == (begin + 9, None, None, 1, "error: API_Timeout: no reply")
    halves = {"method": "SECONDS", "argument": 2, "aggregator": "MAX"}
    decimated = reader.get_attribute_values(NAME, begin, begin + 4, decimate=halves)
    assert [row[1] for row in decimated] == [1.0, 3.0]
    reader.close()


def test_what_hdbpp_itself_has_written_is_read_and_gone_on_with(database: str) -> None:
    filled(database)
    with psycopg.connect(database) as connection:  # As a C++ event subscriber leaves it.
        connection.execute("DROP SCHEMA puretango CASCADE")
        connection.execute("UPDATE att_scalar_devdouble SET details = NULL")
    with ArchiveReader(database) as archive:
        assert archive.attributes() == archive.attributes(active=True) == [NAME]
        (series,) = archive.series(NAME)
        assert plain(series.values_or_none()) == [0.0, 1.0, "NaN", 3.0]
        assert series.set_values_or_none() == [0.5] * 4
        assert [gap.text for gap in archive.gaps(NAME)] == ["error: API_Timeout: no reply"]
        assert archive.decimated(NAME, START // SECOND, START // SECOND + 9, 1).count.tolist() == [
            3
        ]
    later = START + 60 * SECOND
    with PostgresStore(database) as store:
        kind = Kind("DevDouble", access="READ_WRITE")
        store.write(rows(store.generation(NAME, kind, later), [4.0], later))
    with ArchiveReader(database) as archive:
        assert archive.last(NAME)[0].value.tolist() == [4.0]
        assert plain(archive.numpy(NAME)[1].tolist()) == [0.0, 1.0, "NaN", 3.0, 4.0]


def test_sql_as_hdbpp_writes_it(database: str) -> None:
    filled(database)
    with psycopg.connect(database) as connection:
        row = connection.execute(
            "SELECT att_name, type, format, write, table_name, cs_name, domain, family, member, name"
            " FROM att_conf JOIN att_conf_type USING (att_conf_type_id)"
            " JOIN att_conf_format USING (att_conf_format_id)"
            " JOIN att_conf_write USING (att_conf_write_id)"
        ).fetchone()
        assert row == (
            NAME,
            "DEV_DOUBLE",
            "SCALAR",
            "READ_WRITE",
            "att_scalar_devdouble",
            "db:10000",
            "sys",
            "tg_test",
            "1",
            "double_scalar",
        )
        values = connection.execute(
            "SELECT data_time, value_r, value_w, quality FROM att_scalar_devdouble"
            " WHERE att_conf_id = (SELECT att_conf_id FROM att_conf WHERE att_name = %s)"
            " AND data_time BETWEEN %s AND %s ORDER BY data_time DESC LIMIT 1",
            (NAME, "2023-01-01", "2023-11-14 22:13:21+00"),
        ).fetchall()
        moment = datetime(2023, 11, 14, 22, 13, 21, tzinfo=UTC)
        assert values == [(moment, 1.0, 0.5, 0)]
        errors = connection.execute(
            "SELECT error_desc, data_time FROM att_scalar_devdouble"
            " JOIN att_error_desc USING (att_error_desc_id) WHERE value_r IS NULL"
        ).fetchall()
        assert [text for text, _ in errors] == ["error: API_Timeout: no reply"]
        events = connection.execute(
            "SELECT event FROM att_history JOIN att_history_event USING (att_history_event_id)"
        ).fetchall()
        assert events == [("add",)]
        # The tables are HDB++'s: a domain refuses what its type cannot hold.
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute(
                "INSERT INTO att_scalar_devushort (att_conf_id, data_time, value_r)"
                " VALUES (1, now(), 70000)"
            )


def test_qualities_are_found_by_the_database(database: str) -> None:
    """The same spans as the file store finds, also where there is no quality or a sample without a value."""
    qualities = [0, 2, 2, 0, 4, 1, 1, 0, 0, 2]
    with PostgresStore(database) as store:
        (generation,) = store.generations([(NAME, Kind("DevDouble"), START)])
        made = rows(generation, [float(n) for n in range(10)])
        store.write([row._replace(quality=q) for row, q in zip(made, qualities)])
    with ArchiveReader(database) as archive:
        found = spans_of(archive.store, NAME, START, START + 20 * SECOND)
        told = [((a - START) // SECOND, (b - START) // SECOND, q) for a, b, q in found]
        assert told == [(1, 3, 2), (4, 5, 4), (5, 7, 1), (9, 20, 2)]
        query = f"name={NAME}&from={START // SECOND}&to={START // SECOND + 20}&points=20"
        answer = json.loads(archive_data(archive, query)[1])
        assert len(answer["qualities"]) == 4
        # In points of ten seconds spans shorter than one are seen as one, with the gravest quality.
        wide = spans_of(archive.store, NAME, START, START + 20 * SECOND, 10 * SECOND)
        assert [q for _, _, q in wide] == [1]


def test_the_same_rows_twice_are_stored_once(database: str) -> None:
    with PostgresStore(database) as store:
        generation = store.generation(NAME, DOUBLE, START)
        written = rows(generation, [1.0, 2.0])
        store.write(written)
        store.write([*written, *rows(generation, [3.0], START + 2 * SECOND)])
        assert store.last_rows()[NAME].value == 3.0
        same = [
            Row(generation.id, START + 9 * SECOND + n, START, 0, float(n), None) for n in range(3)
        ]
        store.write(same)  # Three samples within one microsecond, which is PostgreSQL's clock.
    with ArchiveReader(database) as archive:
        assert archive.numpy(NAME)[1].tolist() == [1.0, 2.0, 3.0, 0.0, 1.0, 2.0]


def test_a_change_of_type_keeps_the_attributes_number(database: str) -> None:
    kinds = [DOUBLE, Kind("DevString"), Kind("DevDouble", access="READ_WRITE")]
    with PostgresStore(database) as store:
        for n, (kind, value) in enumerate(zip(kinds, [1.5, "text", 2.5])):
            at = START + n * 60 * SECOND
            store.write(rows(store.generation(NAME, kind, at), [value], at))
    with ArchiveReader(database) as archive:
        assert [s.values_or_none() for s in archive.series(NAME)] == [[1.5], ["text"], [2.5]]
        assert [s.kind for s in archive.series(NAME)] == kinds
        assert [gap.kind for gap in archive.gaps(NAME)] == [GapKind.TYPE_CHANGE] * 2
        few = archive.decimated(NAME, START // SECOND, START // SECOND + 300, 2)
        assert (few.low.tolist(), few.high.tolist(), few.count.tolist()) == ([1.5], [2.5], [2])
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT count(*) FROM att_conf").fetchone() == (1,)


def test_gaps_end_and_a_sudden_end_is_told(database: str) -> None:
    later = START + 60 * SECOND
    with PostgresStore(database, clock=lambda: START / 1e9) as store:
        store.resume([NAME], START)
        store.generation(NAME, DOUBLE, START)
        store.write([], [Gap(NAME, GapKind.DISCONNECTED, START, text="no reply")])
    with PostgresStore(database) as store:  # Nobody had told that it was closing.
        store.resume([NAME], later)
        store.closing([Gap(NAME, GapKind.STOPPED, later + 5 * SECOND)], later + 5 * SECOND)
    with PostgresStore(database) as store:
        store.resume([NAME], later + 9 * SECOND)
    with ArchiveReader(database) as archive:
        assert [(g.kind, g.start, g.end) for g in archive.gaps(NAME)] == [
            (GapKind.DISCONNECTED, START, START),
            (GapKind.ARCHIVER_DOWN, START, later),
            (GapKind.STOPPED, later + 5 * SECOND, later + 9 * SECOND),
        ]
        assert archive.attributes(active=True) == [NAME]


def test_two_archivers_are_refused_unless_they_have_names(database: str) -> None:
    with PostgresStore(database):
        with pytest.raises(StoreInUse, match="another archiver 'puretango' writes"):
            PostgresStore(database)
        PostgresStore(f"{database}?archiver=second").close()


def test_a_later_version_is_refused(database: str) -> None:
    PostgresStore(database).close()
    with psycopg.connect(database) as connection:
        connection.execute("UPDATE puretango.meta SET value = 99 WHERE key = 'version'")
    with pytest.raises(StoreTooNew, match="has version 99"):
        PostgresStore(database)


def test_what_is_too_old_goes(database: str) -> None:
    with PostgresStore(database) as store:
        generation = store.generation(NAME, DOUBLE, START)
        store.set_ttl(NAME, 1)
        store.write(rows(generation, [1.0]) + rows(generation, [2.0], START + 7200 * SECOND))
        store.tidy(START / SECOND + 7200)
        assert store.ttl(NAME) == 1
    with ArchiveReader(database) as archive:
        assert archive.numpy(NAME)[1].tolist() == [2.0]


def test_runs_are_noted_there_too(database: str) -> None:
    filled(database)
    marks = RunMarks(database)
    marks("start", {"uid": "u1", "time": 5.0, "plan_name": "scan"})
    with ArchiveReader(database) as archive:
        assert [(mark.uid, mark.end) for mark in archive.marks()] == [("u1", None)]
    marks("stop", {"run_start": "u1", "time": 7.0, "exit_status": "success"})
    with ArchiveReader(database) as archive:
        assert [(mark.end, mark.text) for mark in archive.marks()] == [(7.0, "scan: success")]


def test_last_and_next(database: str) -> None:
    with PostgresStore(database) as store:
        store.write(rows(store.generation(NAME, DOUBLE, START), range(5)))
    reader = open_reading(database)
    assert reader.last(NAME, START + 3 * SECOND, 2)[0].value.tolist() == [1.0, 2.0]
    assert reader.next(NAME, START + 3 * SECOND)[0].value.tolist() == [4.0]
    with pytest.raises(UnknownAttribute):
        reader.series("a/b/c/d")
    reader.close()
