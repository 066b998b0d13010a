"""A SELECT written for MariaDB, as clients of a Tango database send it, translated for SQLite.

Strings (backslash escapes, double quotes), REGEXP and RLIKE, LIKE's escape, ``&&`` and ``||``,
``tango.device``, functions that are keywords. Anything else goes through as it is.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from typing import NamedTuple

__all__ = ["in_sqlite_words"]

_TOKEN = re.compile(
    r"""(?P<space>\s+|\#[^\n]*|--\s[^\n]*|/\*.*?\*/)
      | (?P<string>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*")
      | (?P<name>`[^`]*`)
      | (?P<word>[A-Za-z_$][\w$]*)
      | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)
      | (?P<sign>&&|\|\||<=>|[!<>:]=|<>|<<|>>|.)""",
    re.VERBOSE | re.DOTALL,
)

_WORDS = {"rlike": "REGEXP", "xor": "<>", "div": "/"}
_SIGNS = {"&&": "AND", "||": "OR", "<=>": "IS"}
_FUNCTIONS = {"left", "right", "if", "replace", "insert", "database", "user"}
"""Functions whose names are SQLite's keywords, or that it lacks: called with a prefix."""

PREFIX = "mysql_"
_DROPPED = {"binary", "sql_no_cache", "sql_cache", "high_priority", "straight_join"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "Z": "\x1a"}


class _Token(NamedTuple):
    kind: str
    text: str


def in_sqlite_words(sql: str) -> str:
    """The text for SQLite, which refuses any remaining syntax of MariaDB's own."""
    tokens = [
        _Token(found.lastgroup or "", found[0])
        for found in _TOKEN.finditer(sql)
        if found.lastgroup != "space"
    ]
    return " ".join(_translated(tokens))


def _translated(tokens: list[_Token]) -> Iterator[str]:
    place = 0
    while place < len(tokens):
        kind, text = tokens[place]
        following = tokens[place + 1].text if place + 1 < len(tokens) else ""
        place += 1
        lower = text.lower()
        if kind == "string":
            yield _string(text)
        elif kind == "sign":
            yield _SIGNS.get(text, text)
        elif kind != "word" or lower in _DROPPED:
            if kind != "word":
                yield text
        elif lower == "tango" and following == ".":
            place += 1  # Tango's own schema: there is no other one here
        elif following == "(" and lower in _FUNCTIONS:
            yield PREFIX + lower
        elif lower == "like":
            yield "LIKE"
            place = yield from _pattern(tokens, place)
        else:
            yield _WORDS.get(lower, text)


def _pattern(tokens: list[_Token], place: int) -> Generator[str, None, int]:
    """The pattern after LIKE, whose escape character is the backslash unless another is given."""
    while place < len(tokens) and tokens[place].text.lower() in _DROPPED:
        place += 1
    if place < len(tokens) and tokens[place].kind == "string":
        yield _string(tokens[place].text)
        place += 1
        if place >= len(tokens) or tokens[place].text.lower() != "escape":
            yield "ESCAPE '\\'"
    return place


def _string(text: str) -> str:
    body = text[1:-1].replace(text[0] * 2, text[0])
    body = re.sub(r"\\(.)", _unescaped, body, flags=re.DOTALL)
    return "'" + body.replace("'", "''") + "'"


def _unescaped(found: re.Match[str]) -> str:
    # In a pattern `\%` and `\_` mean the characters: MariaDB leaves these two to LIKE.
    return found[0] if found[1] in "%_" else _ESCAPES.get(found[1], found[1])
