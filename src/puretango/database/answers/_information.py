"""Commands about the database itself."""

from __future__ import annotations

import socket

from puretango.database.answers._answers import INCORRECT_ARGUMENTS, answers, refuse
from puretango.database.answers._devices import LongsStrings
from puretango.database.answers._initial import DATABASE_DEVICE
from puretango.errors import ProtocolError
from puretango.giop import parse_ior
from puretango.store import Store

__all__: list[str] = []


@answers("DbInfo")
def information(store: Store, argin: None = None) -> list[str]:
    with store.look():
        device = store.devices.named(DATABASE_DEVICE)
        found = [f"TANGO Database {DATABASE_DEVICE}", " "]
        since = "..." if device is None else device.started or "..."
        found += [f"Running since {since}", " "]
        for title, what in (
            ("Devices defined ", "devices"),
            ("Devices exported ", "exported"),
            ("Device servers defined ", "servers"),
            ("Device servers exported ", "servers exported"),
        ):
            found.append(f"{title} = {store.count(what)}")
        found.append(" ")
        for title, family in (
            ("Device", "property_device"),
            ("Class", "property_class"),
            ("Device attribute", "property_attribute_device"),
            ("Class attribute", "property_attribute_class"),
            ("Object", "property"),
        ):
            defined, past = store.count(family), store.count(f"{family}_hist")
            found.append(f"{title} properties defined  = {defined} [History lgth = {past}]")
    return found


@answers("DbMySqlSelect")
def free_select(store: Store, argin: str) -> LongsStrings:
    """The values, each with a flag (0 for NULL); then the numbers of rows and of columns."""
    _, semicolon, rest = argin.partition(";")
    if semicolon and rest:
        refuse(INCORRECT_ARGUMENTS, f"SQL command not valid: '{argin}'", "db_my_sql_select")
    command = argin if "select" in argin.lower() else f"SELECT {argin}"
    columns, rows = store.select(command)
    values = [value for row in rows for value in row]
    return (
        [*(int(value is not None) for value in values), len(rows), columns],
        ["" if value is None else str(value) for value in values],
    )


@answers("DbGetCSDbServerList")
def database_servers(store: Store, argin: None = None) -> list[str]:
    found: list[str] = []
    for text in store.devices.database_iors():
        try:
            profile = parse_ior(text).profile
        except ProtocolError:
            refuse(
                "DB_WrongIORForDbServer",
                "Wrong IOR in database for at least one of the database server(s)",
                "db_get_csdb_server_list",
            )
        found.append(f"{_host_name(profile.host)}:{profile.port}")
    return found


def _host_name(address: str) -> str:
    """The name of a host given by its address, if it has one."""
    try:
        return socket.getnameinfo((address, 0), socket.NI_NAMEREQD)[0]
    except OSError:
        return address
