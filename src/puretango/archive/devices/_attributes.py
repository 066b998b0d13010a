"""The event subscriber's attributes, made from the state of an archiver."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from puretango.archive.collecting import Archiver
from puretango.archive.devices._telling import NAME_LISTS, NUMBERS, PER_ATTRIBUTE
from puretango.server import attribute

__all__ = ["each_of", "names_list", "number"]

_MOST = 10_000  # HDB++'s longest list


class Looking(Protocol):
    """A device with an archiver."""

    def look(self, told: Callable[[Archiver, float], Any]) -> Any:
        """The result of a function of the archiver and of the delay of periodic events."""


def number(name: str) -> Any:
    """An attribute of NUMBERS."""
    kind, unit, doc, told = NUMBERS[name]

    def read(device: Looking) -> Any:
        return device.look(told)

    criteria = {"abs_change": "1", "archive_abs_change": "1"} if kind == "DevLong" else {}
    return attribute(read, name=name, dtype=kind, unit=unit, doc=doc, **criteria)


def names_list(name: str) -> Any:
    """An attribute of NAME_LISTS."""
    chosen, doc = NAME_LISTS[name]

    def read(device: Looking) -> Any:
        return device.look(lambda archiver, delay: [e.name for e in chosen(archiver, delay)])

    return attribute(read, name=name, dtype=("DevString",), max_dim_x=_MOST, doc=doc)


def each_of(name: str) -> Any:
    """An attribute of PER_ATTRIBUTE."""
    kind, doc, told = PER_ATTRIBUTE[name]

    def read(device: Looking) -> Any:
        return device.look(lambda a, delay: [told(entry, delay) for entry in a.entries.values()])

    return attribute(read, name=name, dtype=(kind,), max_dim_x=_MOST, doc=doc)
