"""MariaDB's functions for SQLite: those that clients of a Tango database use in their SELECTs."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

from puretango.store.engines._mysqltext import PREFIX

__all__ = ["add_functions"]

_NESTED = re.compile(r"[*+}]\)+[*+{]")
"""A repetition of a repetition, which may take practically for ever to match."""


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    if _NESTED.search(pattern):
        raise ValueError("a repetition within a repetition")
    # As in MariaDB's collation, case does not matter.
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


def _regexp(pattern: Any, value: Any) -> int | None:
    if pattern is None or value is None:
        return None
    return int(_compiled(str(pattern)).search(str(value)) is not None)


def _text(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: NULL if an argument is, as in nearly all of MariaDB's functions."""

    def call(*arguments: Any) -> Any:
        return None if None in arguments else function(*arguments)

    return call


def _substring_index(text: Any, delimiter: Any, count: int) -> str:
    parts = str(text).split(str(delimiter))
    kept = parts[:count] if count >= 0 else parts[count:]
    return str(delimiter).join(kept)


def _locate(wanted: Any, text: Any, start: int = 1) -> int:
    return str(text).lower().find(str(wanted).lower(), start - 1) + 1


def _time(value: Any) -> datetime:
    return datetime.fromisoformat(str(value))


_FORMATS = {"i": "%M", "s": "%S", "S": "%S", "T": "%H:%M:%S", "M": "%B", "W": "%A", "e": "%-d"}


def _date_format(value: Any, pattern: Any) -> str:
    def word(found: re.Match[str]) -> str:
        return _FORMATS.get(found[1], f"%{found[1]}")

    return _time(value).strftime(re.sub(r"%(.)", word, str(pattern)))


def _now() -> str:
    return datetime.now().isoformat(" ", "seconds")


def _concat_ws(separator: Any, *texts: Any) -> str | None:
    if separator is None:
        return None
    return str(separator).join(str(text) for text in texts if text is not None)


def _unix_timestamp(*value: Any) -> int:
    return int((_time(value[0]) if value else datetime.now()).timestamp())


def _find_in_set(wanted: Any, texts: Any) -> int:
    found = str(texts).split(",")
    return found.index(str(wanted)) + 1 if str(wanted) in found else 0


def _field(wanted: Any, *texts: Any) -> int:
    return texts.index(wanted) + 1 if wanted in texts else 0


_FUNCTIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "regexp": (2, _regexp),
    "concat": (-1, _text(lambda *texts: "".join(map(str, texts)))),
    "concat_ws": (-1, _concat_ws),
    f"{PREFIX}left": (2, _text(lambda text, count: str(text)[: max(0, count)])),
    f"{PREFIX}right": (2, _text(lambda text, count: str(text)[-count:] if count > 0 else "")),
    f"{PREFIX}if": (3, lambda test, yes, no: yes if test else no),
    f"{PREFIX}replace": (3, _text(lambda text, old, new: str(text).replace(str(old), str(new)))),
    f"{PREFIX}database": (0, lambda: "tango"),
    f"{PREFIX}user": (0, lambda: "tango@localhost"),
    "version": (0, lambda: "puretango"),
    "substring_index": (3, _text(_substring_index)),
    "locate": (-1, _text(_locate)),
    "lcase": (1, _text(lambda text: str(text).lower())),
    "ucase": (1, _text(lambda text: str(text).upper())),
    "char_length": (1, _text(lambda text: len(str(text)))),
    "character_length": (1, _text(lambda text: len(str(text)))),
    "reverse": (1, _text(lambda text: str(text)[::-1])),
    "mid": (3, _text(lambda text, start, count: str(text)[start - 1 : start - 1 + count])),
    "strcmp": (2, _text(lambda one, two: (str(one) > str(two)) - (str(one) < str(two)))),
    "isnull": (1, lambda value: int(value is None)),
    "field": (-1, _field),
    "find_in_set": (2, _text(_find_in_set)),
    "greatest": (-1, _text(max)),
    "least": (-1, _text(min)),
    "floor": (1, _text(lambda value: int(value // 1))),
    "ceiling": (1, _text(lambda value: int(-(-value // 1)))),
    "now": (0, _now),
    "sysdate": (0, _now),
    "curdate": (0, lambda: _now()[:10]),
    "curtime": (0, lambda: _now()[11:]),
    "unix_timestamp": (-1, _text(_unix_timestamp)),
    "from_unixtime": (
        1,
        _text(lambda value: datetime.fromtimestamp(value).isoformat(" ", "seconds")),
    ),
    "date_format": (2, _text(_date_format)),
    "year": (1, _text(lambda value: _time(value).year)),
    "month": (1, _text(lambda value: _time(value).month)),
    "day": (1, _text(lambda value: _time(value).day)),
    "hour": (1, _text(lambda value: _time(value).hour)),
    "minute": (1, _text(lambda value: _time(value).minute)),
    "second": (1, _text(lambda value: _time(value).second)),
    "md5": (1, _text(lambda text: hashlib.md5(str(text).encode()).hexdigest())),
}


def add_functions(connection: sqlite3.Connection) -> None:
    """Give a connection MariaDB's functions."""
    for name, (count, function) in _FUNCTIONS.items():
        connection.create_function(name, count, function)
