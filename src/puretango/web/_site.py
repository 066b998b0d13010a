"""The control system that the pages show: its database, its devices, and the hub over them."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Any

from puretango.client import ClientContext, Database, get_device_proxy
from puretango.errors import DevFailed
from puretango.hub import Hub
from puretango.values import GreenMode
from puretango.web._call import BadRequest

__all__ = ["ASYNCIO", "Site", "bare_name"]

ASYNCIO = GreenMode.Asyncio
_MOST_PROXIES = 2_000


class Site:
    """Opens proxies and the database when they are needed, and keeps them."""

    def __init__(self, tango_host: str, hub: Hub, context: ClientContext) -> None:
        self.tango_host = tango_host
        self._context = context
        self.hub = hub
        self._database: Any = None
        self._opening = asyncio.Lock()
        self._proxies: OrderedDict[str, Any] = OrderedDict()

    # ------------------------------------------------------------------------- names

    def full(self, device: str) -> str:
        """A device's name with its database, if it does not say where it is."""
        if not device or len(device) > 400 or any(ord(character) < 32 for character in device):
            raise BadRequest(f"{device[:80]!r} is not a device")
        if device.startswith("tango://") or not self.tango_host:
            return device
        return f"tango://{self.tango_host}/{device}"

    def full_attribute(self, name: str) -> str:
        """``full()`` for the name of an attribute, ``domain/family/member/attribute``."""
        return self.full(name)

    # ----------------------------------------------------------------------- devices

    async def proxy(self, device: str) -> Any:
        """The device's proxy, whose methods are awaited. Raises DevFailed."""
        name = self.full(device).lower()
        found = self._proxies.get(name)
        if found is None:
            found = await self.new_proxy(name)
            self._proxies[name] = found
            if len(self._proxies) > _MOST_PROXIES:
                self._proxies.popitem(last=False)
        else:
            self._proxies.move_to_end(name)
        return found

    async def new_proxy(self, device: str) -> Any:
        """A proxy that nobody shares, with settings of its own. Raises DevFailed."""
        return await get_device_proxy(self.full(device), green_mode=ASYNCIO, context=self._context)

    async def admin(self, device: str) -> Any:
        """The admin device of a device's server."""
        proxy = await self.proxy(device)
        return await self.proxy(str(await proxy.adm_name(green_mode=ASYNCIO)))

    # ---------------------------------------------------------------------- database

    async def database(self) -> Any:
        """The database. Raises DevFailed, or BadRequest for a system that has none."""
        if not self.tango_host:
            raise BadRequest("there is no database: TANGO_HOST is not set", 503)
        async with self._opening:
            if self._database is None:
                host, _, port = self.tango_host.partition(",")[0].rpartition(":")
                self._database = await asyncio.to_thread(
                    Database, host, int(port), context=self._context
                )
            return self._database

    async def ask(self, question: str, *arguments: Any) -> Any:
        """One of Database's methods, awaited. Raises DevFailed."""
        database = await self.database()
        return await getattr(database, question)(*arguments, green_mode=ASYNCIO)

    async def select(self, sql: str) -> list[list[str]]:
        """Rows of the database's tables, by its command DbMySqlSelect. Raises DevFailed.

        It runs in a thread: ten thousand rows would hold up the loop, and every browser's values, for too long.
        """
        return await asyncio.to_thread(_select, await self.database(), sql)


def _select(database: Any, sql: str) -> list[list[str]]:
    longs, strings = database.command_inout("DbMySqlSelect", sql)
    if len(longs) < 2:
        return []
    rows, columns = int(longs[-2]), int(longs[-1])
    if rows * columns != len(strings):
        raise DevFailed.make(
            "Web_Database", f"{len(strings)} values for {rows} rows of {columns}", "Site.select"
        )
    texts = [_from_wire(str(text)) for text in strings]
    return [texts[row * columns : (row + 1) * columns] for row in range(rows)]


def _from_wire(text: str) -> str:
    """A name of the database: UTF-8 if possible, else Latin-1, as in Database's own methods."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def bare_name(device: str) -> str:
    """A device's name without its database or server."""
    name = device.removeprefix("tango://").partition("#")[0]
    return "/".join(name.split("/")[-3:])
