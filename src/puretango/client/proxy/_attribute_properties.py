"""Properties of one attribute, kept in the database of its device."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puretango.client.database._deviceproperties import wanted_properties
from puretango.client.database.calls._data import DbData, DbDatum, db_data_of, dict_of_db_data
from puretango.client.database.calls._property import (
    read_attribute_properties,
    write_attribute_properties,
)
from puretango.client.green._green import quick_blocking, run_green
from puretango.values import GreenMode

if TYPE_CHECKING:
    from puretango.client.proxy._device_proxy import DeviceProxy
    from puretango.client.session._io import IO

__all__ = ["AttributeProperties"]


class AttributeProperties:
    """Property calls of an AttributeProxy."""

    _name: str

    def get_device_proxy(self) -> DeviceProxy:
        """The device that the attribute belongs to."""
        raise NotImplementedError

    async def _properties(self, io: IO) -> dict[str, Any]:
        device = self.get_device_proxy()
        database = device._database_for("get_property")
        data = DbData()
        asked = [device.dev_name(), self._name]
        answer = await database._ask(io, "DbGetDeviceAttributeProperty2", asked)
        read_attribute_properties(answer, data, "AttributeProxy::get_property()")
        return {datum.name.lower(): datum for datum in data[1:]}

    async def _get(self, io: IO, propname: Any, value: Any = None) -> dict[str, Any]:
        """Properties of the attribute: ``{name: [strings]}``."""
        data = wanted_properties(propname, value)
        if not data:
            return {}
        known = await self._properties(io)
        for datum in data:
            found = known.get(datum.name.lower())
            datum.value_string = [] if found is None else found.value_string
        return dict_of_db_data(data)

    async def _put(self, io: IO, value: Any) -> None:
        """Write properties of the attribute."""
        device = self.get_device_proxy()
        database = device._database_for("put_property")
        data = db_data_of(value)
        whole = DbData([DbDatum(self._name, [str(len(data))]), *data])
        sent = write_attribute_properties(
            device.dev_name(), whole, "AttributeProxy::put_property()"
        )
        await database._tell(io, "DbPutDeviceAttributeProperty2", sent)

    async def _delete(self, io: IO, value: Any) -> None:
        """Delete properties of the attribute."""
        device = self.get_device_proxy()
        database = device._database_for("delete_property")
        names = [datum.name for datum in db_data_of(value)]
        sent = [device.dev_name(), self._name, *names]
        await database._tell(io, "DbDeleteDeviceAttributeProperty", sent)

    @quick_blocking(_get)
    def get_property(
        self,
        propname: Any,
        value: Any = None,
        *,
        green_mode: GreenMode | None = None,
        wait: bool | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Properties of the attribute: ``{name: [strings]}``."""
        return self._run(self._get, (propname, value), green_mode, wait, timeout)

    @quick_blocking(_put)
    def put_property(
        self,
        value: Any,
        *,
        green_mode: GreenMode | None = None,
        wait: bool | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Write properties of the attribute."""
        return self._run(self._put, (value,), green_mode, wait, timeout)

    @quick_blocking(_delete)
    def delete_property(
        self,
        value: Any,
        *,
        green_mode: GreenMode | None = None,
        wait: bool | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Delete properties of the attribute."""
        return self._run(self._delete, (value,), green_mode, wait, timeout)

    def _run(
        self,
        core: Any,
        args: tuple[Any, ...],
        green_mode: GreenMode | None,
        wait: bool | None,
        timeout: float | None,
    ) -> Any:
        mode = GreenMode.Synchronous if green_mode is None else green_mode
        return run_green(self.get_device_proxy(), core, args, {}, mode, wait, timeout)
