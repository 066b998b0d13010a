"""The logs page: devices that log to this process's consumer, their levels, stored lists of them."""

from __future__ import annotations

from typing import Any

from puretango.errors import DevFailed
from puretango.web._call import BadRequest, Call, Rule, get, post
from puretango.web._journal import Journal
from puretango.web._logroom import LEVELS, LogRoom
from puretango.web._settings import Role
from puretango.web._store import Store

__all__ = ["Logs"]


class Logs:
    """Chooses devices; the messages themselves come through the WebSocket."""

    def __init__(self, room: LogRoom, journal: Journal, store: Store) -> None:
        self._room = room
        self._journal = journal
        self._store = store

    def rules(self) -> list[Rule]:
        """What can be asked."""
        return [
            get("logs", self.logs),
            get("logs/lists", self.lists),
            post("logs/choose", Role.OPERATOR, self.choose),
            post("logs/drop", Role.OPERATOR, self.drop),
            post("logs/list/save", Role.OPERATOR, self.save),
            post("logs/list/delete", Role.OPERATOR, self.delete),
        ]

    async def logs(self, call: Call) -> Any:
        """The chosen devices, and the messages in memory."""
        messages = self._room.last(call.number("after", 0))[-2000:]
        return {
            "devices": self._room.devices,
            "errors": self._room.errors,
            "messages": [message._asdict() for message in messages],
        }

    async def choose(self, call: Call) -> Any:
        """Make devices log here, from a level on."""
        level = call.text("level", "INFO").upper()
        if level not in LEVELS:
            raise BadRequest(f"no level {level!r}: {', '.join(LEVELS)}")
        failed = await self._each(call, level)
        return {"devices": self._room.devices, "failed": failed}

    async def _each(self, call: Call, level: str) -> dict[str, str]:
        failed = {}
        for device in call.texts("devices")[:500]:
            try:
                await self._room.choose(device, LEVELS.index(level))
            except DevFailed as error:
                failed[device] = error.args[0].desc.strip()
                continue
            self._journal.write(call.identity.user, "logging", device, new=level)
        return failed

    async def drop(self, call: Call) -> Any:
        """Make devices stop logging here."""
        for device in call.texts("devices"):
            try:
                await self._room.drop(device)
            except DevFailed:
                continue  # it does not answer, and will forget the target by itself
            finally:
                self._journal.write(call.identity.user, "logging", device, new="")
        return {"devices": self._room.devices}

    # ------------------------------------------------------------------ stored lists

    async def lists(self, call: Call) -> Any:
        """The stored lists of devices."""
        del call
        return {"lists": self._store.all()}

    async def save(self, call: Call) -> Any:
        """Store a list; with ``always`` its devices are chosen whenever the server starts."""
        level = call.text("level", "INFO").upper()
        if level not in LEVELS:
            raise BadRequest(f"no level {level!r}: {', '.join(LEVELS)}")
        name = call.text("name")
        self._store.save(
            name,
            {"devices": call.texts("devices")[:500], "level": level, "always": call.flag("always")},
        )
        self._journal.write(call.identity.user, "log list saved", name)
        return {"lists": self._store.all()}

    async def delete(self, call: Call) -> Any:
        """Delete a stored list."""
        name = call.text("name")
        self._store.delete(name)
        self._journal.write(call.identity.user, "log list deleted", name)
        return {"lists": self._store.all()}

    async def begin(self) -> None:
        """Choose the devices of the lists that are always on."""
        for stored in self._store.all():
            if not stored.get("always"):
                continue
            for device in stored.get("devices", []):
                try:
                    await self._room.choose(str(device), LEVELS.index(stored.get("level", "INFO")))
                except DevFailed as failed:
                    self._room.errors[str(device)] = failed.args[0].desc.strip()
