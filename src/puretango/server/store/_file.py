"""A server's configuration in a property file (``-file=PATH``), as Tango's tools write them.

::

    PowerSupply/test/DEVICE/PowerSupply: "a/power/1",\\
                                         "a/power/2"
    a/power/1->host: "ps1"
    a/power/1/current->unit: "A"
    CLASS/PowerSupply->timeout: 3
    CLASS/PowerSupply/current->label: "Current"
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from puretango.errors import DevFailed
from puretango.server.base._failure import throw
from puretango.server.store._store import Store, Texts, as_texts

if TYPE_CHECKING:
    from puretango.client import PropertyFile
    from puretango.server.base._ports import Host


class FileStore(Store):
    """Reads a property file at the server's start, and writes each change through.

    Other contents of the file (other servers, free objects) stay, and so do changes that other
    programs make in it meanwhile.
    """

    lists_devices = True

    def __init__(self, server: Host, path: str) -> None:
        super().__init__()
        self._server = server
        self._path = path
        self._names: dict[str, Texts] = {}
        self._file: PropertyFile

    def begin(self) -> None:
        """Read the file."""
        from puretango.client import PropertyFile

        try:
            self._file = file = PropertyFile(self._path)
        except DevFailed as failure:
            raise throw(
                "API_DatabaseFileError",
                f"FILEDATABASE could not open file {self._path}: {failure.errors[0].desc}",
                "FileDatabase::FileDatabase",
            ) from failure
        devices = file.servers.get(self._server.server_id, {})
        self._names = {name.lower(): list(values) for name, values in devices.items()}
        self._device = {name: _by_key(own) for name, own in file.properties["device"].items()}
        self._class = {name: _by_key(own) for name, own in file.properties["class"].items()}
        self._attribute = _members(file.attributes["device"])
        self._class_attribute = _members(file.attributes["class"])

    def device_names(self, class_name: str) -> Texts:
        return self._names.get(class_name.lower(), [])

    # -- writing -----------------------------------------------------------------------------------------

    def put_device_property(self, device: str, name: str, value: Any) -> None:
        with self._file.changing():
            self._file.own_properties("device", device)[name] = as_texts(value)
        super().put_device_property(device, name, value)

    def delete_device_property(self, device: str, name: str) -> None:
        with self._file.changing():
            self._file.own_properties("device", device).pop(name)
        super().delete_device_property(device, name)

    def put_attribute_properties(
        self,
        device: str,
        attribute: str,
        put: Mapping[str, Sequence[str]],
        delete: Sequence[str] = (),
    ) -> None:
        self._change_attributes(device, {attribute: put}, delete)
        super().put_attribute_properties(device, attribute, put, delete)

    def memorize(self, device: str, texts: Mapping[str, str]) -> None:
        table = {attribute: {"__value": [text]} for attribute, text in texts.items()}
        self._change_attributes(device, table)
        for attribute, put in table.items():
            super().put_attribute_properties(device, attribute, put)

    def _change_attributes(
        self,
        device: str,
        table: Mapping[str, Mapping[str, Sequence[str]]],
        delete: Sequence[str] = (),
    ) -> None:
        with self._file.changing():
            for attribute, put in table.items():
                own = self._file.attribute_properties("device", device, attribute)
                for name, values in put.items():
                    own[name] = list(values)
                for name in delete:
                    own.pop(name)

    def delete_attribute(self, device: str, attribute: str) -> None:
        with self._file.changing():
            self._file.attributes["device"].get(device, {}).pop(attribute, None)
        super().delete_attribute(device, attribute)


def _by_key(properties: Mapping[str, Texts]) -> dict[str, Texts]:
    return {name.lower(): list(values) for name, values in properties.items()}


def _members(table: Mapping[str, Mapping[str, Mapping[str, Texts]]]) -> Any:
    return {
        owner.lower(): {member.lower(): _by_key(own) for member, own in members.items()}
        for owner, members in table.items()
    }
