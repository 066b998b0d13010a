"""Which of a device's attributes a plan reads, and under which names."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, TypeAlias, get_args, get_origin, get_type_hints

from ophyd import Kind
from ophyd.device import DEVICE_INSTANCE_ATTRS, DEVICE_RESERVED_ATTRS

from puretango.bluesky.attributes import AttributeFacts, key_of
from puretango.idl import AttrDataFormat, AttrWriteType, CmdArgType

#: One kind for everything, or a kind for each of some attributes.
Kinds: TypeAlias = "Kind | str | Mapping[str, Kind | str]"


def default_kind(facts: AttributeFacts) -> Kind:
    """The Kind of an attribute for which none was chosen.

    Scalars and spectra are read with every event. Experts' attributes and setpoints without a
    readback are configuration. Images, encoded values and the Status text are left out: they
    are large, or change without meaning.
    """
    large = facts.format == AttrDataFormat.IMAGE or facts.type == CmdArgType.DevEncoded
    if large or facts.name.lower() == "status":
        return Kind.omitted
    if facts.expert or facts.writable == AttrWriteType.WRITE:
        return Kind.config
    return Kind.normal


def to_kind(kind: Any) -> Any:
    """A Kind from a Kind or its name."""
    return Kind[kind.lower()] if isinstance(kind, str) else Kind(kind)


def chosen_kinds(cls: type, kinds: Kinds | None) -> tuple[Kind | None, dict[str, Kind]]:
    """(the kind of everything else, kinds by attribute in lower case) that the user chose.

    A class can choose by annotation, ``ampli: Annotated[TangoSignal, Kind.config]``; the argument
    has the last word.
    """
    chosen: dict[str, Kind] = {}
    for name, hint in get_type_hints(cls, include_extras=True).items():
        if get_origin(hint) is Annotated:
            for extra in get_args(hint)[1:]:
                if isinstance(extra, Kind):
                    chosen[name.lower()] = extra
    if kinds is None:
        return None, chosen
    if isinstance(kinds, (Kind, str)):
        return to_kind(kinds), chosen
    chosen.update({name.lower(): to_kind(kind) for name, kind in kinds.items()})
    return chosen.pop("*", None), chosen


def annotated_names(cls: type) -> list[str]:
    """The attributes that a class names in its annotations."""
    hints = get_type_hints(cls, include_extras=True)
    return [name for name, hint in hints.items() if get_origin(hint) is Annotated]


def check_names(device: str, what: str, chosen: Iterable[str], attributes: Iterable[str]) -> None:
    """ValueError for a choice about an attribute that the device does not have."""
    known = {attribute.lower() for attribute in attributes}
    unknown = sorted(name for name in chosen if name.lower() not in known)
    if unknown:
        raise ValueError(f"{device} has no attribute {', '.join(unknown)}: see {what}=")


def component_names(device: Any, members: Iterable[str]) -> dict[str, str]:
    """Python names of a device's members: member -> name.

    A member keeps its own name where that is a Python name that nothing else has; ``position``,
    ``read``, ``class`` and the like get an underscore at the end.
    """
    taken = set(DEVICE_RESERVED_ATTRS) | set(DEVICE_INSTANCE_ATTRS) | set(dir(device))
    taken -= set(getattr(type(device), "__annotations__", {}))
    names: dict[str, str] = {}
    for member in members:
        # Not every character in a Tango name is allowed in Python's: "area²" is not an identifier.
        name = key_of(member)
        if not name or name[0].isdigit():
            name = f"_{name}"
        while name in taken or keyword.iskeyword(name):
            name += "_"
        taken.add(name)
        names[member] = name
    return names
