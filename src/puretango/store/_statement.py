"""SQL statements written with SQLAlchemy Core, each compiled once per dialect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql import ClauseElement

__all__ = ["Compiled", "Statement", "exactly", "like_pattern"]

Arguments = Callable[[Mapping[str, object]], tuple[object, ...]]
Compiled = tuple[str, Arguments]

ESCAPE = "|"
"""The escape character of every LIKE (a backslash has a meaning of its own in MariaDB's strings)."""


class Statement:
    """A Core statement and its compiled text per dialect.

    Executing through SQLAlchemy's Connection costs some 60 microseconds per statement, six times
    what SQLite needs for the work; so Core writes the SQL and the driver executes it.
    """

    __slots__ = ("_compiled", "clause")

    def __init__(self, clause: ClauseElement) -> None:
        self.clause = clause
        self._compiled: dict[str, Compiled] = {}

    def compiled(self, dialect: Dialect) -> Compiled:
        """The SQL text for the dialect, and a function from named to positional parameters."""
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compiled[dialect.name] = self._compile(dialect)
        return found

    def _compile(self, dialect: Dialect) -> Compiled:
        compiled = self.clause.compile(dialect=dialect)
        # positiontup is what every positional dialect's compiler keeps; Core's types hide it.
        names: list[str] = list(getattr(compiled, "positiontup", None) or ())
        defaults = compiled.params
        order = [(name, defaults[name]) for name in names]

        def arguments(given: Mapping[str, Any]) -> tuple[object, ...]:
            return tuple([given.get(name, default) for name, default in order])

        return str(compiled), arguments


def exactly(pattern: str) -> bool:
    """True if the pattern has no wildcard, so that an equality finds the same rows faster."""
    return "*" not in pattern


def like_pattern(pattern: str) -> str:
    """Tango's wildcard ``*`` as a LIKE pattern; SQL's own wildcards are plain characters."""
    for special in (ESCAPE, "%", "_"):
        pattern = pattern.replace(special, ESCAPE + special)
    return pattern.replace("*", "%")
