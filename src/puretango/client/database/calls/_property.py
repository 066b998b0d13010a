"""Properties as the database's commands carry them: flat lists of strings with counts."""

from __future__ import annotations

from collections.abc import Sequence

from puretango.client.database.calls._data import DbData, DbDatum, DbHistory, DbHistoryList
from puretango.errors import DevFailed

__all__ = [
    "read_attribute_properties",
    "read_history",
    "read_properties",
    "write_attribute_properties",
    "write_properties",
]


def _incoherent(origin: str) -> DevFailed:
    return DevFailed.make("API_IncoherentDbData", "Incoherent data received from database", origin)


class _Walk:
    """Steps over a list of strings; a step past the end is the database's fault."""

    def __init__(self, items: Sequence[str], position: int, origin: str) -> None:
        self.items = items
        self.position = position
        self.origin = origin

    def text(self) -> str:
        if self.position >= len(self.items):
            raise _incoherent(self.origin)
        item = self.items[self.position]
        self.position += 1
        return item

    def count(self) -> int:
        try:
            return int(self.text())
        except ValueError:
            raise _incoherent(self.origin) from None

    def texts(self, count: int, filler: bool = True) -> list[str]:
        """The next ``count`` strings; an empty list is sent as one filler, which is skipped."""
        if count == 0:
            if filler:
                self.position += 1
            return []
        return [self.text() for _ in range(count)]


def read_properties(reply: Sequence[str], data: DbData, origin: str) -> None:
    """Fill ``data`` from ``[object, n, (name, count, value…)*]``."""
    walk = _Walk(reply, 1, origin)
    found = []
    for _ in range(walk.count()):
        name = walk.text()
        found.append(DbDatum(name, walk.texts(walk.count())))
    if len(found) == len(data):  # the caller's own data are filled, as PyTango does
        for mine, theirs in zip(data, found, strict=True):
            mine.name = theirs.name
            mine.value_string = theirs.value_string
    else:
        data[:] = found


def write_properties(name: str, data: DbData) -> list[str]:
    """``[object, n, (name, count, value…)*]``."""
    sent = [name, str(len(data))]
    for datum in data:
        sent += [datum.name, str(len(datum)), *datum]
    return sent


def read_attribute_properties(reply: Sequence[str], data: DbData, origin: str) -> None:
    """Fill ``data`` from ``[object, n, (attribute, k, (property, count, value…)*)*]``."""
    walk = _Walk(reply, 1, origin)
    found: list[DbDatum] = []
    for _ in range(walk.count()):
        attribute = walk.text()
        properties = walk.count()
        found.append(DbDatum(attribute, [str(properties)]))
        for _ in range(properties):
            name = walk.text()
            found.append(DbDatum(name, walk.texts(walk.count())))
    data[:] = found


def write_attribute_properties(name: str, data: DbData, origin: str) -> list[str]:
    """``[object, n, (attribute, k, (property, count, value…)*)*]``."""
    sent: list[str] = []
    attributes = 0
    items = iter(data)
    for attribute in items:
        try:
            properties = int(attribute[0])
        except (IndexError, ValueError):
            raise DevFailed.make(
                "API_IncoherentDbData",
                f"the number of properties of attribute {attribute.name} is missing",
                origin,
            ) from None
        sent += [attribute.name, str(properties)]
        attributes += 1
        for _ in range(properties):
            datum = next(items, None)
            if datum is None:
                raise _incoherent(origin)
            sent += [datum.name, str(len(datum)), *datum]
    return [name, str(attributes), *sent]


def read_history(reply: Sequence[str], of_attribute: bool, origin: str) -> DbHistoryList:
    """``[([attribute,] name, date, count, value…)*]``."""
    walk = _Walk(reply, 0, origin)
    found = DbHistoryList()
    while walk.position < len(reply):
        attribute = walk.text() if of_attribute else ""
        name, date = walk.text(), walk.text()
        try:
            count = int(walk.text())
        except ValueError:
            raise DevFailed.make(
                "API_HistoryInvalid", "History format is invalid", origin
            ) from None
        values = walk.texts(count, filler=False)
        found.append(DbHistory(name, attribute, date, values))
    return found
