"""The reader that pyhdbpp's users know: ``pyhdbpp.reader(apiclass='puretango.archive.Reader', …)``.

Methods, arguments and results are those of pyhdbpp 2.1's AbstractReader; if pyhdbpp is installed this is
one of its readers, and without it the same class works by itself.
"""

from __future__ import annotations

import os
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

from puretango.archive.reading._aggregate import Decimator, decimated_rows, decimator_of
from puretango.archive.reading._archive import ArchiveReader
from puretango.archive.reading._times import nanoseconds
from puretango.archive.sample import ArchiveError, UnknownAttribute
from puretango.values import AttrQuality

if TYPE_CHECKING:
    from collections.abc import Sequence

    from puretango.archive.sample import Gap, Series

try:
    from pyhdbpp.abstract import AbstractReader as _Base
except ImportError:
    _Base = object

__all__ = ["Reader"]

_COLUMNS = ("data_time", "value_r", "value_w", "quality", "error_desc")
_ALIASES = {
    "time": "data_time",
    "r_value": "value_r",
    "w_value": "value_w",
    "att_error_desc_id": "error_desc",
    "error": "error_desc",
}
_INVALID = int(AttrQuality.ATTR_INVALID)


class Reader(_Base):  # type: ignore[misc] # pyhdbpp is untyped, and need not be there
    """An archive of puretango, file store or PostgreSQL, for taurus, pyhdbpp and their users."""

    def __init__(self, config: Any = "", **kwargs: Any) -> None:
        """Open the archive.

        Args:
            config: Its address (``file:DIRECTORY``, ``postgresql://…``, pyhdbpp's
                ``user:password@host:port/database``), or a dictionary with ``database`` (an address, a
                directory or a database's name), ``host``, ``port``, ``user``, ``password``.
            kwargs: The entries of such a dictionary as keyword arguments.

        Raises:
            ArchiveError: It cannot be opened.
        """
        settings = {**(config if isinstance(config, dict) else {}), **kwargs}
        if isinstance(config, str) and config:
            settings.setdefault("database", config)
        self.default_time_type: Any = float
        self.default_decimator: Any = {"method": None, "argument": None, "aggregator": None}
        if _Base is not object:
            super().__init__(settings)
        self.config = settings
        self.sort = str(settings.get("sort", "asc")).lower()
        self.db = ArchiveReader(_address(settings))

    def close(self) -> None:
        """Close the archive."""
        self.db.close()

    def get_connection(self) -> ArchiveReader:
        """The archive itself."""
        return self.db

    def get_default_time_type(self, data_time: Any = None) -> Any:
        """The type of times in results, or the given time in that type."""
        return self.default_time_type if data_time is None else self._typed(data_time)

    def set_default_time_type(self, time_type: Any) -> None:
        """Choose the type of times in results: float, int, datetime, str or their names."""
        names = {"epoch": float, "float": float, "int": int, "str": str, "datetime": datetime}
        self.default_time_type = names.get(time_type, time_type)

    def set_default_decimator(
        self, method: Any, argument: Any = None, aggregator: Any = None
    ) -> None:
        """Choose the decimation of get_attribute_values where none is asked for."""
        self.default_decimator = {"method": method, "argument": argument, "aggregator": aggregator}

    def get_default_decimator(self) -> dict[str, Any]:
        """The decimation of get_attribute_values if none is asked for."""
        return dict(self.default_decimator)

    # ── attributes ──

    def get_attributes(self, active: bool = False, pattern: str = "", **_: Any) -> list[str]:
        """Names of archived attributes; `pattern` with ``*`` or SQL's ``%``."""
        wanted = pattern.replace(".*", "*").replace("%", "*") or "*"
        if wanted != "*" and not wanted.startswith(("tango://", "*")):
            wanted = f"*{wanted}"
        return self.db.attributes(wanted, active=active)

    def is_attribute_archived(self, attribute: str, active: bool = False) -> bool:
        """Whether an attribute has values, or (`active`) is being archived now."""
        try:
            return self.db.full_name(attribute) in self.db.attributes(active=active)
        except UnknownAttribute:
            return False

    # ── single samples ──

    def get_last_attribute_value(
        self,
        attribute: str,
        time_ref: Any = None,
        n: int = 1,
        columns: Sequence[str] | str = ("data_time", "value_r"),
        **kwargs: Any,
    ) -> Any:
        """The last sample before a time (now): a tuple of the columns; [] if there is none."""
        try:
            found = self.get_last_attributes_values(
                [attribute], time_ref or kwargs.get("before_date"), n, columns
            )[attribute]
        except UnknownAttribute:
            return []
        return found[0] if found else []

    def get_last_attributes_values(
        self,
        attributes: Sequence[str],
        time_ref: Any = None,
        n: int = 1,
        columns: Sequence[str] | str = ("data_time", "value_r"),
        **kwargs: Any,
    ) -> dict[str, list[Any]]:
        """Per attribute the `n` last samples before a time (now), the newest first."""
        return self.get_closer_attributes_values(
            attributes, time_ref or kwargs.get("before_date"), -abs(n), columns
        )

    def get_next_attribute_value(
        self,
        attribute: str,
        time_ref: Any = None,
        n: int = 1,
        columns: Sequence[str] | str = ("data_time", "value_r"),
    ) -> Any:
        """The first sample after a time; [] if there is none."""
        found = self.get_next_attributes_values([attribute], time_ref, n, columns)[attribute]
        return found[0] if found else []

    def get_next_attributes_values(
        self,
        attributes: Sequence[str],
        time_ref: Any = None,
        n: int = 1,
        columns: Sequence[str] | str = ("data_time", "value_r"),
    ) -> dict[str, list[Any]]:
        """Per attribute the `n` first samples after a time (the beginning), the oldest first."""
        return self.get_closer_attributes_values(attributes, time_ref or 0, abs(n), columns)

    def get_closer_attribute_value(
        self,
        attribute: str,
        time_ref: Any = None,
        n: int = 1,
        columns: Sequence[str] | str = ("data_time", "value_r"),
    ) -> list[Any]:
        """The `n` samples before (n < 0) or after a time."""
        return self.get_closer_attributes_values([attribute], time_ref, n, columns)[attribute]

    def get_closer_attributes_values(
        self,
        attributes: Sequence[str],
        time_ref: Any = None,
        n: int = 1,
        columns: Sequence[str] | str = ("data_time", "value_r"),
        **_: Any,
    ) -> dict[str, list[Any]]:
        """Per attribute the `n` samples before (n < 0, the newest first) or after a time (now)."""
        names, found = _columns(columns), {}
        for attribute in attributes:
            # Without a time, the last sample counts even if the device's clock is ahead.
            if n < 0:
                at = None if time_ref is None else self._seconds(time_ref)
                series = self.db.last(attribute, at, -n)
            else:
                at = time.time() if time_ref is None else self._seconds(time_ref)
                series = self.db.next(attribute, at, n)
            rows = self._rows(series, names)
            found[attribute] = rows[::-1] if n < 0 else rows
        return found

    # ── times ──

    def get_attribute_values(
        self,
        attribute: str,
        start_date: Any,
        stop_date: Any = None,
        decimate: Any = None,
        **params: Any,
    ) -> Any:
        """Samples between two times, the oldest first: tuples of time, read and set value, quality, error.

        Args:
            attribute: Its name, full or short.
            start_date, stop_date: datetime, text or seconds since 1970; negative: before now.
            decimate: ``{"method": "POINTS" | "SECONDS" | "CUSTOM", "argument": …, "aggregator": …}``,
                ``{seconds: (aggregator, …)}``, seconds, or True for as many as a plot can show.
            params: ``columns``, ``sort`` ("asc", "desc"), ``with_context``.
        """
        with_context = params.pop("with_context", False)
        values = self.get_attributes_values([attribute], start_date, stop_date, decimate, **params)[
            attribute
        ]
        if not with_context:
            return values
        arguments = {
            "attribute": attribute,
            "start_date": start_date,
            "stop_date": stop_date,
            "decimate": decimate,
        }
        return {"arguments": arguments, "values": values}

    def get_attributes_values(
        self,
        attributes: Sequence[str],
        start_date: Any,
        stop_date: Any = None,
        decimate: Any = None,
        correlate: bool = False,
        columns: Sequence[str] | str = _COLUMNS,
        **params: Any,
    ) -> dict[str, list[Any]]:
        """Per attribute the samples between two times; with `correlate` all have the same times."""
        start = self._seconds(start_date)
        stop = time.time() if stop_date is None else self._seconds(stop_date)
        wanted = decimator_of(self._decimation(decimate), stop - start)
        names = _columns(columns)
        found = {a: self._between(a, start, stop, wanted, names) for a in attributes}
        if correlate:
            found = _correlated(found)
        if str(params.get("sort") or self.sort).lower().startswith("desc"):
            return {attribute: rows[::-1] for attribute, rows in found.items()}
        return found

    def _decimation(self, decimate: Any) -> Any:
        if decimate is None and self.default_decimator.get("method"):
            return self.default_decimator
        return decimate

    def _between(
        self,
        attribute: str,
        start: float,
        stop: float,
        decimator: Decimator | None,
        names: Sequence[str],
    ) -> list[Any]:
        if decimator is not None:
            rows = decimated_rows(self.db, attribute, start, stop, decimator)
            return [self._only((self._typed(at), *rest), names) for at, *rest in rows]
        rows = self._rows(self.db.series(attribute, start, stop), names)
        if "error_desc" in names:
            rows = _with_gaps(rows, self.db.gaps(attribute, start, stop), self._gap_row, names)
        return rows

    def _gap_row(self, gap: Gap, names: Sequence[str]) -> tuple[Any, ...]:
        text = f"{gap.kind}: {gap.text}" if gap.text else gap.kind
        return self._only((self._typed(gap.start / 1e9), None, None, _INVALID, text), names)

    def _rows(self, found: Sequence[Series], names: Sequence[str]) -> list[Any]:
        rows: list[Any] = []
        for series in found:
            quality = [0] * len(series) if series.quality is None else series.quality.tolist()
            columns = (
                series.seconds.tolist(),
                series.values_or_none(),
                series.set_values_or_none(),
                quality,
            )
            for at, value, set_value, q in zip(*columns):
                rows.append(self._only((self._typed(at), value, set_value, q, None), names))
        return rows

    @staticmethod
    def _only(row: tuple[Any, ...], names: Sequence[str]) -> tuple[Any, ...]:
        if names == _COLUMNS:
            return row
        return tuple(row[_COLUMNS.index(name)] for name in names)

    def _typed(self, seconds: float) -> Any:
        kind = self.default_time_type
        if kind in (None, float):
            return seconds
        if kind is int:
            return int(seconds)
        when = datetime.fromtimestamp(seconds)
        if kind is datetime:
            return when
        return when.strftime(kind) if isinstance(kind, str) else when.isoformat(" ")

    @staticmethod
    def _seconds(when: Any) -> float:
        if isinstance(when, (int, float)):
            return time.time() + when if when < 0 else float(when)
        return nanoseconds(when) / 1e9


def _columns(columns: Sequence[str] | str) -> tuple[str, ...]:
    given = columns.split(",") if isinstance(columns, str) else columns
    names = tuple(_ALIASES.get(name.strip(), name.strip()) for name in given if name.strip())
    unknown = [name for name in names if name not in _COLUMNS]
    if unknown:
        raise ArchiveError(f"no column {unknown[0]} ({', '.join(_COLUMNS)})")
    return names or _COLUMNS


def _with_gaps(rows: list[Any], gaps: Sequence[Gap], row: Any, names: Sequence[str]) -> list[Any]:
    """Insert gap rows between the samples: no value, ATTR_INVALID, and the error's text."""
    if not gaps or "data_time" not in names:
        return rows
    at = names.index("data_time")
    return sorted(rows + [row(gap, names) for gap in gaps], key=lambda one: one[at])


def _correlated(found: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Every attribute at the times of all of them: the value that it had then."""
    times = sorted({row[0] for rows in found.values() for row in rows})
    together: dict[str, list[Any]] = {}
    for attribute, rows in found.items():
        held, place = [], 0
        for at in times:
            while place < len(rows) and rows[place][0] <= at:
                place += 1
            if place:
                held.append((at, *rows[place - 1][1:]))
        together[attribute] = held
    return together


def _address(settings: dict[str, Any]) -> str:
    database = str(settings.get("store") or settings.get("database") or "")
    if not database:
        raise ArchiveError("no database: file:DIRECTORY or postgresql://…")
    if database.startswith(("file:", "postgresql:", "postgres:", "timescale:", "/", ".")):
        return database
    if "@" in database:
        return f"postgresql://{database}"
    if settings.get("host") or settings.get("user"):
        from urllib.parse import quote

        user, password = (quote(str(settings.get(k) or ""), "") for k in ("user", "password"))
        host, port = settings.get("host") or "localhost", settings.get("port") or 5432
        return f"postgresql://{user}:{password}@{host}:{port}/{database}"
    if os.path.isdir(database):
        return database
    raise ArchiveError(f"{database} is neither a directory nor a database with a host")
