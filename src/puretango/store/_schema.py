"""The tables, under the names of Tango's own schema so that one code serves both kinds of store."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

__all__ = ["EVERYBODY", "HISTORY_COUNTERS", "METADATA", "SCHEMA_VERSION", "table"]

SCHEMA_VERSION = 2
"""Version of the SQLite schema that this code reads and writes."""

METADATA = MetaData()

# Tango's names are case-insensitive: MariaDB's collations are so by themselves.
_NAME = String(255).with_variant(String(255, collation="NOCASE"), "sqlite")
_PART = String(85).with_variant(String(85, collation="NOCASE"), "sqlite")
_LONG = BigInteger().with_variant(Integer(), "sqlite")


def table(name: str) -> Table:
    """The table with this name."""
    return METADATA.tables[name]


def _table(name: str, *columns: Column[Any] | Index) -> Table:
    return Table(name, METADATA, *columns, mysql_engine="InnoDB")


def _stamps() -> list[Column[Any]]:
    return [
        Column("updated", DateTime, nullable=False),
        Column("accessed", DateTime, nullable=False),
        Column("comment", Text),
    ]


_table(
    "device",
    Column("name", _NAME, nullable=False),
    Column("alias", _NAME),
    Column("domain", _PART, nullable=False),
    Column("family", _PART, nullable=False),
    Column("member", _PART, nullable=False),
    Column("exported", Integer, default=0),
    Column("ior", Text),
    Column("host", _NAME, nullable=False),
    Column("server", _NAME, nullable=False),
    Column("pid", Integer, default=0),
    Column("class", _NAME, nullable=False),
    Column("version", String(8), nullable=False),
    Column("started", DateTime),
    Column("stopped", DateTime),
    Column("comment", Text),
    Index("device_name", "name"),
    Index("device_alias", "alias"),
    Index("device_server", "server"),
    Index("device_class", "class"),
)

_table(
    "event",
    Column("name", _NAME),
    Column("exported", Integer),
    Column("ior", Text),
    Column("host", _NAME),
    Column("server", _NAME),
    Column("pid", Integer),
    Column("version", String(8)),
    Column("started", DateTime),
    Column("stopped", DateTime),
    Index("event_name", "name"),
)

_table(
    "server",
    Column("name", _NAME, nullable=False),
    Column("host", _NAME, nullable=False),
    Column("mode", Integer, default=0),
    Column("level", Integer, default=0),
    Index("server_name", "name"),
)

_table(
    "attribute_alias",
    Column("alias", _NAME, nullable=False),
    Column("name", _NAME, nullable=False),
    Column("device", _NAME, nullable=False),
    Column("attribute", _NAME, nullable=False),
    *_stamps(),
    Index("attribute_alias_alias", "alias"),
    Index("attribute_alias_name", "name"),
)

_table(
    "attribute_class",
    Column("class", _NAME, nullable=False),
    Column("name", _NAME, nullable=False),
    *_stamps(),
)

_table(
    "access_address",
    Column("user", _NAME),
    Column("address", _NAME),
    Column("netmask", _NAME),
    Column("updated", DateTime, nullable=False),
    Column("accessed", DateTime, nullable=False),
)

_table(
    "access_device",
    Column("user", _NAME),
    Column("device", _NAME),
    Column("rights", _NAME),
    Column("updated", DateTime, nullable=False),
    Column("accessed", DateTime, nullable=False),
)


def _properties(name: str, *keys: str) -> None:
    """A table of properties and the table of their history."""
    # Tango's device properties also carry the parts of the device's name.
    parts = ("domain", "family", "member") if name == "property_device" else ()
    _table(
        name,
        *(Column(key, _NAME, nullable=False) for key in keys),
        Column("name", _NAME, nullable=False),
        *(Column(part, _NAME, nullable=False) for part in parts),
        Column("count", Integer, nullable=False),
        Column("value", Text),
        *_stamps(),
        Index(f"{name}_key", *keys, "name", "count"),
    )
    _table(
        f"{name}_hist",
        Column("id", _LONG, nullable=False),
        Column("date", DateTime, nullable=False),
        *(Column(key, _NAME, nullable=False) for key in keys),
        Column("name", _NAME, nullable=False),
        Column("count", Integer, nullable=False),
        Column("value", Text),
        Index(f"{name}_hist_id", "id"),
        Index(f"{name}_hist_key", *keys, "name"),
    )


_properties("property", "object")
_properties("property_class", "class")
_properties("property_device", "device")
_properties("property_attribute_class", "class", "attribute")
_properties("property_attribute_device", "device", "attribute")
_properties("property_pipe_class", "class", "pipe")
_properties("property_pipe_device", "device", "pipe")

HISTORY_COUNTERS = {
    "property": "object_history_id",
    "property_class": "class_history_id",
    "property_device": "device_history_id",
    "property_attribute_class": "class_attribute_history_id",
    "property_attribute_device": "device_attribute_history_id",
    "property_pipe_class": "class_pipe_history_id",
    "property_pipe_device": "device_pipe_history_id",
}
"""Table of properties → table whose only row is the number of the last history record."""

for _counter in HISTORY_COUNTERS.values():
    _table(_counter, Column("id", _LONG, nullable=False))

EVERYBODY = {
    "access_address": "INSERT INTO access_address (user, address, netmask, updated, accessed) "
    "VALUES ('*', '*.*.*.*', 'FF.FF.FF.FF', '2006-08-24 13:12:21', '2006-08-24 13:12:21')",
    "access_device": "INSERT INTO access_device (user, device, rights, updated, accessed) "
    "VALUES ('*', '*/*/*', 'write', '2006-08-24 13:12:21', '2006-08-24 13:12:21')",
}
"""What a new store's tables of rights hold: everybody may do everything from everywhere."""
