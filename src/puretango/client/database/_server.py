"""DbServerData: a whole device server as the database has it, to be copied to another database."""

from __future__ import annotations

from dataclasses import dataclass, field

from puretango.client.database._database import Database
from puretango.client.database.calls._data import DbDevInfo
from puretango.errors import DevFailed

__all__ = ["DbServerData"]

Properties = dict[str, list[str]]
AttributeProperties = dict[str, Properties]


@dataclass
class _Owner:
    """A class or device with its properties and those of its attributes."""

    name: str
    properties: Properties = field(default_factory=dict)
    attributes: AttributeProperties = field(default_factory=dict)


class DbServerData:
    """Classes, devices and properties of a server."""

    def __init__(self, server: str, instance: str, database: Database | None = None) -> None:
        self._name = f"{server}/{instance}"
        source = Database() if database is None else database
        self._classes: dict[str, _Owner] = {}
        self._devices: dict[str, list[_Owner]] = {}
        for class_name in source.get_server_class_list(self._name):
            self._classes[class_name] = _class_of(source, class_name)
            self._devices[class_name] = [
                _device_of(source, device)
                for device in source.get_device_name(self._name, class_name)
            ]

    def get_name(self) -> str:
        """The server's name with its instance."""
        return self._name

    def already_exist(self, tango_host: str) -> bool:
        """True if the other database has this server or one of its devices."""
        target = _database(tango_host)
        if len(target.get_server_list(self._name)):
            return True
        return any(
            len(target.get_device_member(device.name))
            for devices in self._devices.values()
            for device in devices
        )

    def put_in_database(self, tango_host: str) -> None:
        """Write the server with all its properties to another database."""
        target = _database(tango_host)
        infos = [
            DbDevInfo(device.name, class_name, self._name)
            for class_name, devices in self._devices.items()
            for device in devices
        ]
        target.add_server(self._name, infos, with_dserver=True)
        for owner in self._classes.values():
            if owner.properties:
                target.put_class_property(owner.name, owner.properties)
            if owner.attributes:
                target.put_class_attribute_property(owner.name, owner.attributes)
        for devices in self._devices.values():
            for device in devices:
                if device.properties:
                    target.put_device_property(device.name, device.properties)
                if device.attributes:
                    target.put_device_attribute_property(device.name, device.attributes)

    def remove(self, tango_host: str | None = None) -> None:
        """Delete the server from a database."""
        target = Database() if tango_host is None else _database(tango_host)
        for devices in self._devices.values():
            for device in devices:
                target.delete_device(device.name)
        target.delete_server(self._name)


def _database(tango_host: str) -> Database:
    host, _, port = tango_host.rpartition(":")
    if not host or not port.isdigit():
        raise DevFailed.make(
            "API_TangoHostNotSet",
            f"Cannot parse TANGO_HOST {tango_host}: host:port is wanted",
            "DbServerData",
        )
    return Database(host, int(port))


def _class_of(source: Database, name: str) -> _Owner:
    names = list(source.get_class_property_list(name))
    attributes = list(source.get_class_attribute_list(name, "*"))
    return _Owner(
        name,
        source.get_class_property(name, names) if names else {},
        source.get_class_attribute_property(name, attributes) if attributes else {},
    )


def _device_of(source: Database, name: str) -> _Owner:
    names = list(source.get_device_property_list(name, "*"))
    attributes: list[str] = []
    source.get_device_attribute_list(name, attributes)
    return _Owner(
        name,
        source.get_device_property(name, names) if names else {},
        source.get_device_attribute_property(name, attributes) if attributes else {},
    )
