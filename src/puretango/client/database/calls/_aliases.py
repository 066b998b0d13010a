"""Aliases of devices and attributes in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puretango.client.database.calls._call import DatabaseCalls
from puretango.client.database.calls._data import DbDatum
from puretango.client.green._green import blocking_core

if TYPE_CHECKING:
    from puretango.client.session._io import IO

__all__ = ["DatabaseAliases"]


class DatabaseAliases(DatabaseCalls):
    """Alias calls of a Database."""

    @blocking_core
    async def get_device_alias(self, io: IO, alias: str) -> str:
        """The device that has an alias."""
        return await self._text(io, "DbGetAliasDevice", alias)

    @blocking_core
    async def get_device_from_alias(self, io: IO, alias: str) -> str:
        """The device that has an alias."""
        return await self._text(io, "DbGetAliasDevice", alias)

    @blocking_core
    async def get_alias(self, io: IO, dev_name: str) -> str:
        """The alias of a device."""
        return await self._text(io, "DbGetDeviceAlias", dev_name)

    @blocking_core
    async def get_alias_from_device(self, io: IO, dev_name: str) -> str:
        """The alias of a device."""
        return await self._text(io, "DbGetDeviceAlias", dev_name)

    @blocking_core
    async def get_device_alias_list(self, io: IO, filter: str) -> DbDatum:
        """The device aliases that fit a pattern."""
        return await self._datum(io, filter, "DbGetDeviceAliasList", filter)

    @blocking_core
    async def get_attribute_alias_list(self, io: IO, filter: str) -> DbDatum:
        """The attribute aliases that fit a pattern."""
        return await self._datum(io, filter, "DbGetAttributeAliasList", filter)

    @blocking_core
    async def get_attribute_alias(self, io: IO, alias: str) -> str:
        """The attribute that has an alias."""
        return await self._text(io, "DbGetAttributeAlias", alias)

    @blocking_core
    async def get_attribute_from_alias(self, io: IO, alias: str) -> str:
        """The attribute that has an alias."""
        return await self._text(io, "DbGetAliasAttribute", alias)

    @blocking_core
    async def get_alias_from_attribute(self, io: IO, attr_name: str) -> str:
        """The alias of an attribute."""
        return await self._text(io, "DbGetAttributeAlias2", attr_name)

    @blocking_core
    async def put_device_alias(self, io: IO, dev_name: str, alias: str) -> None:
        """Give a device an alias."""
        await self._order(io, "DbPutDeviceAlias", dev_name, alias)

    @blocking_core
    async def delete_device_alias(self, io: IO, alias: str) -> None:
        """Delete a device's alias."""
        await self._order(io, "DbDeleteDeviceAlias", alias)

    @blocking_core
    async def put_attribute_alias(self, io: IO, attr_name: str, alias: str) -> None:
        """Give an attribute an alias."""
        await self._order(io, "DbPutAttributeAlias", attr_name, alias)

    @blocking_core
    async def delete_attribute_alias(self, io: IO, alias: str) -> None:
        """Delete an attribute's alias."""
        await self._order(io, "DbDeleteAttributeAlias", alias)
