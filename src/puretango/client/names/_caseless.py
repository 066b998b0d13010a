"""Lists and dictionaries of names that ignore case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["CaselessDict", "CaselessList"]


def _string(item: Any) -> str:
    if not isinstance(item, str):
        raise TypeError(
            f'Members of this object must be strings. You supplied "{item}" which is "{type(item)}"'
        )
    return item


class CaselessList(list[str]):
    """A list of strings in which ``in``, ``index``, ``count`` and ``remove`` ignore case."""

    def __init__(self, inlist: Iterable[str] | None = None) -> None:
        super().__init__(_string(item) for item in inlist or ())

    def findentry(self, item: str) -> str | None:
        """The entry that equals the item except for case, or None."""
        wanted = _string(item).lower()
        return next((entry for entry in self if entry.lower() == wanted), None)

    def __contains__(self, item: object) -> bool:
        return isinstance(item, str) and self.findentry(item) is not None

    def remove(self, item: str) -> None:
        """Remove the first entry that equals the item except for case."""
        entry = self.findentry(item)
        if entry is None:
            raise ValueError("list.remove(x): x not in list")
        super().remove(entry)

    def copy(self) -> CaselessList:
        """Another list with the same entries."""
        return CaselessList(self)

    def list(self) -> list[str]:
        """A plain list of the entries."""
        return [*self]

    def lowercopy(self) -> list[str]:  # type: ignore[valid-type]  # the class has a method named list
        """A plain list of the entries in lower case."""
        return [entry.lower() for entry in self]

    def append(self, item: str) -> None:
        """Append one entry."""
        super().append(_string(item))

    def extend(self, item: Iterable[str]) -> None:
        """Append several entries."""
        super().extend(_string(entry) for entry in item)

    def insert(self, i: Any, x: str) -> None:
        """Insert one entry."""
        super().insert(i, _string(x))

    def count(self, item: Any) -> int:
        """How many entries equal the item but for case."""
        if not isinstance(item, str):
            return 0
        return sum(entry.lower() == item.lower() for entry in self)

    def index(self, item: str, minindex: Any = 0, maxindex: Any = None) -> int:
        """The index of the first entry that equals the item except for case."""
        wanted = _string(item).lower()
        stop = len(self) if maxindex is None else min(len(self), maxindex)
        for position in range(max(0, minindex), stop):
            if self[position].lower() == wanted:
                return position
        raise ValueError("list.index(x): x not in list")

    def __setitem__(self, index: Any, value: Any) -> None:
        if isinstance(index, slice):
            super().__setitem__(index, [_string(entry) for entry in value])
        else:
            super().__setitem__(index, _string(value))

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        return CaselessList(found) if isinstance(index, slice) else found

    def __add__(self, item: Any) -> Any:
        return CaselessList([*self, *item])

    def __radd__(self, item: Iterable[str]) -> CaselessList:
        return CaselessList([*self, *item])

    def __iadd__(self, item: Any) -> Any:
        self.extend(item)
        return self

    def __mul__(self, item: Any) -> CaselessList:
        return CaselessList(super().__mul__(item))

    __rmul__ = __mul__


class CaselessDict(dict[str, Any]):
    """A dictionary whose keys are kept in lower case."""

    def __init__(self, other: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None) -> None:
        super().__init__()
        self.update(other or {})

    def __getitem__(self, key: str) -> Any:
        return super().__getitem__(key.lower())

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key.lower(), value)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and super().__contains__(key.lower())

    def __delitem__(self, key: str) -> None:
        super().__delitem__(key.lower())

    def has_key(self, key: str) -> bool:
        """True if the key is there."""
        return key in self

    def get(self, key: str, def_val: Any = None) -> Any:
        """The value of a key, or the default."""
        return super().get(key.lower(), def_val)

    def setdefault(self, key: str, def_val: Any = None) -> Any:
        """The value of a key, set to the default if it is not there."""
        return super().setdefault(key.lower(), def_val)

    def update(self, other: Any) -> None:  # type: ignore[override]  # PyTango's signature, not the built-in's
        """Take the items of another dictionary."""
        items = other.items() if isinstance(other, Mapping) else other
        for key, value in items:
            self[key] = value

    def fromkeys(self, iterable: Iterable[str], value: Any = None) -> CaselessDict:  # type: ignore[override]  # PyTango's signature, not the built-in's
        """A dictionary with these keys and one value."""
        return CaselessDict((key, value) for key in iterable)

    def pop(self, key: str, def_val: Any = None) -> Any:
        """Take a key out and give its value, or the default."""
        return super().pop(key.lower(), def_val)

    def keys(self) -> CaselessList:  # type: ignore[override]  # PyTango's signature, not the built-in's
        """The keys, as a list that ignores case."""
        return CaselessList(super().keys())
