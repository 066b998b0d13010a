"""Watch lists: attributes of any devices under one name and one address."""

from __future__ import annotations

from typing import Any

from puretango.web._call import Call, Rule, get, post
from puretango.web._journal import Journal
from puretango.web._settings import Role
from puretango.web._store import Store

__all__ = ["WatchLists"]

_MOST = 5_000


class WatchLists:
    """Keeps the watch lists as files."""

    def __init__(self, store: Store, journal: Journal) -> None:
        self._store = store
        self._journal = journal

    def rules(self) -> list[Rule]:
        """What can be asked."""
        return [
            get("watch-lists", self.all),
            get("watch-list", self.one),
            post("watch-list/save", Role.OPERATOR, self.save),
            post("watch-list/delete", Role.OPERATOR, self.delete),
        ]

    async def all(self, call: Call) -> Any:
        """The names and lengths of the lists."""
        del call
        return {
            "lists": [
                {"name": each["name"], "count": len(each.get("attributes", []))}
                for each in self._store.all()
            ]
        }

    async def one(self, call: Call) -> Any:
        """One list: its attributes, and which of them are plotted."""
        return self._store.get(call.text("name"))

    async def save(self, call: Call) -> Any:
        """Store a list."""
        name = call.text("name")
        attributes = call.texts("attributes")[:_MOST]
        plotted = [each for each in call.texts("plotted") if each in attributes]
        self._store.save(name, {"attributes": attributes, "plotted": plotted})
        self._journal.write(
            call.identity.user, "watch list saved", name, new=f"{len(attributes)} attributes"
        )
        return {}

    async def delete(self, call: Call) -> Any:
        """Delete a list."""
        name = call.text("name")
        self._store.delete(name)
        self._journal.write(call.identity.user, "watch list deleted", name)
        return {}
