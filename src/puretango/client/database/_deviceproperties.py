"""Properties of a device or attribute, kept in the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from puretango.client.database.calls._data import DbData, db_data_of, dict_of_db_data
from puretango.client.green._green import green_core
from puretango.client.session._faults import non_database
from puretango.values import StdStringVector

if TYPE_CHECKING:
    from puretango.client.database._database import Database
    from puretango.client.session._io import IO
    from puretango.client.session._session import Session

__all__ = ["DeviceProperties", "wanted_properties"]


def wanted_properties(names: Any, into: Any) -> DbData:
    """The DbData to fill for what a caller asks for."""
    asked = db_data_of(names, "propname")
    if isinstance(into, DbData) and not isinstance(names, DbData):
        into[:] = asked
        return into
    return asked


class DeviceProperties:
    """Property calls of a DeviceProxy."""

    _session: Session

    def _database_for(self, what: str) -> Database:
        database = self._database()
        if database is None:
            raise non_database(self._session, what)
        return database

    def _database(self) -> Database | None:
        raise NotImplementedError

    @green_core
    async def get_property(self, io: IO, propname: Any, value: Any = None) -> dict[str, Any]:
        """Properties of the device: ``{name: [strings]}``."""
        database = self._database_for("get_property")
        data = wanted_properties(propname, value)
        if not data:
            return {}
        await database.fill_device_property(io, self._session.device_name, data)
        return dict_of_db_data(data)

    @green_core
    async def put_property(self, io: IO, value: Any) -> None:
        """Write properties of the device."""
        database = self._database_for("put_property")
        await database.send_device_property(io, self._session.device_name, db_data_of(value))

    @green_core
    async def delete_property(self, io: IO, value: Any) -> None:
        """Delete properties of the device."""
        database = self._database_for("delete_property")
        await database.drop_device_property(io, self._session.device_name, db_data_of(value))

    @green_core
    async def get_property_list(
        self, io: IO, filter: str, array: list[Any] | None = None
    ) -> Sequence[Any]:
        """The names of the device's properties that fit a pattern with ``*``."""
        if array is not None and not hasattr(array, "extend"):
            raise TypeError("array must be a mutable sequence<string>")
        database = self._database_for("get_property_list")
        names = await database.device_property_names(io, self._session.device_name, filter)
        if array is None:
            return StdStringVector(names)
        array.extend(names)
        return array
