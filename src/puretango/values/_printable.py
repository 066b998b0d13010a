"""PyTango's text forms of its data classes and lists."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, TypeVar

from puretango.errors import NamedDevFailed
from puretango.idl import CmdArgType

T = TypeVar("T")


def _shown(value: Any) -> Iterator[tuple[str, Any]]:
    for name in dir(value):
        if name.startswith("_") or name == "except_flags":
            continue
        item: Any = getattr(value, name, None)
        if callable(item):
            continue
        if name == "data_type":
            item = CmdArgType.values.get(item, item)
        yield name, item


def _nested(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, Printable) and value._nests:
        return str(value)
    if isinstance(value, dict):
        try:
            return json.dumps(value, indent=4, sort_keys=True)
        except TypeError:
            return repr(value)
    return repr(value)


class Printable:
    """A data class whose text lists its members in alphabetical order, as PyTango's do."""

    __slots__ = ()
    _nests: ClassVar[bool] = True
    """Whether its long form is shown inside another object's text."""

    def __repr__(self) -> str:
        items = ", ".join(f"{name} = {value!r}" for name, value in _shown(self))
        return f"{type(self).__name__}({items})"

    def __str__(self) -> str:
        text = "\n".join(f"{name} = {_nested(value)}" for name, value in _shown(self)).strip()
        lines = ("    " + line if line.strip() else line for line in text.split("\n"))
        return f"{type(self).__name__}[\n" + "\n".join(lines) + "\n]"


class Record(Printable):
    """A data class of fields with defaults; ``Record(other)`` copies."""

    _fields: ClassVar[tuple[tuple[str, Callable[[], Any]], ...]] = ()

    def __init__(self, other: Any = None, **fields: Any) -> None:
        for name, default in self._fields:
            if name in fields:
                value = fields.pop(name)
            elif other is not None:
                value = getattr(other, name)
            else:
                value = default()
            setattr(self, name, value)
        if fields:
            raise TypeError(f"{type(self).__name__} has no {', '.join(fields)}")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name, _ in self._fields)

    __hash__ = None  # type: ignore[assignment]  # the fields may change

    def __getstate__(self) -> dict[str, Any]:
        return dict(self.__dict__)


class StdVector(list[T]):
    """A list, under the name that PyTango gives it."""

    def __add__(self, other: Any) -> Any:
        return type(self)([*self, *other])

    def __repr__(self) -> str:
        return f"[{', '.join(map(repr, self))}]"

    __str__ = __repr__


class StdStringVector(StdVector[str]):
    """A list of strings."""


class StdLongVector(StdVector[int]):
    """A list of integers."""


class StdDoubleVector(StdVector[float]):
    """A list of floats."""


class StdNamedDevFailedVector(StdVector[NamedDevFailed]):
    """A list of the failures of single members of a call."""
