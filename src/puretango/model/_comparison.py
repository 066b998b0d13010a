"""Comparison: where two models of one class differ, field by field."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from puretango.model._classmodel import STANDARD_COMMANDS, ClassModel

__all__ = ["Difference", "compare_models"]

_KINDS = {
    "attributes": "attribute",
    "commands": "command",
    "device_properties": "device property",
    "class_properties": "class property",
    "pipes": "pipe",
    "states": "state",
}
_NOT_INTERFACE = {
    "place",
    "unknown",
    "given",
    "read_method",
    "write_method",
    "is_allowed_method",
    "method",
    "dynamic",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: ``member`` is e.g. ``attribute current``; ``field`` is empty if one model lacks the member."""

    member: str
    field: str
    left: str
    right: str

    def __str__(self) -> str:
        if not self.field:
            return f"{self.member}: {self.left or self.right}"
        return f"{self.member}: {self.field} is {self.left!r} and {self.right!r}"


def compare_models(
    left: ClassModel, right: ClassModel, ignore: frozenset[str] = frozenset()
) -> list[Difference]:
    """Where the interfaces differ; ``ignore`` names fields that do not matter."""
    found: list[Difference] = []
    for field, kind in _KINDS.items():
        mine = {one.name: one for one in getattr(left, field) if _counts(kind, one.name)}
        others = {one.name: one for one in getattr(right, field) if _counts(kind, one.name)}
        for name in sorted(mine.keys() | others.keys()):
            member = f"{kind} {name}"
            if name not in others:
                found.append(Difference(member, "", "only on the left", ""))
            elif name not in mine:
                found.append(Difference(member, "", "", "only on the right"))
            else:
                found += _fields(member, mine[name], others[name], ignore)
    return found


def _meant(field: str, value: Any) -> Any:
    """A value in normal form: without differences in spaces or in the notation of numbers."""
    if field == "description":
        return " ".join(value.split())
    if field in ("argin", "argout"):
        return (value.data_type, " ".join(value.description.split()))
    if field == "default":
        return tuple(_number(text) for text in value) if value else None
    if field in ("change_event", "archive_event"):
        return (
            value if value[0] else False
        )  # whether it is checked does not matter if it is not pushed
    return value


def _number(text: str) -> Any:
    try:
        return float(int(text, 0)) if text.lower().startswith("0x") else float(text)
    except ValueError:
        return text.strip().lower() if text.strip().lower() in ("true", "false") else text


def _counts(kind: str, name: str) -> bool:
    lowered = name.lower()
    if kind == "command":
        return lowered not in STANDARD_COMMANDS
    return kind != "attribute" or lowered not in ("state", "status")


def _fields(member: str, left: Any, right: Any, ignore: frozenset[str]) -> list[Difference]:
    unknown = getattr(left, "unknown", frozenset()) | getattr(right, "unknown", frozenset())
    skipped = _NOT_INTERFACE | ignore | unknown
    found = []
    for one in dataclasses.fields(left):
        if one.name in skipped:
            continue
        mine, other = (
            _meant(one.name, getattr(left, one.name)),
            _meant(one.name, getattr(right, one.name)),
        )
        if mine != other and not (one.name.startswith("max_dim") and left.data_format == "SCALAR"):
            found.append(Difference(member, one.name, str(mine), str(other)))
    return found
