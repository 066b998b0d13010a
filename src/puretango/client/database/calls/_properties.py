"""Properties of devices, classes and free objects, and of their attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from puretango.client.commands._typed import STRINGS, typed_command
from puretango.client.database.calls._call import DatabaseCalls, texts_of
from puretango.client.database.calls._data import DbData, DbDatum, db_data_of, dict_of_db_data
from puretango.client.database.calls._property import (
    read_attribute_properties,
    read_properties,
    write_attribute_properties,
    write_properties,
)
from puretango.client.green._green import blocking_core

if TYPE_CHECKING:
    from puretango.client.session._io import IO

__all__ = ["DatabaseProperties"]


def _to_delete(value: Any) -> list[DbData]:
    """For each request: the attribute, then its properties."""
    if isinstance(value, Mapping):
        return [
            DbData([DbDatum(attribute), *(DbDatum(name) for name in properties)])
            for attribute, properties in value.items()
        ]
    if isinstance(value, str):
        raise TypeError(
            "Value must be a string, tango.DbDatum, tango.DbData, a sequence or a dictionary"
        )
    return [db_data_of(value)]


class DatabaseProperties(DatabaseCalls):
    """Property calls of a Database."""

    async def _ask(self, io: IO, command: str, argument: list[str]) -> list[str]:
        texts: list[str] = await typed_command(
            io, self._session, command, STRINGS, argument, texts_of
        )
        return texts

    async def _tell(self, io: IO, command: str, argument: list[str]) -> None:
        sent = list(argument)
        await typed_command(io, self._session, command, STRINGS, sent)

    async def _fill(self, io: IO, command: str, name: str, data: DbData) -> None:
        answer = await self._ask(io, command, [name, *(datum.name for datum in data)])
        read_properties(answer, data, f"Database::{command}")

    async def _fill_attributes(self, io: IO, command: str, name: str, data: DbData) -> None:
        answer = await self._ask(io, command, [name, *(datum.name for datum in data)])
        read_attribute_properties(answer, data, f"Database::{command}")

    # Used by proxies for their own properties.

    async def fill_device_property(self, io: IO, device: str, data: DbData) -> None:
        """Fill in properties of a device."""
        await self._fill(io, "DbGetDeviceProperty", device, data)

    async def send_device_property(self, io: IO, device: str, data: DbData) -> None:
        """Write properties of a device."""
        await self._tell(io, "DbPutDeviceProperty", write_properties(device, data))

    async def drop_device_property(self, io: IO, device: str, data: DbData) -> None:
        """Delete properties of a device."""
        names = [datum.name for datum in data]
        await self._tell(io, "DbDeleteDeviceProperty", [device, *names])

    async def device_property_names(self, io: IO, device: str, wildcard: str) -> list[str]:
        """The names of a device's properties that fit a pattern."""
        return await self._ask(io, "DbGetDevicePropertyList", [device, wildcard])

    async def _get_properties(self, io: IO, command: str, name: str, value: Any) -> dict[str, Any]:
        data = db_data_of(value)
        into = value if isinstance(value, dict) else {}
        await self._fill(io, command, name, data)
        return dict_of_db_data(data, into)

    async def _put_properties(self, io: IO, command: str, name: str, value: Any) -> None:
        await self._tell(io, command, write_properties(name, db_data_of(value)))

    async def _delete_properties(self, io: IO, command: str, name: str, value: Any) -> None:
        await self._tell(io, command, [name, *(datum.name for datum in db_data_of(value))])

    async def _get_members(
        self, io: IO, command: str, name: str, value: Any
    ) -> dict[str, dict[str, Any]]:
        """Properties of attributes or pipes: ``{attribute: {property: [strings]}}``."""
        data = db_data_of(value)
        found: dict[str, dict[str, Any]] = value if isinstance(value, dict) else {}
        await self._fill_attributes(io, command, name, data)
        properties: dict[str, Any] = {}
        left = 0
        for datum in data:
            if left == 0:
                properties = found[datum.name] = {}
                left = int(datum[0])
            else:
                properties[datum.name] = datum.value_string
                left -= 1
        return found

    async def _put_members(self, io: IO, command: str, name: str, value: Any) -> None:
        sent = write_attribute_properties(name, db_data_of(value), f"Database::{command}")
        await self._tell(io, command, sent)

    async def _delete_members(self, io: IO, command: str, name: str, value: Any) -> None:
        for data in _to_delete(value):
            await self._tell(io, command, [name, *(datum.name for datum in data)])

    @blocking_core
    async def get_property(self, io: IO, obj_name: str, value: Any) -> dict[str, Any]:
        """Properties of a free object."""
        return await self._get_properties(io, "DbGetProperty", obj_name, value)

    @blocking_core
    async def get_property_forced(self, io: IO, obj_name: str, value: Any) -> dict[str, Any]:
        """Properties of a free object."""
        return await self._get_properties(io, "DbGetProperty", obj_name, value)

    @blocking_core
    async def put_property(self, io: IO, obj_name: str, value: Any) -> None:
        """Write properties of a free object."""
        await self._put_properties(io, "DbPutProperty", obj_name, value)

    @blocking_core
    async def delete_property(self, io: IO, obj_name: str, value: Any) -> None:
        """Delete properties of a free object."""
        await self._delete_properties(io, "DbDeleteProperty", obj_name, value)

    @blocking_core
    async def get_device_property(self, io: IO, dev_name: str, value: Any) -> dict[str, Any]:
        """Properties of a device."""
        return await self._get_properties(io, "DbGetDeviceProperty", dev_name, value)

    @blocking_core
    async def put_device_property(self, io: IO, dev_name: str, value: Any) -> None:
        """Write properties of a device."""
        await self._put_properties(io, "DbPutDeviceProperty", dev_name, value)

    @blocking_core
    async def delete_device_property(self, io: IO, dev_name: str, value: Any) -> None:
        """Delete properties of a device."""
        await self._delete_properties(io, "DbDeleteDeviceProperty", dev_name, value)

    @blocking_core
    async def get_class_property(self, io: IO, class_name: str, value: Any) -> dict[str, Any]:
        """Properties of a class."""
        return await self._get_properties(io, "DbGetClassProperty", class_name, value)

    @blocking_core
    async def put_class_property(self, io: IO, class_name: str, value: Any) -> None:
        """Write properties of a class."""
        await self._put_properties(io, "DbPutClassProperty", class_name, value)

    @blocking_core
    async def delete_class_property(self, io: IO, class_name: str, value: Any) -> None:
        """Delete properties of a class."""
        await self._delete_properties(io, "DbDeleteClassProperty", class_name, value)

    @blocking_core
    async def get_device_attribute_property(
        self, io: IO, dev_name: str, value: Any
    ) -> dict[str, dict[str, Any]]:
        """Properties of a device's attributes: ``{attribute: {property: [strings]}}``."""
        return await self._get_members(io, "DbGetDeviceAttributeProperty2", dev_name, value)

    @blocking_core
    async def put_device_attribute_property(self, io: IO, dev_name: str, value: Any) -> None:
        """Write properties of a device's attributes."""
        await self._put_members(io, "DbPutDeviceAttributeProperty2", dev_name, value)

    @blocking_core
    async def delete_device_attribute_property(self, io: IO, dev_name: str, value: Any) -> None:
        """Delete properties of a device's attributes."""
        await self._delete_members(io, "DbDeleteDeviceAttributeProperty", dev_name, value)

    @blocking_core
    async def get_class_attribute_property(
        self, io: IO, class_name: str, value: Any
    ) -> dict[str, dict[str, Any]]:
        """Properties of a class's attributes: ``{attribute: {property: [strings]}}``."""
        return await self._get_members(io, "DbGetClassAttributeProperty2", class_name, value)

    @blocking_core
    async def put_class_attribute_property(self, io: IO, class_name: str, value: Any) -> None:
        """Write properties of a class's attributes."""
        await self._put_members(io, "DbPutClassAttributeProperty2", class_name, value)

    @blocking_core
    async def delete_class_attribute_property(self, io: IO, class_name: str, value: Any) -> None:
        """Delete properties of a class's attributes."""
        await self._delete_members(io, "DbDeleteClassAttributeProperty", class_name, value)

    @blocking_core
    async def get_device_property_list(
        self, io: IO, dev_name: str, wildcard: str, array: list[Any] | None = None
    ) -> DbDatum | list[Any]:
        """The names of a device's properties that fit a pattern."""
        names = await self.device_property_names(io, dev_name, wildcard)
        if array is None:
            return DbDatum(dev_name, names)
        array.extend(names)
        return array
