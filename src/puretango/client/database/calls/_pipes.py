"""Properties of pipes, of devices and of classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puretango.client.database.calls._data import DbDatum, DbHistoryList
from puretango.client.database.calls._histories import DatabaseHistories
from puretango.client.database.calls._properties import DatabaseProperties
from puretango.client.green._green import blocking_core

if TYPE_CHECKING:
    from puretango.client.session._io import IO

__all__ = ["DatabasePipes"]


class DatabasePipes(DatabaseProperties, DatabaseHistories):
    """Calls of a Database about pipes."""

    @blocking_core
    async def get_device_pipe_property(
        self, io: IO, dev_name: str, value: Any
    ) -> dict[str, dict[str, Any]]:
        """Properties of a device's pipes: ``{pipe: {property: [strings]}}``."""
        return await self._get_members(io, "DbGetDevicePipeProperty", dev_name, value)

    @blocking_core
    async def put_device_pipe_property(self, io: IO, dev_name: str, value: Any) -> None:
        """Write properties of a device's pipes."""
        await self._put_members(io, "DbPutDevicePipeProperty", dev_name, value)

    @blocking_core
    async def delete_device_pipe_property(self, io: IO, dev_name: str, value: Any) -> None:
        """Delete properties of a device's pipes."""
        await self._delete_members(io, "DbDeleteDevicePipeProperty", dev_name, value)

    @blocking_core
    async def get_class_pipe_property(
        self, io: IO, class_name: str, value: Any
    ) -> dict[str, dict[str, Any]]:
        """Properties of a class's pipes: ``{pipe: {property: [strings]}}``."""
        return await self._get_members(io, "DbGetClassPipeProperty", class_name, value)

    @blocking_core
    async def put_class_pipe_property(self, io: IO, class_name: str, value: Any) -> None:
        """Write properties of a class's pipes."""
        await self._put_members(io, "DbPutClassPipeProperty", class_name, value)

    @blocking_core
    async def delete_class_pipe_property(self, io: IO, class_name: str, value: Any) -> None:
        """Delete properties of a class's pipes."""
        await self._delete_members(io, "DbDeleteClassPipeProperty", class_name, value)

    @blocking_core
    async def get_class_pipe_list(self, io: IO, class_name: str, wildcard: str) -> DbDatum:
        """The pipes of a class that have properties."""
        return await self._datum(io, "class", "DbGetClassPipeList", class_name, wildcard)

    @blocking_core
    async def get_device_pipe_property_history(
        self, io: IO, dev_name: str, pipe_name: str, prop_name: str
    ) -> DbHistoryList:
        """The past values of a property of a device's pipe."""
        return await self._attribute_history(
            io, "DbGetDevicePipePropertyHist", dev_name, pipe_name, prop_name
        )

    @blocking_core
    async def get_class_pipe_property_history(
        self, io: IO, class_name: str, pipe_name: str, prop_name: str
    ) -> DbHistoryList:
        """The past values of a property of a class's pipe."""
        return await self._attribute_history(
            io, "DbGetClassPipePropertyHist", class_name, pipe_name, prop_name
        )

    @blocking_core
    async def get_device_pipe_list(self, io: IO, dev_name: str, pipe_list: list[Any]) -> None:
        """Append the pipes of a device that have properties to a list."""
        pipe_list.extend(await self._texts(io, "DbGetDevicePipeList", dev_name, "*"))
