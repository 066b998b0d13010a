"""The past values of properties in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puretango.client.database.calls._call import DatabaseCalls
from puretango.client.database.calls._data import DbHistoryList
from puretango.client.database.calls._property import read_history
from puretango.client.green._green import blocking_core

if TYPE_CHECKING:
    from puretango.client.session._io import IO

__all__ = ["DatabaseHistories"]


class DatabaseHistories(DatabaseCalls):
    """History calls of a Database."""

    async def _history(self, io: IO, command: str, *args: str) -> DbHistoryList:
        return await self._ask_for(io, _of_property, command, *args) or DbHistoryList()

    async def _attribute_history(self, io: IO, command: str, *args: str) -> DbHistoryList:
        return await self._ask_for(io, _of_attribute, command, *args) or DbHistoryList()

    @blocking_core
    async def get_property_history(self, io: IO, obj_name: str, props: str) -> DbHistoryList:
        """The past values of a free property."""
        return await self._history(io, "DbGetPropertyHist", obj_name, props)

    @blocking_core
    async def get_device_property_history(
        self, io: IO, dev_name: str, prop_name: str
    ) -> DbHistoryList:
        """The past values of a device property."""
        return await self._history(io, "DbGetDevicePropertyHist", dev_name, prop_name)

    @blocking_core
    async def get_class_property_history(
        self, io: IO, class_name: str, prop_name: str
    ) -> DbHistoryList:
        """The past values of a class property."""
        return await self._history(io, "DbGetClassPropertyHist", class_name, prop_name)

    @blocking_core
    async def get_device_attribute_property_history(
        self, io: IO, dev_name: str, attr_name: str, prop_name: str
    ) -> DbHistoryList:
        """The past values of a property of a device's attribute."""
        return await self._attribute_history(
            io, "DbGetDeviceAttributePropertyHist", dev_name, attr_name, prop_name
        )

    @blocking_core
    async def get_class_attribute_property_history(
        self, io: IO, class_name: str, attr_name: str, prop_name: str
    ) -> DbHistoryList:
        """The past values of a property of a class's attribute."""
        return await self._attribute_history(
            io, "DbGetClassAttributePropertyHist", class_name, attr_name, prop_name
        )


def _of_property(answer: Any) -> DbHistoryList:
    return read_history(answer or (), False, "Database::make_history_array()")


def _of_attribute(answer: Any) -> DbHistoryList:
    return read_history(answer or (), True, "Database::make_history_array()")
