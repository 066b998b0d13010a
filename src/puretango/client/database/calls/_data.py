"""Arguments and results of database calls: PyTango's Db… classes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from puretango.idl import text_of_value
from puretango.values import Printable, StdStringVector, StdVector

__all__ = [
    "DbData",
    "DbDatum",
    "DbDevExportInfo",
    "DbDevExportInfos",
    "DbDevFullInfo",
    "DbDevImportInfo",
    "DbDevImportInfos",
    "DbDevInfo",
    "DbDevInfos",
    "DbHistory",
    "DbHistoryList",
    "DbServerInfo",
    "db_data_of",
    "dict_of_db_data",
]


class DbDatum(Printable):
    """A named list of strings."""

    __slots__ = ("_value_string", "name")

    def __init__(self, name: str | bytes | DbDatum = "", values: Iterable[str] = ()) -> None:
        if isinstance(name, DbDatum):
            values = name.value_string
            name = name.name
        self.name: str = _as_text(name) if isinstance(name, bytes) else name
        self._value_string = _vector(values)

    @property
    def value_string(self) -> StdStringVector:
        """The strings."""
        return self._value_string

    @value_string.setter
    def value_string(self, values: Iterable[str | bytes]) -> None:
        self._value_string = _vector(values)

    def size(self) -> int:
        """How many strings there are."""
        return len(self._value_string)

    def is_empty(self) -> bool:
        """True if there is no string."""
        return not self._value_string

    def append(self, value: str | bytes) -> None:
        """Append one string."""
        self._value_string.append(_as_text(value))

    def extend(self, values: Iterable[str | bytes]) -> None:
        """Append several strings."""
        self._value_string.extend(_vector(values))

    def __len__(self) -> int:
        return len(self._value_string)

    def __bool__(self) -> bool:
        return bool(self._value_string)

    def __iter__(self) -> Iterator[str]:
        return iter(self._value_string)

    def __contains__(self, value: object) -> bool:
        return value in self._value_string

    def __getitem__(self, key: Any) -> Any:
        return self._value_string[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        self._value_string[key] = value

    def __delitem__(self, key: Any) -> None:
        del self._value_string[key]

    def __add__(self, values: list[str]) -> list[str]:
        return list(self._value_string) + list(values)

    def __mul__(self, times: int) -> list[str]:
        return list(self._value_string) * times

    def __imul__(self, times: int) -> DbDatum:
        self._value_string = StdStringVector(list(self._value_string) * times)
        return self


class DbData(StdVector[DbDatum]):
    """A list of DbDatum."""


class DbDevInfo(Printable):
    """A device as it is declared: name, class and server."""

    __slots__ = ("klass", "name", "server")

    def __init__(self, name: str = "", klass: str = "", server: str = "") -> None:
        self.name = name
        self.klass = klass
        self.server = server

    @property
    def _class(self) -> str:
        return self.klass

    @_class.setter
    def _class(self, klass: str) -> None:
        self.klass = klass


class DbDevInfos(StdVector[DbDevInfo]):
    """A list of DbDevInfo."""


class DbDevImportInfo(Printable):
    """Where a device is: its IOR, if it is exported."""

    __slots__ = ("exported", "ior", "name", "version")

    def __init__(self, name: str = "", exported: int = 0, ior: str = "", version: str = "") -> None:
        self.name = name
        self.exported = exported
        self.ior = ior
        self.version = version


class DbDevImportInfos(StdVector[DbDevImportInfo]):
    """A list of DbDevImportInfo."""


class DbDevFullInfo(DbDevImportInfo):
    """All that the database knows of a device."""

    __slots__ = ("class_name", "ds_full_name", "host", "pid", "started_date", "stopped_date")

    def __init__(self) -> None:
        super().__init__()
        self.class_name = ""
        self.ds_full_name = ""
        self.host = ""
        self.pid = 0
        self.started_date = ""
        self.stopped_date = ""


class DbDevExportInfo(Printable):
    """A device as a server exports it."""

    __slots__ = ("host", "ior", "name", "pid", "version")

    def __init__(self) -> None:
        self.name = ""
        self.ior = ""
        self.host = ""
        self.version = ""
        self.pid = 0


class DbDevExportInfos(StdVector[DbDevExportInfo]):
    """A list of DbDevExportInfo."""


class DbServerInfo(Printable):
    """How a server is controlled by its host's Starter."""

    __slots__ = ("host", "level", "mode", "name")

    def __init__(self) -> None:
        self.name = ""
        self.host = ""
        self.mode = 0
        self.level = 0


class DbHistory:
    """One past value of a property."""

    __slots__ = ("_attribute", "_date", "_deleted", "_name", "_value")

    def __init__(self, *args: Any) -> None:
        if len(args) == 4:
            self._name, self._attribute, date, values = args
        elif len(args) == 3:
            self._attribute = ""
            self._name, date, values = args
        else:
            raise TypeError("DbHistory(name, date, values) or (name, attribute, date, values)")
        self._date = _shown(date)
        self._value = _vector(values)
        self._deleted = not self._value

    def get_name(self) -> str:
        """The property."""
        return str(self._name)

    def get_attribute_name(self) -> str:
        """The attribute that the property belongs to, if any."""
        return str(self._attribute)

    def get_date(self) -> str:
        """When the property got this value: ``29/11/2026 13:43:27``."""
        return self._date

    def get_value(self) -> DbDatum:
        """The value."""
        return DbDatum(self._name, self._value)

    def is_deleted(self) -> bool:
        """True if the property was deleted at that date."""
        return self._deleted


class DbHistoryList(StdVector[DbHistory]):
    """A list of DbHistory."""


def _shown(date: str) -> str:
    """The database's ``2026-11-29 13:43:27`` as C++ Tango shows it; anything else as it came."""
    found = re.match(r"(\d{4})-(\d{2})-(\d{2}) (\d{2}:\d{2}:\d{2})", date)
    return "{2}/{1}/{0} {3}".format(*found.groups()) if found else date


def _append_items(data: DbData, items: Mapping[str, Any]) -> None:
    for name, value in items.items():
        if isinstance(value, DbDatum):
            data.append(value)
        elif isinstance(value, bytes) or _is_sequence(value):
            # As in PyTango: bytes alone are a sequence of numbers; inside a sequence they become their repr.
            data.append(DbDatum(name, [str(item) for item in value]))
        else:
            data.append(DbDatum(name, [str(value)]))


def _as_text(value: Any) -> str:
    return text_of_value(value.decode("latin-1")) if isinstance(value, bytes) else str(value)


def _vector(values: Iterable[str | bytes]) -> StdStringVector:
    return StdStringVector(_as_text(value) for value in values)


def _is_sequence(value: Any) -> bool:
    return isinstance(value, (list, tuple, bytearray)) or (
        hasattr(value, "__array__") and getattr(value, "ndim", 0) > 0
    )


def db_data_of(value: Any, name: str = "value") -> DbData:
    """A DbData of whatever PyTango takes for one: a name, names, data, or a dictionary.

    A dictionary of dictionaries is taken as attributes with properties.
    """
    if isinstance(value, DbData):
        return value
    if isinstance(value, (DbDatum, str, bytes)):
        return DbData([DbDatum(value) if not isinstance(value, DbDatum) else value])
    if isinstance(value, Mapping):
        data = DbData()
        if value and isinstance(next(iter(value.values())), Mapping):
            for attribute, properties in value.items():
                data.append(DbDatum(attribute, [str(len(properties))]))
                _append_items(data, properties)
        else:
            _append_items(data, value)
        return data
    if _is_sequence(value):
        return DbData(item if isinstance(item, DbDatum) else DbDatum(item) for item in value)
    raise TypeError(
        f"{name} must be a str, tango.DbDatum, tango.DbData, a sequence<DbDatum>, "
        "a sequence<str> or a dictionary"
    )


def dict_of_db_data(data: DbData, into: dict[str, Any] | None = None) -> dict[str, Any]:
    """The names and values of a DbData as a dictionary."""
    found = {} if into is None else into
    for datum in data:
        found[datum.name] = datum.value_string
    return found
