"""Reading the PostgreSQL store."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import numpy as np

from puretango.archive.postgres._connection import connected, parameters_of
from puretango.archive.postgres._names import generations, hdbpp_generation
from puretango.archive.postgres._schema import table_of
from puretango.archive.postgres._text import instant
from puretango.archive.sample import (
    EVER,
    ArchiveError,
    Decimated,
    Gap,
    GapKind,
    Generation,
    Kind,
    Series,
    UnknownAttribute,
)

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["PostgresReader"]

# Times that PostgreSQL can compare: years 1 to 9999.
_FIRST, _LAST = -62_000_000_000 * 1_000_000, 253_000_000_000 * 1_000_000
_UNSIGNED = {"DevUChar", "DevUShort", "DevULong", "DevULong64"}
_NO_ERROR = "att_error_desc_id IS NULL"


class PostgresReader:
    """Reads what PostgresStore or HDB++ itself has written; not for several threads at once."""

    def __init__(self, address: str) -> None:
        """Connect.

        Raises:
            ArchiveError: The database cannot be reached, or has no archive.
        """
        self._open(parameters_of(address)[0])

    @classmethod
    def of(cls, conninfo: str) -> PostgresReader:
        """A reader by libpq's connection text."""
        made = cls.__new__(cls)
        made._open(conninfo)
        return made

    def _open(self, conninfo: str) -> None:
        self._connection = connected(conninfo)
        with self._working() as connection:
            own, hdbpp = connection.execute(
                "SELECT to_regclass('puretango.generation'), to_regclass('att_conf')"
            ).fetchone()
        self._has_own = own is not None
        if own is None and hdbpp is None:
            self._connection.close()
            raise ArchiveError("there is no archive in this database, puretango's or HDB++'s")

    @contextmanager
    def _working(self) -> Iterator[Any]:
        import psycopg

        try:
            yield self._connection
        except psycopg.Error as error:
            text = str(error).strip().splitlines() or [type(error).__name__]
            raise ArchiveError(f"PostgreSQL: {text[0]}") from error

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def __enter__(self) -> PostgresReader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def rows_if_there(self, table: str, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query of a table that may not exist."""
        with self._working() as connection:
            there = connection.execute("SELECT to_regclass(%s)", (table,)).fetchone()[0]
            rows: list[tuple[Any, ...]] = (
                [] if there is None else connection.execute(query).fetchall()
            )
        return rows

    def attributes(self, pattern: str = "*", *, active: bool = False) -> list[str]:
        """Names of archived attributes, sorted; `active`: only those being archived now."""
        if not self._has_own:
            query = "SELECT att_name FROM att_conf"
            query += " WHERE hide IS NOT TRUE" if active else ""
        elif active:
            query = "SELECT name FROM puretango.attribute WHERE archiver <> ''"
        else:
            query = "SELECT name FROM puretango.attribute UNION SELECT att_name FROM att_conf"
        with self._working() as connection:
            names = [row[0] for row in connection.execute(query).fetchall()]
        return sorted(name for name in names if fnmatchcase(name.lower(), pattern.lower()))

    def generations(self, name: str) -> list[Generation]:
        """The generations of an attribute (its types over time), oldest first; UnknownAttribute if it is not there."""
        return [generation for generation, _ in self._generations(name)]

    def _generations(self, name: str) -> list[tuple[Generation, int]]:
        with self._working() as connection:
            found = generations(connection, name) if self._has_own else []
            found = found or hdbpp_generation(connection, name)
        if not found and name not in self.attributes(name):
            raise UnknownAttribute(f"{name} is not in the database")
        return found

    def gaps(self, name: str, start: int = 0, end: int = EVER) -> list[Gap]:
        """Gap rows that overlap a time range, the oldest first; for HDB++'s own data, its error rows."""
        if not self._has_own:
            return self._errors(name, start, end)
        with self._working() as connection:
            rows = connection.execute(
                'SELECT name, kind, start, "end", count, text FROM puretango.gap WHERE name = %s'
                ' AND start <= %s AND coalesce("end", %s) >= %s ORDER BY start, id',
                (name, end, EVER, start),
            ).fetchall()
        return [Gap(*row) for row in rows]

    def _errors(self, name: str, start: int, end: int) -> list[Gap]:
        found = []
        for generation, attribute in self._generations(name):
            with self._working() as connection:
                rows = connection.execute(
                    "SELECT (extract(epoch FROM data_time) * 1000000)::bigint, error_desc"
                    f" FROM {table_of(generation.kind)} JOIN att_error_desc USING"
                    " (att_error_desc_id) WHERE att_conf_id = %s AND data_time BETWEEN %s AND %s"
                    " ORDER BY data_time",
                    (attribute, _at(start), _at(end)),
                ).fetchall()
            found += [Gap(name, GapKind.ERROR, at * 1000, at * 1000, 0, text) for at, text in rows]
        return found

    def series(
        self,
        name: str,
        start: int = 0,
        end: int = EVER,
        columns: Collection[str] = ("received", "quality", "value", "set_value"),
    ) -> list[Series]:
        """Samples of a time range, both ends included, one Series per generation."""
        found = []
        for generation, attribute in self._generations(name):
            condition = "data_time BETWEEN %s AND %s ORDER BY data_time"
            rows = self._rows(generation, attribute, condition, (_at(start), _at(end)))
            if rows:
                found.append(_series(generation, rows, columns))
        return _in_order(found)

    def last(self, name: str, before: int = EVER, n: int = 1) -> list[Series]:
        """The `n` newest samples before a time, the oldest first."""
        return self._nearest(name, "data_time < %s ORDER BY data_time DESC", before, n)

    def next(self, name: str, after: int = 0, n: int = 1) -> list[Series]:
        """The first `n` samples after a time, the oldest first."""
        return self._nearest(name, "data_time > %s ORDER BY data_time", after, n)

    def _nearest(self, name: str, condition: str, at: int, n: int) -> list[Series]:
        newest = "DESC" in condition
        found: list[Series] = []
        known = self._generations(name)
        for generation, attribute in reversed(known) if newest else known:
            if n <= 0:
                break
            limited = f"{condition} LIMIT {int(n)}"
            rows = self._rows(generation, attribute, limited, (_at(at),))
            if rows:
                columns = ("received", "quality", "value", "set_value")
                found.append(_series(generation, rows[::-1] if newest else rows, columns))
                n -= len(rows)
        return found[::-1] if newest else found

    def _rows(
        self, generation: Generation, attribute: int, condition: str, values: Sequence[str]
    ) -> list[tuple[Any, ...]]:
        """Samples of a generation; if two share a table, those of its own time."""
        table = table_of(generation.kind)
        own, between = self._own(generation, attribute)
        # Arrays of HDB++'s domain types would come as texts.
        cast = "::numeric[]" if generation.kind.type in _UNSIGNED and "array" in table else ""
        with self._working() as connection:
            rows: list[tuple[Any, ...]] = connection.execute(
                "SELECT (extract(epoch FROM data_time) * 1000000)::bigint,"
                f" value_r{cast}, value_w{cast},"
                f" quality, details FROM {table} WHERE att_conf_id = %s"
                f" AND {_NO_ERROR}{own} AND {condition}",
                (attribute, *between, *values),
            ).fetchall()
        return rows

    def _own(self, generation: Generation, attribute: int) -> tuple[str, tuple[str, ...]]:
        """The condition for a generation's own rows, by their time of receipt, if generations share a table."""
        if generation.id < 0:
            return "", ()
        with self._working() as connection:
            rows = connection.execute(
                "SELECT number, since, type, format FROM puretango.generation"
                " WHERE att_conf_id = %s ORDER BY number",
                (attribute,),
            ).fetchall()
        table = table_of(generation.kind)
        same = {n: since for n, since, kind, form in rows if table_of(Kind(kind, form)) == table}
        if len(same) == 1:
            return "", ()
        earlier = any(number < generation.number for number in same)
        later = [since for number, since in same.items() if number > generation.number]
        begin = _at(generation.since) if earlier else instant(_FIRST)
        end = _at(min(later)) if later else instant(_LAST)
        told = "coalesce((details ->> 'recv_time')::timestamptz, data_time)"
        return f" AND {told} >= %s AND {told} < %s", (begin, end)

    def decimated(self, name: str, start: int, end: int, points: int) -> Decimated:
        """A time range in at most `points` bins, computed by the database.

        Raises:
            ValueError: No points, or an empty time range.
        """
        if points < 1 or end <= start:
            raise ValueError(f"{points} points of {end - start} ns")
        width = -(-(end - start) // points)
        bins: dict[int, list[Any]] = {}
        for generation, attribute in self._generations(name):
            if generation.kind.is_numeric:
                for place, *told in self._bins(generation, attribute, start, end, width):
                    _add(bins.setdefault(int(min(place, points - 1)), []), told)
        places = sorted(bins)
        columns = [np.array([bins[p][n] for p in places], "f8") for n in range(4)]
        low, high, total, count = columns
        time = start + np.array(places, "i8") * width
        mean = total / count if places else total
        found = Decimated(name, time, low, high, mean, count.astype("i8"))
        found.gaps = self.gaps(name, start, end)
        return found

    def quality_changes(self, name: str, start: int, end: int) -> list[tuple[int, int]]:
        """The time and the quality of each sample whose quality differs from the one before."""
        found: list[tuple[int, int]] = []
        for generation, attribute in self._generations(name):
            own, between = self._own(generation, attribute)
            with self._working() as connection:
                rows = connection.execute(
                    "SELECT (extract(epoch FROM data_time) * 1000000)::bigint, quality FROM ("
                    "SELECT data_time, coalesce(quality, 0) AS quality, lag(coalesce(quality, 0))"
                    f" OVER (ORDER BY data_time) AS before FROM {table_of(generation.kind)}"
                    f" WHERE att_conf_id = %s AND {_NO_ERROR} AND data_time BETWEEN %s AND %s{own}"
                    ") AS told WHERE quality IS DISTINCT FROM before ORDER BY data_time",
                    (attribute, _at(start), _at(end), *between),
                ).fetchall()
            found += [(time * 1000, quality) for time, quality in rows]
        return found

    def _bins(
        self, generation: Generation, attribute: int, start: int, end: int, width: int
    ) -> list[tuple[Any, ...]]:
        own, between = self._own(generation, attribute)
        number = "value_r::int" if generation.kind.type == "DevBoolean" else "value_r"
        finite = "AND value_r <> 'NaN'" if generation.kind.is_float else ""
        with self._working() as connection:
            rows: list[tuple[Any, ...]] = connection.execute(
                "SELECT floor((extract(epoch FROM data_time) * 1000000000 - %s) / %s)::bigint,"
                f" min({number})::float8, max({number})::float8, sum({number}::float8), count(*)"
                f" FROM {table_of(generation.kind)} WHERE att_conf_id = %s AND {_NO_ERROR}"
                f" AND value_r IS NOT NULL {finite} AND data_time BETWEEN %s AND %s"
                f"{own} GROUP BY 1",
                (start, width, attribute, _at(start), _at(end), *between),
            ).fetchall()
        return rows


def _add(into: list[Any], told: list[Any]) -> None:
    """Add a bin's low, high, total and count to those of another generation."""
    low, high, total, count = told
    if not into:
        into += [low, high, total, count]
        return
    into[:] = [min(into[0], low), max(into[1], high), into[2] + total, into[3] + count]


def _at(nanoseconds: int) -> str:
    return instant(min(max(nanoseconds // 1000, _FIRST), _LAST))


def _in_order(found: list[Series]) -> list[Series]:
    return [series for series in found if len(series)]


def _series(
    generation: Generation, rows: list[tuple[Any, ...]], columns: Collection[str]
) -> Series:
    kind = generation.kind
    times, values, set_values, qualities, details = zip(*rows)
    time = np.array(times, "i8") * 1000
    encoded = kind.type == "DevEncoded" and kind.is_scalar
    formats = [(d or {}).get("format_r", "") for d in details] if encoded else None
    value, valid = _column(kind, values, formats)
    series = Series(generation.name, kind, time, value, valid)
    if "received" in columns:
        series.received = np.array([_received(d, t) for d, t in zip(details, time.tolist())], "i8")
    if "quality" in columns:
        series.quality = np.array([q or 0 for q in qualities], "u1")
    if "set_value" in columns and any(value is not None for value in set_values):
        formats = [(d or {}).get("format_w", "") for d in details] if encoded else None
        series.set_value, series.set_valid = _column(kind, set_values, formats)
    return series


def _received(details: Any, time: int) -> int:
    if not details or "recv_time" not in details:
        return time
    moment = datetime.fromisoformat(details["recv_time"])
    return int(moment.replace(microsecond=0).timestamp()) * 10**9 + moment.microsecond * 1000


def _column(
    kind: Kind, values: Sequence[Any], formats: list[str] | None
) -> tuple[Any, np.ndarray[Any, np.dtype[np.bool_]]]:
    valid = np.array([value is not None for value in values], "?")
    if kind.is_numeric:
        empty = np.nan if kind.is_float else 0
        plain = [empty if v is None else v if kind.is_float else int(v) for v in values]
        return np.array(plain, kind.dtype), valid
    if formats is not None:
        return [None if v is None else (f, bytes(v)) for v, f in zip(values, formats)], valid
    return [None if value is None else _value(kind, value) for value in values], valid


def _value(kind: Kind, value: Any) -> Any:
    if kind.is_scalar:
        return value
    if kind.dtype is not None:
        if not kind.is_float and kind.type != "DevBoolean":
            value = _whole(value)
        array = np.array(value, kind.dtype)
        return array.reshape(0, 0) if kind.format == "IMAGE" and array.size == 0 else array
    if kind.format == "IMAGE":
        return tuple(tuple(row) for row in value)
    return tuple(value)


def _whole(value: Any) -> Any:
    """A plain int from a Decimal: unsigned numbers are numerics in the tables."""
    return [_whole(item) for item in value] if isinstance(value, list) else int(value)
