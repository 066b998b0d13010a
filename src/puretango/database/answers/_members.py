"""Commands about the properties of attributes and pipes, of classes and devices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from puretango.database.answers._answers import (
    INCORRECT_ARGUMENTS,
    INCORRECT_DEVICE_NAME,
    Words,
    answers,
    refuse,
    require,
)
from puretango.database.answers._properties import past, sql_wildcard
from puretango.store import Properties, Store, plain_device_name

__all__: list[str] = []


@dataclass(frozen=True)
class Family:
    """Attributes or pipes, of classes or devices."""

    owner: str
    """``Class`` or ``Device``."""
    member: str
    """``Attribute`` or ``Pipe``."""
    properties: Callable[[Store], Properties]

    @property
    def name(self) -> str:
        """The family in the names of the commands."""
        return self.owner + self.member

    @property
    def snake(self) -> str:
        """The family in the origins of errors."""
        return f"{self.owner.lower()}_{self.member.lower()}"

    def text(self, sentence: str) -> str:
        """A sentence as Tango's server writes it: on pipes it begins with a capital."""
        return sentence[0].upper() + sentence[1:] if self.member == "Pipe" else sentence

    def plain(self, name: str, what: str, origin: str) -> str:
        """The owner's name, checked if it is a device's."""
        if self.owner == "Class":
            return name
        plain = plain_device_name(name)
        if plain is None:
            refuse(
                INCORRECT_DEVICE_NAME,
                self.text(f"failed to delete {what}, device name incorrect"),
                origin,
            )
        return plain


FAMILIES = (
    Family("Class", "Attribute", lambda store: store.class_attributes),
    Family("Device", "Attribute", lambda store: store.device_attributes),
    Family("Class", "Pipe", lambda store: store.class_pipes),
    Family("Device", "Pipe", lambda store: store.device_pipes),
)

Named = list[tuple[str, list[str]]]


def _declare(family: Family) -> None:
    """Declare the commands that all four families have."""
    properties, snake = family.properties, family.snake
    what = f"{family.owner.lower()} {family.member.lower()}"

    def get(store: Store, argin: Sequence[str]) -> list[str]:
        """Every property with the number of its values."""
        found, members = _asked(store, family, argin)
        for member, of_member in members:
            found += [member, str(len(of_member))]
            for name, values in of_member:
                found += [name, str(len(values)), *values]
        return found

    def put(store: Store, argin: Sequence[str]) -> None:
        """Properties, each with the number of its values."""
        words = Words(argin, f"db_put_{snake}_property{_second(family)}")
        owner = words.word()
        changes: list[tuple[str, str, list[str]]] = []
        for _ in range(words.number()):
            member = words.word()
            changes += [
                (member, words.word(), words.words(words.number())) for _ in range(words.number())
            ]
        _put(store, family, owner, changes)

    # On attributes the plain names belong to the older commands, without numbers of values.
    answers(f"DbGet{family.name}Property{_second(family)}")(get)
    answers(f"DbPut{family.name}Property{_second(family)}")(put)

    @answers(f"DbDelete{family.name}")
    def delete(store: Store, argin: Sequence[str]) -> None:
        origin = f"db_delete_{snake}"
        require(
            argin,
            2,
            f"insufficient number of arguments to delete {what}",
            origin,
        )
        owner = family.plain(argin[0], what, origin)
        properties(store).drop_members(owner, sql_wildcard(argin[1]))

    @answers(f"DbDelete{family.name}Property")
    def delete_property(store: Store, argin: Sequence[str]) -> None:
        origin = f"db_delete_{snake}_property"
        require(
            argin,
            3,
            family.text(f"insufficient number of arguments to delete {what} property"),
            origin,
        )
        owner = family.plain(
            argin[0], what, origin if family.member == "Pipe" else f"db_delete_{snake}"
        )
        with store.change():
            for name in argin[2:]:
                # A property's name cannot contain an asterisk.
                if "*" not in name:
                    properties(store).delete((owner, argin[1]), name)

    @answers(f"DbGet{family.name}List")
    def members(store: Store, argin: Sequence[str]) -> list[str]:
        require(
            argin,
            2,
            f"incorrect no. of input arguments, needs 2 ({family.owner.lower()},wildcard)",
            f"db_get_{snake}_list",
        )
        return properties(store).names(argin[0], argin[1], column=family.member.lower())

    @answers(f"DbGet{family.name}PropertyHist")
    def history(store: Store, argin: Sequence[str]) -> list[str]:
        if len(argin) != 3:
            refuse(
                INCORRECT_ARGUMENTS,
                family.text(
                    "incorrect no. of input arguments, needs 3 "
                    f"({family.owner.lower()},{family.member.lower()},property)"
                ),
                f"DbGet{family.name}PropertyHist",
            )
        return past(properties(store), argin)


def _second(family: Family) -> str:
    return "2" if family.member == "Attribute" else ""


def _asked(
    store: Store, family: Family, argin: Sequence[str]
) -> tuple[list[str], list[tuple[str, Named]]]:
    """The start of the answer, and the properties of each attribute or pipe that is asked for."""
    require(
        argin,
        1,
        f"incorrect no. of input arguments, needs 1 ({family.owner.lower()})",
        f"db_get_{family.snake}_property",
    )
    owner, members = argin[0], argin[1:]
    found = [owner, str(len(members))]
    properties = family.properties(store)
    if len(members) == 1:
        return found, [(members[0], properties.of_member((owner, members[0])))]
    # One query for all of them: a server that starts asks for every attribute of a device.
    every: dict[str, Named] = {}
    for (member,), name, values in properties.of_owner(owner):
        every.setdefault(member.lower(), []).append((name, values))
    return found, [(member, every.get(member.lower(), [])) for member in members]


def _put(
    store: Store, family: Family, owner: str, changes: Iterable[tuple[str, str, list[str]]]
) -> None:
    properties = family.properties(store)
    changes = list(changes)
    if family.name == "DeviceAttribute" and len(changes) == 1:
        member, name, values = changes[0]
        if name == "__value" and len(values) == 1:
            properties.put_memorized((owner, member), values[0])
            return
    with store.change():
        for member, name, values in changes:
            properties.put((owner, member), name, values)


for _family in FAMILIES:
    _declare(_family)


def _declare_old(family: Family) -> None:
    """Declare the older commands on attributes: every value is a property of its own."""

    @answers(f"DbGet{family.name}Property")
    def get(store: Store, argin: Sequence[str]) -> list[str]:
        found, members = _asked(store, family, argin)
        for member, of_member in members:
            pairs = [(name, value) for name, values in of_member for value in values]
            found += [member, str(len(pairs))]
            found += [word for pair in pairs for word in pair]
        return found

    @answers(f"DbPut{family.name}Property")
    def put(store: Store, argin: Sequence[str]) -> None:
        words = Words(argin, f"db_put_{family.snake}_property")
        owner = words.word()
        changes: list[tuple[str, str, list[str]]] = []
        for _ in range(words.number()):
            member, count = words.word(), words.number()
            changes += [(member, words.word(), [words.word()]) for _ in range(count)]
        properties = family.properties(store)
        with store.change():
            for member, name, values in changes:
                properties.put((owner, member), name, values)


for _family in FAMILIES[:2]:
    _declare_old(_family)


def _declare_all(family: Family) -> None:
    """Declare the commands that forget whole attributes or pipes of a device."""
    what = f"all device {family.member.lower()}(s) property"

    @answers(f"DbDeleteAllDevice{family.member}Property")
    def delete_all(store: Store, argin: Sequence[str]) -> None:
        snake = f"db_delete_all_device_{family.member.lower()}"
        require(
            argin,
            2,
            family.text(f"insufficient number of arguments to delete {what}"),
            f"{snake}_property",
        )
        owner = plain_device_name(argin[0])
        if owner is None:
            refuse(INCORRECT_DEVICE_NAME, f"Failed to delete {what}, device name incorrect", snake)
        with store.change():
            for member in argin[1:]:
                family.properties(store).delete_member((owner, member))


for _family in (FAMILIES[1], FAMILIES[3]):
    _declare_all(_family)
