"""Rules over a database that need several devices, or a comparison of stored and declared values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from puretango.lint._finding import Found
from puretango.lint._registry import Checks
from puretango.lint.declared import KINDS
from puretango.lint.facility._checks import polled_of, user_devices
from puretango.lint.facility._facts import Facility
from puretango.lint.words._words import split_words
from puretango.model import Place

__all__ = ["checks"]

checks = Checks()


@checks.check("TN402")
def signals(facility: Facility) -> Iterator[Found]:
    """One kind of signal has one name in the whole facility."""
    forms: dict[str, dict[str, str]] = defaultdict(dict)
    for device in user_devices(facility):
        model = facility.model_of(device)
        for attribute in model.own_attributes() if model is not None else ():
            parts = {one.lower() for one in split_words(attribute.name)}
            for kind, words in KINDS.items():
                for form in parts.intersection(words):
                    forms[kind].setdefault(form, f"{device.class_name}.{attribute.name}")
    for kind, found in forms.items():
        classes = {name.partition(".")[0] for name in found.values()}
        if len(found) > 1 and len(classes) > 1:
            told = ", ".join(sorted(found.values()))
            said = f"one kind of signal ({kind}) has several names: {told}"
            yield Found("TN402", said, Place(facility.host))


@checks.check("TA027")
def silent_events(facility: Facility) -> Iterator[Found]:
    """Change criteria only work if something detects changes."""
    for device in user_devices(facility):
        polled = {one.name.lower() for one in device.polling} | set(polled_of(device))
        for attribute, stored in device.attribute_properties.items():
            wanted = {"abs_change", "rel_change"} & set(stored)
            if wanted and attribute.lower() not in polled:
                said = f"{device.name}/{attribute} has event criteria and is not polled"
                yield Found("TA027", f"{said}: events only if it is pushed", Place(device.name))


@checks.check("TS017")
def families(facility: Facility) -> Iterator[Found]:
    """A family of equipment has one set of States."""
    sets: dict[str, dict[frozenset[str], str]] = defaultdict(dict)
    for device in user_devices(facility):
        model = facility.model_of(device)
        states = frozenset(one.name for one in model.states) if model is not None else frozenset()
        if states and device.name.count("/") == 2:
            family = device.name.lower().rpartition("/")[0]
            sets[family].setdefault(states, device.class_name)
    for family, found in sets.items():
        if len(set(found.values())) > 1:
            told = "; ".join(
                f"{name}: {', '.join(sorted(states))}" for states, name in found.items()
            )
            yield Found(
                "TS017", f"family {family} has several sets of States: {told}", Place(family)
            )


@checks.check("TT010")
def key_objects(facility: Facility) -> Iterator[Found]:
    """A device whose values make events has its State polled too."""
    for device in user_devices(facility):
        polled = {one.name.lower() for one in device.polling} | set(polled_of(device))
        events = any(
            {"abs_change", "rel_change", "archive_abs_change", "archive_rel_change"} & set(stored)
            for stored in device.attribute_properties.values()
        )
        if (events or polled) and "state" not in polled:
            said = f"{device.name}: values are polled or make events, and State is not polled"
            yield Found("TT010", said, Place(device.name), advice="poll State")
