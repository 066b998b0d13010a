"""A server that lives with the database: its configuration and exports go to the store directly."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from puretango.server import Server, ServerStore
from puretango.store import Properties, Store

__all__ = ["OwnStore"]

Texts = list[str]


class OwnStore(ServerStore):
    """A server's configuration, read from the store and not over the network."""

    def __init__(self, server: Server, store: Store) -> None:
        super().__init__()
        self._server = server
        self._sql = store

    def read_device(self, name: str) -> Mapping[str, Texts]:
        """All properties of a device, by lower-case name."""
        return _named(self._sql.device_properties, name)

    def read_class(self, name: str) -> Mapping[str, Texts]:
        """All properties of a class, by lower-case name."""
        return _named(self._sql.class_properties, name)

    def read_attributes(self, device: str) -> Mapping[str, Mapping[str, Texts]]:
        """The attribute properties of a device, by lower-case attribute and property name."""
        return _members(self._sql.device_attributes, device)

    def read_class_attributes(self, name: str) -> Mapping[str, Mapping[str, Texts]]:
        """The attribute properties of a class, by lower-case attribute and property name."""
        return _members(self._sql.class_attributes, name)

    def export(self, device: Any) -> None:
        """Note where a device is."""
        self._sql.devices.export(
            device.get_name(),
            self._server.ior(device),
            self._server.host_name,
            os.getpid(),
            str(device.get_dev_idl_version()),
        )

    def unexport(self, device: Any) -> None:
        """Note that a device is gone."""
        self._sql.devices.unexport(device.get_name())

    def unexport_all(self) -> None:
        """Note that the server is gone."""
        self._sql.devices.unexport_server(self._server.server_id)

    def put_device_property(self, device: str, name: str, value: Any) -> None:
        """Write one property of a device."""
        self._sql.device_properties.put((device,), name, self.texts_of(value))

    def delete_device_property(self, device: str, name: str) -> None:
        """Delete one property of a device."""
        self._sql.device_properties.delete((device,), name)

    def put_attribute_properties(
        self,
        device: str,
        attribute: str,
        put: Mapping[str, Sequence[str]],
        delete: Sequence[str] = (),
    ) -> None:
        """Write and delete properties of an attribute."""
        properties = self._sql.device_attributes
        with self._sql.change():
            for name, texts in put.items():
                properties.put((device, attribute), name, texts)
            for name in delete:
                properties.delete((device, attribute), name)

    def delete_attribute(self, device: str, attribute: str) -> None:
        """Forget all properties of an attribute."""
        self._sql.device_attributes.delete_member((device, attribute))


def _named(properties: Properties, owner: str) -> dict[str, Texts]:
    return {name.lower(): values for _, name, values in properties.of_owner(owner)}


def _members(properties: Properties, owner: str) -> dict[str, dict[str, Texts]]:
    found: dict[str, dict[str, Texts]] = {}
    for (member,), name, values in properties.of_owner(owner):
        found.setdefault(member.lower(), {})[name.lower()] = values
    return found
