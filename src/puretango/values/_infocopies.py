"""Copies of configurations, made lazily.

A proxy keeps the last answer to a question for configurations and gives copies of it. Most callers use a
few plain fields: the lists and records of a copy are made when they are first used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from puretango.values._infos import AttributeEventInfo, AttributeInfoEx
from puretango.values._printable import StdStringVector

__all__ = ["copies_of_infos"]


def copies_of_infos(infos: list[AttributeInfoEx]) -> list[AttributeInfoEx]:
    """Configurations that may be changed without changing these."""
    return [_copy_of_info(info) for info in infos]


def _copy_of_info(info: AttributeInfoEx) -> AttributeInfoEx:
    """A copy whose lists and records are made when they are first used."""
    made = _new(AttributeInfoEx)
    fields = made.__dict__ = info.__dict__.copy()
    if "_source" not in fields or not fields.keys().isdisjoint(_NESTED):
        source = _new(AttributeInfoEx)
        source.__dict__.update({name: copied(getattr(info, name)) for name, copied in _COPIED})
        for name in _NESTED:
            fields.pop(name, None)
        fields["_source"] = source
    return made


class _OfSource:
    """A list or record of a copied configuration, itself copied when it is first used."""

    def __init__(self, name: str, copied: Callable[[Any], Any]) -> None:
        self._name = name
        self._copied = copied

    def __get__(self, info: Any, owner: Any) -> Any:
        source = None if info is None else info.__dict__.get("_source")
        if source is None:
            raise AttributeError(self._name)
        found = info.__dict__[self._name] = self._copied(source.__dict__[self._name])
        return found


def _copied_events(events: AttributeEventInfo) -> AttributeEventInfo:
    made = _new(AttributeEventInfo)
    made.ch_event = _shallow(events.ch_event)
    made.per_event = _shallow(events.per_event)
    made.arch_event = _shallow(events.arch_event)
    return made


def _shallow(record: Any) -> Any:
    """A copy of a record whose only list is its extensions."""
    made = _new(type(record))
    made.__dict__.update(record.__dict__)
    made.extensions = StdStringVector(record.extensions)
    return made


_new = object.__new__
_COPIED: tuple[tuple[str, Callable[[Any], Any]], ...] = (
    ("extensions", StdStringVector),
    ("enum_labels", StdStringVector),
    ("sys_extensions", StdStringVector),
    ("alarms", _shallow),
    ("events", _copied_events),
)
_NESTED = frozenset(name for name, _ in _COPIED)
for _name, _copy in _COPIED:
    setattr(AttributeInfoEx, _name, _OfSource(_name, _copy))
