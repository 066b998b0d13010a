"""Facts: fields of a model from the keywords of a declaration, as far as they are literals."""

from __future__ import annotations

from typing import Any

from puretango.model.source._literal import UNKNOWN, Dotted
from puretango.model.source._typename import type_of_word

__all__ = [
    "CONFIGURATION_NAMES",
    "attribute_facts",
    "dtype_facts",
    "lines_of",
    "number_of",
    "tail_of",
    "text_of",
]

CONFIGURATION_NAMES = (
    "label",
    "description",
    "unit",
    "standard_unit",
    "display_unit",
    "format",
    "min_value",
    "max_value",
    "min_alarm",
    "max_alarm",
    "min_warning",
    "max_warning",
    "delta_val",
    "delta_t",
    "abs_change",
    "rel_change",
    "period",
    "archive_abs_change",
    "archive_rel_change",
    "archive_period",
)
"""The attribute properties that an author may declare, as the server names them."""
_TEXTS = frozenset(CONFIGURATION_NAMES) - {"description"}
_SYNONYMS = {
    "event_abs_change": "abs_change",
    "event_rel_change": "rel_change",
    "event_period": "period",
    "archive_event_abs_change": "archive_abs_change",
    "archive_event_rel_change": "archive_rel_change",
    "archive_event_period": "archive_period",
    "delta_time": "delta_t",
}


def attribute_facts(said: dict[str, Any], enums: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    """Fields of an AttributeModel from the keywords of ``attribute``."""
    given, unknown = set(said), {key for key, value in said.items() if value is UNKNOWN}
    found: dict[str, Any] = {}
    _take_texts(said, found, given, unknown)
    _take_shape(said, enums, found, unknown)
    for key in ("max_dim_x", "max_dim_y", "polling_period"):
        if key in said:
            found[key] = number_of(said[key])
            if not isinstance(said[key], (int, float)):
                unknown.add(key)
    if "display_level" in said:
        found["display_level"] = tail_of(said["display_level"]) or "OPERATOR"
    for key in ("memorized", "hw_memorized", "forwarded"):
        found[key] = said.get(key) is True
    found["writable_attr_name"] = text_of(said.get("associated"))
    for event in ("change_event", "archive_event"):
        found[event] = (
            said.get(f"{event}_implemented") is True,
            said.get(f"{event}_detect", True) is True,
        )
    found["data_ready_event"] = said.get("data_ready_event_implemented") is True
    found["given"], found["unknown"] = frozenset(given), frozenset(unknown)
    return found


def _take_texts(
    said: dict[str, Any], found: dict[str, Any], given: set[str], unknown: set[str]
) -> None:
    for key, value in said.items():
        field_name = _SYNONYMS.get(key, key)
        if field_name in _TEXTS:
            if isinstance(value, Dotted):
                unknown.add(field_name)
            elif value is not UNKNOWN and value is not None:
                found[field_name] = str(value)
                given.add(field_name)
    doc = said.get("doc", said.get("description"))
    if doc is UNKNOWN or isinstance(doc, Dotted):
        unknown.add("description")
    elif doc is not None:
        found["description"] = str(doc)


def _take_shape(
    said: dict[str, Any],
    enums: dict[str, tuple[str, ...]],
    found: dict[str, Any],
    unknown: set[str],
) -> None:
    if "dtype" in said:
        facts = dtype_facts(said["dtype"], enums)
        if facts is None:
            unknown |= {"data_type", "data_format"}
        else:
            found["data_type"], dimensions, labels = facts
            found["data_format"] = ("SCALAR", "SPECTRUM", "IMAGE")[min(dimensions, 2)]
            if labels:
                found["enum_labels"] = labels
    if said.get("dformat") is not None:
        found["data_format"] = tail_of(said["dformat"]) or "SCALAR"
    if "access" in said:
        access = tail_of(said["access"])
        found["access"] = access if access in _ACCESS else "READ"
        if access not in _ACCESS:
            unknown.add("access")
    if isinstance(said.get("enum_labels"), list):
        found["enum_labels"] = tuple(str(one) for one in said["enum_labels"])


_ACCESS = ("READ", "WRITE", "READ_WRITE", "READ_WITH_WRITE")


def dtype_facts(
    value: Any, enums: dict[str, tuple[str, ...]]
) -> tuple[str, int, tuple[str, ...]] | None:
    """Type, number of dimensions and labels of a ``dtype`` keyword; None if it cannot be determined."""
    if isinstance(value, list):
        if len(value) != 1:
            return None
        inner = dtype_facts(value[0], enums)
        return (inner[0], inner[1] + 1, inner[2]) if inner else None
    if value is None:
        return "DevVoid", 0, ()
    if not isinstance(value, str):
        return None
    if value in enums:
        return "DevEnum", 0, enums[value]
    found = type_of_word(value)
    if found is None:
        return None
    return found, 0, ()


def text_of(value: Any) -> str:
    """A literal text; empty for anything else."""
    return str(value) if isinstance(value, (str, int, float)) and value is not UNKNOWN else ""


def tail_of(value: Any) -> str:
    """``READ`` of ``tango.AttrWriteType.READ``."""
    return value.rpartition(".")[2] if isinstance(value, str) else ""


def number_of(value: Any) -> int:
    """A literal number as an integer; 0 for anything else."""
    return int(value) if isinstance(value, (int, float)) else 0


def lines_of(value: Any) -> tuple[str, ...]:
    """A default value, one text per item."""
    if isinstance(value, list):
        return tuple("" if item is UNKNOWN else str(item) for item in value)
    return ("" if value is UNKNOWN else str(value),)
