"""An archiver as a device server, with no further set-up: one event subscriber and its manager."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puretango.archive.devices._configuration import DEFAULT_CONTEXTS, line_of
from puretango.archive.devices._manager import HdbConfigurationManager
from puretango.archive.devices._subscriber import HdbEventSubscriber
from puretango.client import Database, DbDevInfo, DeviceProxy
from puretango.errors import DevFailed
from puretango.server import Server

if TYPE_CHECKING:
    from collections.abc import Mapping

    from puretango.archive.collecting import Settings

__all__ = ["SERVER", "archive_server", "introduce"]

SERVER = "HdbArchiver"


def archive_server(
    store: str,
    attributes: Mapping[str, Settings],
    *,
    name: str = "1",
    host: str = "127.0.0.1",
    port: int = 0,
    context: str = "",
    contexts: tuple[str, ...] = (),
) -> Server:
    """A server with the devices ``archive/es/NAME`` and ``archive/cm/NAME``, not yet started.

    With a database, the devices are defined in it if they are not there yet; without one, by themselves. A
    AttributeList that the database has stays; `attributes` are added to it.

    Args:
        store: The store's address.
        attributes: What to archive, by full name.
        name: The instance's name.
        host, port: Where to listen; 0 for any port.
        context: The context at the start.
        contexts: Lines ``NAME:description`` besides HDB++'s four.

    Raises:
        DevFailed: The database refuses.
    """
    subscriber, manager = f"archive/es/{name}", f"archive/cm/{name}"
    properties: dict[str, Any] = {
        "LibConfiguration": ["libname=puretango", f"store={store}"],
    }
    if contexts:
        properties["ContextsList"] = [*DEFAULT_CONTEXTS, *contexts]
    if context:
        properties["DefaultContext"] = context
    database = _database()
    if database is None:
        properties["AttributeList"] = [line_of(n, s) for n, s in attributes.items()]
        return Server(
            name,
            [HdbEventSubscriber, HdbConfigurationManager],
            server_name=SERVER,
            host=host,
            port=port,
            devices={"HdbEventSubscriber": [subscriber], "HdbConfigurationManager": [manager]},
            properties={subscriber: properties},
        )
    _define(database, name, subscriber, manager)
    known = database.get_device_property(subscriber, "AttributeList")["AttributeList"]
    lines = {line.split(";")[0].lower(): line for line in known}
    lines |= {n.lower(): line_of(n, s) for n, s in attributes.items()}
    properties["AttributeList"] = list(lines.values())
    database.put_device_property(subscriber, properties)
    database.put_device_property(manager, {"ArchiverList": [subscriber]})
    return Server(
        name,
        [HdbEventSubscriber, HdbConfigurationManager],
        server_name=SERVER,
        host=host,
        port=port,
        database=database,
    )


def introduce(server: Server) -> None:
    """Without a database, give a started server's manager the address of its subscriber."""
    if server.store.is_database:
        return
    name = server.instance_name
    manager: Any = DeviceProxy(server.access(f"archive/cm/{name}"))
    manager.command_inout("ArchiverAdd", server.access(f"archive/es/{name}"))


def _database() -> Any:
    try:
        return Database()
    except DevFailed:
        return None


def _define(database: Any, name: str, subscriber: str, manager: str) -> None:
    """Put the server into the database, unless it is there."""
    server = f"{SERVER}/{name}"
    devices = (
        ("DServer", f"dserver/{server}"),
        ("HdbEventSubscriber", subscriber),
        ("HdbConfigurationManager", manager),
    )
    for device_class, device in devices:
        database.add_device(DbDevInfo(device, device_class, server))
