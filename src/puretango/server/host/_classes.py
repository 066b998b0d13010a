"""The ways in which device classes are given to a server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple


class ClassInfo(NamedTuple):
    """A device class to be served: low-level class, device class, Tango name."""

    device_class: Any
    device_type: Any
    name: str


def _is_pair(info: Any) -> bool:
    return isinstance(info, Sequence) and not isinstance(info, str)


def _one(info: Any, name: str | None = None) -> ClassInfo:
    if _is_pair(info):
        if len(info) == 2:
            return ClassInfo(info[0], info[1], name or info[1].__name__)
        return ClassInfo(info[0], info[1], info[2])
    if getattr(info, "_api", 0) < 2:
        raise Exception("When giving a single class, it must implement HLAPI (see tango.server)")
    return ClassInfo(info.TangoClassClass, info, info.TangoClassName)


def to_classes(classes: Iterable[Any] | Mapping[str, Any]) -> list[ClassInfo]:
    """Device classes given as a sequence or as a table by name."""
    if isinstance(classes, Mapping):
        return [_one(info, name) for name, info in classes.items()]
    return [_one(info) for info in classes]
