"""Properties in the database: of devices and classes, of their attributes, and free ones."""

from __future__ import annotations

from typing import Any, NamedTuple

from puretango.web._call import BadRequest, Call, Rule, get
from puretango.web._site import Site
from puretango.web.pages._change import Change

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


class Properties:
    """Reads them with their history, and writes one."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def rules(self) -> list[Rule]:
        """What can be asked."""
        return [
            get("properties", self.properties),
            get("property-history", self.history),
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

    async def present(self, change: Change) -> list[str] | None:
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
        """The former values of a property, the newest first."""
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

    async def write(self, change: Change) -> None:
        """Write a property's new lines, or delete it. Raises DevFailed."""
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
