"""Properties of devices, classes and free objects, and of their attributes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from puretango.client.database._call import bound, method
from puretango.client.database._data import DbData, DbDatum, db_data_of, dict_of_db_data
from puretango.client.database._property import (
    read_attribute_properties,
    read_properties,
    write_attribute_properties,
    write_properties,
)
from puretango.client.green._green import green_core
from puretango.client.proxy._admin import STRINGS, typed_command
from puretango.values import GreenMode

if TYPE_CHECKING:
    from puretango.client.session._io import IO
    from puretango.client.session._session import Session

__all__ = ["DatabaseProperties", "member_deleter", "member_getter", "member_putter"]

_SYNCHRONOUS = GreenMode.Synchronous


def _named(body: Callable[..., Any], name: str, doc: str) -> Any:
    """The method: whose properties they are is called as PyTango calls it."""
    owner = "dev_name" if "device" in name else "class_name" if "class" in name else "obj_name"
    names = [owner, "value"]

    async def core(self: Any, io: IO, *args: Any, **kwargs: Any) -> Any:
        return await body(self, io, *bound(name, names, args, kwargs, {}))

    return method(name, " ".join(names), core, doc, {})


def _getter(name: str, command: str, doc: str) -> Any:
    async def body(self: Any, io: IO, obj_name: str, value: Any) -> dict[str, Any]:
        data = db_data_of(value)
        into = value if isinstance(value, dict) else {}
        await self._fill(io, command, obj_name, data)
        return dict_of_db_data(data, into)

    return _named(body, name, doc)


def _putter(name: str, command: str, doc: str) -> Any:
    async def body(self: Any, io: IO, obj_name: str, value: Any) -> None:
        await self._tell(io, command, write_properties(obj_name, db_data_of(value)))

    return _named(body, name, doc)


def _deleter(name: str, command: str, doc: str) -> Any:
    async def body(self: Any, io: IO, obj_name: str, value: Any) -> None:
        names = [datum.name for datum in db_data_of(value)]
        await self._tell(io, command, [obj_name, *names])

    return _named(body, name, doc)


def member_getter(name: str, command: str, doc: str) -> Any:
    async def body(self: Any, io: IO, obj_name: str, value: Any) -> dict[str, dict[str, Any]]:
        data = db_data_of(value)
        found: dict[str, dict[str, Any]] = value if isinstance(value, dict) else {}
        await self._fill_attributes(io, command, obj_name, data)
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

    return _named(body, name, doc)


def member_putter(name: str, command: str, doc: str) -> Any:
    async def body(self: Any, io: IO, obj_name: str, value: Any) -> None:
        data = db_data_of(value)
        await self._tell(
            io, command, write_attribute_properties(obj_name, data, f"Database::{name}()")
        )

    return _named(body, name, doc)


def member_deleter(name: str, command: str, doc: str) -> Any:
    async def body(self: Any, io: IO, obj_name: str, value: Any) -> None:
        for data in _to_delete(value):
            names = [datum.name for datum in data]
            await self._tell(io, command, [obj_name, *names])

    return _named(body, name, doc)


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


class DatabaseProperties:
    """Property calls of a Database."""

    _session: Session

    async def _ask(self, io: IO, command: str, argument: list[str]) -> list[str]:
        sent = list(argument)
        answer = await typed_command(io, self._session, command, STRINGS, sent)
        return list(answer or ())

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

    # Free properties.

    get_property = _getter("get_property", "DbGetProperty", "Properties of a free object.")
    get_property_forced = _getter(
        "get_property_forced", "DbGetProperty", "Properties of a free object."
    )
    put_property = _putter("put_property", "DbPutProperty", "Write properties of a free object.")
    delete_property = _deleter(
        "delete_property", "DbDeleteProperty", "Delete properties of a free object."
    )

    # Of devices and classes.

    get_device_property = _getter(
        "get_device_property", "DbGetDeviceProperty", "Properties of a device."
    )
    put_device_property = _putter(
        "put_device_property", "DbPutDeviceProperty", "Write properties of a device."
    )
    delete_device_property = _deleter(
        "delete_device_property", "DbDeleteDeviceProperty", "Delete properties of a device."
    )
    get_class_property = _getter(
        "get_class_property", "DbGetClassProperty", "Properties of a class."
    )
    put_class_property = _putter(
        "put_class_property", "DbPutClassProperty", "Write properties of a class."
    )
    delete_class_property = _deleter(
        "delete_class_property", "DbDeleteClassProperty", "Delete properties of a class."
    )

    # Of attributes.

    get_device_attribute_property = member_getter(
        "get_device_attribute_property",
        "DbGetDeviceAttributeProperty2",
        "Properties of a device's attributes: ``{attribute: {property: [strings]}}``.",
    )
    put_device_attribute_property = member_putter(
        "put_device_attribute_property",
        "DbPutDeviceAttributeProperty2",
        "Write properties of a device's attributes.",
    )
    delete_device_attribute_property = member_deleter(
        "delete_device_attribute_property",
        "DbDeleteDeviceAttributeProperty",
        "Delete properties of a device's attributes.",
    )
    get_class_attribute_property = member_getter(
        "get_class_attribute_property",
        "DbGetClassAttributeProperty2",
        "Properties of a class's attributes: ``{attribute: {property: [strings]}}``.",
    )
    put_class_attribute_property = member_putter(
        "put_class_attribute_property",
        "DbPutClassAttributeProperty2",
        "Write properties of a class's attributes.",
    )
    delete_class_attribute_property = member_deleter(
        "delete_class_attribute_property",
        "DbDeleteClassAttributeProperty",
        "Delete properties of a class's attributes.",
    )

    @green_core(default_mode=_SYNCHRONOUS)
    async def get_device_property_list(
        self, io: IO, dev_name: str, wildcard: str, array: list[Any] | None = None
    ) -> Any:
        """The names of a device's properties that fit a pattern."""
        names = await self.device_property_names(io, dev_name, wildcard)
        if array is None:
            return DbDatum(dev_name, names)
        array.extend(names)
        return array

    # Services: a free property with lines ``service/instance:device``.

    async def _services(self, io: IO) -> list[str]:
        data = DbData([DbDatum("Services")])
        await self._fill(io, "DbGetProperty", "CtrlSystem", data)
        return list(data[0])

    async def _put_services(self, io: IO, services: list[str]) -> None:
        data = DbData([DbDatum("Services", services)])
        await self._tell(io, "DbPutProperty", write_properties("CtrlSystem", data))

    @green_core(default_mode=_SYNCHRONOUS)
    async def get_services(self, io: IO, serv_name: str, inst_name: str) -> DbDatum:
        """The devices of a service; the instance ``*`` is all."""
        start = f"{serv_name}/".lower()
        if inst_name != "*":
            start += f"{inst_name}:".lower()
        found = [
            service.lower().partition(":")[2]
            for service in await self._services(io)
            if service.lower().startswith(start) and ":" in service
        ]
        return DbDatum("services", found)

    @green_core(default_mode=_SYNCHRONOUS)
    async def get_device_service_list(self, io: IO, dev_name: str) -> DbDatum:
        """The instances of a service, each followed by its device."""
        found: list[str] = []
        for service in await self._services(io):
            name, _, device = service.lower().partition(":")
            if name.startswith(f"{dev_name.lower()}/"):
                found += [name.partition("/")[2], device]
        return DbDatum("services", found)

    @green_core(default_mode=_SYNCHRONOUS)
    async def get_service_list(self, io: IO, filter: str = ".*") -> dict[str, str]:
        """The services whose names fit a regular expression, with their devices."""
        wanted = re.compile(filter)
        pairs = (service.split(":", 1) for service in await self._services(io))
        return {name: device for name, device in pairs if wanted.match(name)}

    @green_core(default_mode=_SYNCHRONOUS)
    async def register_service(self, io: IO, serv_name: str, inst_name: str, dev_name: str) -> None:
        """Let a device be an instance of a service."""
        name = f"{serv_name}/{inst_name}"
        services = await self._services(io)
        kept = [
            f"{service.partition(':')[0]}:{dev_name}"
            if service.lower().startswith(f"{name}:".lower())
            else service
            for service in services
        ]
        if kept == services and f"{name}:{dev_name}" not in services:
            kept.append(f"{name}:{dev_name}")
        await self._put_services(io, kept)

    @green_core(default_mode=_SYNCHRONOUS)
    async def unregister_service(self, io: IO, serv_name: str, inst_name: str) -> None:
        """Let no device be this instance of a service any more."""
        start = f"{serv_name}/{inst_name}:".lower()
        services = await self._services(io)
        kept = [service for service in services if not service.lower().startswith(start)]
        if kept != services:
            await self._put_services(io, kept)
