"""HDB++'s tables as its TimescaleDB library has them, and a schema of our own beside them.

HDB++'s part follows its documentation: the same tables, columns, keys and indexes, so that its
readers and SQL find what they expect. What HDB++ has no place for (gaps with an end, generations, which
archiver is running) is in the schema ``puretango``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puretango.archive.sample import ArchiveError, StoreTooNew

if TYPE_CHECKING:
    from puretango.archive.sample import Kind

__all__ = ["VERSION", "create", "table_of"]

VERSION = 1

# The tables' types by Tango's: the end of a table's name, its column type, Tango's number, its comment.
_TYPES = (
    ("DevBoolean", "boolean", 1, "Boolean"),
    ("DevUChar", "uchar", 22, "UChar"),
    ("DevShort", "smallint", 2, "Short"),
    ("DevUShort", "ushort", 6, "UShort"),
    ("DevLong", "integer", 3, "Long"),
    ("DevULong", "ulong", 7, "ULong"),
    ("DevLong64", "bigint", 23, "Long64"),
    ("DevULong64", "ulong64", 24, "ULong64"),
    ("DevFloat", "real", 4, "Float"),
    ("DevDouble", "double precision", 5, "Double"),
    ("DevString", "text", 8, "String"),
    ("DevState", "integer", 19, "State"),
    ("DevEncoded", "bytea", 28, "DevEncoded"),
    ("DevEnum", "smallint", 29, "Enum"),
)
_DOMAINS = (
    ("uchar", 3, 255),
    ("ushort", 5, 65535),
    ("ulong", 10, 4294967295),
    ("ulong64", 20, 18446744073709551615),
)
_TYPE_NAMES = (
    "BOOLEAN:1 SHORT:2 LONG:3 FLOAT:4 DOUBLE:5 USHORT:6 ULONG:7 STRING:8 STATE:19 UCHAR:22 LONG64:23"
    " ULONG64:24 ENCODED:28 ENUM:29"
)
_FORMATS = "SCALAR:0 SPECTRUM:1 IMAGE:2"
_ACCESS = "READ:0 READ_WITH_WRITE:1 WRITE:2 READ_WRITE:3"
_EVENTS = ("add", "remove", "start", "stop", "crash", "pause", "insert_param", "update_ttl")

_CONFIGURATION = """
CREATE TABLE IF NOT EXISTS att_conf (
    att_conf_id serial PRIMARY KEY,
    att_name text NOT NULL UNIQUE,
    att_conf_type_id smallint NOT NULL REFERENCES att_conf_type (att_conf_type_id),
    att_conf_format_id smallint NOT NULL REFERENCES att_conf_format (att_conf_format_id),
    att_conf_write_id smallint NOT NULL REFERENCES att_conf_write (att_conf_write_id),
    table_name text NOT NULL,
    cs_name text NOT NULL DEFAULT '',
    domain text NOT NULL DEFAULT '',
    family text NOT NULL DEFAULT '',
    member text NOT NULL DEFAULT '',
    name text NOT NULL DEFAULT '',
    ttl int,
    hide boolean DEFAULT false);
CREATE TABLE IF NOT EXISTS att_history_event (
    att_history_event_id serial PRIMARY KEY,
    event text NOT NULL);
CREATE TABLE IF NOT EXISTS att_history (
    att_conf_id integer NOT NULL REFERENCES att_conf (att_conf_id),
    att_history_event_id integer NOT NULL REFERENCES att_history_event (att_history_event_id),
    event_time timestamp WITH TIME ZONE,
    details json,
    PRIMARY KEY (att_conf_id, event_time));
CREATE TABLE IF NOT EXISTS att_parameter (
    att_conf_id integer NOT NULL REFERENCES att_conf (att_conf_id),
    recv_time timestamp WITH TIME ZONE NOT NULL,
    label text NOT NULL DEFAULT '',
    unit text NOT NULL DEFAULT '',
    standard_unit text NOT NULL DEFAULT '',
    display_unit text NOT NULL DEFAULT '',
    format text NOT NULL DEFAULT '',
    archive_rel_change text NOT NULL DEFAULT '',
    archive_abs_change text NOT NULL DEFAULT '',
    archive_period text NOT NULL DEFAULT '',
    description text NOT NULL DEFAULT '',
    details json);
CREATE INDEX IF NOT EXISTS att_parameter_recv_time_idx ON att_parameter (recv_time);
CREATE INDEX IF NOT EXISTS att_parameter_att_conf_id_idx ON att_parameter (att_conf_id);
CREATE TABLE IF NOT EXISTS att_error_desc (
    att_error_desc_id serial PRIMARY KEY,
    error_desc text NOT NULL UNIQUE);
"""
_OWN = """
CREATE SCHEMA IF NOT EXISTS puretango;
CREATE TABLE IF NOT EXISTS puretango.meta (key text PRIMARY KEY, value bigint NOT NULL);
CREATE TABLE IF NOT EXISTS puretango.generation (
    id serial PRIMARY KEY,
    att_conf_id integer NOT NULL REFERENCES att_conf (att_conf_id),
    number integer NOT NULL,
    since bigint NOT NULL,
    type text NOT NULL,
    format text NOT NULL,
    access text NOT NULL,
    labels text[] NOT NULL,
    UNIQUE (att_conf_id, number));
CREATE TABLE IF NOT EXISTS puretango.attribute (
    name text PRIMARY KEY,
    ttl integer NOT NULL DEFAULT 0,
    archiver text NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS puretango.gap (
    id bigserial PRIMARY KEY,
    name text NOT NULL,
    kind text NOT NULL,
    start bigint NOT NULL,
    "end" bigint,
    count integer NOT NULL DEFAULT 0,
    text text NOT NULL DEFAULT '',
    UNIQUE (name, kind, start));
CREATE INDEX IF NOT EXISTS gap_at ON puretango.gap (name, start);
"""


def table_of(kind: Kind) -> str:
    """The table of a kind's samples."""
    return f"att_{'scalar' if kind.is_scalar else 'array'}_{kind.type.lower()}"


def create(connection: Any) -> None:
    """Make the missing tables, in one transaction.

    Raises:
        StoreTooNew: A later release has made the schema ``puretango``.
        ArchiveError: The database refuses.
    """
    import psycopg

    try:
        with connection.transaction():
            if _is_there(connection):
                return
            _create(connection)
        _make_hypertables(connection)
    except psycopg.Error as error:
        raise ArchiveError(f"the tables cannot be made: {error}") from error


def _is_there(connection: Any) -> bool:
    known = connection.execute("SELECT to_regclass('puretango.meta')").fetchone()[0]
    if known is None:
        return False
    row = connection.execute("SELECT value FROM puretango.meta WHERE key = 'version'").fetchone()
    if row is not None and row[0] > VERSION:
        raise StoreTooNew(
            f"the database's schema puretango has version {row[0]}; this puretango knows up to"
            f" {VERSION}: use a later release"
        )
    return row is not None


def _create(connection: Any) -> None:
    for name, digits, highest in _DOMAINS:
        known = connection.execute("SELECT to_regtype(%s)", (name,)).fetchone()[0]
        if known is None:
            connection.execute(
                f"CREATE DOMAIN {name} AS numeric({digits}) CHECK (VALUE >= 0 AND VALUE <= {highest})"
            )
    _create_names(connection, "type", _TYPE_NAMES, "DEV_")
    _create_names(connection, "format", _FORMATS, "")
    _create_names(connection, "write", _ACCESS, "")
    connection.execute(_CONFIGURATION)
    for event in _EVENTS:
        connection.execute(
            "INSERT INTO att_history_event (event) SELECT %s::text"
            " WHERE NOT EXISTS (SELECT 1 FROM att_history_event WHERE event = %s)",
            (event, event),
        )
    for tango, column, _, comment in _TYPES:
        _create_table(connection, "scalar", tango, column, comment)
        _create_table(connection, "array", tango, f"{column}[]", comment)
    connection.execute(_OWN)
    connection.execute("INSERT INTO puretango.meta VALUES ('version', %s)", (VERSION,))


def _create_names(connection: Any, what: str, names: str, prefix: str) -> None:
    """att_conf_type, att_conf_format, att_conf_write: Tango's numbers with their names."""
    table = f"att_conf_{what}"
    connection.execute(
        f"CREATE TABLE IF NOT EXISTS {table} ({table}_id serial PRIMARY KEY,"
        f" {what} text NOT NULL, {what}_num smallint NOT NULL)"
    )
    for pair in names.split():
        name, number = pair.split(":")
        connection.execute(
            f"INSERT INTO {table} ({what}, {what}_num) SELECT %s, %s"
            f" WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE {what}_num = %s)",
            (prefix + name, int(number), int(number)),
        )


def _create_table(connection: Any, form: str, tango: str, column: str, comment: str) -> None:
    table = f"att_{form}_{tango.lower()}"
    many = "[]" if form == "array" else ""
    labels = tango == "DevEnum"
    values = ", ".join(
        (f"value_{way}_label text{many}, " if labels else "") + f"value_{way} {column}"
        for way in ("r", "w")
    )
    connection.execute(
        f"CREATE TABLE IF NOT EXISTS {table} ("
        "att_conf_id integer NOT NULL REFERENCES att_conf (att_conf_id),"
        " data_time timestamp WITH TIME ZONE NOT NULL,"
        f" {values}, quality smallint,"
        " att_error_desc_id integer REFERENCES att_error_desc (att_error_desc_id), details json,"
        " PRIMARY KEY (att_conf_id, data_time))"
    )
    connection.execute(f"COMMENT ON TABLE {table} IS '{form.capitalize()} {comment} Values Table'")
    connection.execute(
        f"CREATE INDEX IF NOT EXISTS {table}_att_conf_id_idx ON {table} (att_conf_id)"
    )
    connection.execute(
        f"CREATE INDEX IF NOT EXISTS {table}_att_conf_id_data_time_idx"
        f" ON {table} (att_conf_id, data_time DESC)"
    )


def _make_hypertables(connection: Any) -> None:
    """With TimescaleDB the tables become hypertables, of 28 days a chunk (14 for scalar doubles)."""
    import psycopg

    there = connection.execute(
        "SELECT 1 FROM pg_available_extensions WHERE name = 'timescaledb'"
    ).fetchone()
    if there is None:
        return
    try:
        with connection.transaction():
            connection.execute("CREATE EXTENSION IF NOT EXISTS timescaledb CASCADE")
            tables = [f"att_{f}_{t[0].lower()}" for t in _TYPES for f in ("scalar", "array")]
            for table, column in [
                ("att_parameter", "recv_time"),
                *((t, "data_time") for t in tables),
            ]:
                days = 14 if table == "att_scalar_devdouble" else 28
                connection.execute(
                    f"SELECT create_hypertable('{table}', '{column}', chunk_time_interval =>"
                    f" interval '{days} day', create_default_indexes => FALSE, migrate_data => TRUE,"
                    " if_not_exists => TRUE)"
                )
    except psycopg.errors.InsufficientPrivilege:
        pass  # Plain tables are enough; the database's owner can turn them into hypertables later.
