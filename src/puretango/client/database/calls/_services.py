"""Services: a free property says which device serves what, in lines ``service/instance:device``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from puretango.client.database.calls._data import DbData, DbDatum
from puretango.client.database.calls._properties import DatabaseProperties
from puretango.client.database.calls._property import write_properties
from puretango.client.green._green import blocking_core

if TYPE_CHECKING:
    from puretango.client.session._io import IO

__all__ = ["DatabaseServices"]


class DatabaseServices(DatabaseProperties):
    """Service calls of a Database."""

    async def _services(self, io: IO) -> list[str]:
        data = DbData([DbDatum("Services")])
        await self._fill(io, "DbGetProperty", "CtrlSystem", data)
        return list(data[0])

    async def _put_services(self, io: IO, services: list[str]) -> None:
        data = DbData([DbDatum("Services", services)])
        await self._tell(io, "DbPutProperty", write_properties("CtrlSystem", data))

    @blocking_core
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

    @blocking_core
    async def get_device_service_list(self, io: IO, dev_name: str) -> DbDatum:
        """The instances of a service, each followed by its device."""
        found: list[str] = []
        for service in await self._services(io):
            name, _, device = service.lower().partition(":")
            if name.startswith(f"{dev_name.lower()}/"):
                found += [name.partition("/")[2], device]
        return DbDatum("services", found)

    @blocking_core
    async def get_service_list(self, io: IO, filter: str = ".*") -> dict[str, str]:
        """The services whose names fit a regular expression, with their devices."""
        wanted = re.compile(filter)
        pairs = (service.split(":", 1) for service in await self._services(io))
        return {name: device for name, device in pairs if wanted.match(name)}

    @blocking_core
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

    @blocking_core
    async def unregister_service(self, io: IO, serv_name: str, inst_name: str) -> None:
        """Remove the instance of a service."""
        start = f"{serv_name}/{inst_name}:".lower()
        services = await self._services(io)
        kept = [service for service in services if not service.lower().startswith(start)]
        if kept != services:
            await self._put_services(io, kept)
