"""What the database lists: devices, servers, classes, hosts, objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puretango.client.database.calls._call import DatabaseCalls
from puretango.client.database.calls._data import DbDatum
from puretango.client.green._green import blocking_core

if TYPE_CHECKING:
    from puretango.client.session._io import IO

__all__ = ["DatabaseLists"]


class DatabaseLists(DatabaseCalls):
    """Lists of a Database."""

    @blocking_core
    async def get_info(self, io: IO) -> str:
        """A text about the database and what is in it."""
        return "\n".join(await self._texts(io, "DbInfo")) + "\n"

    @blocking_core
    async def get_device_name(self, io: IO, serv_name: str, class_name: str) -> DbDatum:
        """The devices of a class in a server."""
        return await self._datum(io, serv_name, "DbGetDeviceList", serv_name, class_name)

    @blocking_core
    async def get_device_exported(self, io: IO, filter: str) -> DbDatum:
        """The exported devices whose names fit a pattern."""
        return await self._datum(io, filter, "DbGetDeviceExportedList", filter)

    @blocking_core
    async def get_device_domain(self, io: IO, wildcard: str) -> DbDatum:
        """The domains of the devices that fit a pattern."""
        return await self._datum(io, wildcard, "DbGetDeviceDomainList", wildcard)

    @blocking_core
    async def get_device_family(self, io: IO, wildcard: str) -> DbDatum:
        """The families of the devices that fit a pattern."""
        return await self._datum(io, wildcard, "DbGetDeviceFamilyList", wildcard)

    @blocking_core
    async def get_device_member(self, io: IO, wildcard: str) -> DbDatum:
        """The members of the devices that fit a pattern."""
        return await self._datum(io, wildcard, "DbGetDeviceMemberList", wildcard)

    @blocking_core
    async def get_host_list(self, io: IO, wildcard: str = "*") -> DbDatum:
        """The hosts that servers run on."""
        return await self._datum(io, "host", "DbGetHostList", wildcard)

    @blocking_core
    async def get_server_list(self, io: IO, wildcard: str = "*") -> DbDatum:
        """The servers, with instances."""
        return await self._datum(io, "server", "DbGetServerList", wildcard)

    @blocking_core
    async def get_instance_name_list(self, io: IO, serv_name: str) -> DbDatum:
        """The instances of a server."""
        return await self._datum(io, serv_name, "DbGetInstanceNameList", serv_name)

    @blocking_core
    async def get_host_server_list(self, io: IO, host_name: str) -> DbDatum:
        """The servers of a host."""
        return await self._datum(io, "server", "DbGetHostServerList", host_name)

    @blocking_core
    async def get_device_class_list(self, io: IO, server: str) -> DbDatum:
        """Devices of a server, each followed by its class."""
        return await self._datum(io, "server", "DbGetDeviceClassList", server)

    @blocking_core
    async def get_object_list(self, io: IO, wildcard: str) -> DbDatum:
        """The free objects with properties."""
        return await self._datum(io, "object", "DbGetObjectList", wildcard)

    @blocking_core
    async def get_object_property_list(self, io: IO, obj_name: str, wildcard: str) -> DbDatum:
        """The properties of a free object."""
        return await self._datum(io, "object", "DbGetPropertyList", obj_name, wildcard)

    @blocking_core
    async def get_class_property_list(self, io: IO, class_name: str) -> DbDatum:
        """The properties of a class."""
        return await self._datum(io, "class", "DbGetClassPropertyList", class_name)

    @blocking_core
    async def get_class_for_device(self, io: IO, dev_name: str) -> str:
        """The class of a device."""
        return await self._text(io, "DbGetClassforDevice", dev_name)

    @blocking_core
    async def get_class_inheritance_for_device(self, io: IO, dev_name: str) -> DbDatum:
        """The class of a device and those it inherits from."""
        return await self._datum(io, "class", "DbGetClassInheritanceForDevice", dev_name)

    @blocking_core
    async def get_class_list(self, io: IO, wildcard: str) -> DbDatum:
        """The classes whose names fit a pattern."""
        return await self._datum(io, "class", "DbGetClassList", wildcard)

    @blocking_core
    async def get_class_attribute_list(self, io: IO, class_name: str, wildcard: str) -> DbDatum:
        """The attributes of a class that have properties."""
        return await self._datum(io, "class", "DbGetClassAttributeList", class_name, wildcard)

    @blocking_core
    async def get_device_exported_for_class(self, io: IO, class_name: str) -> DbDatum:
        """The exported devices of a class."""
        return await self._datum(io, "device", "DbGetExportdDeviceListForClass", class_name)

    @blocking_core
    async def get_server_name_list(self, io: IO) -> DbDatum:
        """The servers, without instances."""
        return await self._datum(io, "server", "DbGetServerNameList", "*")

    @blocking_core
    async def get_server_class_list(self, io: IO, server: str) -> DbDatum:
        """The classes of a server, its admin device's left out."""
        names = await self._texts(io, "DbGetDeviceServerClassList", server)
        return DbDatum("server", [name for name in names if name.lower() != "dserver"])

    @blocking_core
    async def get_device_attribute_list(self, io: IO, dev_name: str, att_list: list[str]) -> None:
        """Append the attributes of a device that have properties to a list."""
        att_list.extend(await self._texts(io, "DbGetDeviceAttributeList", dev_name, "*"))
