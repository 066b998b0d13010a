"""One change requested by a page: of a property in the database, or of a setting of an attribute."""

from __future__ import annotations

from typing import Any, NamedTuple

from puretango.web._call import BadRequest

__all__ = ["SETTING", "Change", "read_changes"]

SETTING = "setting"
_OF_ATTRIBUTES = ("device-attribute", "class-attribute", SETTING)
_KINDS = ("device", "class", "free", *_OF_ATTRIBUTES)


class Change(NamedTuple):
    """Old and new lines; None means that there is no such property. A setting is one line."""

    kind: str
    owner: str
    attribute: str
    name: str
    old: list[str] | None
    new: list[str] | None

    @property
    def subject(self) -> str:
        """The changed object, as named in the journal."""
        middle = f"/{self.attribute}" if self.attribute else ""
        return f"{self.owner}{middle}:{self.name}"


def read_changes(objects: list[dict[str, Any]]) -> list[Change]:
    """The changes of a request; BadRequest if one is malformed."""
    if not objects:
        raise BadRequest("no changes")
    return [_change(item) for item in objects]


def _change(item: dict[str, Any]) -> Change:
    kind = item.get("kind")
    if kind not in _KINDS:
        raise BadRequest(f"no kind {kind!r}")
    owner, name, attribute = item.get("owner"), item.get("name"), item.get("attribute") or ""
    if not all(isinstance(text, str) for text in (owner, name, attribute)) or not owner or not name:
        raise BadRequest("a change needs owner and name")
    if bool(attribute) != (kind in _OF_ATTRIBUTES):
        raise BadRequest(
            f"a change of kind {kind} needs {'an' if kind in _OF_ATTRIBUTES else 'no'} attribute"
        )
    old, new = item.get("old"), item.get("new")
    for lines in (old, new):
        if lines is not None and not (
            isinstance(lines, list) and all(isinstance(line, str) for line in lines)
        ):
            raise BadRequest("old and new are lists of lines, or null")
        if kind == SETTING and (lines is None or len(lines) != 1):
            raise BadRequest("a setting has one line, old and new")
    return Change(str(kind), str(owner), attribute, str(name), old, new)
