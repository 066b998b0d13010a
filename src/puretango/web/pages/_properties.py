"""Properties of devices, classes and free ones: read, changed together, kept in the journal, undone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from puretango.errors import DevFailed
from puretango.web._call import BadRequest, Call, Rule, get, post
from puretango.web._journal import Journal
from puretango.web._settings import Role
from puretango.web._site import Site

__all__ = ["Properties"]


class _Kind(NamedTuple):
    """The names of Database's methods for one kind of property; ``names`` lists them for an owner."""

    read: str
    write: str
    delete: str
    history: str


_KINDS = {
    "device": _Kind(
        "get_device_property",
        "put_device_property",
        "delete_device_property",
        "get_device_property_history",
    ),
    "class": _Kind(
        "get_class_property",
        "put_class_property",
        "delete_class_property",
        "get_class_property_history",
    ),
    "free": _Kind("get_property", "put_property", "delete_property", "get_property_history"),
}
_ATTRIBUTES = {
    "device-attribute": _Kind(
        "get_device_attribute_property",
        "put_device_attribute_property",
        "delete_device_attribute_property",
        "get_device_attribute_property_history",
    ),
    "class-attribute": _Kind(
        "get_class_attribute_property",
        "put_class_attribute_property",
        "delete_class_attribute_property",
        "get_class_attribute_property_history",
    ),
}


class _Change(NamedTuple):
    """One property's old and new lines; None is no such property."""

    kind: str
    owner: str
    attribute: str
    name: str
    old: list[str] | None
    new: list[str] | None

    @property
    def subject(self) -> str:
        middle = f"/{self.attribute}" if self.attribute else ""
        return f"{self.owner}{middle}:{self.name}"


class Properties:
    """Reads, previews, applies and undoes."""

    def __init__(self, site: Site, journal: Journal) -> None:
        self._site = site
        self._journal = journal

    def rules(self) -> list[Rule]:
        """What can be asked."""
        return [
            get("properties", self.properties),
            get("property-history", self.history),
            get("journal", self.journal),
            post("changes/preview", Role.EXPERT, self.preview),
            post("changes/apply", Role.EXPERT, self.apply),
            post("journal/undo", Role.EXPERT, self.undo),
        ]

    # ----------------------------------------------------------------------- reading

    async def properties(self, call: Call) -> Any:
        """The properties of a device, a class or a free object, and those of its attributes."""
        kind, owner = call.text("kind"), call.text("owner")
        if kind not in _KINDS:
            raise BadRequest(f"no kind {kind!r}: {', '.join(_KINDS)}")
        names = await self._names(kind, owner)
        values = await self._read(kind, owner, names)
        found: dict[str, Any] = {
            "properties": [{"name": name, "value": values.get(name, [])} for name in names]
        }
        if kind != "free":
            found["attributes"] = await self._attribute_properties(kind, owner)
        return found

    async def _names(self, kind: str, owner: str) -> list[str]:
        if kind == "device":
            listed = await self._site.ask("get_device_property_list", owner, "*")
        elif kind == "class":
            listed = await self._site.ask("get_class_property_list", owner)
        else:
            listed = await self._site.ask("get_object_property_list", owner, "*")
        return sorted((str(name) for name in listed), key=str.lower)

    async def _read(self, kind: str, owner: str, names: list[str]) -> dict[str, list[str]]:
        if not names:
            return {}
        answer = await self._site.ask(_KINDS[kind].read, owner, names)
        return {str(name): [str(line) for line in lines] for name, lines in answer.items()}

    async def _attribute_properties(self, kind: str, owner: str) -> dict[str, Any]:
        if kind == "device":
            names = await self._stored_attributes(owner)
        else:
            names = [
                str(name) for name in await self._site.ask("get_class_attribute_list", owner, "*")
            ]
        if not names:
            return {}
        answer = await self._site.ask(_ATTRIBUTES[f"{kind}-attribute"].read, owner, names)
        return {
            str(name): {str(key): [str(line) for line in lines] for key, lines in values.items()}
            for name, values in answer.items()
            if values
        }

    async def _stored_attributes(self, device: str) -> list[str]:
        found: list[str] = []
        answer = await self._site.ask("get_device_attribute_list", device, found)
        return [str(name) for name in (answer or found)]

    async def _present(self, change: _Change) -> list[str] | None:
        """A property's lines in the database now; None if there is none."""
        if change.attribute:
            kind = _ATTRIBUTES[change.kind]
            answer = await self._site.ask(kind.read, change.owner, [change.attribute])
            lines = dict(answer.get(change.attribute, {})).get(change.name)
            return None if lines is None else [str(line) for line in lines]
        names = {name.lower() for name in await self._names(change.kind, change.owner)}
        if change.name.lower() not in names:
            return None
        return (await self._read(change.kind, change.owner, [change.name])).get(change.name)

    async def history(self, call: Call) -> Any:
        """What a property was before, the newest first."""
        kind, owner, name = call.text("kind"), call.text("owner"), call.text("name")
        if kind in _ATTRIBUTES:
            records = await self._site.ask(
                _ATTRIBUTES[kind].history, owner, call.text("attribute"), name
            )
        elif kind in _KINDS:
            records = await self._site.ask(_KINDS[kind].history, owner, name)
        else:
            raise BadRequest(f"no kind {kind!r}")
        return {
            "history": [
                {
                    "date": str(record.get_date()),
                    "deleted": bool(record.is_deleted()),
                    "name": str(record.get_name()),
                    "value": [str(line) for line in record.get_value().value_string],
                }
                for record in records
            ]
        }

    # ---------------------------------------------------------------------- changing

    async def preview(self, call: Call) -> Any:
        """The changes against what the database holds now: those that still fit, and those that do not."""
        found = []
        for change in _changes(call.objects("changes")):
            present = await self._present(change)
            found.append(_told(change) | {"present": present, "fits": present == change.old})
        return {"changes": found}

    async def apply(self, call: Call) -> Any:
        """Write the changes together; nothing at all if one was made on an older state."""
        changes = _changes(call.objects("changes"))
        await self._check(changes)
        return {"entries": await self._apply(call.identity.user, "property", changes)}

    async def _check(self, changes: Sequence[_Change]) -> None:
        for change in changes:
            present = await self._present(change)
            if present != change.old:
                raise BadRequest(
                    f"{change.subject} was changed meanwhile: it is {_lines(present)} now", 409
                )

    async def _apply(
        self, user: str, what: str, changes: Sequence[_Change]
    ) -> list[dict[str, Any]]:
        entries = []
        for done, change in enumerate(changes):
            try:
                await self._write(change)
            except DevFailed as failed:
                reason = failed.args[0].desc.strip()
                raise BadRequest(
                    f"{change.subject}: {reason} ({done} of {len(changes)} changes were written; "
                    "the journal has them)",
                    502,
                ) from failed
            entries.append(self._journal.write(user, what, change.subject, change=_told(change)))
        return entries

    async def _write(self, change: _Change) -> None:
        if change.attribute:
            kind = _ATTRIBUTES[change.kind]
            if change.new is None:
                argument: Any = {change.attribute: [change.name]}
            else:
                argument = {change.attribute: {change.name: change.new}}
        else:
            kind = _KINDS[change.kind]
            argument = [change.name] if change.new is None else {change.name: change.new}
        question = kind.delete if change.new is None else kind.write
        await self._site.ask(question, change.owner, argument)

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
        (change,) = _changes([entry["change"]])
        back = change._replace(old=change.new, new=change.old)
        await self._check([back])
        return {"entries": await self._apply(call.identity.user, "undo", [back])}


def _changes(objects: list[dict[str, Any]]) -> list[_Change]:
    if not objects:
        raise BadRequest("no changes")
    return [_change(item) for item in objects]


def _change(item: dict[str, Any]) -> _Change:
    kind = item.get("kind")
    if kind not in _KINDS and kind not in _ATTRIBUTES:
        raise BadRequest(f"no kind {kind!r}")
    owner, name, attribute = item.get("owner"), item.get("name"), item.get("attribute", "")
    if not all(isinstance(text, str) for text in (owner, name, attribute)) or not owner or not name:
        raise BadRequest("a change needs owner and name")
    if bool(attribute) != (kind in _ATTRIBUTES):
        raise BadRequest(
            f"a change of kind {kind} needs {'an' if kind in _ATTRIBUTES else 'no'} attribute"
        )
    old, new = item.get("old"), item.get("new")
    for lines in (old, new):
        if lines is not None and not (
            isinstance(lines, list) and all(isinstance(line, str) for line in lines)
        ):
            raise BadRequest("old and new are lists of lines, or null")
    return _Change(str(kind), str(owner), str(attribute), str(name), old, new)


def _told(change: _Change) -> dict[str, Any]:
    return change._asdict()


def _lines(lines: list[str] | None) -> str:
    return "absent" if lines is None else repr("\n".join(lines))
