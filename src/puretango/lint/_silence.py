"""Silence: ``# noqa`` on a line, and the guidelines' own way, a reason in the description.

"Any deviation from these rules must be justified in the description of the attribute or
command" (G, Device interface definition): a line ``Guideline: TC303 because ...`` does both, it
silences the rule for that member and lands in the generated documentation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from puretango.lint._rule import selects
from puretango.model import ClassModel, ParsedFile, Place

__all__ = ["Deviation", "deviations", "is_justified", "is_noqa", "reasons_in"]

_NOQA = re.compile(r"#\s*(?i:noqa)(?P<codes>:\s*[A-Z]+[0-9]*(?:[\s,]+[A-Z]+[0-9]*)*)?(?!\w)")
_REASON = re.compile(
    r"Guideline:\s*(?P<rules>[A-Z]{2}\d{3}(?:\s*,\s*[A-Z]{2}\d{3})*)\s+because\s+(?P<why>\S.*)"
)


@dataclass(frozen=True, slots=True)
class Deviation:
    """A rule that is not followed, and why."""

    rule: str
    reason: str
    member: str


def reasons_in(text: str) -> Iterator[tuple[str, str]]:
    """The rules that a description gives reasons against, and the reasons."""
    for found in _REASON.finditer(text):
        for rule in found["rules"].split(","):
            yield rule.strip(), found["why"].strip()


def _descriptions(model: ClassModel) -> Iterator[tuple[str, str]]:
    yield "", model.description
    for kind, members in (
        ("attribute", model.attributes),
        ("command", model.commands),
        ("property", model.device_properties),
        ("property", model.class_properties),
        ("state", model.states),
    ):
        for one in members:
            yield f"{kind} {one.name}", one.description
            if kind == "command":
                yield f"{kind} {one.name}", one.argin.description  # type: ignore[union-attr]  # the command of a check has its argument


def deviations(model: ClassModel) -> list[Deviation]:
    """All deviations that a class gives reasons for."""
    return [
        Deviation(rule, why, member)
        for member, text in _descriptions(model)
        for rule, why in reasons_in(text)
    ]


def is_justified(model: ClassModel, rule: str, member: str) -> bool:
    """True if the member, or the class, gives a reason against the rule."""
    return any(one.rule == rule and one.member in ("", member) for one in deviations(model))


def is_noqa(file: ParsedFile, place: Place, rule: str) -> bool:
    """True if the first or last line of the place has ``# noqa`` for the rule."""
    for line in {place.line, place.end_line}:
        if not 0 < line <= len(file.lines) or "noqa" not in file.lines[line - 1].lower():
            continue
        comment = file.comments.get(line)
        if comment is None:
            continue
        found = _NOQA.search(comment)
        if found is None:
            continue
        if found["codes"] is None:
            return True
        codes = re.split(r"[\s,]+", found["codes"].lstrip(": ").strip())
        if any(selects(code.upper(), rule) for code in codes):
            return True
    return False
