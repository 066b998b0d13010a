"""Attributes and their generations in PostgreSQL: HDB++'s att_conf, and our tables beside it."""

from __future__ import annotations

from typing import Any

from puretango.archive.postgres._schema import table_of
from puretango.archive.postgres._text import instant
from puretango.archive.sample import Generation, Kind
from puretango.values import CmdArgType

__all__ = ["Names", "generations", "hdbpp_generation"]

_GENERATIONS = (
    "SELECT g.id, c.att_name, g.number, g.type, g.format, g.access, g.labels, g.since, g.att_conf_id"
    " FROM puretango.generation g JOIN att_conf c USING (att_conf_id)"
)
_FORMATS = {"SCALAR": 0, "SPECTRUM": 1, "IMAGE": 2}
_ACCESS = {"READ": 0, "READ_WITH_WRITE": 1, "WRITE": 2, "READ_WRITE": 3}


def generations(connection: Any, name: str | None = None) -> list[tuple[Generation, int]]:
    """Generations with their att_conf_id, the oldest first; those of one attribute, or all."""
    if name is None:
        rows = connection.execute(f"{_GENERATIONS} ORDER BY g.id").fetchall()
    else:
        query = f"{_GENERATIONS} WHERE c.att_name = %s ORDER BY g.number"
        rows = connection.execute(query, (name,)).fetchall()
    return [
        (
            Generation(row[0], row[1], row[2], Kind(row[3], row[4], row[5], tuple(row[6])), row[7]),
            row[8],
        )
        for row in rows
    ]


def hdbpp_generation(connection: Any, name: str) -> list[tuple[Generation, int]]:
    """An attribute that only HDB++ has archived, as a generation whose number is negative; [] if none."""
    row = connection.execute(
        "SELECT att_conf_id, type_num, format, write FROM att_conf"
        " JOIN att_conf_type USING (att_conf_type_id)"
        " JOIN att_conf_format USING (att_conf_format_id)"
        " JOIN att_conf_write USING (att_conf_write_id) WHERE att_name = %s",
        (name,),
    ).fetchone()
    if row is None:
        return []
    kind = Kind(CmdArgType(row[1]).name, row[2], row[3])
    return [(Generation(-row[0], name, 1, kind, 0), row[0])]


class Names:
    """What a store knows of its attributes.

    Attributes:
        newest: The newest generation by name.
        attributes: att_conf_id by name.
        by_id: Generation and att_conf_id by the generation's number.
    """

    def __init__(self) -> None:
        self.newest: dict[str, Generation] = {}
        self.attributes: dict[str, int] = {}
        self.by_id: dict[int, tuple[Generation, int]] = {}
        self._events: dict[str, int] = {}

    def load(self, connection: Any) -> None:
        """Read the existing ones."""
        for generation, attribute in generations(connection):
            self.newest[generation.name] = generation
            self.attributes[generation.name] = attribute
            self.by_id[generation.id] = (generation, attribute)

    def keep(self, generation: Generation, attribute: int) -> None:
        """Remember a generation and its att_conf_id, which are in the database."""
        self.newest[generation.name] = generation
        self.attributes[generation.name] = attribute
        self.by_id[generation.id] = (generation, attribute)

    def add(
        self, connection: Any, name: str, kind: Kind, since: int
    ) -> tuple[Generation, int, Generation | None]:
        """A generation and its att_conf_id, in a transaction; and the one before if the kind has changed."""
        known = [generation for generation, _ in generations(connection, name)]
        if known and known[-1].kind == kind:
            return known[-1], self._attribute(connection, name, kind), None
        attribute = self._attribute(connection, name, kind)
        before = known[-1] if known else None
        number = before.number + 1 if before else 1
        if before is None:
            self.history(connection, attribute, "add", since)
        added = connection.execute(
            "INSERT INTO puretango.generation (att_conf_id, number, since, type, format, access,"
            " labels) VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id",
            (attribute, number, since, kind.type, kind.format, kind.access, list(kind.labels)),
        ).fetchone()[0]
        return Generation(added, name, number, kind, since), attribute, before

    def _attribute(self, connection: Any, name: str, kind: Kind) -> int:
        """The att_conf_id of an attribute, whose row then says this kind."""
        host, domain, family, member, last = _parts(name)
        kinds = [_number(connection, "type", _tango_number(kind))]
        kinds.append(_number(connection, "format", _FORMATS[kind.format]))
        kinds.append(_number(connection, "write", _ACCESS[kind.access]))
        ttl = connection.execute(
            "SELECT ttl FROM puretango.attribute WHERE name = %s", (name,)
        ).fetchone()
        row = connection.execute(
            "INSERT INTO att_conf (att_name, att_conf_type_id, att_conf_format_id,"
            " att_conf_write_id, table_name, cs_name, domain, family, member, name, ttl)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (att_name) DO UPDATE"
            " SET att_conf_type_id = excluded.att_conf_type_id,"
            " att_conf_format_id = excluded.att_conf_format_id,"
            " att_conf_write_id = excluded.att_conf_write_id, table_name = excluded.table_name"
            " RETURNING att_conf_id",
            (name, *kinds, table_of(kind), host, domain, family, member, last, ttl and ttl[0]),
        ).fetchone()
        return int(row[0])

    def history(self, connection: Any, attribute: int, event: str, at: int) -> None:
        """A line of att_history."""
        number = self._events.get(event)
        if number is None:
            number = self._events[event] = connection.execute(
                "SELECT att_history_event_id FROM att_history_event WHERE event = %s", (event,)
            ).fetchone()[0]
        connection.execute(
            "INSERT INTO att_history (att_conf_id, att_history_event_id, event_time)"
            " VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            (attribute, number, instant(at // 1000)),
        )


def _tango_number(kind: Kind) -> int:
    return int(CmdArgType[kind.type])


def _number(connection: Any, what: str, tango: int) -> int:
    row = connection.execute(
        f"SELECT att_conf_{what}_id FROM att_conf_{what} WHERE {what}_num = %s", (tango,)
    ).fetchone()
    return int(row[0])


def _parts(name: str) -> tuple[str, str, str, str, str]:
    """Control system, domain, family, member and attribute of a full name."""
    plain = name.partition("#")[0].removeprefix("tango://")
    parts = plain.split("/")
    host, rest = (parts[0], parts[1:]) if ":" in parts[0] else ("", parts)
    rest += [""] * (4 - len(rest))
    return host, rest[0], rest[1], rest[2], rest[3]
