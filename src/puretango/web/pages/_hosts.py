"""The hosts: the servers as their Starters report them, and requests to the Starters."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from puretango.client import DbServerInfo
from puretango.errors import DevFailed
from puretango.hub import Sample
from puretango.web._call import BadRequest, Call, Rule, get, post
from puretango.web._journal import Journal
from puretango.web._settings import Role
from puretango.web._site import ASYNCIO, Site

__all__ = ["Hosts", "parse_servers"]

_PATIENCE = 20.0
"""Seconds for a server to end before it is started again."""


class Hosts:
    """The page of hosts and Starters."""

    def __init__(self, site: Site, journal: Journal, tell: Callable[[str, str], None]) -> None:
        self._site = site
        self._journal = journal
        self._tell = tell
        """Reports the progress of work to the browsers: a subject and a text."""

    def rules(self) -> list[Rule]:
        """What can be asked."""
        return [
            get("hosts", self.hosts),
            get("host", self.host),
            get("host/log", self.log),
            post("host/start", Role.OPERATOR, self.start),
            post("host/stop", Role.OPERATOR, self.stop),
            post("host/restart", Role.OPERATOR, self.restart),
            post("host/kill", Role.EXPERT, self.kill),
            post("host/all", Role.EXPERT, self.all),
            post("host/level", Role.EXPERT, self.level),
        ]

    async def hosts(self, call: Call) -> Any:
        """The hosts that have a Starter, and its device."""
        del call
        rows = await self._site.select(
            "SELECT name,host,exported FROM device WHERE class='Starter' ORDER BY name"
        )
        return {
            "hosts": [
                {"name": name.rpartition("/")[2], "device": name, "exported": exported == "1"}
                for name, _, exported in rows
            ]
        }

    async def host(self, call: Call) -> Any:
        """The present servers of a host."""
        proxy = await self._starter(call)
        return {"device": str(proxy.dev_name()), "servers": await self._servers(proxy)}

    async def _servers(self, proxy: Any) -> list[dict[str, Any]]:
        data = await proxy.read_attribute("Servers", green_mode=ASYNCIO)
        return parse_servers([str(line) for line in (data.value if data.value is not None else ())])

    async def _starter(self, call: Call) -> Any:
        return await self._site.proxy(call.text("device"))

    async def log(self, call: Call) -> Any:
        """The log file of a server, as Starter gives it (``Starter`` for its own)."""
        proxy = await self._starter(call)
        text = await proxy.command_inout("DevReadLog", call.text("server"), green_mode=ASYNCIO)
        return {"text": str(text)[-200_000:]}

    # ----------------------------------------------------------------------- servers

    async def start(self, call: Call) -> Any:
        """Start a server."""
        return await self._ordered(call, "DevStart", "server started")

    async def stop(self, call: Call) -> Any:
        """Stop a server."""
        return await self._ordered(call, "DevStop", "server stopped")

    async def kill(self, call: Call) -> Any:
        """kill -9 of a server, whose name must be typed as confirmation."""
        server = call.text("server")
        if call.text("confirm", "").strip().lower() != server.lower():
            raise BadRequest(f"type {server} to confirm", 409)
        return await self._ordered(call, "HardKillServer", "server killed")

    async def _ordered(self, call: Call, order: str, what: str) -> Any:
        proxy, server = await self._starter(call), call.text("server")
        await proxy.command_inout(order, server, green_mode=ASYNCIO)
        self._journal.write(call.identity.user, what, server, new=str(proxy.dev_name()))
        return {}

    async def restart(self, call: Call) -> Any:
        """Stop a server, wait until it is gone, and start it."""
        proxy, server = await self._starter(call), call.text("server")
        if await self._state(proxy, server) not in ("FAULT", ""):
            self._tell(server, "stopping")
            await proxy.command_inout("DevStop", server, green_mode=ASYNCIO)
            await self._until(proxy, server, "FAULT")
        self._tell(server, "starting")
        await proxy.command_inout("DevStart", server, green_mode=ASYNCIO)
        await self._until(proxy, server, "ON")
        self._tell(server, "")
        self._journal.write(
            call.identity.user, "server restarted", server, new=str(proxy.dev_name())
        )
        return {}

    async def _state(self, proxy: Any, server: str) -> str:
        return _state_of(await self._servers(proxy), server)

    async def _until(self, proxy: Any, server: str, state: str) -> None:
        away = await self._missing(proxy, [server], state)
        if away:
            self._tell(server, "")
            raise BadRequest(f"{server} is not {state} after {_PATIENCE:.0f} s", 504)

    async def _missing(self, proxy: Any, servers: list[str], state: str) -> list[str]:
        """Wait until these servers are in a state; returns those that are not after a while."""
        name = self._site.full_attribute(f"{proxy.dev_name()}/Servers")
        hub, viewer = self._site.hub, self._site.hub.viewer()
        viewer.add(name, poll_period=0.25)
        missing = servers
        try:
            async with asyncio.timeout(_PATIENCE):
                while missing := [
                    each for each in servers if _state_in(viewer.status(name).last, each) != state
                ]:
                    await hub.changed()
        except TimeoutError:
            return missing
        finally:
            viewer.close()
        return []

    async def all(self, call: Call) -> Any:
        """Start the servers of a host level by level, or stop them in reverse order.

        Each level waits until all servers of the one before run (or have ended), 20 s at most.
        """
        proxy, what = await self._starter(call), call.text("what")
        if what not in ("start", "stop"):
            raise BadRequest("what is start or stop")
        wanted = call.number("level", 0)
        by_level: dict[int, list[str]] = {}
        for each in await self._servers(proxy):
            if each["controlled"] and each["level"] and wanted in (0, each["level"]):
                by_level.setdefault(each["level"], []).append(each["name"])
        order, state = ("DevStartAll", "ON") if what == "start" else ("DevStopAll", "FAULT")
        missing: list[str] = []
        try:
            for level in sorted(by_level, reverse=what == "stop"):
                servers = ", ".join(by_level[level])
                self._tell(str(proxy.dev_name()), f"{what} level {level}: {servers}")
                await proxy.command_inout(order, level, green_mode=ASYNCIO)
                missing += await self._missing(proxy, by_level[level], state)
        finally:
            self._tell(str(proxy.dev_name()), "")
        levels = list(by_level)
        self._journal.write(
            call.identity.user, f"{what} all", str(proxy.dev_name()), new=str(sorted(levels))
        )
        if missing:
            raise BadRequest(f"not {state} after {_PATIENCE:.0f} s: {', '.join(missing)}", 504)
        return {"levels": levels}

    async def level(self, call: Call) -> Any:
        """Set the startup level of a server; 0 means not controlled."""
        proxy, server, level = await self._starter(call), call.text("server"), call.number("level")
        if not 0 <= level <= 99:
            raise BadRequest("a level is 0 to 99")
        try:
            before = int((await self._site.ask("get_server_info", server)).level)
        except DevFailed:
            before = 0
        info = DbServerInfo()
        info.name, info.host = server, str(proxy.dev_name()).rpartition("/")[2]
        info.mode, info.level = int(level > 0), level
        await self._site.ask("put_server_info", info)
        await proxy.command_inout("UpdateServersInfo", green_mode=ASYNCIO)
        self._journal.write(
            call.identity.user, "startup level", server, old=str(before), new=str(level)
        )
        return {}


def _state_of(servers: list[dict[str, Any]], server: str) -> str:
    return next((each["state"] for each in servers if each["name"].lower() == server.lower()), "")


def _state_in(sample: Sample | None, server: str) -> str:
    if sample is None or sample.value is None:
        return ""
    return _state_of(parse_servers([str(line) for line in sample.value]), server)


def parse_servers(lines: list[str]) -> list[dict[str, Any]]:
    """Starter's attribute Servers: name, state, controlled, level, instances of each line."""
    found = []
    for line in lines:
        fields = line.split("\t")
        if len(fields) < 4:
            continue
        name, state, controlled, level = fields[:4]
        found.append(
            {
                "name": name,
                "state": state,
                "controlled": controlled == "1",
                "level": int(level) if level.isdigit() else 0,
            }
        )
    return found
