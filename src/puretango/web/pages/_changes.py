"""Changes of properties and settings: compared, written together, noted in the journal, undone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from puretango.errors import DevFailed
from puretango.web._call import BadRequest, Call, Rule, get, post
from puretango.web._journal import Journal
from puretango.web._settings import Role
from puretango.web._site import Site
from puretango.web.pages._change import SETTING, Change, read_changes
from puretango.web.pages._configuration import Configuration
from puretango.web.pages._properties import Properties

__all__ = ["Changes"]


class Changes:
    """Previews, applies and undoes."""

    def __init__(self, site: Site, journal: Journal, properties: Properties) -> None:
        self._properties = properties
        self._configuration = Configuration(site)
        self._journal = journal

    def rules(self) -> list[Rule]:
        """What can be asked."""
        return [
            get("journal", self.journal),
            post("changes/preview", Role.EXPERT, self.preview),
            post("changes/apply", Role.EXPERT, self.apply),
            post("journal/undo", Role.EXPERT, self.undo),
        ]

    async def _present(self, change: Change) -> list[str] | None:
        if change.kind == SETTING:
            return await self._configuration.present(change)
        return await self._properties.present(change)

    async def preview(self, call: Call) -> Any:
        """The changes compared with the present values: those that still apply, and those that do not."""
        found = []
        for change in read_changes(call.objects("changes")):
            present = await self._present(change)
            found.append(change._asdict() | {"present": present, "fits": present == change.old})
        return {"changes": found}

    async def apply(self, call: Call) -> Any:
        """Write the changes together; nothing at all if one is based on an outdated value."""
        changes = read_changes(call.objects("changes"))
        await self._check(changes)
        return {"entries": await self._apply(call.identity.user, "", changes)}

    async def _check(self, changes: Sequence[Change]) -> None:
        for change in changes:
            present = await self._present(change)
            if present != change.old:
                raise BadRequest(
                    f"{change.subject} was changed meanwhile: it is {_lines(present)} now", 409
                )

    async def _apply(self, user: str, what: str, changes: Sequence[Change]) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = []
        for group in _groups(changes):
            try:
                written = await self._write(group)
            except DevFailed as failed:
                reason = failed.args[0].desc.strip()
                raise BadRequest(
                    f"{group[0].subject}: {reason} ({len(entries)} of {len(changes)} changes were "
                    "written; the journal has them)",
                    502,
                ) from failed
            entries += [
                self._journal.write(user, what or _what(each), each.subject, change=each._asdict())
                for each in written
            ]
        return entries

    async def _write(self, group: list[Change]) -> list[Change]:
        if group[0].kind == SETTING:
            return await self._configuration.write(group)
        await self._properties.write(group[0])
        return group

    # ----------------------------------------------------------------------- journal

    async def journal(self, call: Call) -> Any:
        """The newest entries."""
        count = min(call.number("count", 200), 1000)
        return {"entries": self._journal.last(count, call.text("subject", ""))}

    async def undo(self, call: Call) -> Any:
        """Write a change's old lines again, if its new ones are still there."""
        entry = self._journal.entry(call.number("id"))
        if entry is None or "change" not in entry:
            raise BadRequest("this entry cannot be undone", 409)
        (change,) = read_changes([entry["change"]])
        back = change._replace(old=change.new, new=change.old)
        await self._check([back])
        return {"entries": await self._apply(call.identity.user, "undo", [back])}


def _groups(changes: Sequence[Change]) -> list[list[Change]]:
    """The changes grouped by request: each property by itself, the settings of one attribute together."""
    properties = [[change] for change in changes if change.kind != SETTING]
    settings = [change for change in changes if change.kind == SETTING]
    key = lambda change: (change.owner.lower(), change.attribute.lower())  # noqa: E731
    return properties + [list(group) for _, group in groupby(sorted(settings, key=key), key)]


def _what(change: Change) -> str:
    return "attribute configuration" if change.kind == SETTING else "property"


def _lines(lines: list[str] | None) -> str:
    return "absent" if lines is None else repr("\n".join(lines))
