"""Clients' own SELECTs, written for MariaDB, on SQLite; those without end are ended."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

import puretango.store.engines._sqlite as sqlite_backend
from puretango.errors import StoreError
from puretango.store import Store


@pytest.fixture(params=["sqlite", "mariadb"], scope="module")
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """The same devices in both engines: MariaDB's answers are the right ones."""
    where = ":memory:" if request.param == "sqlite" else request.getfixturevalue("mariadb_url")
    with Store(where) as store:
        with store.change():
            for name in ("sys/tg_test/1", "sys/tg0test/2", "lab/ps/a%b", "lab/ps/it's"):
                store.devices.add("Select/one", name, "SelectClass")
                store.device_properties.put((name,), "power", [name.upper(), "two"])
        yield store
        with store.change():
            for name in ("sys/tg_test/1", "sys/tg0test/2", "lab/ps/a%b", "lab/ps/it's"):
                store.device_properties.delete((name,), "*")
                store.devices.remove(name)


MINE = "class = 'SelectClass'"

SIGNS = "SELECT 1 <= 2, 2 >= 3, 1 << 2, 9 >> 1, 1 <=> NULL, NULL <=> NULL, 2 <> 2, 3 != 4"
JOINED = (
    "SELECT d.name, p.value FROM device AS d JOIN property_device p ON d.name = p.device "
    f"WHERE d.{MINE} AND p.name = 'power' AND p.value REGEXP '^S' ORDER BY d.name"
)

QUERIES = [
    (SIGNS, None),
    (
        f"SELECT name FROM device WHERE {MINE} AND name != 'x' AND pid >= 0 AND pid <> 1 LIMIT 1",
        None,
    ),
    (f"SELECT name FROM device WHERE {MINE} AND name REGEXP '^sys/TG.*$' ORDER BY name", None),
    (f"SELECT name FROM device WHERE {MINE} AND name NOT REGEXP '^sys' ORDER BY name", None),
    (f"SELECT name FROM device WHERE {MINE} AND name RLIKE 'tg_test' ORDER BY name", None),
    (f"SELECT name FROM device WHERE {MINE} AND name REGEXP '^lab|1$' ORDER BY name", None),
    (rf"SELECT name FROM device WHERE {MINE} AND name LIKE 'sys/tg\_test/%'", ["sys/tg_test/1"]),
    (rf"SELECT name FROM device WHERE {MINE} AND name LIKE 'lab/ps/a\%b'", ["lab/ps/a%b"]),
    (f"SELECT name FROM device WHERE {MINE} AND name LIKE 'sys/tg|_test/%' ESCAPE '|'", None),
    (rf"SELECT name FROM device WHERE {MINE} AND name = 'lab/ps/it\'s'", ["lab/ps/it's"]),
    (f'SELECT name FROM device WHERE {MINE} AND name = "lab/ps/it\'s"', ["lab/ps/it's"]),
    (f"SELECT name FROM tango.device WHERE {MINE} AND name LIKE BINARY 'sys/tg_test/1'", None),
    (
        f"SELECT `name`, count(*) FROM `device` WHERE {MINE} && 1 || 0 GROUP BY name ORDER BY name",
        None,
    ),
    (f"SELECT CONCAT(name, '.', class) FROM device WHERE {MINE} ORDER BY 1 LIMIT 1, 2", None),
    (f"SELECT SUBSTRING_INDEX(name, '/', -1) FROM device WHERE {MINE} ORDER BY name", None),
    (f"SELECT DISTINCT LEFT(name, 3), RIGHT('abc', 2) FROM device WHERE {MINE} ORDER BY 1", None),
    (f"SELECT IF(exported=1, 'yes', 'no') FROM device WHERE {MINE} LIMIT 1", ["no"]),
    ("SELECT CONCAT_WS('-', 'a', NULL, 'b'), UCASE('é'), LCASE('AB'), LOCATE('b', 'abc')", None),
    (
        "SELECT IFNULL(NULL, 'x'), COALESCE(NULL, 'y'), CHAR_LENGTH('é'), REPLACE('aab', 'a', 'c')",
        None,
    ),
    ("SELECT 'a\\\\b', 'it''s', \"say \"\"x\"\"\", 'tab\\there', '100\\%'", None),
    (
        "SELECT YEAR('2026-11-29 13:43:27'), DATE_FORMAT('2026-11-29 13:43:27', '%Y/%m/%d %H:%i')",
        None,
    ),
    (
        "SELECT FIELD('b', 'a', 'b'), FIND_IN_SET('c', 'a,b,c'), STRCMP('a', 'b'), MID('abcd', 2, 2)",
        None,
    ),
    ("SELECT GREATEST(1, 3, 2), LEAST(4, 2), FLOOR(2.7), REVERSE('abc'), MD5('x')", None),
    (
        "select name from device -- a remark\n where class = 'SelectClass' # another\n order by name",
        None,
    ),
    (
        JOINED,
        None,
    ),
]
ANSWERS: dict[str, list[Any]] = {}


@pytest.mark.parametrize(("sql", "wanted"), QUERIES, ids=range(len(QUERIES)))
def test_both_engines_answer_alike(store: Store, sql: str, wanted: list[str] | None) -> None:
    _, rows = store.select(sql)
    found = [tuple(str(value) for value in row) for row in rows]
    assert found
    if wanted is not None:
        assert [row[0] for row in found] == wanted
    assert ANSWERS.setdefault(sql, found) == found


@pytest.mark.parametrize("pattern", ["(a+)+$", "(x*)*", "(a|b+){2,}+", "["])
def test_patterns_that_never_end_or_are_none_are_refused(pattern: str) -> None:
    with Store() as store:
        store.devices.add("S/1", "a/b/c", "C")
        started = time.monotonic()
        with pytest.raises(StoreError):
            store.select(f"SELECT name FROM device WHERE '{'a' * 60}!' REGEXP '{pattern}'")
        assert time.monotonic() - started < 25


ENDLESS = (
    "SELECT count(*) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    "SELECT i FROM n) AS numbers"
)


def test_an_endless_query_is_ended_and_nobody_waits_for_it(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(tmp_path / "tango.db") as store:
        limit = iter([0.0, *[1e9] * 1000])
        monkeypatch.setattr(sqlite_backend.time, "monotonic", lambda: next(limit))
        with pytest.raises(StoreError, match="was ended after 30 s"):
            store.select(ENDLESS)
        monkeypatch.undo()
        store.device_properties.put(("a/b/c",), "p", ["1"])
        assert store.select("SELECT value FROM property_device")[1] == [("1",)]
