"""Aliases, the wizard for servers and devices, restarts."""

from __future__ import annotations

from typing import Any

from puretango.client import DbDevInfo
from puretango.errors import DevFailed
from puretango.web._call import BadRequest, Call, Rule, get, post
from puretango.web._journal import Journal
from puretango.web._settings import Role
from puretango.web._site import ASYNCIO, Site, bare_name

__all__ = ["Setup"]


class Setup:
    """The steps of an expert who sets up a device."""

    def __init__(self, site: Site, journal: Journal) -> None:
        self._site = site
        self._journal = journal

    def rules(self) -> list[Rule]:
        """What can be asked."""
        return [
            get("wizard", self.wizard),
            get("server", self.server),
            post("alias", Role.EXPERT, self.alias),
            post("server/add", Role.EXPERT, self.add_server),
            post("server/delete", Role.EXPERT, self.delete_server),
            post("device/delete", Role.EXPERT, self.delete_device),
            post("restart", Role.EXPERT, self.restart),
        ]

    async def alias(self, call: Call) -> Any:
        """Give a device an alias, or take it away (an empty text)."""
        device, alias = call.text("device"), call.text("alias").strip()
        try:
            before = str(await self._site.ask("get_alias_from_device", device))
        except DevFailed:
            before = ""
        if alias:
            await self._site.ask("put_device_alias", device, alias)
        elif before:
            await self._site.ask("delete_device_alias", before)
        self._journal.write(call.identity.user, "alias", device, old=before, new=alias)
        return {"alias": alias}

    # ------------------------------------------------------------------------ servers

    async def server(self, call: Call) -> Any:
        """The classes and devices of a server, and where it runs."""
        name = call.text("name")
        listed = [str(text) for text in await self._site.ask("get_device_class_list", name)]
        devices = [
            {"name": device, "class": cls}
            for device, cls in zip(listed[::2], listed[1::2], strict=False)
        ]
        found: dict[str, Any] = {"name": name, "devices": devices}
        try:
            info = await self._site.ask("get_server_info", name)
            host = "" if info.host == "nada" else info.host
            found |= {"host": host, "level": int(info.level), "controlled": bool(info.mode)}
        except DevFailed:
            found |= {"host": "", "level": 0, "controlled": False}
        try:
            admin = await self._site.proxy(f"dserver/{name}")
            await admin.ping(green_mode=ASYNCIO)
            found["running"] = True
            about = await admin.info(green_mode=ASYNCIO)
            found["host"] = found["host"] or about.server_host
        except DevFailed as failed:
            found |= {"running": False, "error": failed.args[0].desc.strip()}
        return found

    async def add_server(self, call: Call) -> Any:
        """Register devices, ``[{"class": …, "name": …}]``, of a server ``Name/instance``."""
        server = call.text("server").strip()
        if server.count("/") != 1 or not all(server.split("/")) or " " in server:
            raise BadRequest(f"{server!r} is not a server: Name/instance")
        infos = []
        for device in call.objects("devices"):
            info = DbDevInfo()
            info.name, info._class, info.server = (
                str(device.get("name", "")).strip(),
                str(device.get("class", "")).strip(),
                server,
            )
            if info.name.count("/") != 2 or not all(info.name.split("/")) or not info._class:
                raise BadRequest(f"{info.name!r} is not a device: domain/family/member")
            infos.append(info)
        if not infos:
            raise BadRequest("no devices")
        for info in infos:
            await self._site.ask("add_device", info)
            self._journal.write(
                call.identity.user, "device added", info.name, new=f"{server} ({info._class})"
            )
        return {"server": server}

    async def delete_server(self, call: Call) -> Any:
        """Delete a server with its devices from the database; its name must be typed as confirmation."""
        name = _typed(call, "server")
        await self._site.ask("delete_server", name)
        self._journal.write(call.identity.user, "server deleted", name)
        return {}

    async def delete_device(self, call: Call) -> Any:
        """Delete a device from the database; its name must be typed as confirmation."""
        name = _typed(call, "device")
        await self._site.ask("delete_device", name)
        self._journal.write(call.identity.user, "device deleted", name)
        return {}

    async def wizard(self, call: Call) -> Any:
        """The properties that a class declares, according to its running server, and their present values."""
        server, cls, device = call.text("server"), call.text("class"), call.text("device", "")
        admin = await self._site.proxy(f"dserver/{server}")
        questions = [("QueryWizardClassProperty", "class", cls)]
        if device:
            questions.append(("QueryWizardDevProperty", "device", device))
        steps: list[dict[str, Any]] = []
        for question, kind, owner in questions:
            texts = await admin.command_inout(question, cls, green_mode=ASYNCIO)
            steps += await self._steps(kind, owner, [str(text) for text in texts])
        return {"steps": steps}

    async def _steps(self, kind: str, owner: str, texts: list[str]) -> list[dict[str, Any]]:
        declared = [texts[at : at + 3] for at in range(0, len(texts) - 2, 3)]
        names = [name for name, _, _ in declared]
        stored: dict[str, list[str]] = {}
        if names:
            question = "get_device_property" if kind == "device" else "get_class_property"
            answer = await self._site.ask(question, owner, names)
            stored = {str(name): [str(line) for line in lines] for name, lines in answer.items()}
        return [
            {
                "kind": kind,
                "owner": owner,
                "name": name,
                "description": description,
                "default": [] if default == "Not specified" else default.split("\n"),
                "mandatory": default == "Not specified",
                "value": stored.get(name) or None,
            }
            for name, description, default in declared
        ]

    # ----------------------------------------------------------------------- restarts

    async def restart(self, call: Call) -> Any:
        """Restart a device (DevRestart), or a server's devices (RestartServer), or end a server (Kill)."""
        what, name = call.text("what"), call.text("name")
        if what == "device":
            admin = await self._site.admin(name)
            await admin.command_inout("DevRestart", bare_name(name), green_mode=ASYNCIO)
            self._site.hub.restarted(self._site.full(name))
        elif what == "server":
            admin = await self._site.proxy(f"dserver/{name}")
            await admin.command_inout("RestartServer", green_mode=ASYNCIO)
        elif what == "kill":
            _typed(call, "name")
            admin = await self._site.proxy(f"dserver/{name}")
            await admin.command_inout("Kill", green_mode=ASYNCIO)
        else:
            raise BadRequest("what is device, server or kill")
        self._journal.write(call.identity.user, "killed" if what == "kill" else "restart", name)
        return {}


def _typed(call: Call, field: str) -> str:
    name = call.text(field)
    if call.text("confirm", "").strip().lower() != name.lower():
        raise BadRequest(f"type {name} to confirm", 409)
    return name
