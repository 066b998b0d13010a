"""Rule: a requirement for device classes, its source, and the ways to check it.

The catalogue is data: ``rules/FAMILY.toml`` has one table per rule. Sources of the quotes: the
device server guidelines (``G``) and the device server model (``M``).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from types import MappingProxyType

__all__ = ["Mending", "Rule", "Severity", "all_rules", "families", "selects"]


class Severity(Enum):
    """How much a finding matters: an error ends with exit code 1, a warning with --strict."""

    ERROR = "E"
    WARNING = "W"
    ADVICE = "I"

    @property
    def word(self) -> str:
        """The name for people."""
        return {"E": "error", "W": "warning", "I": "advice"}[self.value]


class Mending(Enum):
    """What a tool can do: fix it, fix it with a change that clients see, propose a text, nothing."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    SUGGESTION = "suggestion"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the catalogue.

    ``how`` has a letter for each way it is checked: A source, D declared interface, R started
    and provoked, L running device, T sampled over time, B database.
    """

    id: str
    title: str
    how: str
    severity: Severity
    fix: Mending
    quote: str
    section: str
    seed: str
    note: str
    bad: str
    good: str

    @property
    def family(self) -> str:
        """The first two letters."""
        return self.id[:2]


FAMILIES = {
    "TN": "naming",
    "TA": "attributes",
    "TM": "memorized attributes",
    "TC": "commands",
    "TP": "properties",
    "TS": "state and status",
    "TF": "state machine, FAULT, Init, Reset",
    "TI": "initialisation and deletion",
    "TT": "time: response, blocking, polling",
    "TH": "hooks",
    "TE": "errors",
    "TL": "logging",
    "TD": "documentation",
    "TK": "code structure",
    "TX": "database and facility",
    "TZ": "what could not be checked",
}


def families() -> Mapping[str, str]:
    """The families by their two letters."""
    return MappingProxyType(FAMILIES)


@cache
def all_rules() -> Mapping[str, Rule]:
    """The catalogue by rule id."""
    found: dict[str, Rule] = {}
    folder = files("puretango.lint") / "rules"
    for family in FAMILIES:
        tables = tomllib.loads((folder / f"{family}.toml").read_text(encoding="utf-8"))
        for name, table in tables.items():
            found[name] = Rule(
                id=name,
                title=table["title"],
                how=table["how"],
                severity=Severity(table["severity"]),
                fix=Mending(table.get("fix", "none")),
                quote=table.get("quote", ""),
                section=table.get("section", ""),
                seed=table.get("seed", "G"),
                note=table.get("note", ""),
                bad=table.get("bad", ""),
                good=table.get("good", ""),
            )
    return MappingProxyType(found)


def selects(pattern: str, rule: str) -> bool:
    """True if a selector (``ALL``, ``TN``, ``TN1``, ``TN102``) means the rule."""
    return pattern == "ALL" or (bool(pattern) and rule.startswith(pattern))
