"""Naming rules (G, Naming rules; Device attributes nomenclature; Generic interface programming)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from puretango.lint._finding import Fix, Found
from puretango.lint._registry import Checks
from puretango.lint._renaming import rename_class, rename_method, rename_property
from puretango.lint._subject import Subject
from puretango.lint.words._wordlist import words
from puretango.lint.words._words import (
    MAKERS,
    SHORT_BUT_KNOWN,
    VAGUE_ATTRIBUTES,
    VAGUE_COMMANDS,
    VAGUE_PROPERTIES,
    camel,
    is_cryptic,
    split_words,
    unjoined,
)
from puretango.model import Place

__all__ = ["KINDS", "checks"]

checks = Checks()

_CLASS_NAME = re.compile(r"[A-Z][A-Za-z0-9]*\Z")
_ALPHANUMERIC = re.compile(r"[A-Za-z0-9]+\Z")


@checks.check("TN001")
def class_name(subject: Subject) -> Iterator[Found]:
    """Concatenated fields, each beginning with a capital."""
    name = subject.model.name
    if not _CLASS_NAME.match(name):
        better = camel(name, True)
        said = f"class name {name} is not CamelCase"
        yield Found("TN001", said, fix=rename_class(subject, better), advice=f"rename to {better}")


def _members(subject: Subject) -> Iterator[tuple[str, str, str, Place]]:
    """For each member with a name of its own: the digit in the rules' ids, kind, name and place."""
    model = subject.model
    for attribute in model.own_attributes():
        yield "1", "attribute", attribute.name, attribute.place
    for command in model.own_commands():
        yield "2", "command", command.name, command.place
    for one in (*model.device_properties, *model.class_properties):
        yield "3", "property", one.name, one.place


_VAGUE = {"1": VAGUE_ATTRIBUTES, "2": VAGUE_COMMANDS, "3": VAGUE_PROPERTIES}


@checks.check(*(f"TN{kind}0{number}" for kind in (1, 2, 3) for number in range(1, 7)))
def member_names(subject: Subject) -> Iterator[Found]:
    """Length, letters, first letter, sub-words, vague terms, abbreviations."""
    known = SHORT_BUT_KNOWN | {one.lower() for one in subject.settings.abbreviations}
    site_vague = frozenset(one.lower() for one in subject.settings.vague)
    for digit, kind, name, place in _members(subject):
        member = f"{kind} {name}"
        for rule, said in _name_faults(digit, kind, name, known, site_vague):
            better = camel(name, digit != "1")
            fix = _rename(subject, kind, name, better) if rule[-1] in "23" else None
            advice = f"rename to {better}" if rule[-1] in "234" else ""
            if rule.endswith("04"):
                advice = f"rename to {_joined(digit, name)}"
                if kind != "attribute":
                    fix = _rename(subject, kind, name, _joined(digit, name))
            yield Found(rule, said, place, member, fix, advice)


def _joined(digit: str, name: str) -> str:
    found = unjoined(name)
    return found[:1].upper() + found[1:] if digit != "1" else found


def _name_faults(
    digit: str, kind: str, name: str, known: frozenset[str], site_vague: frozenset[str]
) -> Iterator[tuple[str, str]]:
    lowered = name.lower()
    if len(name) < 2:
        yield f"TN{digit}01", f"{kind} name {name!r} has fewer than two characters"
        return
    if not _ALPHANUMERIC.match(name):
        yield f"TN{digit}02", f"{kind} name {name} has other than letters and digits"
    upper = digit != "1"
    if name[0].isalpha() and name[0].isupper() != upper:
        case = "a capital" if upper else "a lower-case"
        yield f"TN{digit}03", f"{kind} name {name} does not begin with {case} letter"
    if unjoined(name):
        yield f"TN{digit}04", f"{kind} name {name} runs its words together"
    if lowered in _VAGUE[digit] or lowered in site_vague:
        yield f"TN{digit}05", f"{kind} name {name} says nothing about what it is"
    elif is_cryptic(name, known):
        yield f"TN{digit}06", f"{kind} name {name} is an abbreviation that few will know"


def _rename(subject: Subject, kind: str, name: str, better: str) -> Fix | None:
    """The fix that changes the name for clients; the source's own names stay."""
    if not better:
        return None
    if kind == "command":
        return rename_method(subject, name, better)
    if kind == "property":
        return rename_property(subject, name, better)
    taken = {one.name.lower() for one in subject.model.attributes if one.name != name}
    declaration = subject.declared("attribute", name)
    if better.lower() in taken or declaration is None or declaration.keyword("name") is not None:
        return None
    methods: dict[str, str] = {}
    model = subject.model.attribute(name)
    source = subject.source
    if model is None or source is None:
        return None
    if declaration.function is None:
        # The methods are found by the attribute's name: say which they are.
        for keyword, method in (
            ("fget", model.read_method),
            ("fset", model.write_method if model.is_writable else ""),
            ("fisallowed", model.is_allowed_method),
        ):
            if method in source.all_methods and declaration.keyword(keyword) is None:
                methods[keyword] = f'"{method}"'
    elif model.is_allowed_method in source.all_methods:
        methods["fisallowed"] = f'"{model.is_allowed_method}"'
    if "fget" in methods and "fset" in methods and declaration.keyword("access") is None:
        return None  # it would become writable
    return subject.keyword_fix(
        "attribute",
        name,
        {"name": f'"{better}"', **methods},
        safe=False,
        clients=f"attribute {name} is called {better}",
    )


@checks.check("TN401")
def maker_in_name(subject: Subject) -> Iterator[Found]:
    """The service is named, not its implementation."""
    makers = MAKERS | {one.lower() for one in subject.settings.makers}
    identification = subject.model.identification
    for own in (identification.manufacturer, identification.reference):
        if own.lower() not in ("", "none", "not applicable"):
            makers |= {own.lower()}
    for digit, kind, name, place in _members(subject):
        if digit == "3":
            continue  # a property configures the implementation
        lowered = name.lower()
        parts = {one.lower() for one in split_words(name)}
        for maker in makers:
            if maker in parts or (len(maker) > 4 and lowered.startswith(maker)):
                said = f"{kind} {name} names a maker or a bus ({maker}), not the service"
                yield Found("TN401", said, place, f"{kind} {name}")
                break


_PROXY_METHODS = words(
    "name info lock unlock ping alias alias_exists description reconnect adm_name dev_name "
    "get_property put_property subscribe_event unsubscribe_event read_attribute "
    "write_attribute command_inout set_timeout_millis get_timeout_millis black_box is_locked "
    "get_locker"
)


@checks.check("TN403")
def shadowed_names(subject: Subject) -> Iterator[Found]:
    """Names that differ in case only, or that a client's proxy has already."""
    seen: dict[str, list[str]] = defaultdict(list)
    for _, kind, name, place in _members(subject):
        lowered = name.lower()
        if kind == "property":
            continue
        if lowered in ("state", "status"):
            continue
        member = f"{kind} {name}"
        if name in _PROXY_METHODS:
            said = f"{kind} {name}: proxy.{name} is a method of DeviceProxy"
            yield Found("TN403", said, place, member)
        for other in seen[lowered]:
            yield Found("TN403", f"{kind} {name} and {other} differ only in case", place, member)
        seen[lowered].append(member)


_STOP_WORDS = words(
    "der die und nicht ist wird mit für oder eine einen werden des les une est dans pour avec "
    "sont el los las una para con por che della sono il nel"
)


@checks.check("TN404")
def not_english(subject: Subject) -> Iterator[Found]:
    """The community's language is English."""
    for _, kind, name, place in _members(subject):
        if not name.isascii():
            yield Found(
                "TN404", f"{kind} {name} has letters that are not English", place, f"{kind} {name}"
            )
    model = subject.model
    texts = [("", model.description, model.place)]
    texts += [(f"attribute {a.name}", a.description, a.place) for a in model.attributes]
    texts += [(f"command {c.name}", c.description, c.place) for c in model.commands]
    for member, text, place in texts:
        parts = re.findall(r"[^\W\d_]+", text.lower())
        foreign = [one for one in parts if one in _STOP_WORDS]
        if len(parts) >= 4 and len(foreign) * 5 >= len(parts):
            said = f"the description of {member or 'the class'} is not English"
            yield Found("TN404", said, place, member)


@checks.check("TN402")
def signals_of_one_kind(subject: Subject) -> Iterator[Found]:
    """One kind of signal, one name."""
    groups: dict[str, dict[str, str]] = defaultdict(dict)
    for attribute in subject.model.own_attributes():
        parts = [one.lower() for one in split_words(attribute.name)]
        for stem, forms in KINDS.items():
            for form in forms:
                if form in parts:
                    groups[stem].setdefault(form, attribute.name)
    for stem, found in groups.items():
        if len(found) > 1:
            names = ", ".join(sorted(found.values()))
            first = subject.model.attribute(sorted(found.values())[0])
            said = f"one kind of signal ({stem}) under several names: {names}"
            yield Found("TN402", said, first.place if first else None)


KINDS = {
    "intensity of a current": ("intensity", "intens", "current", "curr"),
    "temperature": ("temperature", "temp"),
    "position": ("position", "pos"),
    "pressure": ("pressure", "press"),
    "voltage": ("voltage", "volt", "volts"),
    "frequency": ("frequency", "freq"),
}
