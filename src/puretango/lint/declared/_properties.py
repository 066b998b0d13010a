"""Properties (G, Properties, Concepts; How to configure a new device)."""

from __future__ import annotations

from collections.abc import Iterator

from puretango.lint._finding import Found
from puretango.lint._registry import Checks
from puretango.lint._subject import Subject
from puretango.lint.words._wordlist import words
from puretango.lint.words._words import split_words
from puretango.model import PropertyModel, element_of

__all__ = ["checks", "is_secret", "misfit"]

checks = Checks()


def _all(subject: Subject) -> Iterator[tuple[str, str, PropertyModel]]:
    for one in subject.model.device_properties:
        yield "device_property", f"property {one.name}", one
    for one in subject.model.class_properties:
        yield "class_property", f"property {one.name}", one


@checks.check("TP001")
def described(subject: Subject) -> Iterator[Found]:
    """People who set up a device need a description of each property."""
    for _, member, one in _all(subject):
        if not one.description.strip() and "doc" not in one.unknown:
            yield Found("TP001", f"{member} has no description", one.place, member)


@checks.check("TP002", "TP003")
def defaults(subject: Subject) -> Iterator[Found]:
    """A default, or mandatory; not both."""
    for kind, member, one in _all(subject):
        if {"default_value", "mandatory"} & one.unknown:
            continue
        if one.default is None and not one.mandatory:
            if subject.model.origin == "live":
                continue  # a running device does not show which are mandatory
            advice = "mandatory=True" if kind == "device_property" else "default_value=…"
            said = f"{member} has no default and is not mandatory"
            yield Found("TP002", said, one.place, member, advice=advice)
        elif one.default is not None and one.mandatory:
            fix = subject.keyword_fix(kind, one.name, {"default_value": ""})
            yield Found("TP003", f"{member} is mandatory and has a default", one.place, member, fix)


_SECRETS = words("password passwd pwd secret token apikey credential credentials")


def is_secret(name: str) -> bool:
    """True for names of values that should not be shown."""
    lowered = name.lower().replace("_", "")
    parts = {word.lower() for word in split_words(name)}
    return bool(parts & _SECRETS) or any(lowered.endswith(one) for one in ("password", "apikey"))


@checks.check("TP009")
def secrets(subject: Subject) -> Iterator[Found]:
    """The database shows properties to everybody."""
    for _, member, one in _all(subject):
        if is_secret(one.name):
            said = f"{member} looks like a secret: the database shows it to everybody"
            yield Found("TP009", said, one.place, member)


def misfit(data_type: str, values: list[str]) -> str:
    """The error in a property's stored lines; empty if they are of its type."""
    element = element_of(data_type)
    if (
        element == data_type
        and len(values) > 1
        and data_type not in ("DevVarLongStringArray", "DevVarDoubleStringArray")
    ):
        return f"{len(values)} lines where one is wanted"
    for text in values:
        try:
            if element in ("DevDouble", "DevFloat"):
                float(text)
            elif element == "DevBoolean":
                if text.strip().lower() not in ("true", "false", "0", "1"):
                    return f"{text!r} is not a {element}"
            elif element.startswith(("DevShort", "DevLong", "DevULong", "DevUShort", "DevUChar")):
                int(text)
        except ValueError:
            return f"{text!r} is not a {element}"
    return ""


@checks.check("TP006")
def fitting(subject: Subject) -> Iterator[Found]:
    """A default is of its property's type."""
    model = subject.model
    for one in (*model.device_properties, *model.class_properties):
        if one.default is None or {"data_type", "default_value"} & one.unknown:
            continue
        bad = misfit(one.data_type, list(one.default))
        if bad:
            said = f"property {one.name}: its default: {bad}"
            yield Found("TP006", said, one.place, f"property {one.name}")
