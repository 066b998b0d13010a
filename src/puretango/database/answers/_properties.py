"""Commands about the properties of objects, classes and devices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from puretango.database.answers._answers import INCORRECT_ARGUMENTS, Words, answers, refuse, require
from puretango.database.answers._servers import NOTHING
from puretango.store import Properties, Store

__all__ = ["past", "sql_wildcard"]


def sql_wildcard(pattern: str) -> str:
    """A pattern in which ``%`` is a wildcard, as Tango's database server passes some patterns to SQL unchanged."""
    return pattern.replace("%", "*")


def past(properties: Properties, patterns: Sequence[str]) -> list[str]:
    """The history of the matching properties, in the form of the history commands' answers."""
    found: list[str] = []
    for change in properties.history(*patterns):
        # An attribute or a pipe is named before its property.
        found += [*change.keys[1:], change.name, change.date, str(len(change.values))]
        found += change.values
    return found


@dataclass(frozen=True)
class Family:
    """One kind of owner: the names of its commands, and their differences."""

    word: str
    """The family in the names of the commands: ``""``, ``Class``, ``Device``."""
    owner: str
    properties: Callable[[Store], Properties]
    fills: bool
    """A property without a value is answered with a blank."""
    wild: Callable[[str], str]
    get_origin: str
    history_origin: str
    least: int
    """The least number of elements in the argument of the get command."""

    @property
    def snake(self) -> str:
        """The family in the origins of errors."""
        return f"{self.word.lower()}_property" if self.word else "property"


def _as_it_is(pattern: str) -> str:
    return pattern


FAMILIES = (
    Family(
        "",
        "object",
        lambda store: store.object_properties,
        True,
        _as_it_is,
        "db_get_property",
        "DbGetPropertyHist",
        1,
    ),
    Family(
        "Class",
        "class",
        lambda store: store.class_properties,
        False,
        sql_wildcard,
        "db_get_class_property",
        "DbGetClassPropertyHist",
        1,
    ),
    Family(
        "Device",
        "device",
        lambda store: store.device_properties,
        True,
        _as_it_is,
        "GetDeviceProperty",
        "GetDevicePropertyHist",
        2,
    ),
)


def _declare(family: Family) -> None:
    """Declare the commands of one family."""
    word, properties = family.word, family.properties

    @answers(f"DbPut{word}Property")
    def put(store: Store, argin: Sequence[str]) -> None:
        words = Words(argin, f"db_put_{family.snake}")
        owner = (words.word(),)
        changes = [(words.word(), words.words(words.number())) for _ in range(words.number())]
        with store.change():
            for name, values in changes:
                properties(store).put(owner, name, values)

    @answers(f"DbGet{word}Property")
    def get(store: Store, argin: Sequence[str]) -> list[str]:
        needs = ("an " if family.owner == "object" else "a ") + family.owner
        if family.least == 2:
            needs = f"at least 2 ({family.owner},property)"
        require(
            argin,
            family.least,
            f"incorrect no. of input arguments, needs {needs}",
            family.get_origin,
        )
        owner, names = (argin[0],), argin[1:]
        found = [argin[0], str(len(names))]
        if len(names) == 1:
            found += one(store, owner, names[0])
            return found
        with store.look():
            for name in names:
                found += one(store, owner, name)
        return found

    def one(store: Store, owner: tuple[str], name: str) -> list[str]:
        values = properties(store).get(owner, family.wild(name))
        if not values and family.fills:
            return [name, "0", NOTHING]
        return [name, str(len(values)), *values]

    @answers(f"DbDelete{word}Property")
    def delete(store: Store, argin: Sequence[str]) -> None:
        require(
            argin,
            1,
            f"incorrect no. of input arguments, needs 1 ({family.owner})",
            f"db_delete_{family.snake}",
        )
        with store.change():
            for name in argin[1:]:
                properties(store).delete((argin[0],), name)

    @answers(f"DbGet{word}PropertyHist")
    def history(store: Store, argin: Sequence[str]) -> list[str]:
        if len(argin) != 2:
            refuse(
                INCORRECT_ARGUMENTS,
                f"incorrect no. of input arguments, needs 2 ({family.owner},property)",
                family.history_origin,
            )
        return past(properties(store), argin)


for _family in FAMILIES:
    _declare(_family)


@answers("DbGetPropertyList")
def property_list(store: Store, argin: Sequence[str]) -> list[str]:
    if len(argin) != 2:
        refuse(
            INCORRECT_ARGUMENTS,
            "incorrect no. of input arguments, needs 2 (object,wildcard)",
            "GetPropertyList",
        )
    return store.object_properties.names(sql_wildcard(argin[0]), argin[1])


@answers("DbGetClassPropertyList")
def class_property_list(store: Store, argin: str) -> list[str]:
    return store.class_properties.names(sql_wildcard(argin))


@answers("DbGetDevicePropertyList")
def device_property_list(store: Store, argin: Sequence[str]) -> list[str]:
    require(
        argin,
        2,
        "incorrect no. of input arguments, needs 2 (device,wildcard)",
        "db_get_device_property_list",
    )
    return store.device_properties.names(argin[0], argin[1])


@answers("DbGetObjectList")
def object_list(store: Store, argin: str) -> list[str]:
    return store.object_properties.names(argin, column="object")
