"""Facility: what a control system's database holds, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from puretango.client import Database, DeviceProxy
from puretango.errors import DevFailed, PuretangoError
from puretango.lint.live import Polled, parse_polling
from puretango.model import ClassModel, model_of_device

__all__ = ["DeviceEntry", "Facility", "ServerEntry", "read_facility"]


@dataclass
class DeviceEntry:
    """A device's entry in the database, and its answers if it is exported."""

    name: str
    class_name: str = ""
    server: str = ""
    exported: bool = False
    answers: bool = False
    library: str = ""
    properties: dict[str, list[str]] = field(default_factory=dict)
    attribute_properties: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    polling: list[Polled] = field(default_factory=list)
    model: ClassModel | None = None


@dataclass
class ServerEntry:
    """A server: host, start-up level, whether a Starter controls it."""

    name: str
    host: str = ""
    level: int = 0
    controlled: bool = False
    devices: list[str] = field(default_factory=list)
    threads: int = 1


@dataclass
class Facility:
    """The contents of a database; ``models`` are those of sources that were given besides."""

    host: str
    devices: dict[str, DeviceEntry] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    servers: dict[str, ServerEntry] = field(default_factory=dict)
    class_properties: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    access_control: bool = False
    models: dict[str, ClassModel] = field(default_factory=dict)

    def model_of(self, device: DeviceEntry) -> ClassModel | None:
        """The class's model: that of a source, else that of a running device of the class."""
        own = self.models.get(device.class_name)
        if own is not None:
            return own
        if device.model is not None:
            return device.model
        same = (one.model for one in self.devices.values() if one.class_name == device.class_name)
        return next((one for one in same if one is not None), None)


_OWN = ("dserver/", "sys/database/", "tango/admin/", "sys/access_control/")


def read_facility(database: Database, timeout: float) -> Facility:
    """Ask the database, and each exported device whether it answers; nothing is written.

    ``timeout`` is in seconds for each device. Raises DevFailed if the database does not answer.
    """
    found = Facility(f"{database.get_db_host()}:{database.get_db_port()}")
    names = [str(one) for one in database.get_device_name("*", "*")]
    for name in names:
        if not name.lower().startswith("dserver/"):
            found.devices[name.lower()] = _device(database, name, timeout)
    for alias in database.get_device_alias_list("*"):
        try:
            found.aliases[str(alias)] = str(database.get_device_from_alias(str(alias)))
        except DevFailed:
            found.aliases[str(alias)] = ""
    for server in database.get_server_list("*"):
        found.servers[str(server)] = _server(database, str(server), found)
    for class_name in {one.class_name for one in found.devices.values()}:
        found.class_properties[class_name] = _properties(
            lambda n=class_name: database.get_class_property_list(n),
            lambda which, n=class_name: database.get_class_property(n, which),
        )
    found.access_control = _has_access_control(database)
    return found


def _device(database: Database, name: str, timeout: float) -> DeviceEntry:
    entry = DeviceEntry(name)
    try:
        info = database.get_device_info(name)
        entry.class_name = str(info.class_name)
        entry.server = str(info.ds_full_name)
        entry.exported = bool(info.exported)
    except DevFailed:
        return entry
    entry.properties = _properties(
        lambda: database.get_device_property_list(name, "*"),
        lambda which: database.get_device_property(name, which),
    )
    try:
        attributes: list[str] = []
        database.get_device_attribute_list(name, attributes)
        if attributes:
            got = database.get_device_attribute_property(name, attributes)
            entry.attribute_properties = {
                str(attribute): {str(key): [str(v) for v in value] for key, value in values.items()}
                for attribute, values in got.items()
            }
    except DevFailed:
        entry.attribute_properties = {}
    if entry.exported:
        where = f"{database.get_db_host()}:{database.get_db_port()}"
        _ask(entry, f"tango://{where}/{name}", timeout)
    return entry


def _ask(entry: DeviceEntry, full_name: str, timeout: float) -> None:
    try:
        proxy = DeviceProxy(full_name)
        proxy.set_timeout_millis(max(1, int(timeout * 1000)))
        proxy.ping()
        entry.answers = True
        entry.library = str(proxy.info().server_version)
        if not entry.name.lower().startswith(_OWN):
            entry.model = model_of_device(proxy)
            entry.polling = parse_polling([str(one) for one in proxy.polling_status()])
    except (PuretangoError, OSError):
        return


def _properties(names: Any, values: Any) -> dict[str, list[str]]:
    try:
        listed = [str(one) for one in names()]
        if not listed:
            return {}
        return {str(key): [str(one) for one in value] for key, value in values(listed).items()}
    except DevFailed:
        return {}


def _server(database: Database, name: str, found: Facility) -> ServerEntry:
    entry = ServerEntry(name)
    try:
        info = database.get_server_info(name)
        entry.host = str(info.host)
        entry.level = int(info.level)
        entry.controlled = bool(int(info.mode))
    except (DevFailed, ValueError):
        pass
    entry.devices = [
        one.name for one in found.devices.values() if one.server.lower() == name.lower()
    ]
    try:
        got = database.get_device_property(f"dserver/{name}", ["polling_threads_pool_size"])
        sizes = list(got.get("polling_threads_pool_size") or [])
        entry.threads = int(sizes[0]) if sizes else 1
    except (DevFailed, ValueError):
        entry.threads = 1
    return entry


def _has_access_control(database: Database) -> bool:
    try:
        services = database.get_property("CtrlSystem", ["Services"])
    except DevFailed:
        return False
    return any("AccessControl" in str(one) for one in services.get("Services") or [])
