"""Attributes: how they are configured (G, Modifiable attribute properties; ALARM configuration; Events)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from puretango.lint._finding import Edit, Fix, Found
from puretango.lint._registry import Checks
from puretango.lint._subject import Subject
from puretango.lint.words._units import is_unit, prefix_factor, proposed_unit, same_unit
from puretango.lint.words._words import split_words
from puretango.model import AttributeModel

__all__ = ["checks"]

checks = Checks()


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


@checks.check("TA004", "TA005")
def units(subject: Subject) -> Iterator[Found]:
    """The programmer knows the unit."""
    for member, one in subject.attributes():
        if {"unit", "data_type"} & one.unknown or not one.is_numeric:
            continue
        if one.is_float and not one.unit and not ("unit" in one.given and _says_why(one)):
            words = [word.lower() for word in split_words(one.name)]
            proposal = proposed_unit(words)
            advice = f'unit="{proposal}"?' if proposal else 'unit="1" if it has no dimension'
            yield Found("TA004", f"{member} has no unit", one.place, member, advice=advice)
        elif one.unit and not is_unit(one.unit):
            better = same_unit(one.unit)
            fix = None
            if better:
                fix = subject.keyword_fix("attribute", one.name, {"unit": f'"{better}"'})
            said = f"{member}: {one.unit!r} is not the usual symbol of a unit"
            advice = f'unit="{better}"' if better else ""
            yield Found("TA005", said, one.place, member, fix, advice)


def _says_why(one: AttributeModel) -> bool:
    return "unit" in one.description.lower() or "dimension" in one.description.lower()


@checks.check("TA006", "TA007")
def conversions(subject: Subject) -> Iterator[Found]:
    """Conversion factors are numbers, and they fit the unit."""
    for member, one in subject.attributes():
        for field in ("standard_unit", "display_unit"):
            text = getattr(one, field)
            if not text or field in one.unknown:
                continue
            number = _number(text)
            if number is None:
                fix = None
                factor = prefix_factor(one.unit)
                if field == "standard_unit" and factor is not None:
                    fix = subject.keyword_fix("attribute", one.name, {field: f'"{factor:G}"'})
                elif field == "display_unit":
                    fix = subject.keyword_fix("attribute", one.name, {field: '"1.0"'})
                said = f"{member}: {field} {text!r} is not a number"
                yield Found("TA006", said, one.place, member, fix)
            elif field == "standard_unit" and "unit" not in one.unknown:
                factor = prefix_factor(one.unit)
                if factor is not None and not math.isclose(number, factor, rel_tol=1e-6):
                    fix = subject.keyword_fix("attribute", one.name, {field: f'"{factor:G}"'})
                    said = f"{member}: standard_unit of {one.unit} is {factor:G}, not {text}"
                    yield Found("TA007", said, one.place, member, fix)


_PRINTF = re.compile(r"%[-+ #0]*\d*(?:\.\d+)?([diouxXeEfFgGs])\Z")
_STREAM = re.compile(r"(?:setprecision|scientific|fixed|setw|uppercase|showpoint|showpos)\b")


@checks.check("TA008")
def formats(subject: Subject) -> Iterator[Found]:
    """A number's format is printf's and fits the type."""
    for member, one in subject.attributes():
        if {"format", "data_type"} & one.unknown:
            continue
        text = one.format
        if not text:
            if one.is_float and subject.model.origin != "live":
                fix = subject.keyword_fix("attribute", one.name, {"format": '"%6.3f"'})
                yield Found("TA008", f"{member} has no format", one.place, member, fix)
            continue
        if _STREAM.search(text):
            continue  # C++ stream manipulators: Tango accepts them as well
        found = _PRINTF.match(text)
        said = ""
        if found is None:
            said = f"{member}: format {text!r} is not printf's"
        elif (one.is_float and found[1] in "diouxXs") or (one.is_integer and found[1] in "eEfFgG"):
            said = f"{member}: format {text!r} on a {one.data_type}"
        if said:
            wanted = '"%6.3f"' if one.is_float else '"%d"' if one.is_integer else '"%s"'
            fix = subject.keyword_fix("attribute", one.name, {"format": wanted})
            yield Found("TA008", said, one.place, member, fix, f"format={wanted}")


_PAIRS = (("min_value", "max_value"), ("min_alarm", "max_alarm"), ("min_warning", "max_warning"))


@checks.check("TA009")
def limits_of_read(subject: Subject) -> Iterator[Found]:
    """min_value and max_value are checked when an attribute is written."""
    for member, one in subject.attributes():
        given = [field for field in ("min_value", "max_value") if getattr(one, field)]
        if given and not one.is_writable and "access" not in one.unknown:
            fix = None
            if not (one.min_alarm or one.max_alarm):
                fix = _moved(subject, one, given)
            said = f"{member} is READ: {' and '.join(given)} have no effect"
            yield Found("TA009", said, one.place, member, fix, "use min_alarm and max_alarm")


def _moved(subject: Subject, one: AttributeModel, given: list[str]) -> Fix | None:
    """The fix that turns the numbers into alarm limits: only the keywords' names change."""
    declaration = subject.declared("attribute", one.name)
    edits = []
    for field in given:
        keyword = declaration.keyword(field) if declaration is not None else None
        if keyword is None:
            return None
        line, start = keyword.lineno, keyword.col_offset
        edits.append(Edit(line, start, line, start + len(field), field.replace("value", "alarm")))
    return Fix(tuple(edits))


@checks.check("TA010")
def limits(subject: Subject) -> Iterator[Found]:
    """Limits are numbers in order."""
    for member, one in subject.attributes():
        if "data_type" in one.unknown:
            continue
        values: dict[str, float] = {}
        for field in (name for pair in _PAIRS for name in pair):
            text = getattr(one, field)
            if not text or field in one.unknown:
                continue
            number = _number(text)
            if not one.is_numeric and one.data_type not in ("DevEncoded",):
                said = f"{member} is {one.data_type} and has {field}"
                yield Found("TA010", said, one.place, member)
            elif number is None:
                yield Found(
                    "TA010", f"{member}: {field} {text!r} is not a number", one.place, member
                )
            else:
                values[field] = number
        for low, high in _PAIRS:
            if low in values and high in values and values[low] >= values[high]:
                said = f"{member}: {low} {values[low]:g} is not below {high} {values[high]:g}"
                yield Found("TA010", said, one.place, member)
        yield from _outside(member, one, values)


def _outside(member: str, one: AttributeModel, values: dict[str, float]) -> Iterator[Found]:
    if values.get("min_warning", math.inf) < values.get("min_alarm", -math.inf):
        yield Found("TA010", f"{member}: min_warning is below min_alarm", one.place, member)
    if values.get("max_warning", -math.inf) > values.get("max_alarm", math.inf):
        yield Found("TA010", f"{member}: max_warning is above max_alarm", one.place, member)


@checks.check("TA011", "TA012")
def limits_missing(subject: Subject) -> Iterator[Found]:
    """Written attributes have limits; read ones have alarms."""
    for member, one in subject.attributes():
        if not one.is_numeric or one.data_format != "SCALAR" or "data_type" in one.unknown:
            continue
        if one.is_writable:
            if (
                not (one.min_value and one.max_value)
                and not {"min_value", "max_value"} & one.unknown
            ):
                said = f"{member} can be written and has no min_value and max_value"
                yield Found("TA011", said, one.place, member)
        elif one.is_float and one.unit not in ("", "1"):
            fields = ("min_alarm", "max_alarm")
            if not any(getattr(one, f) or f in one.unknown for f in fields):
                yield Found("TA012", f"{member} has no alarm limits", one.place, member)


@checks.check("TA013", "TA014")
def set_and_read(subject: Subject) -> Iterator[Found]:
    """delta_val and delta_t go together, on what can be written."""
    for member, one in subject.attributes():
        value, time = bool(one.delta_val), bool(one.delta_t) and one.delta_t != "0"
        if {"delta_val", "delta_t"} & one.unknown:
            continue
        if value != time:
            have, lacks = ("delta_val", "delta_t") if value else ("delta_t", "delta_val")
            yield Found("TA013", f"{member} has {have} and no {lacks}", one.place, member)
        elif value and not one.is_writable:
            yield Found("TA013", f"{member} is READ and has delta_val", one.place, member)
        if one.min_warning or one.max_warning:
            said = f"{member} uses min_warning or max_warning, deprecated since Tango 8"
            yield Found("TA014", said, one.place, member)


@checks.check("TA027")
def events_without_source(subject: Subject) -> Iterator[Found]:
    """Events come from polling or from pushes; without criteria each sample or none is one."""
    if subject.model.origin == "live":
        return
    for member, one in subject.attributes():
        criteria = (
            one.abs_change or one.rel_change or one.archive_abs_change or one.archive_rel_change
        )
        pushed = one.change_event[0] or one.archive_event[0] or _pushes(subject, one.name)
        polled = one.polling_period > 0 or "polling_period" in one.unknown
        if criteria and not polled and not pushed and subject.model.complete:
            fix = subject.keyword_fix("attribute", one.name, {"polling_period": "1000"})
            said = f"{member} has event criteria and is neither polled nor pushed"
            yield Found("TA027", said, one.place, member, fix)
        elif (
            polled and one.is_float and not (one.abs_change or one.rel_change or pushed)
        ) and not {"abs_change", "rel_change", "polling_period"} & one.unknown:
            said = f"{member} is polled and has no change criteria: no change event will come"
            yield Found("TA027", said, one.place, member)


def _pushes(subject: Subject, name: str) -> bool:
    if subject.source is None:
        return False
    return f'"{name}"' in subject.source.file.text and "push_" in subject.source.file.text


_EVENTS = (
    "abs_change",
    "rel_change",
    "period",
    "archive_abs_change",
    "archive_rel_change",
    "archive_period",
)


@checks.check("TA028")
def event_numbers(subject: Subject) -> Iterator[Found]:
    """Event criteria are positive numbers, one or two of them."""
    for member, one in subject.attributes():
        for field in _EVENTS:
            text = getattr(one, field)
            if not text or field in one.unknown:
                continue
            parts = [part for part in re.split(r"[,\s\[\]()]+", text) if part]
            numbers = [_number(part) for part in parts]
            bad = not parts or len(parts) > 2 or any(n is None or n == 0 for n in numbers)
            if field.endswith("period"):
                bad = bad or any((n or 0) < 0 for n in numbers)
            elif len(numbers) == 1:
                bad = bad or (numbers[0] or 0) < 0
            if bad:
                said = f"{member}: {field} {text!r} is not a positive number"
                fix = subject.keyword_fix("attribute", one.name, {field: ""})
                yield Found("TA028", said, one.place, member, fix)
