"""``puretango prop``: properties in the control system's database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from puretango.cli._client import Json
from puretango.cli._failure import USAGE, Failure
from puretango.cli._output import print_json, say, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from puretango.client import Database

__all__ = ["register"]

prop = typer.Typer(
    name="prop",
    help="Properties of devices (a/b/c), attributes (a/b/c/attribute), classes (class:Name) "
    "and free objects (any other name).",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Owner = Annotated[str, typer.Argument(help="a/b/c, a/b/c/attribute, class:Name or a free name.")]
Name = Annotated[str, typer.Argument(help="The property's name.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(prop)


def database() -> Database:
    """The control system's database."""
    from puretango.client import Database

    return Database()


def kind_of(owner: str) -> tuple[str, str]:
    """The kind of an owner (device, attribute, class, object), and its name without a prefix."""
    if owner.startswith("class:"):
        return "class", owner.removeprefix("class:")
    kind = {2: "device", 3: "attribute"}.get(owner.count("/"), "object")
    if kind == "object" and "/" in owner:
        raise Failure(f"{owner!r} names neither a device nor an attribute", USAGE)
    return kind, owner


def everything(database: Database, owner: str) -> dict[str, list[str]]:
    """All the properties of an owner."""
    kind, name = kind_of(owner)
    if kind == "attribute":
        device, _, attribute = name.rpartition("/")
        found = database.get_device_attribute_property(device, attribute)
        return {key: list(values) for key, values in dict(found[attribute]).items()}
    if kind == "device":
        names = list(database.get_device_property_list(name, "*"))
        values: Any = database.get_device_property(name, names) if names else {}
    elif kind == "class":
        names = list(database.get_class_property_list(name))
        values = database.get_class_property(name, names) if names else {}
    else:
        names = list(database.get_object_property_list(name, "*"))
        values = database.get_property(name, names) if names else {}
    return {str(key): [str(each) for each in values[key]] for key in values}


def _find(database: Database, owner: str, name: str) -> list[str]:
    found = everything(database, owner)
    values = next((found[key] for key in found if key.lower() == name.lower()), None)
    if values is None:
        raise Failure(f"{owner} has no property {name} (what it has: puretango prop list {owner})")
    return values


@prop.command("list")
def list_properties(owner: Owner, as_json: Json = False) -> None:
    """List the properties of an owner with their values."""
    found = everything(database(), owner)
    if as_json:
        print_json(found)
        return
    table(("PROPERTY", "VALUE"), [(name, ", ".join(values)) for name, values in found.items()])


@prop.command()
def get(owner: Owner, name: Name, as_json: Json = False) -> None:
    """Print a property's values, one per line."""
    values = _find(database(), owner, name)
    if as_json:
        print_json(values)
        return
    for value in values:
        say(value)


@prop.command(context_settings={"ignore_unknown_options": True})
def put(
    owner: Owner,
    name: Name,
    values: Annotated[list[str], typer.Argument(metavar="VALUE...", help="Its values.")],
) -> None:
    """Set a property."""
    kind, plain = kind_of(owner)
    change(database(), kind, plain, name, values)


def change(database: Database, kind: str, owner: str, name: str, values: Sequence[str]) -> None:
    """Set a property of an owner of this kind."""
    given = {name: list(values)}
    if kind == "attribute":
        device, _, attribute = owner.rpartition("/")
        database.put_device_attribute_property(device, {attribute: given})
    elif kind == "device":
        database.put_device_property(owner, given)
    elif kind == "class":
        database.put_class_property(owner, given)
    else:
        database.put_property(owner, given)


@prop.command()
def delete(owner: Owner, name: Name) -> None:
    """Forget a property; its history stays."""
    kind, plain = kind_of(owner)
    found = database()
    _find(found, owner, name)
    if kind == "attribute":
        device, _, attribute = plain.rpartition("/")
        found.delete_device_attribute_property(device, {attribute: [name]})
    elif kind == "device":
        found.delete_device_property(plain, name)
    elif kind == "class":
        found.delete_class_property(plain, name)
    else:
        found.delete_property(plain, name)
